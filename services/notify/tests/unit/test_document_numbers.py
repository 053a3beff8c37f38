"""Document numbers as text, and the codes they begin with."""

import pytest

from chassis.testing.stage import configured
from notify.domain import numbers
from notify.rendering.forms import form_for, table

SETTINGS = configured("notify")


def test_a_number_is_code_year_in_brackets_number_without_padding_and_hao() -> None:
    assert numbers.written("辽市监消召", 2026, 3) == "辽市监消召〔2026〕3号"


@pytest.mark.parametrize(("year", "value"), [(2026, 0), (2026, -1), (26, 1)])
def test_what_cannot_be_a_number_raises(year: int, value: int) -> None:
    with pytest.raises(ValueError, match="document number"):
        numbers.written("辽市监", year, value)


def test_a_division_numbers_in_the_series_of_its_bureau() -> None:
    assert numbers.bureau_of("org_210000-recall") == "org_210000"
    assert numbers.code_for(SETTINGS, "org_210000-recall", "召回通知书", "消召") == "辽市监消召"


def test_a_kind_may_be_given_a_code_of_its_own() -> None:
    settings = {"issuers": {"org_210000": {"name": "局", "code": "辽市监", "kinds": {"请示": "辽市监请"}}}}
    assert numbers.code_for(settings, "org_210000", "请示", "市监请") == "辽市监请"


def test_a_bureau_without_a_code_is_a_fault_of_the_deployment() -> None:
    with pytest.raises(numbers.NoCode, match="org_219900"):
        numbers.code_for(SETTINGS, "org_219900", "召回通知书", "消召")


def test_the_configured_codes_are_whole_and_no_two_bureaus_share_one() -> None:
    issuers = {key: row for key, row in SETTINGS["issuers"].items() if key != "org_experts"}
    assert numbers.faults({"issuers": issuers}) == []
    twice = {
        "org_1": {"name": "甲局", "code": "甲"},
        "org_2": {"name": "乙局", "code": "甲"},
        "org_3": {"name": "丙局"},
    }
    assert numbers.faults({"issuers": twice}) == [
        "issuers.org_2: code 甲 is already that of org_1",
        "issuers.org_3: no code",
    ]


def test_no_code_with_a_form_word_is_that_of_another_bureau_or_kind() -> None:
    codes = [
        f"{issuer['code']}{form.word}"
        for issuer in SETTINGS["issuers"].values()
        if issuer.get("code")
        for form in table().values()
        if form.numbered
    ]
    assert len(codes) == len(set(codes))


def test_every_code_in_the_settings_is_marked_as_not_verified() -> None:
    assert all(row["verified"] is False for row in SETTINGS["issuers"].values() if "code" in row)


def test_what_a_producer_files_is_neither_numbered_nor_served() -> None:
    for kind in ("异议书", "消费品召回计划", "召回总结", "生产者调查分析报告"):
        assert not form_for(kind).numbered
        assert not form_for(kind).served


def test_an_unknown_kind_is_laid_out_plainly_and_served() -> None:
    form = form_for("示例决定书")
    assert (form.template, form.word, form.served, form.verified) == ("plain", "示例决定", True, False)
