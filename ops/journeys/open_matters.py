"""Matters under way at the present date, so that the console of `make run` has duties to show.

A lead to hand over, two signals to judge, a case before its notice, a notice to be signed; the firms are invented.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ops.journeys.scenario import PrintLine, Scenario
from ops.journeys.voluntary import PRODUCT

CODE, FIRM = "91210200MA0000A02H", "大连示例儿童用品有限公司"
MATTERS = (
    ("示例儿童滑板车", "把手断裂", "骑行中把手立管断裂，儿童摔伤"),
    ("示例儿童餐椅", "安全带锁扣松脱", "锁扣松脱，婴幼儿跌落"),
    ("示例婴儿推车", "折叠机构夹手", "折叠时夹伤手指"),
    ("示例磁力玩具", "小磁体脱落", "小磁体脱落可能被吞食"),
)


def play(url: str, print_line: PrintLine) -> None:
    """Note a lead, then open four matters and leave each one step further than the one before."""
    scenario = Scenario(url, print_line)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    scenario.open("enforcement.handler", "lead", "note-lead", {
        "source": "enforcement", "discovered_on": (today - timedelta(days=1)).isoformat(), "product": "示例电热毯", "producer": "示例电器厂",
        "hazard": "温控失效，可能起火", "severity": "minor", "description": "执法检查发现温控失效。",
    })  # fmt: skip
    for depth, (name, fault, hazard) in enumerate(MATTERS):
        _matter(scenario, today.isoformat(), name, fault, hazard, depth)
    print_line("  在办事项 matters under way: 5")


def _matter(scenario: Scenario, today: str, name: str, fault: str, hazard: str, depth: int) -> None:
    lead = scenario.open("dl.handler", "lead", "note-lead", {
        "source": "complaint_12315", "discovered_on": today, "product": name, "brand": PRODUCT["brand"], "producer": FIRM, "credit_code": CODE,
        "hazard": hazard, "severity": "minor", "description": f"消费者反映{hazard}。",
    })["root"]  # fmt: skip
    scenario.act("dl.handler", lead, "escalate", {})
    scenario.act("recall.handler", lead, "accept", {"ground": "produced_here"})
    signal = scenario.open(
        "institute.analyst", "signal", "cluster", {"leads": [lead], "title": f"{FIRM}：{name}{fault}"}
    )["root"]
    if depth == 0:
        return
    scenario.act("institute.analyst", signal, "analyse", {
        "summary": f"{fault}可复现。", "product": {"name": name, "brand": PRODUCT["brand"]},
        "producer": {"name": FIRM, "code": CODE, "address": "大连市示例区示例街2号"}, "hazard": hazard, "severe": True,
    })  # fmt: skip
    scenario.act("institute.analyst", signal, "recommend", {"recommendation": "possible_defect", "grounds": hazard})
    if depth == 1:
        return
    dossier = scenario.person("institute.analyst").get(signal)["dossier"]
    scenario.act(
        "recall.handler",
        signal,
        "find-possible-defect",
        {"found_on": today, "grounds": "技术认定建议", "hazard": hazard},
    )
    case = scenario.wait_root("recall.handler", "case", dossier=dossier)
    if depth == 2:
        return
    scenario.act("recall.handler", case, "notify-producer", {"days": 15, "requirements": f"分析{fault}的原因。"})
