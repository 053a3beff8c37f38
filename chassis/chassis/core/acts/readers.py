"""Who may see a root, as rows: one for each key by which somebody sees it, so that lists find what is theirs by one index.

The rule is that of `chassis.core.trust.access.reads`; the rows are derived from it, and every act writes them again.
A key is formed twice, from the root and from the reader, and is the same text where the reader sees the root by it:

- `<party>/<right>`: a party of the root;
- `^<right>:<area>`: the bureaus above a party; `<area>` is the code of a division without the trailing `00` pairs;
- `=<rulebook>:<actor>`: an actor of the rulebook that is no party, e.g. anybody.

`<right>` names the offices of which a reader needs one, joined by `+` (empty where none is needed): those of all actors
that read this kind as the same party and see the same of it. An actor that asks for more than an office (an area, an
organisation), or is public, has a right of its own, `=<rulebook>:<actor>`. Whether the reader fits the actor is answered
when the reader's keys are formed, not in the row.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.core.rulebook.model import ActorRule, KindRule, Rulebook
from chassis.core.rulebook.registry import Registry
from chassis.core.storage.roots import Party
from chassis.core.trust.access import holds_office
from chassis.core.trust.tokens import Actor

Fields = frozenset[str] | None
"""Fields of a body that may be seen; None is all."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a party (None: whoever fits one of the actors) sees of a kind in some states (None: in all), by a right."""

    right: str
    actors: tuple[ActorRule, ...]
    party: str | None
    fields: Fields
    states: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Held:
    """A key that a reader holds for roots of one kind, and what it may show of them."""

    kind: KindRule
    key: str
    fields: Fields


_GRANTS: dict[tuple[str, str], tuple[Grant, ...]] = {}


def grants(book: Rulebook, kind: KindRule) -> tuple[Grant, ...]:
    """Return who sees what of a kind: its `reads`, with actors that differ by office alone put together. Remembered by the rulebook's hash."""
    known = _GRANTS.get((book.hash, kind.name))
    if known is None:
        known = _GRANTS[(book.hash, kind.name)] = tuple(_grants(book, kind))
    return known


def _grants(book: Rulebook, kind: KindRule) -> Iterator[Grant]:
    alike: dict[tuple[Any, ...], list[ActorRule]] = {}
    for name, rule in kind.reads.items():
        who = book.actors[name]
        if who.system:
            continue
        by_office = not (who.party is None or who.area or who.organisation or who.public)
        own = "" if by_office else name
        alike.setdefault((own, bool(who.offices), who.party, rule.fields, rule.states), []).append(who)
    for (own, _, party, fields, states), actors in alike.items():
        offices = "+".join(sorted({office for who in actors for office in who.offices}))
        yield Grant(f"={book.name}:{own}" if own else offices, tuple(actors), party, fields, states)


def keys_of(book: Rulebook, kind: KindRule, state: str, parties: Iterable[Party]) -> dict[str, Fields]:
    """Return the keys by which a root in this state, with these parties, may be seen: key → the fields it opens."""
    parties = list(parties)
    keys: dict[str, Fields] = {}
    for grant in grants(book, kind):
        if grant.states is None or state in grant.states:
            for key in _keys_of_root(grant, parties):
                seen = keys.get(key, frozenset())
                keys[key] = None if seen is None or grant.fields is None else seen | grant.fields
    return keys


def _keys_of_root(grant: Grant, parties: list[Party]) -> Iterator[str]:
    if grant.party is None:
        yield grant.right
    for party in parties:
        if party.name == grant.party:
            yield f"{party.who}/{grant.right}"
            for area in _divisions(party.area):
                yield f"^{grant.right}:{area}"


def held(
    registry: Registry, actor: Actor, settings: Mapping[str, Any], kind_names: Iterable[str] | None = None
) -> Iterator[Held]:
    """Yield the keys that an actor holds for roots of these kinds (None: of all), under every rulebook; some more than once."""
    for book, kind in registry.kinds():
        if kind_names is not None and kind.name not in kind_names:
            continue
        for grant in grants(book, kind):
            if any(holds_office(who, actor, settings) for who in grant.actors):
                for key in _keys_of_reader(grant, actor):
                    yield Held(kind, key, grant.fields)


def _keys_of_reader(grant: Grant, actor: Actor) -> Iterator[str]:
    if grant.party is None:
        yield grant.right
        return
    for who in actor.reach:
        yield f"{who}/{grant.right}"
    if actor.below:
        yield f"^{grant.right}:{actor.below}"


def _divisions(area: str | None) -> list[str]:
    """Return the divisions that an administrative code lies in, itself among them, as `Actor.below` writes them: 210102 → 21, 2101, 210102."""
    prefixes = [area[:end] for end in range(2, len(area) + 1, 2)] if area else []
    return [prefix for prefix in prefixes if not prefix.endswith("00")]
