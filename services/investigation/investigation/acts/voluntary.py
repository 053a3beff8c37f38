"""A voluntary recall while the case is open (article 13, last paragraph)."""

from chassis.core import Act, act
from investigation.acts.recall_notice import recall_due
from investigation.schemas.fields import Reasons
from investigation.schemas.recall_notice import DeclareVoluntaryRecall


@act("case", "declare-voluntary-recall", DeclareVoluntaryRecall)
def declare_voluntary_recall(do: Act) -> None:
    """Article 13: 调查期间生产者主动实施召回的…进入召回实施程序: the recall opens by the event that this act publishes."""
    data = do.data
    do.body["voluntary"] = data | {"declared_on": do.today.isoformat()}
    do.body["defect"] = data["defect"]
    do.fact(
        "voluntary-recall-declared",
        recall_due(do)
        | {
            "basis": "voluntary",
            "covers": data["covers"],
            "covers_all": data["covers_all"],
            "declared_on": do.today.isoformat(),
        },
    )


@act("case", "terminate-for-voluntary-recall", Reasons)
def terminate_for_voluntary_recall(do: Act) -> None:
    """Article 13: 终止调查, as far as the recall covers the case."""
    do.body["terminated"] = do.data | {"terminated_on": do.today.isoformat()}
