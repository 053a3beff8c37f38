"""Questions to and changes of intake's own tables, all inside the transaction of the act that asks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, and_, delete, func, literal, select, update

from chassis.core.storage.tables import roots
from intake.domain.grouping import WIDEST_BLOCK, Report, block_keys, features_in, short_key
from intake.domain.leads import weight
from intake.domain.links import Links, Stay
from intake.storage import tables

FREE, GROUPED, GONE = "free", "grouped", "gone"
AT_ONCE = 400


def _slices(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def known_alerts(connection: Connection, source: str, numbers: Sequence[str]) -> dict[str, str]:
    """Return which of a source's alert numbers are known, with the lead each opened."""
    alerts = tables.foreign_alerts
    leads: dict[str, str] = {}
    for some in _slices(numbers):
        query = select(alerts.c.alert_number, alerts.c.lead).where(
            alerts.c.source == source, alerts.c.alert_number.in_(some)
        )
        leads |= {row.alert_number: row.lead for row in connection.execute(query)}
    return leads


def record_alert(connection: Connection, source: str, number: str, lead: str, feed: str) -> None:
    """Record that an alert has opened a lead; the primary key refuses a second lead for it."""
    connection.execute(
        tables.foreign_alerts.insert().values(source=source, alert_number=number, lead=lead, feed=feed, seen=1)
    )


def count_sighting(connection: Connection, source: str, numbers: Sequence[str]) -> None:
    """Count one more sighting of each of these known alerts."""
    alerts = tables.foreign_alerts
    for some in _slices(numbers):
        where = and_(alerts.c.source == source, alerts.c.alert_number.in_(some))
        connection.execute(update(alerts).where(where).values(seen=alerts.c.seen + 1))


def keep_lead(connection: Connection, lead: str, body: Mapping[str, Any]) -> None:
    """Make a new lead known to grouping, with its block keys."""
    statement = tables.lead_grouping.insert().values(lead=lead, state=FREE).returning(tables.lead_grouping.c.id)
    _keep_keys(connection, connection.execute(statement).scalar_one(), lead, body)


def _keep_keys(connection: Connection, number: int, lead: str, body: Mapping[str, Any]) -> None:
    keys = {short_key(key) for key in block_keys(Report.of(lead, features_in(body)))}
    if keys:
        connection.execute(tables.block_keys.insert(), [{"key": key, "lead": number} for key in sorted(keys)])


def put_together(connection: Connection, leads: Sequence[str], signal: str, seq: int) -> None:
    """Record that leads are in a signal from an entry of its journal on."""
    known, links = tables.lead_grouping, tables.decided_links
    for some in _slices(leads):
        connection.execute(update(known).where(known.c.lead.in_(some)).values(state=GROUPED))
        stays = select(known.c.id, literal(signal), literal(seq)).where(known.c.lead.in_(some))
        connection.execute(links.insert().from_select(["lead", "signal", "from_seq"], stays))


def split_off(connection: Connection, lead: str, signal: str, seq: int) -> None:
    """Record that a lead is not in a signal any more from an entry of its journal on: it is free, and apart from the others."""
    known, links = tables.lead_grouping, tables.decided_links
    connection.execute(update(known).where(known.c.lead == lead).values(state=FREE))
    present = and_(links.c.lead == _number_of(lead), links.c.signal == signal, links.c.to_seq.is_(None))
    connection.execute(update(links).where(present).values(to_seq=seq))


def _number_of(lead: str) -> ScalarSelect[int]:
    return select(tables.lead_grouping.c.id).where(tables.lead_grouping.c.lead == lead).scalar_subquery()


def links_among(connection: Connection, leads: Sequence[str]) -> Links:
    """Return what analysts have decided about these leads among each other."""
    known, links = tables.lead_grouping, tables.decided_links
    stays: list[Stay] = []
    for some in _slices(leads):
        query = (
            select(known.c.lead, links.c.signal, links.c.from_seq, links.c.to_seq)
            .join(links, links.c.lead == known.c.id)
            .where(known.c.lead.in_(some))
        )
        stays += [Stay(*row) for row in connection.execute(query)]
    return Links.of_stays(stays)


def lead_rows(connection: Connection, leads: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return number, title, severity and features of leads, by id, in the order asked for."""
    by_lead: dict[str, dict[str, Any]] = {}
    for some in _slices(leads):
        query = select(roots.c.id, roots.c.number, roots.c.title, roots.c.body).where(roots.c.id.in_(some))
        for row in connection.execute(query):
            by_lead[row.id] = {
                "lead": row.id,
                "number": row.number,
                "title": row.title,
                "severity": weight(row.body),
                "features": features_in(row.body),
            }
    return {lead: by_lead[lead] for lead in leads if lead in by_lead}


def free_leads(connection: Connection, limit: int) -> list[str]:
    """Return the newest leads that are in no signal, newest first."""
    known = tables.lead_grouping
    query = select(known.c.lead).where(known.c.state == FREE).order_by(known.c.id.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def key_rows(connection: Connection, leads: Sequence[str]) -> list[tuple[int, str]]:
    """Return the rows of (block key, lead) of these leads."""
    known, keys = tables.lead_grouping, tables.block_keys
    rows: list[tuple[int, str]] = []
    for some in _slices(leads):
        query = select(keys.c.key, known.c.lead).join(known, known.c.id == keys.c.lead).where(known.c.lead.in_(some))
        rows += [(key, lead) for key, lead in connection.execute(query)]
    return rows


def neighbours(connection: Connection, leads: Sequence[str], limit: int) -> list[str]:
    """Return the free leads that share block keys with these, those that share most first.

    Blocks wider than the domain allows are passed over.
    """
    shared: Counter[str] = Counter()
    for some in _slices(leads):
        shared.update(dict(connection.execute(_sharing(some)).all()))
    near = sorted(set(shared) - set(leads), key=lambda lead: (-shared[lead], lead))
    return near[:limit]


def _sharing(leads: Sequence[str]) -> Select[str, int]:
    """Return the free leads that share narrow blocks with these, each with how many they share."""
    known, keys = tables.lead_grouping, tables.block_keys
    own = (
        select(keys.c.key)
        .join(known, known.c.id == keys.c.lead)
        .where(known.c.lead.in_(leads))
        .distinct()
        .cte("own_keys")
    )
    narrow = (
        select(keys.c.key)
        .join(own, own.c.key == keys.c.key)
        .group_by(keys.c.key)
        .having(func.count() <= WIDEST_BLOCK)
        .cte("narrow_keys")
    )
    return (
        select(known.c.lead, func.count())
        .select_from(narrow)
        .join(keys, keys.c.key == narrow.c.key)
        .join(known, known.c.id == keys.c.lead)
        .where(known.c.state == FREE)
        .group_by(known.c.lead)
    )


def remove_from_grouping(connection: Connection, lead: str) -> None:
    """Take a lead out of grouping for good: its block keys go."""
    known, keys = tables.lead_grouping, tables.block_keys
    connection.execute(delete(keys).where(keys.c.lead == _number_of(lead)))
    connection.execute(update(known).where(known.c.lead == lead).values(state=GONE))


def return_to_grouping(connection: Connection, lead: str, body: Mapping[str, Any]) -> None:
    """Bring a lead that was taken out back into grouping."""
    known = tables.lead_grouping
    statement = update(known).where(known.c.lead == lead).values(state=FREE).returning(known.c.id)
    _keep_keys(connection, connection.execute(statement).scalar_one(), lead, body)
