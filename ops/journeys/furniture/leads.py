"""Leads from four sources become a signal, and a panel of experts is consulted on it."""

from __future__ import annotations

from ops.journeys import alerts, experts
from ops.journeys.client import Json
from ops.journeys.furniture.product import CODE, FIRM, HAZARD, PRODUCT
from ops.journeys.scenario import Scenario
from ops.journeys.steps import PHOTO


def leads(scenario: Scenario) -> tuple[str, str]:
    """1. A spot-check bulletin, a public report, a 12315 complaint and foreign alerts; the related leads become a signal."""
    scenario.set_date("2026-03-23")
    bulletin = scenario.open("quality.handler", "bulletin", "register-bulletin", bulletin_data())["root"]
    scenario.set_date("2026-03-24")
    photo = scenario.person(None).upload("桌面.png", PHOTO, "image/png")
    reported = scenario.open(None, "lead", "report", public_report(photo))
    scenario.print_line(f"  公众反映回执号 receipt: {reported['number']}")
    scenario.set_date("2026-03-25")
    complaint = scenario.open("sy.complaints", "lead", "note-lead", complaint_data())["root"]
    scenario.set_date("2026-03-26")
    for _ in range(2):
        imported = scenario.open(
            "institute.analyst", "feed", "import-feed", {"source": "safety_gate", "alerts": alerts.sample(20)}
        )
        counts = imported["noted"]["counts"]
        scenario.print_line(
            f"  境外召回导入 imported: {counts['rows']} 条，新 new {counts['new']}，已知 known {counts['known']}"
        )
    scenario.set_date("2026-03-27")
    scenario.act("sy.complaints", complaint, "escalate", {})
    scenario.set_date("2026-03-30")
    handed_over = scenario.act("quality.handler", bulletin, "hand-over", {})
    from_bulletin = [lead for lead in handed_over["opened"] if _is_of_product(scenario, lead)]
    scenario.set_date("2026-03-31")
    related = [reported["root"], complaint, *from_bulletin]
    for lead in related:
        scenario.act("recall.handler", lead, "accept", {"ground": "both"})
    scenario.print_line(f"  系统建议 proposed: {_proposal(scenario, related)}")
    signal = scenario.open(
        "institute.analyst",
        "signal",
        "cluster",
        {"leads": related, "title": f"{FIRM}：{PRODUCT['name']}甲醛释放量超标"},
    )
    return str(signal["root"]), bulletin


def bulletin_data() -> Json:
    """A bulletin of 42 failing lines, two of them about the sample product."""
    failing = [
        {"product": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "batches": [batch],
         "producer": FIRM, "credit_code": CODE, "sampled_at": "沈阳示例家居商场有限公司", "item": "甲醛释放量", "measured": measured,
         "limit": "≤1.5", "unit": "mg/L"}
        for batch, measured in (("2025A", "2.6"), ("2025B", "2.3"))
    ]  # fmt: skip
    others = [
        {
            "product": f"示例文具{number}号",
            "producer": f"示例文具厂{number}",
            "item": "标识",
            "measured": "缺失",
            "limit": "应标注",
        }
        for number in range(1, 41)
    ]
    return {"number": "辽示例监督〔2026〕3号", "title": "2026年第一季度家具和文具产品质量监督抽查通报（示例）", "issued_on": "2026-03-23",
            "lines": [*failing, *others]}  # fmt: skip


def public_report(photo: Json) -> Json:
    """What a consumer writes on the public form."""
    return {
        "product": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "producer": FIRM,
        "hazard": "气味刺鼻，甲醛可能超标", "hazards": ["chemical"], "injury": "孩子使用两周后咳嗽、皮疹", "severity": "minor",
        "happened_on": "2026-03-20", "description": "新买的学习桌气味很大，孩子出现咳嗽和皮疹。", "photo": photo,
        "contact_name": "示例消费者", "contact": "示例联系方式",
    }  # fmt: skip


def complaint_data() -> Json:
    """A complaint as the city's 12315 office notes it."""
    return {
        "source": "complaint_12315", "discovered_on": "2026-03-25", "reference": "示例12315-0001", "product": PRODUCT["name"],
        "brand": PRODUCT["brand"], "model": PRODUCT["model"], "category": "furniture", "producer": FIRM, "credit_code": CODE,
        "hazard": "甲醛超标", "hazards": ["chemical"], "injury": "咽喉不适", "severity": "minor", "description": "消费者投诉学习桌气味刺鼻。",
    }  # fmt: skip


def _is_of_product(scenario: Scenario, lead: str) -> bool:
    return bool(scenario.person("recall.handler").get(lead)["body"]["product"]["name"] == PRODUCT["name"])


def _proposal(scenario: Scenario, related: list[str]) -> str:
    offered = scenario.person("institute.analyst").ask("GET", "/signal/acts")
    choices = next(row for row in offered if row["act"] == "cluster")["choices"]["leads"]
    groups = {row["value"]: row for row in choices}
    named = {groups[lead]["group"] for lead in related if lead in groups}
    reasons = next((groups[lead]["reasons_zh"] for lead in related if lead in groups), "")
    return f"归并组 {'、'.join(sorted(named))}：{reasons}"


def consultation(scenario: Scenario, signal: str) -> str:
    """2. Analysis, recommendation, a panel (one member replaced), a risk assessment by two people, the consultation's outcome."""
    analyst = "institute.analyst"
    dossier = str(scenario.person(analyst).get(signal)["dossier"])
    scenario.act(analyst, signal, "analyse", {
        "summary": "两批次抽查甲醛释放量为2.6和2.3 mg/L，超过限值1.5 mg/L；另有公众反映和12315投诉各一件，症状一致。",
        "product": {**PRODUCT, "batches": ["2025A", "2025B"], "quantity": 1260},
        "producer": {"name": FIRM, "code": CODE, "address": "沈阳市示例区示例路1号"},
        "hazard": HAZARD, "hazards": ["chemical"], "injury": "咳嗽、皮疹、咽喉不适", "concentrated": True, "severe": False,
    })  # fmt: skip
    scenario.act(
        analyst,
        signal,
        "recommend",
        {"recommendation": "consult", "grounds": "超标幅度较大，使用者为未成年人，建议组织技术会商。"},
    )
    scenario.act(analyst, signal, "request-consultation", {
        "question": "该学习桌甲醛释放是否可能构成缺陷？", "fields": ["furniture", "chemistry"], "size": 3, "wanted_by": "2026-04-10",
    })  # fmt: skip
    proposed = scenario.act(analyst, signal, "assess-risk", {"scenarios": [{
        "title": "儿童在通风不良的房间长期使用", "severity": 2,
        "steps": [{"step": "甲醛持续释放超过限值", "probability": "1/2"}, {"step": "房间通风不良", "probability": "1/5"},
                  {"step": "出现呼吸道症状", "probability": "1/20"}],
    }]})  # fmt: skip
    assessment = next(part["id"] for part in proposed["added"] if part["kind"] == "assessment")
    scenario.set_date("2026-04-01")
    scenario.act("institute.analyst2", signal, "validate-risk", {"remarks": "情景和概率合理"}, assessment)
    experts.panel(
        scenario,
        dossier,
        "consultation",
        "possible_defect",
        "释放量超过限值且使用者为未成年人，可能存在缺陷。",
        conflict=True,
    )
    scenario.wait_part(analyst, signal, "consultation", "opined")
    scenario.set_date("2026-04-02")
    scenario.act(
        "institute.head",
        signal,
        "conclude-consultation",
        {"outcome": "investigate", "minutes": "专家组认为可能存在缺陷，建议开展生产者调查分析。"},
    )
    return dossier
