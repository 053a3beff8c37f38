"""The defect determination by a panel of experts (articles 12(5), 13(4)), and the ending without a defect."""

from chassis.core import Act, act
from chassis.core.ids import new_id
from investigation.acts.notice import paper_fields
from investigation.schemas.determination import RecordDetermination, RequestPanel
from investigation.schemas.fields import Reasons
from investigation.schemas.received import OpinionSigned, PanelWithdrawn


def ask_panel(do: Act, purpose: str, materials: list[dict[str, str]]) -> None:
    """Ask experts for a panel: an event, answered by one; if they are away the request waits and the case stays workable."""
    data, body = do.data, do.body
    request = new_id("request")
    body[purpose] = {"request": request, "question": data["question"], "wanted_by": data["wanted_by"]}
    do.fact(
        "panel-requested",
        {"request": request, "root": do.root.id, "part": None, "purpose": purpose, "fields": data["expertise"], "size": data["size"],
         "question": data["question"], "materials": materials, "wanted_by": data["wanted_by"], "product": {"name": body["product"]["name"]},
         "producer": {"code": body["producer"].get("code"), "name": body["producer"]["name"]}, "institution": body["institution"]},
    )  # fmt: skip


@act("case", "request-determination", RequestPanel)
def request_determination(do: Act) -> None:
    """Article 13(4): 组织专家组进行缺陷判定."""
    report = do.body["report"]
    ask_panel(
        do,
        "determination",
        [{"title": "调查报告", "summary": report["facts"]}, {"title": "结论建议", "summary": report["conclusion"]}],
    )


@act("case", "enter-determination", OpinionSigned)
def enter_determination(do: Act) -> None:
    """The panel's opinion, signed by its leader, arrives by event."""
    do.body["opinion"] = do.data


@act("case", "enter-panel-withdrawal", PanelWithdrawn)
def enter_panel_withdrawal(do: Act) -> None:
    """A panel that was withdrawn gives no opinion: the case stands where it stood before the request, and may ask again."""
    purpose = "determination" if do.root.state == "determining" else "redetermination"
    do.body[purpose] |= {"withdrawn": do.data}
    do.choose(purpose)


@act("case", "record-determination", RecordDetermination)
def record_determination(do: Act) -> None:
    """Article 13(4): the province records the determination that follows the panel's opinion."""
    body = do.body
    body["defect"] = do.data["defect"]
    body["determined"] = do.data | {"determined_on": do.today.isoformat()}
    do.document(
        to=None,
        fields=paper_fields(product=body["product"]["name"], producer=body["producer"]["name"], conclusion=do.data["conclusion"],
                    defect=do.data["defect"], reasons=body["opinion"]["reasons"]),
    )  # fmt: skip


@act("case", "close-without-defect", Reasons)
def close_without_defect(do: Act) -> None:
    """Articles 10 and 13 a contrario: where no defect is determined the case ends (our reading, labelled so)."""
    do.body["closing"] = do.data | {"closed_on": do.today.isoformat()}
    do.fact("case-closed", {"case": do.root.id, "closed_on": do.today.isoformat(), "result": "no_defect"})
