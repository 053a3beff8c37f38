"""One page out of the pages of several services, each of which sorts its own by the same key.

The services are asked side by side, and the most urgent (or the newest) of what they answer is taken, one unit after
another. The cursor of the page carries where each service stands: its own cursor, and which units of the page that
begins there were given already, or that it has no more. A unit is kept in mind by a few bytes of its identity, not by
its place: what is done or added meanwhile makes no gap and no repeat.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from chassis.client import Away
from chassis.core.errors import Refusal
from gateway.identity import Acting
from gateway.services import Services, Value

Item = dict[str, Any]
Key = tuple[Any, ...]

MOST = 50
"""The largest page: its cursor still fits into an address."""
COUNT_MOST = 1000
"""Services count exactly up to here."""
ROUNDS = 3
"""How often the services are asked for one page at most."""
IDENTITY_BYTES = 5


@dataclass(frozen=True)
class Order:
    """How services sort: by `key`, the greatest first with `descending`. Items of one `unit`, which stand together, are not parted."""

    key: Callable[[Item], Key]
    unit: Callable[[Item], str]
    descending: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of each service, beside where its page begins and how long it is."""

    method: str
    request: Mapping[str, Any]
    order: Order


@dataclass
class _Unit:
    """Items that are given together. `key` is the first key of this unit and of those behind it."""

    identity: str
    items: list[Item]
    key: Key


@dataclass
class _Stream:
    """What one service has: from its cursor `after` on, without the units in `given`."""

    after: str = ""
    given: list[bytes] = field(default_factory=list)
    following: str | None = ""
    page: set[bytes] = field(default_factory=set)
    units: list[_Unit] = field(default_factory=list)
    total: int = 0
    ended: bool = False
    away: bool = False

    def load(self, answer: Value, order: Order) -> None:
        """Take a page of the service, less what was given of it already."""
        self.total = _total(answer)
        self.following = answer["next"]
        first = max if order.descending else min
        groups = [(identity, list(items)) for identity, items in groupby(answer["items"], order.unit)]
        self.page = {_digest(identity) for identity, _ in groups}
        self.units = [
            _Unit(identity, items, first(map(order.key, items)))
            for identity, items in groups
            if _digest(identity) not in self.given
        ]
        for before, behind in reversed(list(pairwise(self.units))):
            before.key = first(before.key, behind.key)
        self._next_page()

    def take(self) -> list[Item]:
        """Give the first unit."""
        unit = self.units.pop(0)
        self.given.append(_digest(unit.identity))
        self._next_page()
        return unit.items

    def _next_page(self) -> None:
        """When the page is given whole, stand at the beginning of the next one."""
        if not self.units:
            self.given = [digest for digest in self.given if digest not in self.page]
            self.ended = self.following is None
            self.after = self.following or ""

    @property
    def to_ask(self) -> bool:
        """Whether the service has to be asked before anything is taken."""
        return not (self.units or self.ended or self.away)

    @property
    def position(self) -> int | list[str]:
        """What the cursor keeps: how many there were when the service has no more, else where to go on."""
        if self.ended:
            return self.total
        return [self.after, base64.b64encode(b"".join(self.given[-MOST:])).decode()]


def page(services: Services, question: Question, actor: Acting | None, after: str | None, size: int) -> dict[str, Any]:
    """A page from all services: `{items, next, total, more, away}`; each item with the `service` that it is from.

    `after` is the `next` of the page before; `size` counts units, at most MOST. `total` is what the services count, up to
    COUNT_MOST; `more` tells that there are more. `away` names those that did not answer, or refused to: what they have
    is missing on this page; the cursor keeps their place. `next` is None when no service that answers has more. At most
    ROUNDS calls a service; a page may be shorter than asked. Refusal invalid for what is no cursor of such a page.
    """
    merge = _Merge(services, question, actor, min(max(1, size), MOST), _streams(after, services.names))
    items = merge.take()
    streams = merge.streams
    total = sum(stream.total for stream in streams.values())
    return {
        "items": items,
        "next": _cursor(streams) if any(not (one.ended or one.away) for one in streams.values()) else None,
        "total": min(total, COUNT_MOST),
        "more": total > COUNT_MOST,
        "away": [name for name, stream in streams.items() if stream.away],
    }


@dataclass
class _Merge:
    """The making of one page."""

    services: Services
    question: Question
    actor: Acting | None
    size: int
    streams: dict[str, _Stream]
    rounds: int = 0

    def take(self) -> list[Item]:
        """The items of the page, in order."""
        order, taken = self.question.order, list[Item]()
        pick = max if order.descending else min
        for _ in range(self.size):
            if not self._ask():
                break
            heads = [(name, stream) for name, stream in self.streams.items() if stream.units]
            if not heads:
                break
            name, stream = pick(heads, key=lambda head: head[1].units[0].key)
            taken += [{**item, "service": name} for item in stream.take()]
        return sorted(taken, key=order.key, reverse=order.descending)

    def _ask(self) -> bool:
        """Ask the services of which nothing is at hand; tells whether it is certain by now what comes first."""
        while unasked := [(name, stream) for name, stream in self.streams.items() if stream.to_ask]:
            if self.rounds == ROUNDS:
                return False
            self.rounds += 1
            calls = [(name, self.question.method, self._request(stream)) for name, stream in unasked]
            answers = self.services.call_each(calls, self.actor)
            for (_, stream), answer in zip(unasked, answers, strict=True):
                if isinstance(answer, (Refusal, Away)):
                    stream.away = True
                else:
                    stream.load(answer, self.question.order)
        return True

    def _request(self, stream: _Stream) -> dict[str, Any]:
        size = max(self.size, min(MOST, len(stream.given) + 1))  # a smaller page than before has been given already
        return {**self.question.request, "size": size, **({"after": stream.after} if stream.after else {})}


def _total(answer: Value) -> int:
    return int(answer.get("total") or 0) + bool(answer.get("more"))


def _digest(identity: str) -> bytes:
    return hashlib.blake2b(identity.encode(), digest_size=IDENTITY_BYTES).digest()


def _cursor(streams: Mapping[str, _Stream]) -> str:
    positions = {name: stream.position for name, stream in streams.items()}
    return base64.urlsafe_b64encode(json.dumps(positions, separators=(",", ":")).encode()).decode()


def _streams(cursor: str | None, names: tuple[str, ...]) -> dict[str, _Stream]:
    """Where each service stands; all at the beginning without a cursor. Refusal invalid."""
    if not cursor:
        return {name: _Stream() for name in names}
    try:
        positions = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return {name: _stream(positions.get(name, ["", ""])) for name in names}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Refusal("invalid", errors={"after": ["翻页位置不正确 / not a cursor of this list"]}) from None


def _stream(position: Any) -> _Stream:
    """The stream at a position; ValueError or TypeError for what is none."""
    if isinstance(position, int):
        return _Stream(total=position, ended=True)
    after, given = position
    if not (after.isascii() and after.isprintable()):
        raise ValueError(after)
    content = base64.b64decode(given, validate=True)
    digests = [content[place : place + IDENTITY_BYTES] for place in range(0, len(content), IDENTITY_BYTES)]
    return _Stream(after=after, given=digests)
