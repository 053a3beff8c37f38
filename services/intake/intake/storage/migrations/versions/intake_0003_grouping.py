"""Grouping keeps less of each lead: block keys as numbers, decisions as stays of leads in signals, features no longer a second time.

- `block_keys` held each key as a text of up to 200 characters beside the lead's id, twice; now it holds two numbers.
- `decided_links` held a row for every pair of leads of a signal; now it holds one for each lead (see `intake.domain.links`). When
  the earlier pairs were decided is in the journals of the signals; the order that they leave is counted up to 0 here, the
  entries of a journal from 1.
- `lead_features` repeated what the body of the lead holds; of it `lead_grouping` remains, with the lead's short number and state.

To be applied with the service's processes stopped.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

from chassis.core.storage.tables import roots
from intake.domain.grouping import Report, block_keys, features_in
from intake.domain.leads import weight

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None
stage = "contract"
stop = True

AT_ONCE = 400
Stay = tuple[str, str, int, int | None]


def _texts(table: str, *columns: str) -> sa.TableClause:
    return sa.table(table, *(sa.column(name, sa.String) for name in columns))


old_keys = _texts("block_keys_0002", "key", "lead")
old_links = _texts("decided_links_0002", "first", "second", "decision", "signal", "decided_on")
old_features = sa.table(
    "lead_features",
    *(sa.column(name, sa.String) for name in ("lead", "number", "title", "state", "signal")),
    sa.column("severity", sa.Integer),
    sa.column("features", sa.JSON),
)
known = sa.table(
    "lead_grouping", sa.column("id", sa.Integer), sa.column("lead", sa.String), sa.column("state", sa.String)
)
keys = sa.table("block_keys", sa.column("key", sa.BigInteger), sa.column("lead", sa.Integer))
links = sa.table(
    "decided_links",
    sa.column("lead", sa.Integer),
    sa.column("signal", sa.String),
    sa.column("from_seq", sa.Integer),
    sa.column("to_seq", sa.Integer),
)


def upgrade() -> None:
    """Write the new tables from the old ones, then drop these."""
    connection = op.get_bind()
    op.drop_index("block_keys_lead", "block_keys")
    op.rename_table("block_keys", "block_keys_0002")
    op.rename_table("decided_links", "decided_links_0002")
    _create_new_tables()
    old = old_features.c
    rows = sa.select(old.lead, old.state).order_by(old.lead)
    connection.execute(known.insert().from_select(["lead", "state"], rows))
    _shorten_keys(connection)
    _write_stays(connection)
    for table in ("decided_links_0002", "block_keys_0002", "lead_features"):
        op.drop_table(table)


def _create_new_tables() -> None:
    op.create_table(
        "lead_grouping",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("lead", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
    )
    op.create_index("lead_grouping_lead", "lead_grouping", ["lead"], unique=True)
    op.create_index("lead_grouping_state", "lead_grouping", ["state", "id"])
    op.create_table(
        "block_keys",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("lead", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("block_keys_lead", "block_keys", ["lead"])
    op.create_table(
        "decided_links",
        sa.Column("lead", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("signal", sa.String(80), primary_key=True),
        sa.Column("from_seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("to_seq", sa.Integer),
        sqlite_with_rowid=False,
    )


def _batches(connection: sa.Connection) -> Iterator[dict[str, int]]:
    """Yield the numbers of the leads by id, some at a time."""
    last = 0
    while rows := connection.execute(
        sa.select(known.c.id, known.c.lead).where(known.c.id > last).order_by(known.c.id).limit(AT_ONCE)
    ).all():
        last = rows[-1].id
        yield {row.lead: row.id for row in rows}


def _shorten_keys(connection: sa.Connection) -> None:
    for numbers in _batches(connection):
        rows = connection.execute(sa.select(old_keys.c.key, old_keys.c.lead).where(old_keys.c.lead.in_(list(numbers))))
        short = sorted({(_short(key), numbers[lead]) for key, lead in rows})
        if short:
            connection.execute(keys.insert(), [{"key": key, "lead": number} for key, number in short])


def _short(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


def _write_stays(connection: sa.Connection) -> None:
    old, grouped = old_links.c, old_features.c
    query = sa.select(grouped.lead, grouped.signal).where(grouped.signal.is_not(None))
    places = dict(connection.execute(query).all())
    pairs = connection.execute(sa.select(old.first, old.second, old.decision, old.signal)).all()
    numbers = {lead: number for some in _batches(connection) for lead, number in some.items()}
    rows = [
        {"lead": numbers[lead], "signal": signal, "from_seq": from_seq, "to_seq": to_seq}
        for lead, signal, from_seq, to_seq in stays_of(pairs, places)
    ]
    if rows:
        connection.execute(links.insert(), rows)


def stays_of(pairs: Iterable[Sequence[str]], places: Mapping[str, str]) -> list[Stay]:
    """Return stays (lead, signal, from, to) that say of every pair what rows of pairs (lead, lead, decision, signal) said.

    `places` tells in which signal a lead is now. For each signal the pairs split off in it are covered by gatherings, sets of
    leads of which every two were decided on; what is in several gatherings in a row stays from the first to the last. A lead
    split off from n others makes one gathering of all of them, as it was.
    """
    decided: dict[str, set[str]] = defaultdict(set)
    apart: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for first, second, decision, signal in pairs:
        for one, other in ((first, second), (second, first)):
            decided[one].add(other)
            if decision == "cannot":
                apart[signal][one].add(other)
    present: dict[str, set[str]] = defaultdict(set)
    for lead, signal in places.items():
        present[signal].add(lead)
    return [
        (lead, signal, from_seq, to_seq)
        for signal in sorted({*apart, *present})
        for lead, from_seq, to_seq in _runs([*_gatherings(apart[signal], decided), present[signal]])
    ]


def _gatherings(apart: dict[str, set[str]], decided: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """Yield sets of leads that cover all pairs of `apart`, the widest first; every two leads of a set were decided on."""
    for lead in sorted(apart, key=lambda lead: (-len(apart[lead]), lead)):
        while apart[lead]:
            together = {lead}
            for other in sorted(apart[lead]):
                if together <= decided[other]:
                    together.add(other)
            for one in together:
                apart[one] -= together
            yield together


def _runs(gatherings: list[set[str]]) -> Iterator[tuple[str, int, int | None]]:
    """Yield each lead's stays in gatherings that follow each other; the last is what is together now, counted as 0."""
    now = len(gatherings) - 1
    since: dict[str, int] = {}
    for place, together in enumerate(gatherings):
        for lead in sorted(set(since) - together):
            yield lead, since.pop(lead) - now, place - now
        for lead in together:
            since.setdefault(lead, place)
    for lead, place in sorted(since.items()):
        yield lead, place - now, None


def downgrade() -> None:
    """Write the earlier tables again, the features and keys from the bodies of the leads; days of decisions are left empty."""
    connection = op.get_bind()
    places, pairs = _pairs(connection)
    op.drop_table("decided_links")
    op.drop_table("block_keys")
    _create_earlier_tables()
    for numbers in _batches(connection):
        _write_features(connection, list(numbers), places)
    if pairs:
        table = _texts("decided_links", "first", "second", "decision", "signal", "decided_on")
        connection.execute(table.insert(), pairs)
    op.drop_table("lead_grouping")


def _pairs(connection: sa.Connection) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return in which signal each lead is, and what was decided on every pair."""
    rows = connection.execute(
        sa.select(known.c.lead, links.c.signal, links.c.from_seq, links.c.to_seq)
        .join(links, links.c.lead == known.c.id)
        .order_by(links.c.signal, known.c.lead)
    ).all()
    places = {row.lead: row.signal for row in rows if row.to_seq is None}
    by_signal: dict[str, list[Stay]] = defaultdict(list)
    for lead, signal, from_seq, to_seq in rows:
        by_signal[signal].append((lead, signal, from_seq, to_seq))
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for signal, stays in by_signal.items():
        for one in stays:
            for other in stays:
                if one[0] < other[0] and _meet(one, other):
                    together = places.get(one[0]) == places.get(other[0]) == signal
                    if together or (one[0], other[0]) not in pairs:
                        decision = "must" if together else "cannot"
                        pairs[(one[0], other[0])] = {"decision": decision, "signal": signal}
    return places, [{"first": one, "second": other, "decided_on": "", **row} for (one, other), row in pairs.items()]


def _meet(one: Stay, other: Stay) -> bool:
    (_, _, first, first_end), (_, _, second, second_end) = one, other
    return (second_end is None or first < second_end) and (first_end is None or second < first_end)


def _create_earlier_tables() -> None:
    op.create_table(
        "lead_features",
        sa.Column("lead", sa.String(80), primary_key=True),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("signal", sa.String(80)),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("features", sa.JSON, nullable=False),
    )
    op.create_index("lead_features_state", "lead_features", ["state", "lead"])
    op.create_table(
        "block_keys",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("lead", sa.String(80), primary_key=True),
    )
    op.create_index("block_keys_lead", "block_keys", ["lead"])
    op.create_table(
        "decided_links",
        sa.Column("first", sa.String(80), primary_key=True),
        sa.Column("second", sa.String(80), primary_key=True),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("signal", sa.String(80), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False),
    )


def _write_features(connection: sa.Connection, leads: list[str], places: Mapping[str, str]) -> None:
    query = (
        sa.select(roots.c.id, roots.c.number, roots.c.title, roots.c.body, known.c.state)
        .join(known, known.c.lead == roots.c.id)
        .where(roots.c.id.in_(leads))
    )
    for row in connection.execute(query).all():
        features = features_in(row.body)
        connection.execute(
            old_features.insert().values(
                lead=row.id, number=row.number, title=row.title, state=row.state, signal=places.get(row.id),
                severity=weight(row.body), features=features,
            )
        )  # fmt: skip
        texts = {key[:200] for key in block_keys(Report.of(row.id, features))} if row.state != "gone" else set()
        if texts:
            connection.execute(
                _texts("block_keys", "key", "lead").insert(), [{"key": key, "lead": row.id} for key in sorted(texts)]
            )
