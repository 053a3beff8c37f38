"""Grouping: what is compared, what the reasons say, and that the outcome depends on nothing but the reports and the decisions."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.data import load
from intake.domain.grouping import (
    Report,
    block_keys,
    candidate_pairs,
    compare,
    features_of,
    group,
    names,
    numbers,
    reasons_for,
)
from intake.domain.links import Links
from intake.domain.proposals import explain, propose
from intake.domain.shingles import bands, likeness, shingles


def report(id, name, *, brand="", model="", gtin="", code="", maker="", hazards=(), text="", category="other"):
    product = {"name": name, "brand": brand, "model": model, "gtin": gtin, "category": category}
    return Report.of(id, features_of(product, {"code": code, "name": maker}, list(hazards), text))


DESK_LINE = report(
    "lead_1",
    "儿童书桌",
    brand="示例家具",
    model="SL-D120",
    code="91210100MA0000A019",
    maker="辽宁示例家具制造有限公司",
    hazards=["chemical"],
    text="甲醛释放量不合格（实测0.31mg/m³，限值0.124mg/m³）",
    category="furniture",
)
DESK_CONSUMER = report(
    "lead_2",
    "儿童学习书桌",
    brand="示例家具",
    maker="辽宁示例家具制造有限公司",
    hazards=["chemical"],
    text="新买的书桌气味刺鼻，怀疑甲醛超标，孩子头晕",
    category="furniture",
)
DESK_COMPLAINT = report(
    "lead_3",
    "书桌",
    brand="示例家具",
    code="91210100MA0000A019",
    hazards=["chemical"],
    text="消费者投诉书桌甲醛味重",
    category="furniture",
)
KETTLE = report(
    "lead_4",
    "电热水壶",
    brand="丁牌",
    model="DK-15",
    hazards=["electric_shock"],
    text="绝缘电阻不合格",
    category="electrical",
)
DESK_COLLAPSE = report(
    "lead_5", "书桌", brand="其他家具", hazards=["fall"], text="桌面垮塌砸伤脚", category="furniture"
)

words = st.sampled_from(["书桌", "儿童书桌", "学习桌", "充电器", "USB charger", "desk", "儿童玩具", ""])
brands = st.sampled_from(["", "甲牌", "乙牌", "甲牌、乙牌", "unknown"])
models = st.sampled_from(["", "A-100", "a100", "B 200"])
hazard_sets = st.lists(st.sampled_from(["chemical", "fire", "fall"]), max_size=2, unique=True)


@st.composite
def some_reports(draw, most=9):
    count = draw(st.integers(1, most))
    return [
        report(
            f"lead_{n}",
            draw(words),
            brand=draw(brands),
            model=draw(models),
            hazards=draw(hazard_sets),
            text=draw(words),
        )
        for n in range(count)
    ]


def test_three_reports_of_one_desk_are_grouped_and_the_kettle_and_the_other_desk_are_not():
    groups = group([DESK_LINE, DESK_CONSUMER, DESK_COMPLAINT, KETTLE, DESK_COLLAPSE])
    assert groups == [["lead_1", "lead_2", "lead_3"], ["lead_4"], ["lead_5"]]


def test_the_reasons_of_a_group_are_sentences_in_two_languages():
    terms = {"hazard": load("hazards"), "category": load("categories")}
    reasons = explain(reasons_for([DESK_LINE, DESK_COMPLAINT]), load("reasons"), terms)
    assert "品牌相同（示例家具）" in [reason["zh"] for reason in reasons]
    assert "危害类型相同（化学危害）" in [reason["zh"] for reason in reasons]
    assert "same hazard (chemical)" in [reason["en"] for reason in reasons]
    assert [reason["points"] for reason in reasons] == sorted((reason["points"] for reason in reasons), reverse=True)


def test_every_reason_that_can_be_given_has_its_texts():
    reports = [
        DESK_LINE,
        DESK_CONSUMER,
        DESK_COMPLAINT,
        KETTLE,
        DESK_COLLAPSE,
        report("x", "书桌", brand="甲", model="Z9", gtin="6900000012345", code="1", text="x"),
    ]
    other = report("y", "书桌", brand="甲", model="Z9", gtin="6900000012345", code="2", text="x")
    codes = {reason.code for one in reports for two in [*reports, other] for reason in compare(one, two).reasons}
    assert codes == set(load("reasons"))


@given(some_reports())
def test_comparing_is_symmetric(reports):
    for one in reports:
        for other in reports:
            assert compare(one, other) == compare(other, one)


@settings(max_examples=60)
@given(some_reports(), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_the_reports(reports, chance):
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert group(shuffled) == group(reports)


@settings(max_examples=60)
@given(some_reports())
def test_groups_are_a_partition_and_the_same_each_time(reports):
    groups = group(reports)
    assert sorted(lead for members in groups for lead in members) == sorted(one.id for one in reports)
    assert groups == group(reports)


@settings(max_examples=60)
@given(some_reports(), st.data())
def test_decided_links_are_kept(reports, data):
    ids = [one.id for one in reports]
    pairs = st.lists(
        st.tuples(st.sampled_from(ids), st.sampled_from(ids)).filter(lambda pair: pair[0] != pair[1]), max_size=3
    )
    drawn = data.draw(pairs if len(ids) > 1 else st.just([]))
    links = Links.of([(one, other, "cannot") for one, other in drawn])
    for one, other in drawn:
        assert not any(one in members and other in members for members in group(reports, links))
    must = Links.of([(one, other, "must") for one, other in drawn])
    for one, other in drawn:
        assert any(one in members and other in members for members in group(reports, must))


def test_a_report_split_off_is_not_proposed_again():
    apart = Links.of([("lead_1", "lead_2", "cannot"), ("lead_2", "lead_3", "cannot")])
    assert ["lead_2"] in group([DESK_LINE, DESK_CONSUMER, DESK_COMPLAINT], apart)


def test_reports_put_together_stay_together_although_nothing_speaks_for_it():
    assert ["lead_1", "lead_4"] in group([DESK_LINE, KETTLE], Links.of([("lead_1", "lead_4", "must")]))


def test_the_same_hazard_on_another_product_of_the_brand_is_not_one_signal():
    bed = report(
        "lead_9", "双层床", brand="示例家具", hazards=["entrapment"], category="furniture", text="护栏夹住孩子的头"
    )
    assert not compare(DESK_LINE, bed).alike


@pytest.mark.parametrize(
    ("one", "other"),
    [("儿童学习书桌", "儿童书桌"), ("折叠婴儿推车", "婴儿折叠推车"), ("Children's desk", "Childrens desks")],
)
def test_alike_texts_share_a_block(one, other):
    assert set(bands(one)) & set(bands(other))
    assert likeness(one, other) >= 30


def test_unlike_texts_share_no_block():
    assert not set(bands("儿童学习书桌")) & set(bands("双端口USB充电器"))


def test_chinese_gives_pairs_and_the_rest_triples():
    assert shingles("书桌 SL120") == {"书桌", "sl1", "l12", "120"}


def test_keys_name_what_blocks():
    keys = block_keys(DESK_LINE)
    assert {"brand:示例家具", "model:SLD120", "code:91210100MA0000A019", "category:furniture:chemical"} <= set(keys)


def test_only_reports_that_share_a_key_are_compared():
    assert candidate_pairs([DESK_LINE, KETTLE]) == set()
    assert candidate_pairs([DESK_LINE, DESK_COMPLAINT]) == {("lead_1", "lead_3")}


def test_names_that_say_nothing_are_left_out():
    assert names("甲牌、Unknown，不详; 乙牌") == ["乙牌", "甲牌"]
    assert numbers("SL-D120 / x") == ["SLD120"]


def test_the_weightiest_group_is_proposed_first():
    rows = {
        one.id: {
            "features": features_of(
                {"name": one.product, "brand": brand, "category": one.category}, {}, sorted(one.hazards), one.text
            ),
            "severity": severity,
        }
        for one, brand, severity in [(DESK_LINE, "示例家具", 0), (DESK_COMPLAINT, "示例家具", 0), (KETTLE, "丁牌", 3)]
    }
    rows["lead_6"] = dict(rows["lead_4"])
    proposals = propose(rows, Links())
    assert [proposal.leads for proposal in proposals] == [("lead_4", "lead_6"), ("lead_1", "lead_3")]
    assert [proposal.weight for proposal in proposals] == [6, 0]


def test_many_reports_are_grouped_alike_whatever_their_order():
    chance = random.Random(7)
    many = [
        report(
            f"lead_{n}",
            f"{chance.choice(['书桌', '推车', '水壶', '灯串'])}{n % 50}",
            brand=f"品牌{n % 40}",
            hazards=["chemical"],
        )
        for n in range(300)
    ]
    shuffled = list(many)
    chance.shuffle(shuffled)
    assert group(shuffled) == group(many)
