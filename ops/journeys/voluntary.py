"""The short way: a voluntary recall declared during the investigation ends it (article 13, last paragraph)."""

from __future__ import annotations

from ops.journeys.experts import pool
from ops.journeys.furniture import PHOTO, publish, supervise
from ops.journeys.story import Say, Story

CODE, FIRM = "91210200MA0000A02H", "大连示例儿童用品有限公司"
PRODUCT = {"name": "示例婴儿床", "brand": "示例贝", "model": "SB-60", "category": "childrens_products"}
HAZARD = "护栏间距过大，可能卡住婴儿头部造成窒息"


def play(url: str, say: Say) -> str:
    """Play the short case; returns the dossier."""
    story = Story(url, say)
    say("\n【第二案】调查期间主动召回 / a voluntary recall ends the investigation")
    story.on("2026-05-06")
    pool(story)
    dossier, case = opened(story)
    declared(story, case)
    recalled(story, case, dossier)
    story.ended("recall.handler", dossier)
    story.person("recall.handler").clock.reset()
    say(f"共 {story.acts} 个行为，卷宗 {dossier} / {story.acts} acts")
    return dossier


def opened(story: Story) -> tuple[str, str]:
    """A complaint of the city becomes a signal, a finding and a case; the producer is notified."""
    handler, analyst = "recall.handler", "institute.analyst"
    lead = story.open("dl.handler", "lead", "note-lead", {
        "source": "complaint_12315", "discovered_on": "2026-05-06", "reference": "示例12315-0002", "product": PRODUCT["name"],
        "brand": PRODUCT["brand"], "model": PRODUCT["model"], "producer": FIRM, "credit_code": CODE, "hazard": HAZARD,
        "severity": "minor", "description": "婴儿头部卡在护栏之间，未受重伤。",
    })["root"]  # fmt: skip
    story.on("2026-05-07")
    story.act("dl.handler", lead, "escalate", {})
    story.act(handler, lead, "accept", {"ground": "produced_here"})
    signal = story.open(analyst, "signal", "cluster", {"leads": [lead], "title": f"{FIRM}：{PRODUCT['name']}护栏间距"})[
        "root"
    ]
    dossier = str(story.person(analyst).get(signal)["dossier"])
    story.act(analyst, signal, "analyse", {
        "summary": "护栏间距实测72毫米。", "product": {"name": PRODUCT["name"], "brand": PRODUCT["brand"], "model": PRODUCT["model"]},
        "producer": {"name": FIRM, "code": CODE, "address": "大连市示例区示例街2号"}, "hazard": HAZARD, "severe": True,
    })  # fmt: skip
    story.act(analyst, signal, "recommend", {"recommendation": "possible_defect", "grounds": "可能造成婴儿窒息"})
    story.on("2026-05-08")
    story.act(
        handler, signal, "find-possible-defect", {"found_on": "2026-05-08", "grounds": "技术认定建议", "hazard": HAZARD}
    )
    case = story.found(handler, "case", dossier=dossier)
    scan = story.person("maker2").upload("送达地址确认书.png", PHOTO, "image/png")
    story.open("maker2", "address", "confirm-service-address", {
        "organisation_name": FIRM, "electronic_address": "inbox@example.org", "contact": "示例联系人", "signed_on": "2026-05-08", "scan": scan,
    })  # fmt: skip
    drafted = story.act(handler, case, "notify-producer", {"days": 10, "requirements": "分析护栏间距的设计依据。"})
    signed = story.approved(case, drafted, "recall.head", days=["2026-05-09"])
    story.served(handler, signed["documents"][0]["document"])
    story.state("maker2", case, "analysing")
    return dossier, case


def declared(story: Story, case: str) -> None:
    """The analysis does not suffice, an investigation opens, and the producer declares a recall that covers all."""
    story.on("2026-05-20")
    story.act(
        "maker2",
        case,
        "submit-analysis",
        {"conclusion": "unclear", "summary": "仍在核查模具。", "produced": 600, "sold": 500},
    )
    story.act("institute.analyst", case, "evaluate-analysis", {
        "complete": True, "true": True, "scientific": True, "sufficient": False, "conclusion": "insufficient", "reasons": "不能证明不存在缺陷",
    })  # fmt: skip
    story.act("recall.handler", case, "decide-on-analysis", {"decision": "investigate", "reasons": "证据不充分"})
    drafted = story.act(
        "recall.handler", case, "open-investigation", {"ground": "severe_or_wide", "reasons": "可能造成婴儿窒息"}
    )
    story.approved(case, drafted, "recall.head", "recall.leader", days=["2026-05-21", "2026-05-22"])
    story.on("2026-05-25")
    story.act("maker2", case, "declare-voluntary-recall", {
        "covers_all": True, "covers": "全部SB-60婴儿床", "defect": "护栏间距过大", "reasons": "为消除安全隐患主动召回",
    })  # fmt: skip
    story.act("recall.handler", case, "terminate-for-voluntary-recall", {"reasons": "主动召回覆盖全部涉案产品"})


def recalled(story: Story, case: str, dossier: str) -> None:
    """The recall runs one round and is closed; the case closes with it."""
    root = story.found("maker2", "recall", dossier=dossier, state="awaiting_plan")
    story.on("2026-06-02")
    story.act("maker2", root, "file-plan", {
        "scope": "全部SB-60婴儿床", "batches": [{"batch": "2025", "quantity": 600}], "produced": 600, "warehouse": 100, "dealers": 50,
        "consumers": 450, "measures": "免费更换护栏", "consumer_notice": "电话和短信", "starts_on": "2026-06-03", "ends_on": "2026-08-31",
        "target_percent": 80, "hotline": "示例热线",
    })  # fmt: skip
    publish(story, dossier, "示例召〔2026〕002", "2026-06-04")
    story.act(
        "maker2",
        root,
        "publish-notice",
        {"published_on": "2026-06-04", "channels": ["企业网站"], "text": "关于召回示例婴儿床的公告"},
    )
    supervise(
        story, root, "2026-06-05", "2026-06-12", "情况属实", who="dl.handler", organisation="org_210200", area="210200"
    )
    story.on("2026-08-31")
    story.act("maker2", root, "submit-progress", {
        "as_of": "2026-08-31", "from_dealers": 50, "from_consumers": 420, "completed_on": "2026-08-31",
    })  # fmt: skip
    story.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "sufficient", "scope_accurate": True, "residual_risk": "low", "reasons": "召回率94%",
    })  # fmt: skip
    story.on("2026-09-04")
    story.act("maker2", root, "submit-summary", {
        "completed_on": "2026-08-31", "account": "共召回470件", "disposal": "更换护栏", "prevention": "修改模具",
    })  # fmt: skip
    story.act("recall.handler", root, "close-recall", {"remarks": "同意结束召回"})
    story.state("recall.handler", case, "closed")
