"""The measures of article 12, and a city bureau's work on the province's commission (article 5(2))."""

from chassis.core import Act, Refusal, act
from investigation.acts.notice import paper_fields
from investigation.schemas.measures import (
    CityReport,
    CommissionCity,
    CommissionTest,
    CompleteMeasure,
    RecordTestResult,
    TakeMeasure,
)

CLAUSE_OF = {
    "enter_premises": "12(1)",
    "require_materials": "12(2)",
    "copy_records": "12(3)",
    "question": "12(4)",
    "expert_analysis": "12(5)",
    "regulatory_talk": "12(6)",
}


@act("case", "take-measure", TakeMeasure)
def take_measure(do: Act) -> None:
    """Article 12: a measure is recorded with who took it, on whom, and the papers that prove it."""
    do.cite(CLAUSE_OF[do.data["measure"]])
    do.add("measure", do.data)


@act("case", "complete-measure", CompleteMeasure)
def complete_measure(do: Act) -> None:
    """What came of a measure."""
    assert do.part
    do.part.body["result"] = do.data


@act("case", "commission-test", CommissionTest)
def commission_test(do: Act) -> None:
    """Article 12(3): 委托具有法定资质的机构…进行检验检测."""
    data = do.data
    part = do.add("measure", data | {"measure": "test"})
    do.document(
        to=None,
        to_name=data["laboratory"],
        part=part.id,
        fields=paper_fields(
            product=do.body["product"]["name"],
            laboratory=data["laboratory"],
            items=data["items"],
            standard=data["standard"],
        ),
    )


@act("case", "record-test-result", RecordTestResult)
def record_test_result(do: Act) -> None:
    """The laboratory must have been qualified on the day of the test."""
    assert do.part
    if do.data["tested_on"] > do.part.body["qualification_until"]:
        raise Refusal(
            "invalid",
            errors={"tested_on": ["检验日已超出资质有效期 / the laboratory was no longer qualified on that day"]},
        )
    do.part.body["result"] = do.data


@act("case", "commission-city", CommissionCity)
def commission_city(do: Act) -> None:
    """Article 5(2): 受省局委托…开展缺陷调查: a city acts on the province's written commission."""
    data = do.data
    part = do.add("commission", data)
    do.party("commissioned_bureau", data["bureau"], area=data["area"], part=part.id)
    do.start("commission", do.today, part=part)
    do.document(
        to=data["bureau"],
        to_name=data["bureau_name"],
        part=part.id,
        fields=paper_fields(product=do.body["product"]["name"], matter=data["matter"], days=data["days"]),
    )


@act("case", "city-report", CityReport)
def city_report(do: Act) -> None:
    """What the commissioned bureau found."""
    assert do.part
    do.part.body["report"] = do.data | {"reported_on": do.today.isoformat()}
