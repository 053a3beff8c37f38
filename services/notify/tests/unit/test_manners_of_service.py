"""What each manner of service must prove."""

from datetime import date

import pytest

from notify.domain import serving

DAY = date(2026, 7, 6)


@pytest.mark.parametrize(
    ("service", "lacking"),
    [
        ({"manner": "by_hand", "served_on": DAY}, {"receiver"}),
        ({"manner": "by_hand", "served_on": DAY, "receiver": "甲"}, set()),
        ({"manner": "left_in_place", "served_on": DAY, "reason": "拒收", "place": "厂区"}, {"witnesses"}),
        (
            {"manner": "left_in_place", "served_on": DAY, "reason": "拒收", "place": "厂区", "witnesses": ["乙"]},
            set(),
        ),
        (
            {"manner": "left_in_place", "served_on": DAY, "reason": "拒收", "place": "厂区", "video": {"hash": ""}},
            set(),
        ),
        ({"manner": "entrusted", "served_on": DAY}, {"entrusted_to"}),
        ({"manner": "post", "served_on": DAY}, {"slip_number"}),
        ({"manner": "announcement", "served_on": DAY}, {"reason", "announced_on", "announced_in"}),
    ],
)
def test_a_manner_lacks_what_its_proof_needs(service: dict, lacking: set) -> None:
    assert set(serving.faults(service)) == lacking


def test_an_announced_document_is_served_on_the_thirtieth_day_and_not_before() -> None:
    announced = {
        "manner": "announcement",
        "reason": "下落不明",
        "announced_in": "报纸",
        "announced_on": date(2026, 6, 6),
    }
    assert serving.deemed_served(date(2026, 6, 6)) == DAY
    assert serving.faults(announced | {"served_on": DAY}) == {}
    assert set(serving.faults(announced | {"served_on": date(2026, 7, 5)})) == {"served_on"}
