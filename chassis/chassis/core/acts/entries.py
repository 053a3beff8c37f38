"""Entries of a root's journal, and the events that go out with them: what an act adds to the unit of work."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from chassis.core.acts.command import Unit
from chassis.core.contracts.facts import envelope
from chassis.core.dates.times import iso
from chassis.core.storage.outbox import slot_of
from chassis.core.storage.roots import Loaded
from chassis.core.trust.chain import chain
from chassis.core.trust.seal import references


def append_entry(
    unit: Unit, loaded: Loaded, rulebook_hash: str, name: str, clause: str | None, content: Mapping[str, Any]
) -> None:
    """Append an entry to a root's journal; empty members of `content` are left out."""
    root, command = loaded.root, unit.command
    entry: dict[str, Any] = {
        "root": root.id,
        "seq": root.head_seq + 1,
        "at": iso(unit.now),
        "act": name,
        "clause": clause,
        "command": command.id,
        "rulebook": rulebook_hash,
        **{key: value for key, value in content.items() if value not in (None, {}, [])},
        **_author(unit),
    }
    if command.draft:
        entry["draft"] = command.draft
    text, entry_hash = chain(root.head, entry)
    root.head_seq, root.head = root.head_seq + 1, entry_hash
    unit.touched[root.id] = loaded
    loaded.entries.append(
        {"root_id": root.id, "seq": root.head_seq, "act": name, "at": entry["at"], "entry": text, "hash": entry_hash}
    )


def _author(unit: Unit) -> dict[str, Any]:
    """Return who or what made the entry: an event, the service itself, or a person with organisation and posts."""
    command = unit.command
    if command.event is not None:
        return {"event": {key: command.event[key] for key in ("id", "type", "subject")}}
    if command.actor.system:
        return {"actor": {"system": True}}
    actor = command.actor
    person = {"person": actor.person, "organisation": actor.organisation, "posts": list(actor.posts)}
    return {"actor": person | ({"deputy": dict(actor.deputy)} if actor.deputy else {})}


def append_fact(
    unit: Unit, service: str, schemas: Mapping[str, Schema], loaded: Loaded, name: str, data: Mapping[str, Any]
) -> None:
    """Put an event into the outbox; AssertionError where its data does not fit its schema or holds a sealed value."""
    if references(dict(data)):
        raise AssertionError(f"the fact {name} would carry a marked value")
    try:
        schemas[name].load(dict(data), unknown=RAISE)
    except ValidationError as fault:
        raise AssertionError(f"the fact {name} does not fit its schema: {fault.messages}") from None
    root = loaded.root
    root.facts += 1
    unit.touched[root.id] = loaded
    identifier, body = envelope(
        service=service,
        name=name,
        subject=root.id,
        sequence=root.facts,
        moment=iso(unit.now),
        dossier=root.dossier,
        data=dict(data),
        traceparent=unit.command.trace,
    )
    unit.facts.append(
        {
            "slot": slot_of(root.id),
            "subject": root.id,
            "sequence": root.facts,
            "message_id": identifier,
            "body": body,
            "routing_key": f"{service}.{root.kind}.{name}",
            "type": f"{service}.{name}.v1",
        }
    )
