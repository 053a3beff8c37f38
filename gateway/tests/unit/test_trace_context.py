"""Trace context: a valid traceparent is followed, an invalid one is replaced."""

from __future__ import annotations

from gateway import trace


def test_a_trace_is_followed_or_begun() -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    followed = trace.follow(given)
    assert trace.trace_of(followed) == "0af7651916cd43dd8448eb211c80319c"
    assert followed.endswith("-00")
    assert followed != given
    for wrong in (None, "", "00-xyz", "00-" + "0" * 32 + "-b7ad6b7169203331-01", given.upper()):
        assert trace.PATTERN.fullmatch(trace.follow(wrong))
        assert trace.follow(wrong) != trace.follow(wrong)
