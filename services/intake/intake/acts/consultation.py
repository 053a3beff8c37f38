"""Technical consultation with experts and the preliminary risk assessment (article 9, second sentence)."""

from chassis.core import Act, act
from intake.acts.analysis import matter
from intake.data import load
from intake.domain.risk import Matrix, Scenario, assess
from intake.domain.signals import current_level
from intake.schemas.fields import Reasons
from intake.schemas.signals import Assessment, Conclusion, ConsultationRequest, Opinion, Validation, Withdrawn

OUTCOMES = {"investigate": "开展生产者缺陷调查", "track": "信息跟踪"}
UNKNOWN = "不详"


@act("signal", "request-consultation", ConsultationRequest)
def request_consultation(do: Act) -> None:
    """Article 9: 必要时，组织专家进行技术会商. The panel is asked for by an event and answers by one."""
    data = do.data
    do.part = do.add("consultation", {**data, "requested_on": do.today.isoformat()})
    producer, product = do.body["producer"], do.body["product"]
    do.fact(
        "panel-requested",
        {
            "request": do.part.id,
            "root": do.root.id,
            "part": do.part.id,
            "purpose": "consultation",
            "fields": data["fields"],
            "size": data["size"],
            "question": data["question"],
            "materials": data.get("materials", []),
            "wanted_by": data["wanted_by"],
            "producer": {"code": producer.get("code"), "name": producer.get("name") or UNKNOWN},
            "product": {"name": product["name"]},
            "institution": do.settings["institution"],
        },
    )


@act("signal", "enter-opinion", Opinion)
def enter_opinion(do: Act) -> None:
    """Article 20: the panel's leader answers for the signed opinion; it is kept as it came."""
    assert do.part is not None
    do.part.body["opinion"] = {
        key: do.data.get(key) for key in ("panel", "conclusion", "reasons", "signed_on", "leader")
    }


@act("signal", "enter-panel-withdrawal", Withdrawn)
def enter_panel_withdrawal(do: Act) -> None:
    """The panel was withdrawn before it gave an opinion: another may be asked for."""
    assert do.part is not None
    do.part.body["withdrawal"] = {key: do.data.get(key) for key in ("panel", "reasons", "withdrawn_on")}


@act("signal", "withdraw-consultation", Reasons)
def withdraw_consultation(do: Act) -> None:
    """A consultation that is not needed any more is withdrawn with reasons; what the panel still sends has no effect here."""
    assert do.part is not None
    do.part.body["withdrawal"] = {"reasons": do.data["reasons"], "withdrawn_on": do.today.isoformat()}


@act("signal", "assess-risk", Assessment)
def assess_risk(do: Act) -> None:
    """Article 9: 初步风险评估. The level is the matrix's; the proposer's person is kept so that another validates."""
    matrix = Matrix.of(load("risk_matrix"))
    result = assess([Scenario.of(scenario) for scenario in do.data["scenarios"]], matrix)
    result["level_zh"] = load("risk_matrix")["texts"][result["level"]]["zh"]
    do.part = do.add(
        "assessment",
        {
            "scenarios": do.data["scenarios"],
            "remarks": do.data.get("remarks"),
            "result": result,
            "proposed_by": do.actor.person if do.actor else None,
            "proposed_on": do.today.isoformat(),
        },
    )
    do.note("level", result["level"])
    do.note("sensitive", result["sensitive"])


@act("signal", "validate-risk", Validation)
def validate_risk(do: Act) -> None:
    """A level is proposed by one person and validated by another."""
    assert do.part is not None
    body = do.part.body
    body["validation"] = {
        "by": do.actor.person if do.actor else None,
        "on": do.today.isoformat(),
        "remarks": do.data.get("remarks"),
    }
    do.body["risk"] = {
        "level": body["result"]["level"],
        "level_zh": body["result"]["level_zh"],
        "sensitive": body["result"]["sensitive"],
        "assessment": do.part.id,
    }
    do.note("level", body["result"]["level"])


@act("signal", "return-risk", Reasons)
def return_risk(do: Act) -> None:
    """An assessment that does not convince goes back with reasons; another is proposed."""
    assert do.part is not None
    do.part.body["return"] = {
        "by": do.actor.person if do.actor else None,
        "on": do.today.isoformat(),
        "reasons": do.data["reasons"],
    }


@act("signal", "conclude-consultation", Conclusion)
def conclude_consultation(do: Act) -> None:
    """Article 9: 组织专家进行技术会商和初步风险评估，确定是否开展生产者缺陷调查."""
    consultation = next(part for part in do.parts("consultation") if part.state == "opined")
    assessments = [part.body for part in do.parts("assessment") if part.state == "validated"]
    level = current_level(assessments)
    do.body["consultation"] = {
        "consultation": consultation.id,
        "outcome": do.data["outcome"],
        "minutes": do.data["minutes"],
        "risk_level": level,
        "concluded_on": do.data.get("concluded_on") or do.today.isoformat(),
        "opinion": consultation.body["opinion"],
    }
    texts = load("risk_matrix")["texts"]
    do.document(
        to=do.settings["province"],
        part=consultation.id,
        fields=matter(do)
        | {
            "question": consultation.body["question"],
            "opinion": consultation.body["opinion"]["conclusion"],
            "reasons": consultation.body["opinion"]["reasons"],
            "risk_level": texts[level]["zh"] if level else None,
            "outcome": OUTCOMES[do.data["outcome"]],
            "minutes": do.data["minutes"],
            "concluded_on": do.body["consultation"]["concluded_on"],
        },
    )
