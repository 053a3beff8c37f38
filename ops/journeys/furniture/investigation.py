"""The case: notice and analysis, the investigation on site, the determination, the recall notice and the objection."""

from __future__ import annotations

from ops.journeys import experts
from ops.journeys.client import Json
from ops.journeys.furniture.product import FIRM, HAZARD
from ops.journeys.scenario import Scenario
from ops.journeys.steps import PHOTO
from ops.journeys.waiting import wait_until

OFFICERS = [
    {"name": "召回承办人甲", "certificate": "辽示例-0001"},
    {"name": "召回承办人乙", "certificate": "辽示例-0002"},
]


def notice(scenario: Scenario, signal: str, dossier: str) -> str:
    """3. The finding opens a case; the notice is drafted, signed, numbered and served, and the analysis period runs."""
    scenario.act("recall.handler", signal, "find-possible-defect", {
        "found_on": "2026-04-02", "grounds": "监督抽查不合格、投诉及会商意见", "hazard": HAZARD,
    })  # fmt: skip
    case = scenario.wait_root("recall.handler", "case", dossier=dossier)
    scan = scenario.person("maker").upload("送达地址确认书.png", PHOTO, "image/png")
    scenario.set_date("2026-04-03")
    scenario.open("maker", "address", "confirm-service-address", {
        "organisation_name": FIRM, "electronic_address": "inbox@example.com", "contact": "示例联系人", "signed_on": "2026-04-03", "scan": scan,
    })  # fmt: skip
    drafted = scenario.act("recall.handler", case, "notify-producer", {
        "days": 15, "requirements": "说明配方、工艺、原料来源和各批次数量，分析甲醛超标原因。", "contact": "消费品召回管理处",
    })  # fmt: skip
    signed = scenario.approve(case, drafted, "recall.head", days=["2026-04-08"])
    scenario.wait_served("recall.handler", signed["documents"][0]["document"])
    scenario.wait_state("maker", case, "analysing")
    return case


def investigation(scenario: Scenario, case: str, dossier: str) -> None:
    """4. Analysis, supplement, the ground of article 11, the on-site procedure in its order, the panel's determination."""
    handler, analyst = "recall.handler", "institute.analyst"
    scenario.set_date("2026-04-28")
    scenario.act("maker", case, "submit-analysis", {
        "conclusion": "no_defect", "summary": "自检合格，认为个别样品受运输影响。", "produced": 1260, "sold": 1080, "process": "示例胶粘剂配方",
    })  # fmt: skip
    scenario.set_date("2026-04-30")
    required = scenario.act(handler, case, "require-supplement", {
        "items": ["原料进货检验记录", "2025年批次留样检测报告"], "days": 5, "reasons": "材料不完备",
    })  # fmt: skip
    scenario.wait_served(handler, required["documents"][0]["document"])
    _wait_clock(scenario, case, "supplement")
    scenario.set_date("2026-05-09")
    scenario.act("maker", case, "submit-supplement", {"summary": "补充进货检验记录；留样检测报告无法提供。"})
    scenario.set_date("2026-05-12")
    scenario.act(analyst, case, "evaluate-analysis", {
        "complete": False, "true": True, "scientific": False, "sufficient": False, "conclusion": "insufficient",
        "reasons": "缺少留样检测数据，不足以证明不存在缺陷。",
    })  # fmt: skip
    scenario.set_date("2026-05-13")
    scenario.act(
        handler, case, "decide-on-analysis", {"decision": "investigate", "reasons": "分析结果不足以证明不存在缺陷"}
    )
    drafted = scenario.act(
        handler, case, "open-investigation", {"ground": "insufficient", "reasons": "评估意见认为证据不充分"}
    )
    scenario.approve(case, drafted, "recall.head", "recall.leader", days=["2026-05-14", "2026-05-15"])
    scenario.set_date("2026-05-18")
    scenario.act(analyst, case, "prepare-plan", {
        "subject": "示例学习桌甲醛释放量缺陷调查", "place": "沈阳市示例区示例路1号", "planned_on": "2026-05-21",
        "steps": ["出示证件和证据", "查阅生产记录", "抽取留样", "询问技术负责人"], "evidence": "监督抽查报告、评估意见",
    })  # fmt: skip
    scenario.set_date("2026-05-19")
    scenario.act(handler, case, "approve-plan", {"remarks": "同意"})
    scenario.set_date("2026-05-20")
    scenario.act(handler, case, "form-team", {
        "officers": OFFICERS, "institution_staff": [{"name": "技术人员甲", "unit": "示例检验检测认证中心"}],
        "local_staff": [{"name": "沈阳承办人甲", "unit": "沈阳市市场监督管理局"}],
    })  # fmt: skip
    scenario.set_date("2026-05-21", 15)
    scenario.act(handler, case, "record-visit", visit_data())
    scenario.set_date("2026-05-22")
    tested = scenario.act(handler, case, "commission-test", {
        "laboratory": "示例质检院", "qualification": "示例CMA-001", "qualification_until": "2028-12-31", "items": ["甲醛释放量"],
        "standard": "家具中甲醛释放量限量（示例）", "sampled_on": "2026-05-21", "seal_number": "示例封样-01", "reserve_sample": True,
    })  # fmt: skip
    measure = next(part["id"] for part in tested["added"] if part["kind"] == "measure")
    scenario.set_date("2026-06-01")
    scenario.act(analyst, case, "record-test-result", {
        "report_number": "示例检-001", "tested_on": "2026-05-29", "conforms": False, "result": "甲醛释放量2.4 mg/L，超过限值1.5 mg/L",
    }, measure)  # fmt: skip
    scenario.set_date("2026-06-05")
    scenario.act(analyst, case, "draft-report", {
        "facts": "现场抽取的留样检测不合格；该型号胶粘剂批次变更后未重新验证。", "analysis": "缺陷系统性存在于2025年A、B批次。",
        "conclusion": "建议判定存在缺陷",
    })  # fmt: skip
    scenario.set_date("2026-06-08")
    scenario.act(handler, case, "adopt-report", {"remarks": "通过"})
    scenario.set_date("2026-06-09")
    scenario.act(handler, case, "request-determination", {
        "expertise": ["furniture", "chemistry"], "size": 3, "question": "该学习桌是否存在缺陷？", "wanted_by": "2026-06-30",
    })  # fmt: skip
    scenario.set_date("2026-06-18")
    experts.panel(scenario, dossier, "determination", "defect", "系统性超标，对使用者健康存在不合理危险。")
    scenario.wait_state(handler, case, "opinion_entered")
    scenario.set_date("2026-06-22")
    scenario.act(handler, case, "record-determination", {"conclusion": "defect", "defect": "甲醛释放量超过限值"})


def visit_data() -> Json:
    """The record of the on-site investigation: two officers, certificates, evidence shown."""
    return {
        "visited_on": "2026-05-21", "place": "沈阳市示例区示例路1号", "officers": OFFICERS, "certificates_shown": True, "cause_stated": True,
        "evidence_shown": ["监督抽查报告", "技术机构评估意见"], "present": "示例厂长", "record": "查阅生产记录，抽取留样4件，封样。", "signed": True,
    }  # fmt: skip


def _wait_clock(scenario: Scenario, case: str, name: str) -> None:
    wait_until(
        lambda: scenario.person("recall.handler").get(case)["clocks"],
        lambda clocks: any(clock["clock"] == name and clock["state"] == "running" for clock in clocks),
        f"the clock {name}",
    )


def recall_notice(scenario: Scenario, case: str) -> None:
    """5. The recall notice goes up the chain and is served; the objection within ten working days is reviewed and rejected."""
    scenario.set_date("2026-07-02")
    drafted = scenario.act("recall.handler", case, "notify-recall", {
        "defect": "甲醛释放量超过限值", "requirements": "立即停止生产销售，召回2025年A、B批次示例学习桌。", "contact": "消费品召回管理处",
    })  # fmt: skip
    signed = scenario.approve(case, drafted, "recall.head", "recall.leader", days=["2026-07-03", "2026-07-06"])
    scenario.wait_served("recall.handler", signed["documents"][0]["document"])
    scenario.wait_state("maker", case, "recall_notified")
    scenario.set_date("2026-07-17")
    scenario.act("maker", case, "file-objection", {"grounds": "认为检测方法不适用，请求重新认定。"})
    scenario.set_date("2026-07-24")
    scenario.act(
        "institute.analyst",
        case,
        "review-objection",
        {"opinion": "reject", "reasons": "检测方法符合标准，异议没有新的证据。"},
    )
    scenario.set_date("2026-07-29")
    decided = scenario.act(
        "recall.handler",
        case,
        "decide-objection",
        {"outcome": "defect_confirmed", "reasons": "经技术审查，异议不成立。"},
    )
    signed = scenario.approve(case, decided, "recall.head", "recall.leader", days=["2026-07-31", "2026-08-03"])
    scenario.wait_served("recall.handler", signed["documents"][0]["document"])
    scenario.wait_state("maker", case, "outcome_notified")
