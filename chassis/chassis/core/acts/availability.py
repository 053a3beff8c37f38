"""Whether an act may be done now as to person, state and period. Conditions (guards) are a question of their own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.core.acts.clocks import Clocks
from chassis.core.errors import Refusal
from chassis.core.rulebook.model import ActRule, KindRule, Rulebook
from chassis.core.storage.roots import Loaded, Part
from chassis.core.trust.access import may_act
from chassis.core.trust.tokens import Actor


def leads_from(kind: KindRule, act: ActRule, loaded: Loaded, part: Part | None) -> bool:
    """Tell whether the states of root and part are among those that the act leads from."""
    for group, states in act.sources.items():
        state = loaded.root.state if group == kind.name else part.state if part and group == act.on else None
        allowed = (kind.open_states() if group == kind.name else None) if states is None else states
        if state is not None and allowed is not None and state not in allowed:
            return False
    return not (act.on and kind.name not in act.sources and loaded.root.state in kind.final)


def may_now(
    book: Rulebook,
    act: ActRule,
    loaded: Loaded,
    part: Part | None,
    actor: Actor,
    now: datetime,
    clocks: Clocks,
    settings: Mapping[str, Any],
) -> bool:
    """Tell whether the actor may do the act on this root (and part) now, its conditions aside."""
    kind, part_id = book.kinds[act.kind], part.id if part else None
    if not any(may_act(book.actors[who], actor, loaded.parties, settings, part_id) for who in act.by):
        return False
    if not leads_from(kind, act, loaded, part):
        return False
    try:
        clocks.require(act, kind, loaded, part_id, now)
    except Refusal:
        return False
    return True
