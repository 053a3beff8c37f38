"""The producer's analysis, its evaluation and the decision on it (articles 10 and 11)."""

from chassis.core import Act, act
from investigation.acts.notice import paper_fields
from investigation.schemas.analysis import (
    DecideOnAnalysis,
    EvaluateAnalysis,
    GrantExtension,
    OpenInvestigation,
    RequestExtension,
    RequireSupplement,
    SubmitAnalysis,
    SubmitSupplement,
)
from investigation.schemas.received import DocumentServed

CLAUSE_OF = {"not_analysed": "11(1)", "insufficient": "11(2)", "severe_or_wide": "11(3)", "national_notice": "11(4)"}


@act("case", "request-extension", RequestExtension)
def request_extension(do: Act) -> None:
    """Article 10(1): the producer asks for more of the time that the province set."""
    do.body["extension"] = {"requested": do.data, "requested_on": do.today.isoformat()}


@act("case", "grant-extension", GrantExtension)
def grant_extension(do: Act) -> None:
    """Only a period that the bureau set can be extended, before it lapses."""
    do.body["extension"] = {"granted": do.data, "granted_on": do.today.isoformat()}


@act("case", "submit-analysis", SubmitAnalysis)
def submit_analysis(do: Act) -> None:
    """Article 10(1): 在省局要求的时限内完成调查分析并提交结果材料."""
    do.body["analysis"] = do.data | {"submitted_on": do.today.isoformat()}
    _filed(do, do.data["summary"], conclusion=do.data["conclusion"])


@act("case", "require-supplement", RequireSupplement)
def require_supplement(do: Act) -> None:
    """Article 10(2): 必要时，省局可要求生产者补充提交相关材料; its period runs from the service of the notice."""
    data, body = do.data, do.body
    paper = do.document(
        to=do.parties("producer")[0],
        to_name=body["producer"]["name"],
        fields=paper_fields(
            product=body["product"]["name"], items=data["items"], days=data["days"], reasons=data.get("reasons")
        ),
    )
    body["supplement"] = {"items": data["items"], "days": data["days"], "document": paper}


@act("case", "enter-supplement-receipt", DocumentServed)
def enter_supplement_receipt(do: Act) -> None:
    """The period for the supplement runs from the service of the notice; a date corrected later is only noted."""
    do.body["supplement"]["served_on"] = do.data["served_on"]
    if do.root.state == "supplement_required":
        do.start("supplement", do.data["served_on"], days=do.body["supplement"]["days"])


@act("case", "submit-supplement", SubmitSupplement)
def submit_supplement(do: Act) -> None:
    """Article 10(2): what was missing is handed in."""
    do.body["supplement"] |= {"submitted": do.data, "submitted_on": do.today.isoformat()}
    _filed(do, do.data["summary"])


def _filed(do: Act, summary: str, conclusion: str | None = None) -> None:
    body = do.body
    do.document(
        to=None,
        issuer=do.parties("producer")[0],
        fields=paper_fields(
            product=body["product"]["name"], producer=body["producer"]["name"], summary=summary, conclusion=conclusion
        ),
    )


@act("case", "evaluate-analysis", EvaluateAnalysis)
def evaluate_analysis(do: Act) -> None:
    """Article 10(2): 重点评估材料是否完备、真实、科学，证据是否充分."""
    do.body["evaluation"] = do.data | {"evaluated_on": do.today.isoformat()}


@act("case", "decide-on-analysis", DecideOnAnalysis)
def decide_on_analysis(do: Act) -> None:
    """Article 10(3): 省局根据评估结果，决定由生产者立即实施召回或由省局组织缺陷调查."""
    do.body["decision"] = do.data | {"decided_on": do.today.isoformat()}


@act("case", "open-investigation", OpenInvestigation)
def open_investigation(do: Act) -> None:
    """Article 11: the province organises a defect investigation on one of four grounds."""
    do.cite(CLAUSE_OF[do.data["ground"]])
    do.body["investigation"] = do.data | {"opened_on": do.today.isoformat()}
