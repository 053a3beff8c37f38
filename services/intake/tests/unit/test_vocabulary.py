"""Words to codes: categories, hazards, other regimes, seats, and foreign alerts as leads."""

import json

import pytest

from intake.data import load, sample_alerts
from intake.domain.alerts import as_lead, read_rows
from intake.domain.producers import is_credit_code, seat
from intake.domain.vocabulary import all_named, category_of, hazards_of, mentioned_in, named, other_regime

CATEGORIES, HAZARDS, REGIMES = load("categories"), load("hazards"), load("regimes")


def lead(**alert):
    base = {"alert_number": "SR/1/26", "product_name": "Desk"}
    return as_lead(base | alert, CATEGORIES, HAZARDS, REGIMES, load("countries"))


def test_a_feed_names_a_category_in_its_own_words():
    assert named("Childcare articles and childrens equipment", CATEGORIES) == "childcare"
    assert named("Spaceships", CATEGORIES) is None


def test_a_category_not_given_is_read_from_the_name():
    assert category_of(None, "儿童学习书桌", CATEGORIES) == "furniture"
    assert category_of("toy", "玩具汽车", CATEGORIES) == "toy"
    assert category_of(None, "某物", CATEGORIES) == "other"


def test_risk_types_are_read_as_a_list():
    assert all_named("Burns, Electric shock, Fire", HAZARDS) == ["burn", "electric_shock", "fire"]


def test_hazards_not_given_are_read_from_chinese_text():
    assert hazards_of([], "书桌甲醛超标", HAZARDS) == ["chemical"]
    assert hazards_of(["fall"], "书桌甲醛超标", HAZARDS) == ["fall"]
    assert mentioned_in("插座漏电并起火", HAZARDS) == ["electric_shock", "fire"]


def test_an_english_word_is_found_at_its_beginning_only():
    assert "fire" not in mentioned_in("the misfired order", HAZARDS)
    assert "fire" in mentioned_in("may catch fire.", HAZARDS)


@pytest.mark.parametrize(
    ("category", "product", "regime"),
    [
        ("motor_vehicle", "Passenger car", "motor_vehicle"),
        ("cosmetic", "Perfume", "cosmetic"),
        ("other", "电动汽车", "motor_vehicle"),
        ("other", "奶粉", "food"),
        ("other", "血压计", "medical_device"),
        ("other", "卷烟", "tobacco"),
        ("toy", "玩具汽车", None),
        ("furniture", "书桌", None),
    ],
)
def test_what_another_law_governs_is_suggested(category, product, regime):
    assert other_regime(category, product, REGIMES) == regime


def test_every_category_word_of_a_regime_is_a_category():
    assert {category for row in REGIMES.values() for category in row["categories"]} <= set(CATEGORIES)


def test_the_credit_code_suggests_the_seat():
    assert seat("91210100MA0000A019", "210000") == {"suggests": "inside", "area": "210100", "province": "辽宁省"}
    assert seat("91110000MA0000A04N", "210000") == {"suggests": "elsewhere", "area": "110000", "province": "北京市"}
    assert seat(None, "210000")["suggests"] == "unknown"
    assert seat("91210100MA0000A018", "210000")["suggests"] == "unknown"


def test_a_wrong_check_character_is_no_credit_code():
    assert is_credit_code("91210100MA0000A019")
    assert not is_credit_code("91210100MA0000A01X")
    assert not is_credit_code("9121")


def test_an_alert_becomes_a_lead_with_chinese_beside_the_foreign_words():
    opened = lead(
        product_category="Furniture",
        risk_type="Chemical",
        brand="X",
        type="D1",
        country_of_origin="Germany",
        batch_number=None,
    )
    assert opened["category"] == "furniture" and opened["hazards"] == ["chemical"] and opened["hazard"] == "化学危害"
    assert opened["alert"]["country_zh"] == "德国" and opened["scope"] == "consumer_product"
    assert "batch_number" not in opened["alert"]


def test_a_vehicle_is_marked_and_not_dropped():
    opened = lead(product_name="Passenger car", product_category="Motor vehicles", risk_type="Injuries")
    assert (opened["scope"], opened["regime"]) == ("other_regime", "motor_vehicle")


def test_rows_that_are_no_json_are_named_by_their_line():
    objects, faults = read_rows('{"a": 1}\n\nnot json\n')
    assert objects == [{"a": 1}] and faults == ["第3行不是JSON对象 / line 3 is no JSON object"]


def test_the_sample_feed_has_twenty_alerts_of_which_four_are_another_regimes():
    rows = [json.loads(row) for row in sample_alerts().splitlines()]
    leads = [as_lead(row, CATEGORIES, HAZARDS, REGIMES, load("countries")) for row in rows]
    assert len({row["alert_number"] for row in rows}) == 20
    assert sorted(row["regime"] for row in leads if "regime" in row) == [
        "cosmetic",
        "cosmetic",
        "motor_vehicle",
        "motor_vehicle",
    ]
