"""The second sample case: a voluntary recall declared during the investigation ends it (article 13, last paragraph)."""

from __future__ import annotations

from ops.journeys.experts import pool
from ops.journeys.scenario import PrintLine, Scenario
from ops.journeys.steps import PHOTO, publish, supervise

CODE, FIRM = "91210200MA0000A02H", "大连示例儿童用品有限公司"
PRODUCT = {"name": "示例婴儿床", "brand": "示例贝", "model": "SB-60", "category": "childrens_products"}
HAZARD = "护栏间距过大，可能卡住婴儿头部造成窒息"


def play(url: str, print_line: PrintLine) -> str:
    """Play the whole case; returns the dossier."""
    scenario = Scenario(url, print_line)
    print_line("\n【第二案】调查期间主动召回 / a voluntary recall ends the investigation")
    scenario.set_date("2026-05-06")
    pool(scenario)
    dossier, case = open_case(scenario)
    declare_recall(scenario, case)
    carry_out_recall(scenario, case, dossier)
    scenario.print_timeline("recall.handler", dossier)
    scenario.person("recall.handler").clock.reset()
    print_line(f"共 {scenario.acts} 个行为，卷宗 {dossier} / {scenario.acts} acts")
    return dossier


def open_case(scenario: Scenario) -> tuple[str, str]:
    """A complaint of the city becomes a signal, a finding and a case; the producer is notified."""
    handler, analyst = "recall.handler", "institute.analyst"
    lead = scenario.open("dl.handler", "lead", "note-lead", {
        "source": "complaint_12315", "discovered_on": "2026-05-06", "reference": "示例12315-0002", "product": PRODUCT["name"],
        "brand": PRODUCT["brand"], "model": PRODUCT["model"], "producer": FIRM, "credit_code": CODE, "hazard": HAZARD,
        "severity": "minor", "description": "婴儿头部卡在护栏之间，未受重伤。",
    })["root"]  # fmt: skip
    scenario.set_date("2026-05-07")
    scenario.act("dl.handler", lead, "escalate", {})
    scenario.act(handler, lead, "accept", {"ground": "produced_here"})
    signal = scenario.open(
        analyst, "signal", "cluster", {"leads": [lead], "title": f"{FIRM}：{PRODUCT['name']}护栏间距"}
    )["root"]
    dossier = str(scenario.person(analyst).get(signal)["dossier"])
    scenario.act(analyst, signal, "analyse", {
        "summary": "护栏间距实测72毫米。", "product": {"name": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"]},
        "producer": {"name": FIRM, "code": CODE, "address": "大连市示例区示例街2号"}, "hazard": HAZARD, "severe": True,
    })  # fmt: skip
    scenario.act(analyst, signal, "recommend", {"recommendation": "possible_defect", "grounds": "可能造成婴儿窒息"})
    scenario.set_date("2026-05-08")
    scenario.act(
        handler, signal, "find-possible-defect", {"found_on": "2026-05-08", "grounds": "技术认定建议", "hazard": HAZARD}
    )
    case = scenario.wait_root(handler, "case", dossier=dossier)
    scan = scenario.person("maker2").upload("送达地址确认书.png", PHOTO, "image/png")
    scenario.open("maker2", "address", "confirm-service-address", {
        "organisation_name": FIRM, "electronic_address": "inbox@example.org", "contact": "示例联系人", "signed_on": "2026-05-08", "scan": scan,
    })  # fmt: skip
    drafted = scenario.act(handler, case, "notify-producer", {"days": 10, "requirements": "分析护栏间距的设计依据。"})
    signed = scenario.approve(case, drafted, "recall.head", days=["2026-05-09"])
    scenario.wait_served(handler, signed["documents"][0]["document"])
    scenario.wait_state("maker2", case, "analysing")
    return dossier, case


def declare_recall(scenario: Scenario, case: str) -> None:
    """The analysis is insufficient, an investigation opens, and the producer declares a recall of every product concerned."""
    scenario.set_date("2026-05-20")
    scenario.act(
        "maker2",
        case,
        "submit-analysis",
        {"conclusion": "unclear", "summary": "仍在核查模具。", "produced": 600, "sold": 500},
    )
    scenario.act("institute.analyst", case, "evaluate-analysis", {
        "complete": True, "true": True, "scientific": True, "sufficient": False, "conclusion": "insufficient", "reasons": "不能证明不存在缺陷",
    })  # fmt: skip
    scenario.act("recall.handler", case, "decide-on-analysis", {"decision": "investigate", "reasons": "证据不充分"})
    drafted = scenario.act(
        "recall.handler", case, "open-investigation", {"ground": "severe_or_wide", "reasons": "可能造成婴儿窒息"}
    )
    scenario.approve(case, drafted, "recall.head", "recall.leader", days=["2026-05-21", "2026-05-22"])
    scenario.set_date("2026-05-25")
    scenario.act("maker2", case, "declare-voluntary-recall", {
        "covers_all": True, "covers": "全部SB-60婴儿床", "defect": "护栏间距过大", "reasons": "为消除安全隐患主动召回",
    })  # fmt: skip
    scenario.act("recall.handler", case, "terminate-for-voluntary-recall", {"reasons": "主动召回覆盖全部涉案产品"})


def carry_out_recall(scenario: Scenario, case: str, dossier: str) -> None:
    """The recall runs one round and is closed; the case closes with it."""
    root = scenario.wait_root("maker2", "recall", dossier=dossier, state="awaiting_plan")
    scenario.set_date("2026-06-02")
    scenario.act("maker2", root, "file-plan", {
        "scope": "全部SB-60婴儿床", "batches": [{"batch": "2025", "quantity": 600}], "produced": 600, "warehouse": 100, "dealers": 50,
        "consumers": 450, "measures": "免费更换护栏", "consumer_notice": "电话和短信", "starts_on": "2026-06-03", "ends_on": "2026-08-31",
        "target_percent": 80, "hotline": "示例热线",
    })  # fmt: skip
    publish(scenario, dossier, "示例召〔2026〕002", "2026-06-04")
    scenario.act(
        "maker2",
        root,
        "publish-notice",
        {"published_on": "2026-06-04", "channels": ["企业网站"], "text": "关于召回示例婴儿床的公告"},
    )
    supervise(
        scenario,
        root,
        "2026-06-05",
        "2026-06-12",
        "情况属实",
        username="dl.handler",
        organisation="org_210200",
        area="210200",
    )
    scenario.set_date("2026-08-31")
    scenario.act("maker2", root, "submit-progress", {
        "as_of": "2026-08-31", "from_dealers": 50, "from_consumers": 420, "completed_on": "2026-08-31",
    })  # fmt: skip
    scenario.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "sufficient", "scope_accurate": True, "residual_risk": "low", "reasons": "召回率94%",
    })  # fmt: skip
    scenario.set_date("2026-09-04")
    scenario.act("maker2", root, "submit-summary", {
        "completed_on": "2026-08-31", "account": "共召回470件", "disposal": "更换护栏", "prevention": "修改模具",
    })  # fmt: skip
    scenario.act("recall.handler", root, "close-recall", {"remarks": "同意结束召回"})
    scenario.wait_state("recall.handler", case, "closed")
