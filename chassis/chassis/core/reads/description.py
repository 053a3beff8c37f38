"""What a service describes of itself: kinds, states, acts with their schemas and texts, clauses, events, and a hash of it all."""

import json
from typing import Any

from chassis.core.acts import approval
from chassis.core.acts.definitions import Definitions
from chassis.core.canonical import digest
from chassis.core.contracts.schema import json_schema
from chassis.core.rulebook.model import DRAFT_ACTS, ActRule, KindRule, Rulebook

Json = dict[str, Any]


def describe(definitions: Definitions, in_force: Rulebook) -> Json:
    """Return the description of a service.

    `rulebook`, `actors`, `approvals`, `kinds` and `clauses` are those of the rulebook under which roots open today; `regimes` has
    the same of every other rulebook that is loaded, by its name: what roots that live under it are described by.
    """
    registry = definitions.registry
    others = [book for book in registry.books.values() if book is not in_force]
    description = {
        "service": definitions.service,
        **_describe_book(definitions, in_force),
        "regimes": {book.name: _describe_book(definitions, book) for book in others},
        "facts": {
            f"{definitions.service}.{name}.v1": json_schema(type(schema))
            for name, schema in sorted(definitions.facts.items())
        },
        "listens": registry.listens,
    }
    return {**description, "hash": digest(_without_floats(description))}


def _without_floats(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=str)


def _describe_book(definitions: Definitions, book: Rulebook) -> Json:
    return {
        "rulebook": {"name": book.name, "zh": book.zh, "en": book.en, "in_force": book.in_force, "hash": book.hash},
        "actors": {name: {"zh": rule.zh, "en": rule.en, "public": rule.public} for name, rule in book.actors.items()},
        "approvals": {name: list(posts) for name, posts in book.approvals.items()},
        "kinds": {name: _describe_kind(definitions, kind) for name, kind in book.kinds.items()},
        "clauses": {clause: dict(row) for clause, row in book.clauses.items()},
    }


def _describe_kind(definitions: Definitions, kind: KindRule) -> Json:
    return {
        "zh": kind.zh,
        "en": kind.en,
        "final": sorted(kind.final),
        "states": {name: dict(texts) for name, texts in kind.states.items()},
        "parts": {
            name: {"zh": part.zh, "en": part.en, "states": {state: dict(texts) for state, texts in part.states.items()}}
            for name, part in kind.parts.items()
        },
        "clocks": {
            name: {
                "zh": clock.zh,
                "en": clock.en,
                "clause": clock.clause,
                "length": str(clock.length) if clock.length else None,
                "advisory": clock.advisory,
                "source": clock.source,
            }
            for name, clock in kind.clocks.items()
        },
        "acts": {name: _describe_act(definitions, act) for name, act in kind.acts.items()} | _draft_acts(kind),
    }


def _describe_act(definitions: Definitions, act: ActRule) -> Json:
    return {
        "zh": act.zh,
        "en": act.en,
        "clause": act.clause,
        "clauses": list(act.clauses),
        "by": list(act.by),
        "events": [trigger.type for trigger in act.triggers],
        "from": {group: None if states is None else sorted(states) for group, states in act.sources.items()},
        "to": {choice: dict(moves) for choice, moves in act.targets.items()},
        "on": act.on,
        "new": act.new,
        "approval": act.approval,
        "document": act.document,
        "advisory": act.advisory,
        "source": act.source,
        "help": act.help,
        "help_en": act.help_en,
        "schema": json_schema(definitions.functions[(act.kind, act.name)].mark.schema),
    }


def _draft_acts(kind: KindRule) -> Json:
    """Return the acts on drafts, which every kind has that asks for an approval."""
    if not any(act.approval for act in kind.acts.values()):
        return {}
    schema = json_schema(approval.DraftStep)
    nothing: Json = dict.fromkeys(("clause", "on", "approval", "document", "source", "help", "help_en"))
    nothing |= {"clauses": [], "by": [], "events": [], "from": {}, "to": {}, "new": False, "advisory": False}
    return {name: {"zh": zh, "en": en, **nothing, "schema": schema} for name, (zh, en) in DRAFT_ACTS.items()}
