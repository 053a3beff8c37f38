"""What words find: width, case and joints make no difference, Chinese needs no spaces, and nobody finds by what he may not see."""

from __future__ import annotations

from collections.abc import Callable

from search_case import listed, search

from chassis.core.acts import projections
from chassis.core.storage import roots
from chassis.testing import Stage


def test_width_case_and_joints_make_no_difference(either: Stage, kept: Callable[..., str]) -> None:
    box = kept(
        label="ＫＥＴＴＬＥ型 AB-12",
        rest={"models": ["GB/T 43387.1", "iPhone 12"], "lots": [{"numbers": ["批2026-07", 7]}]},
    )
    for words in ("kettle", "Kettle", "ＫＥＴＴＬＥ", "ab12", "ab-12", "AB 12", "Ａｂ－１２", "12", "gbt 43387", "43387.1",
                  "iphone 12", "2026-07", "202607", "7", "批", "型 ab12 KETTLE"):  # fmt: skip
        assert listed(either, "keeper", text=words) == [box], words
    for words in ("ket", "ab1", "b12", "ab-13", "iphone12", "kettle 9"):
        assert listed(either, "keeper", text=words) == [], words


def test_chinese_words_of_two_and_more_characters_are_found(either: Stage, kept: Callable[..., str]) -> None:
    car, kettle = kept(label="红色儿童电动玩具车"), kept(label="电热水壶，辽宁某某有限公司")
    expected = {"玩具": [car], "电动玩具车": [car], "水壶": [kettle], "热水": [kettle], "红": [car], "辽宁 水壶": [kettle],
             "电动 玩具": [car], "玩具水壶": [], "玩具 水壶": [], "具电": [], "电": [kettle]}  # fmt: skip
    assert {words: listed(either, "keeper", text=words) for words in expected} == expected


def test_codes_batches_and_names_inside_the_body_are_found_sealed_values_are_not(
    either: Stage, kept: Callable[..., str]
) -> None:
    box = kept(code="91210100MA0P1WWR0K", pieces=[{"name": "保险丝", "weight": 1}, {"name": "铁盖", "weight": 2}], secret="暗号词",
               rest={"models": "Z9", "lots": [{"numbers": ["B20260701", ["B20260702"]]}]})  # fmt: skip
    for words in ("91210100ma0p1wwr0k", "保险丝 铁盖", "b20260702", "z9"):
        assert listed(either, "keeper", text=words) == [box], words
    assert listed(either, "keeper", text="暗号") == []
    either.act("keeper", "box", "note", {"words": "x"})
    assert listed(either, "keeper", text="铁盖") == [box]


def test_a_party_does_not_find_a_root_by_the_words_of_a_field_that_it_may_not_see(
    either: Stage, kept: Callable[..., str]
) -> None:
    box = kept(label="红箱", code="91210100MA0P1WWR0K", pieces=[{"name": "铁盖", "weight": 1}])
    assert [
        listed(either, "owner", text=words) for words in ("红箱", "91210100MA0P1WWR0K", "红箱 91210100ma0p1wwr0k")
    ] == [[box]] * 3
    assert [listed(either, "owner", text=words) for words in ("铁盖", "红箱 铁盖")] == [[], []]
    assert search(either, "owner", text="铁盖")["total"] == 0
    assert listed(either, "auditor", text="红箱") == []
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-06"})
    assert [listed(either, "auditor", text=words) for words in ("红箱", "91210100MA0P1WWR0K", "铁盖")] == [
        [box],
        [],
        [],
    ]
    either.act("owner", "box", "protest")
    assert listed(either, "auditor", text="红箱") == []


def test_a_root_is_found_by_what_it_is_called_now(either: Stage, kept: Callable[..., str]) -> None:
    box = kept(label="红箱", rest={"models": ["旧型号"]})
    with either.office.database.writing() as connection:
        loaded = roots.load(connection, box, lock=True)
        loaded.root.body["rest"] = {"models": ["新型号"]}
        loaded.root.number = "辽召〔2026〕7号"
        office = either.office
        derived = projections.projection_of(connection, office.performer.definitions, office.settings, loaded)
        roots.write(connection, loaded, "2026-07-08T00:00:00.000000Z")
        derived.write(connection)
    assert [listed(either, "keeper", text=words) for words in ("新型", "旧型", "辽召 2026 7号")] == [[box], [], [box]]
    assert listed(either, "keeper", number="辽召〔2026〕7号") == [box]
    assert (
        listed(either, "owner", number="辽召〔2026〕7号") == [box]
        and listed(either, "holder", number="辽召〔2026〕7号") == []
    )
