"""The sample case: furniture that releases formaldehyde above the limit, from the spot check to the closed recall.

The order of its steps is that of a real recall of 2022 in the province; firm, people, figures and dates are invented.
"""

from __future__ import annotations

from ops.journeys import experts
from ops.journeys.furniture.investigation import investigation, notice, recall_notice
from ops.journeys.furniture.leads import consultation, leads
from ops.journeys.furniture.recall import recall
from ops.journeys.scenario import PrintLine, Scenario


def play(url: str, print_line: PrintLine) -> str:
    """Play the whole case; returns the dossier."""
    scenario = Scenario(url, print_line)
    print_line("\n【示例案件】甲醛释放量超标的学习桌：从线索到召回结束 / the sample case, from lead to closed recall")
    enter_experts(scenario)
    signal, bulletin = leads(scenario)
    dossier = consultation(scenario, signal)
    case = notice(scenario, signal, dossier)
    investigation(scenario, case, dossier)
    recall_notice(scenario, case)
    recall(scenario, case, dossier)
    scenario.print_timeline("recall.handler", dossier, bulletin)
    scenario.person("recall.handler").clock.reset()
    print_line(f"共 {scenario.acts} 个行为，卷宗 {dossier} / {scenario.acts} acts")
    return dossier


def enter_experts(scenario: Scenario) -> None:
    """Enter the expert pool before the case begins."""
    scenario.set_date("2026-03-20")
    experts.pool(scenario)
