"""The on-site procedure in the order of article 13: plan, team, visit, report."""

from chassis.core import Act, act
from investigation.acts.notice import paper_fields
from investigation.schemas.fields import Reasons, Remarks
from investigation.schemas.inquiry import DraftReport, FormTeam, PreparePlan, RecordVisit


@act("case", "prepare-plan", PreparePlan)
def prepare_plan(do: Act) -> None:
    """Article 13(1): 现场调查前，由技术机构协助省局准备调查方案."""
    do.body["plan"] = do.data


@act("case", "approve-plan", Remarks)
def approve_plan(do: Act) -> None:
    """The province approves the plan that the institution prepared."""
    plan = do.body["plan"]
    do.body["plan"] = plan | {"approved_on": do.today.isoformat()}
    do.document(
        to=None,
        fields=paper_fields(subject=plan["subject"], product=do.body["product"]["name"], producer=do.body["producer"]["name"],
                    place=plan["place"], planned_on=plan["planned_on"], steps=plan["steps"], evidence=plan["evidence"]),
    )  # fmt: skip


@act("case", "return-plan", Reasons)
def return_plan(do: Act) -> None:
    """The plan goes back to the institution with reasons."""
    do.body["plan"] |= {"returned": do.data["reasons"]}


@act("case", "form-team", FormTeam)
def form_team(do: Act) -> None:
    """Article 13(2): 由省局、技术机构组成调查组; city and county staff join as the province requires."""
    do.body["team"] = do.data


@act("case", "record-visit", RecordVisit)
def record_visit(do: Act) -> None:
    """Article 13(3): 向调查对象出示…相关证据，告知调查事由，依法完成相关调查工作."""
    data = do.data
    do.body["visit"] = data
    do.document(
        to=None,
        fields=paper_fields(visited_on=data["visited_on"], place=data["place"], record=data["record"], evidence=data["evidence_shown"],
                    officers=[f"{person['name']}（{person['certificate']}）" for person in data["officers"]], refusal=data.get("refusal")),
    )  # fmt: skip


@act("case", "draft-report", DraftReport)
def draft_report(do: Act) -> None:
    """Article 13(4): 调查后，由技术机构协助省局完成调查报告."""
    do.body["report"] = do.data


@act("case", "adopt-report", Remarks)
def adopt_report(do: Act) -> None:
    """The province adopts the report that the institution drafted."""
    report, body = do.body["report"], do.body
    body["report"] = report | {"adopted_on": do.today.isoformat()}
    do.document(
        to=None,
        fields=paper_fields(subject=body["plan"]["subject"], product=body["product"]["name"], producer=body["producer"]["name"],
                    facts=report["facts"], analysis=report["analysis"], conclusion=report["conclusion"],
                    visited_on=body["visit"]["visited_on"], evidence=body["visit"]["evidence_shown"]),
    )  # fmt: skip


@act("case", "return-report", Reasons)
def return_report(do: Act) -> None:
    """The report goes back to the institution with reasons."""
    do.body["report"] |= {"returned": do.data["reasons"]}
