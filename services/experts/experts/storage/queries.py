"""Reads and writes of the service's own tables, inside the transaction of an act."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from experts.domain.pool import Profile, Sitting
from experts.storage.tables import profile_fields, profiles, relations, sittings


def is_registered(connection: Connection, person: str) -> bool:
    """Whether the person stands in the pool, in any state but removed."""
    registered = select(profiles.c.expert_id).where(profiles.c.person == person, profiles.c.state != "removed").limit(1)
    return connection.execute(registered).first() is not None


def add_profile(
    connection: Connection, expert: str, person: str, number: str, fields: Iterable[str], codes: Iterable[str]
) -> None:
    """Enter a registered expert with his fields and the firms he is related to."""
    connection.execute(insert(profiles).values(expert_id=expert, person=person, number=number, state="registered"))
    set_fields(connection, expert, fields)
    for code in sorted(set(codes)):
        connection.execute(insert(relations).values(expert_id=expert, code=code))


def set_fields(connection: Connection, expert: str, fields: Iterable[str]) -> None:
    """Replace an expert's fields of expertise."""
    connection.execute(delete(profile_fields).where(profile_fields.c.expert_id == expert))
    connection.execute(insert(profile_fields), [{"expert_id": expert, "field": field} for field in sorted(set(fields))])


def add_relation(connection: Connection, expert: str, code: str) -> None:
    """Record that an expert is related to a firm; once is enough."""
    known = select(relations.c.code).where(relations.c.expert_id == expert, relations.c.code == code)
    if connection.execute(known).first() is None:
        connection.execute(insert(relations).values(expert_id=expert, code=code))


def set_state(connection: Connection, expert: str, state: str) -> None:
    """Follow the state of an expert's root."""
    connection.execute(update(profiles).where(profiles.c.expert_id == expert).values(state=state))


def set_term(connection: Connection, expert: str, begins: str, ends: str) -> None:
    """Follow an expert's term of appointment (ISO dates, both days within it)."""
    connection.execute(update(profiles).where(profiles.c.expert_id == expert).values(term_from=begins, term_until=ends))


def admitted(connection: Connection) -> list[Profile]:
    """The experts who are admitted to the pool at this moment, whatever their fields and terms."""
    rows = (
        connection.execute(select(profiles).where(profiles.c.state == "admitted").order_by(profiles.c.expert_id))
        .mappings()
        .all()
    )
    mine = select(profiles.c.expert_id).where(profiles.c.state == "admitted")
    fields, codes = defaultdict(set), defaultdict(set)
    for expert, field in connection.execute(select(profile_fields).where(profile_fields.c.expert_id.in_(mine))):
        fields[expert].add(field)
    for expert, code in connection.execute(select(relations).where(relations.c.expert_id.in_(mine))):
        codes[expert].add(code)
    return [
        Profile(
            row["expert_id"], row["person"], frozenset(fields[row["expert_id"]]), frozenset(codes[row["expert_id"]]),
            date.fromisoformat(row["term_from"]), date.fromisoformat(row["term_until"]), row["number"],
        )
        for row in rows
    ]  # fmt: skip


def seat(connection: Connection, seat_id: str, expert: str, panel: str, dossier: str, purpose: str) -> None:
    """Record that an expert has a seat, drawn and not yet confirmed."""
    connection.execute(
        insert(sittings).values(
            seat_id=seat_id, expert_id=expert, panel_id=panel, dossier=dossier, purpose=purpose, state="drawn"
        )
    )


def set_seat(connection: Connection, seat_id: str, state: str) -> None:
    """Follow the state of a seat; an invited national expert's is not of the pool and has no row."""
    connection.execute(update(sittings).where(sittings.c.seat_id == seat_id).values(state=state))


def release(connection: Connection, panel: str) -> None:
    """Release those who hold a seat on a panel that was withdrawn; who was recused stays so in this dossier."""
    held = sittings.c.state.in_(("drawn", "confirmed"))
    connection.execute(update(sittings).where(sittings.c.panel_id == panel, held).values(state="released"))


def sat_in(connection: Connection, dossier: str) -> list[Sitting]:
    """Every seat that an expert of the pool has or had on a panel of one dossier."""
    rows = connection.execute(
        select(sittings).where(sittings.c.dossier == dossier).order_by(sittings.c.seat_id)
    ).mappings()
    return [Sitting(row["expert_id"], row["panel_id"], row["purpose"], row["state"]) for row in rows]
