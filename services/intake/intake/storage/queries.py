"""Questions to and changes of intake's own tables, all inside the transaction of the act that asks."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update

from chassis.core.storage.series import insert_into
from intake.domain.grouping import WIDEST_BLOCK, Links, Report, block_keys
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


def keep_features(
    connection: Connection, lead: str, number: str, title: str, severity: int, features: Mapping[str, Any]
) -> None:
    """Store what grouping knows of a new lead, with its block keys."""
    connection.execute(
        tables.lead_features.insert().values(
            lead=lead, number=number, title=title, state=FREE, signal=None, severity=severity, features=dict(features)
        )
    )
    _keep_keys(connection, lead, features)


def _keep_keys(connection: Connection, lead: str, features: Mapping[str, Any]) -> None:
    keys = sorted({key[:200] for key in block_keys(Report.of(lead, features))})
    if keys:
        connection.execute(tables.block_keys.insert(), [{"key": key, "lead": lead} for key in keys])


def set_grouping(connection: Connection, lead: str, state: str, signal: str | None = None) -> None:
    """Record that a lead is free, grouped in a signal, or gone."""
    connection.execute(
        update(tables.lead_features).where(tables.lead_features.c.lead == lead).values(state=state, signal=signal)
    )


def lead_rows(connection: Connection, leads: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return number, title, state, signal, severity and features of leads, by id."""
    by_lead: dict[str, dict[str, Any]] = {}
    for some in _slices(leads):
        rows = connection.execute(select(tables.lead_features).where(tables.lead_features.c.lead.in_(some))).mappings()
        by_lead |= {row["lead"]: dict(row) for row in rows}
    return by_lead


def free_leads(connection: Connection, limit: int) -> list[str]:
    """Return the newest leads that are in no signal, newest first."""
    rows = tables.lead_features
    query = select(rows.c.lead).where(rows.c.state == FREE).order_by(rows.c.lead.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def key_rows(connection: Connection, leads: Sequence[str]) -> list[tuple[str, str]]:
    """Return the rows of (block key, lead) of these leads."""
    keys = tables.block_keys
    rows: list[tuple[str, str]] = []
    for some in _slices(leads):
        rows += [
            (key, lead)
            for key, lead in connection.execute(select(keys.c.key, keys.c.lead).where(keys.c.lead.in_(some)))
        ]
    return rows


def neighbours(connection: Connection, leads: Sequence[str]) -> list[str]:
    """Return the free leads that share a block key with any of these, sorted; blocks wider than the domain allows are passed over."""
    keys = tables.block_keys
    shared: set[str] = set()
    for some in _slices(leads):
        shared.update(connection.execute(select(keys.c.key).where(keys.c.lead.in_(some)).distinct()).scalars())
    blocks: dict[str, set[str]] = {}
    for some in _slices(sorted(shared)):
        for key, lead in connection.execute(select(keys.c.key, keys.c.lead).where(keys.c.key.in_(some))):
            blocks.setdefault(key, set()).add(lead)
    near = {lead for block in blocks.values() if len(block) <= WIDEST_BLOCK for lead in block} - set(leads)
    return sorted(lead for lead, row in lead_rows(connection, sorted(near)).items() if row["state"] == FREE)


def record_decisions(
    connection: Connection, ones: Iterable[str], others: Iterable[str], decision: str, signal: str, on: str
) -> None:
    """Record that each of `ones` must (or cannot) be with each of `others`; a later decision on a pair replaces the earlier."""
    links = tables.decided_links
    pairs = {tuple(sorted(pair)) for pair in product(set(ones), set(others)) if pair[0] != pair[1]}
    if not pairs:
        return
    statement = insert_into(connection, links)
    changed = {name: statement.excluded[name] for name in ("decision", "signal", "decided_on")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[links.c.first, links.c.second], set_=changed),
        [
            {"first": first, "second": second, "decision": decision, "signal": signal, "decided_on": on}
            for first, second in sorted(pairs)
        ],
    )


def links_among(connection: Connection, leads: Sequence[str]) -> Links:
    """Return the decisions on pairs that touch these leads."""
    links = tables.decided_links
    rows: set[tuple[str, str, str]] = set()
    for some in _slices(leads):
        query = select(links.c.first, links.c.second, links.c.decision).where(
            or_(links.c.first.in_(some), links.c.second.in_(some))
        )
        rows.update((first, second, decision) for first, second, decision in connection.execute(query))
    return Links.of(rows)


def remove_from_grouping(connection: Connection, lead: str) -> None:
    """Take a lead out of grouping for good: its block keys go, its features stay as the record."""
    connection.execute(delete(tables.block_keys).where(tables.block_keys.c.lead == lead))
    set_grouping(connection, lead, GONE)


def return_to_grouping(connection: Connection, lead: str, features: Mapping[str, Any]) -> None:
    """Bring a lead that was taken out back into grouping."""
    _keep_keys(connection, lead, features)
    set_grouping(connection, lead, FREE)
