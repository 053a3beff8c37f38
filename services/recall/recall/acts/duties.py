"""Assigned work and common safety problems (articles 4(9), 5(5), 6, 7(7), 18)."""

from chassis.core import Act, act
from recall.acts.bureaus import bureau_of
from recall.schemas.duties import (
    AcceptAssignment,
    FindCommonProblems,
    IssueIndustryGuidance,
    PassOnAssignment,
    ReceiveAssignment,
    ReportAssignment,
)


@act("assignment", "receive-assignment", ReceiveAssignment)
def receive_assignment(do: Act) -> None:
    """Article 4(9): recall work that the national administration assigned is organised by the province."""
    do.root.title = do.data["title"]
    do.body.update(do.data)
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])


@act("assignment", "pass-on-assignment", PassOnAssignment)
def pass_on_assignment(do: Act) -> None:
    """Article 4(9): a share goes to a city, a county or the institution."""
    part = do.add("share", do.data | {"assigned_on": do.today.isoformat()})
    do.party("assignee", do.data["organisation"], area=do.data["area"], part=part.id)
    do.start("share", do.today, part=part)


@act("assignment", "accept-assignment", AcceptAssignment)
def accept_assignment(do: Act) -> None:
    """Articles 5(5), 6, 7(7): the city, the county or the institution takes the share on."""
    assert do.part is not None
    do.part.body["accepted"] = do.data | {"on": do.today.isoformat()}


@act("assignment", "report-assignment", ReportAssignment)
def report_assignment(do: Act) -> None:
    """Articles 5(5), 6, 7(7): the share is done and reported."""
    assert do.part is not None
    do.part.body["report"] = do.data | {"on": do.today.isoformat()}


@act("assignment", "report-to-national", ReportAssignment)
def report_to_national(do: Act) -> None:
    """Article 4(9): the province reports what was done to the national administration."""
    do.body["report"] = do.data | {"on": do.today.isoformat()}


@act("problem", "find-common-problems", FindCommonProblems)
def find_common_problems(do: Act) -> None:
    """Article 18: a safety problem that the products of a trade share was found in investigations."""
    assert do.actor is not None
    do.root.title = do.data["title"]
    do.body.update(do.data)
    do.party("handling_bureau", bureau_of(do), area=do.actor.area)


@act("problem", "issue-industry-guidance", IssueIndustryGuidance)
def issue_industry_guidance(do: Act) -> None:
    """Article 18: with the trade's departments and associations, enterprises are led to better design and standards."""
    do.body["guidance"] = do.data
