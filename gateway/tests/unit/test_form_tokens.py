"""Form tokens: for which cookie and how long they are valid."""

from __future__ import annotations

import pytest

from gateway import csrf


def test_a_form_token_is_good_for_one_cookie_and_half_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = b"s" * 32
    token = csrf.issue(secret, "mine")
    assert csrf.valid(secret, "mine", token)
    assert not csrf.valid(secret, "other", token)
    assert not csrf.valid(b"t" * 32, "mine", token)
    for wrong in ("", "a.b.c", token[:-1], "键." + token):
        assert not csrf.valid(secret, "mine", wrong)
    later = csrf.time.time() + csrf.LIFETIME + 1
    monkeypatch.setattr(csrf.time, "time", lambda: later)
    assert not csrf.valid(secret, "mine", token)
