"""A breach of a recall duty, from its opening to its end (articles 19, 4(6)); its steps are general procedure."""

from typing import Any

from chassis.core import Act, act
from recall.acts.bureaus import bureau_of
from recall.schemas.duties import (
    AnnouncePenalty,
    CloseViolation,
    DecidePenalty,
    HearStatement,
    InvestigateViolation,
    LegalReview,
    OpenViolation,
    OrderCorrection,
    PublishPenalty,
    ReCheck,
)
from recall.schemas.recalls import DocumentServed

REMEDY = "当事人不服本决定的，可以依法申请行政复议或者提起行政诉讼。"
"""Review or suit, for a penalty. Their periods stand in laws that were not given: none is named."""


@act("violation", "open-violation", OpenViolation)
def open_violation(do: Act) -> None:
    """Articles 19, 4(6): what looks like a breach of a recall duty is opened as a case."""
    assert do.actor is not None
    data = do.data
    do.root.title = f"{data['name']}：{data['duty']}"
    do.body.update(
        against={name: data[name] for name in ("code", "name", "role")}, duty=data["duty"], facts=data["facts"]
    )
    do.party("handling_bureau", bureau_of(do), area=do.actor.area)
    do.party("respondent", f"org_{data['code']}")


@act("violation", "investigate-violation", InvestigateViolation)
def investigate_violation(do: Act) -> None:
    """Article 19: two officers, certificates shown, establish the facts."""
    do.body["investigation"] = do.data


@act("violation", "order-correction", OrderCorrection)
def order_correction(do: Act) -> None:
    """Article 19: the respondent is ordered to correct; the period runs from the order's service."""
    do.body["correction"] = do.data
    _serve(do, {name: do.data[name] for name in ("requirements", "days")})


@act("violation", "enter-correction-receipt", DocumentServed)
def enter_correction_receipt(do: Act) -> None:
    """Article 19: the order was served; the period to correct begins."""
    do.body["correction"]["served_on"] = do.data["served_on"]
    do.start("correction", do.data["served_on"], days=do.body["correction"]["days"])


@act("violation", "re-check", ReCheck)
def re_check(do: Act) -> None:
    """Article 19: whether the order was obeyed is checked."""
    do.body["recheck"] = do.data


@act("violation", "announce-penalty", AnnouncePenalty)
def announce_penalty(do: Act) -> None:
    """Article 19: before a penalty the respondent is told of facts, basis and amount, and may state its case."""
    do.body["announcement"] = do.data
    _serve(do, do.data | {"fine": _yuan(do.data["fine"])})


@act("violation", "enter-announcement-receipt", DocumentServed)
def enter_announcement_receipt(do: Act) -> None:
    """Article 19: the announcement was served; the period for a statement begins."""
    do.body["announcement"]["served_on"] = do.data["served_on"]


@act("violation", "hear-statement", HearStatement)
def hear_statement(do: Act) -> None:
    """Article 19: the statement and defence is heard and considered."""
    do.body["statement"] = do.data


@act("violation", "legal-review", LegalReview)
def legal_review(do: Act) -> None:
    """Article 19: the legal division reviews before a decision."""
    assert do.actor is not None
    do.body.setdefault("legal_reviews", []).append(do.data | {"on": do.today.isoformat(), "by": do.actor.person})


@act("violation", "decide-penalty", DecidePenalty)
def decide_penalty(do: Act) -> None:
    """Articles 19, 4(6): the penalty is decided; its remedy is review or suit."""
    do.body["decision"] = do.data | {"decided_on": do.today.isoformat()}
    announced = {name: do.body["announcement"][name] for name in ("facts", "basis")}
    _serve(do, announced | do.data | {"fine": _yuan(do.data["fine"])}, remedy=REMEDY)


@act("violation", "serve-penalty", DocumentServed)
def serve_penalty(do: Act) -> None:
    """Article 19: the decision was served."""
    do.body["decision"]["served_on"] = do.data["served_on"]


@act("violation", "publish-penalty", PublishPenalty)
def publish_penalty(do: Act) -> None:
    """Article 19: the decision is made public."""
    do.body["publication"] = do.data


@act("violation", "close-violation", CloseViolation)
def close_violation(do: Act) -> None:
    """Article 19: the matter ends."""
    do.body["closing"] = do.data | {"on": do.today.isoformat()}


def _serve(do: Act, fields: dict[str, Any], remedy: str | None = None) -> None:
    """Issue the row's paper to the respondent."""
    against = do.body["against"]
    shown = {"respondent": against["name"], "code": against["code"], "duty": do.body["duty"]}
    do.document(to=do.parties("respondent")[0], to_name=against["name"], fields=shown | fields, remedy=remedy)


def _yuan(fen: int) -> str:
    """An amount of fen in yuan, as papers print it."""
    return f"{fen // 100}.{fen % 100:02d}元"
