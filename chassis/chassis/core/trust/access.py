"""Who may do and who may see: actors of the rulebook against the parties of a root. Pages, lists and acts ask here."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.core.rulebook.model import ActorRule, KindRule, ReadRule, Rulebook
from chassis.core.storage.roots import Party
from chassis.core.trust.tokens import Actor


def holds_office(rule: ActorRule, actor: Actor, settings: Mapping[str, Any]) -> bool:
    """Tell whether the actor fits everything of a rule but its party."""
    if rule.system:
        return actor.system
    if rule.public:
        return True
    if actor.person is None or (rule.offices and not rule.offices & set(actor.offices)):
        return False
    if rule.area and not (actor.area and rule.area.match(actor.area)):
        return False
    return rule.organisation is None or settings.get(rule.organisation) in actor.organisations


def may_act(
    rule: ActorRule, actor: Actor, parties: Iterable[Party], settings: Mapping[str, Any], part_id: str | None = None
) -> bool:
    """Tell whether the actor is the one a rule means, on this root (and this part, where one is addressed)."""
    if not holds_office(rule, actor, settings):
        return False
    if rule.party is None:
        return True
    reach = actor.reach
    return any(
        p.name == rule.party and p.who in reach and (part_id is None or p.part_id in ("", part_id)) for p in parties
    )


def is_party(rule: ActorRule, actor: Actor, parties: Iterable[Party], settings: Mapping[str, Any]) -> bool:
    """Tell whether the actor reads as this party: itself, or as a bureau above the one that is."""
    if not holds_office(rule, actor, settings):
        return False
    if rule.party is None:
        return True
    reach, below = actor.reach, actor.below
    return any(
        p.name == rule.party and (p.who in reach or (below and p.area and p.area.startswith(below))) for p in parties
    )


def reads(
    book: Rulebook, kind: KindRule, actor: Actor, parties: Iterable[Party], state: str, settings: Mapping[str, Any]
) -> ReadRule | None:
    """Return what the actor may see of a root, all that its several relations allow taken together; None is nothing."""
    if actor.system:
        return ReadRule(None, None)
    parties = list(parties)
    allowed = [
        rule
        for name, rule in kind.reads.items()
        if (rule.states is None or state in rule.states) and is_party(book.actors[name], actor, parties, settings)
    ]
    if not allowed:
        return None
    if any(rule.fields is None for rule in allowed):
        return ReadRule(None, None)
    return ReadRule(frozenset().union(*(rule.fields or frozenset() for rule in allowed)), None)


def sees_mark(
    book: Rulebook, kind: KindRule, mark: str, actor: Actor, parties: Iterable[Party], settings: Mapping[str, Any]
) -> bool:
    """Tell whether the actor may see values with this mark on a root. A bureau's reach over those below does not open marks."""
    parties = list(parties)
    return actor.system or any(
        may_act(book.actors[name], actor, parties, settings) for name in kind.marks.get(mark, ())
    )
