"""Refusals of the HTTP API: problem documents (RFC 9457) as exceptions, and the tests' way to expect one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

AWAY = (503, 504)
"""Statuses of a request that may be sent again: a service or the broker did not answer."""


class Refused(Exception):
    """The system answered with a problem: `status` and the problem's members."""

    def __init__(self, status: int, problem: Mapping[str, Any], request: str) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code", ""))
        super().__init__(f"{request}: {status} {self.code} {problem}")


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The problem in an answer; where it is none, one without a code whose detail is the start of the text."""
    try:
        value = answer.json()
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"code": "", "detail": answer.text[:300]}


@contextmanager
def refused(*codes: str) -> Iterator[list[Refused]]:
    """Expect a refusal with one of these codes; the list holds it after the block."""
    refusals: list[Refused] = []
    try:
        yield refusals
    except Refused as refusal:
        if codes and refusal.code not in codes:
            raise
        refusals.append(refusal)
    else:
        raise AssertionError(f"not refused, expected {' or '.join(codes) or 'a refusal'}")
