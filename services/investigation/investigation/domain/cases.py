"""Guards of a case: pure functions of the moment an act is tried, each on the words of an article."""

from typing import Any

from chassis.core import Moment
from chassis.core.storage.roots import ClockRun

OFFICERS = 2
MEASURES_BY_OFFICERS = {"enter_premises", "question"}


def extension_requested(at: Moment) -> bool:
    """Article 10: 生产者…应在省局要求的时限内完成调查分析: the time the province set may be lengthened when the producer asks."""
    return bool(at.body.get("extension", {}).get("requested"))


def ground_holds(at: Moment) -> bool:
    """Article 11: 有下列情形之一的，省局应当组织开展缺陷调查.

    Ground 1 also covers an analysis not done as notified: the period has lapsed, or what was handed in was evaluated as incomplete.
    Ground 2 needs an evaluation that finds the results do not suffice. Grounds 3 and 4 need no notice before.
    """
    ground = at.data.get("ground")
    evaluation = at.body.get("evaluation", {}).get("conclusion")
    if ground == "not_analysed":
        lapsed = any(run.name in ("analysis", "supplement") and _overdue(at, run) for run in at.clocks)
        return lapsed or evaluation == "not_as_notified"
    if ground == "insufficient":
        return evaluation in ("insufficient", "not_as_notified")
    return True


def _overdue(at: Moment, run: ClockRun) -> bool:
    return run.state == "running" and run.due_on < at.today.isoformat()


def _officers(people: Any) -> int:
    numbers = {person.get("certificate") for person in people or () if person.get("certificate")}
    return len(numbers)


def two_officers_where_required(at: Moment) -> bool:
    """Articles 12(1), 12(4): officers enter and question; staff of the institution and experts never count as officers."""
    return at.data.get("measure") not in MEASURES_BY_OFFICERS or _officers(at.data.get("officers")) >= OFFICERS


def two_officers(at: Moment) -> bool:
    """Article 13(2): 由省局、技术机构组成调查组; its officers are at least two."""
    return _officers(at.data["officers"]) >= OFFICERS


def institution_in_team(at: Moment) -> bool:
    """Article 13(2): 由省局、技术机构组成调查组."""
    return bool(at.data["institution_staff"])


def visit_by_two_officers(at: Moment) -> bool:
    """Article 13(3), 依法完成相关调查工作: at least two officers of the team, certificates shown."""
    team = {person["certificate"] for person in at.body["team"]["officers"]}
    present = {person["certificate"] for person in at.data["officers"]}
    return len(present & team) >= OFFICERS and at.data["certificates_shown"] is True


def evidence_shown(at: Moment) -> bool:
    """Article 13(3): 向调查对象出示被调查消费品涉嫌存在缺陷的相关证据，告知调查事由."""
    return bool(at.data["evidence_shown"]) and bool(at.data["cause_stated"])


def conclusion_follows_opinion(at: Moment) -> bool:
    """Article 13(4): 组织专家组进行缺陷判定: the province records what the panel determined."""
    return bool(at.data["conclusion"] == at.body["opinion"]["conclusion"])


def no_recall_begun(at: Moment) -> bool:
    """Article 15: 不按照省局通知要求实施召回 / 仍未实施召回."""
    return "recall" not in at.body


def not_yet_declared(at: Moment) -> bool:
    """Article 13: 生产者主动召回 is declared once; what it covers can be corrected by the recall's plan."""
    return "voluntary" not in at.body


def voluntary_recall_declared(at: Moment) -> bool:
    """Article 13: 调查期间生产者主动实施召回的，终止调查."""
    return "voluntary" in at.body


def voluntary_recall_covers_all(at: Moment) -> bool:
    """Article 13: the investigation ends only as far as the voluntary recall covers it (our reading, kept narrow)."""
    return bool(at.body.get("voluntary", {}).get("covers_all"))
