"""Token buckets: how they empty and fill."""

from __future__ import annotations

import pytest

from gateway.limits import Buckets


def test_a_bucket_empties_fills_and_keeps_names_apart() -> None:
    now = [0.0]
    buckets = Buckets(2, 0.5, lambda: now[0])
    assert [buckets.take("a"), buckets.take("a")] == [0.0, 0.0]
    assert buckets.take("a") == pytest.approx(2.0)
    assert buckets.take("b") == 0.0
    now[0] = 2.0
    assert buckets.take("a") == 0.0
    buckets.give_back("a")
    assert buckets.take("a") == 0.0


def test_a_bucket_is_never_more_than_full() -> None:
    buckets = Buckets(1, 100, lambda: 0.0)
    buckets.give_back("a")
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0
