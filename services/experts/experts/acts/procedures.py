"""How the institution works with experts: its procedures (article 20), and the province's guidance (article 4)."""

from chassis.core import Act, act
from experts.schemas.acts import Instruction, InstructionReport, Procedure, Reasoned


def _parties(do: Act) -> None:
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    do.party("institution", do.settings["institution"])


@act("procedure", "publish-procedure", Procedure)
def publish_procedure(do: Act) -> None:
    """Article 20: the institution writes the procedures by which experts' technical activities are organised."""
    do.root.title = do.data["heading"]
    do.body.update(edition=1, earlier=[], current=dict(do.data))
    _parties(do)


@act("procedure", "revise-procedure", Procedure)
def revise_procedure(do: Act) -> None:
    """Article 20: another edition; the earlier ones are kept."""
    do.body["earlier"].append({"edition": do.body["edition"], **do.body["current"]})
    do.body.update(edition=do.body["edition"] + 1, current=dict(do.data))
    do.root.title = do.data["heading"]


@act("procedure", "withdraw-procedure", Reasoned)
def withdraw_procedure(do: Act) -> None:
    """Article 20: the procedure no longer applies."""
    do.body["withdrawal"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}


@act("instruction", "instruct-institution", Instruction)
def instruct_institution(do: Act) -> None:
    """Article 4(8): the province guides the institution's work."""
    do.root.title = do.data["heading"]
    do.body.update(do.data)
    _parties(do)


@act("instruction", "report-on-instruction", InstructionReport)
def report_on_instruction(do: Act) -> None:
    """Article 4(8): the institution says what it did."""
    do.body["report"] = {**do.data, "on": do.today.isoformat()}
