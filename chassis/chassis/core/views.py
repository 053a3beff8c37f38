"""What a service shows: its description, what an actor may do and see, duties and journals. All ask the same table of parties."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, or_, select

from chassis.core import approvals, store, tables
from chassis.core.access import holds_office, is_party, may_act, reads, sees_mark
from chassis.core.canonical import digest
from chassis.core.command import Moment
from chassis.core.errors import Refusal
from chassis.core.rulebook import DRAFT_ACTS, ActRule, ClockRule, KindRule, ReadRule
from chassis.core.schema import json_schema
from chassis.core.seal import REFERENCE, references, walk_references
from chassis.core.store import Loaded, Part
from chassis.core.times import iso, today
from chassis.core.tokens import Actor

if TYPE_CHECKING:
    from chassis.core.application import Office

Json = dict[str, Any]
PAGE = 20
PAGE_MOST = 200
DUTIES_MOST = 500


def describe(office: "Office") -> Json:
    """Return the description of a service with its hash."""
    book = office.rulebook
    found = {
        "service": office.name,
        "rulebook": {"name": book.name, "zh": book.zh, "en": book.en, "in_force": book.in_force, "hash": book.hash},
        "actors": {name: {"zh": rule.zh, "en": rule.en, "public": rule.public} for name, rule in book.actors.items()},
        "approvals": {name: list(posts) for name, posts in book.approvals.items()},
        "kinds": {name: _describe_kind(office, kind) for name, kind in book.kinds.items()},
        "clauses": {clause: dict(row) for clause, row in book.clauses.items()},
        "facts": {
            f"{office.name}.{name}.v1": json_schema(type(schema))
            for name, schema in sorted(office.application.facts.items())
        },
        "listens": office.application.listens(),
    }
    return {**found, "hash": digest(_without_floats(found))}


def _without_floats(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=str)


def _describe_kind(office: "Office", kind: KindRule) -> Json:
    return {
        "zh": kind.zh,
        "en": kind.en,
        "final": sorted(kind.final),
        "states": {name: dict(texts) for name, texts in kind.states.items()},
        "parts": {
            name: {"zh": p.zh, "en": p.en, "states": {s: dict(t) for s, t in p.states.items()}}
            for name, p in kind.parts.items()
        },
        "clocks": {
            name: {
                "zh": c.zh,
                "en": c.en,
                "clause": c.clause,
                "length": str(c.length) if c.length else None,
                "advisory": c.advisory,
                "source": c.source,
            }
            for name, c in kind.clocks.items()
        },
        "acts": {name: _describe_act(office, act) for name, act in kind.acts.items()} | _draft_acts(kind),
    }


def _describe_act(office: "Office", act: ActRule) -> Json:
    mark = office.application.functions[(act.kind, act.name)][0]
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
        "schema": json_schema(mark.schema),
    }


def _draft_acts(kind: KindRule) -> Json:
    if not any(act.approval for act in kind.acts.values()):
        return {}
    schema = json_schema(approvals.DraftStep)
    return {
        name: {
            "zh": zh,
            "en": en,
            "clause": None,
            "clauses": [],
            "by": [],
            "events": [],
            "from": {},
            "to": {},
            "on": None,
            "new": False,
            "approval": None,
            "document": None,
            "advisory": False,
            "source": None,
            "help": None,
            "help_en": None,
            "schema": schema,
        }
        for name, (zh, en) in DRAFT_ACTS.items()
    }


def acts(office: "Office", connection: Connection, actor: Actor, request: Mapping[str, Any]) -> list[Json]:
    """Return what the actor may do: on one root, or to open one of a kind (or of any kind)."""
    if request.get("id"):
        loaded = store.load(connection, str(request["id"]), lock=False)
        _visible(office, actor, loaded)
        kind = office.rulebook.kinds[loaded.root.kind]
        return [
            found for act in kind.acts.values() for found in _open_acts(office, connection, actor, kind, act, loaded)
        ]
    names = [str(request["kind"])] if request.get("kind") else list(office.rulebook.kinds)
    found = []
    for name in names:
        kind = office.work.kind(name)
        for act in kind.acts.values():
            if act.new and any(may_act(office.rulebook.actors[who], actor, (), office.settings) for who in act.by):
                found.append(_offer(office, connection, actor, kind, act, None, None))
    return found


def _open_acts(
    office: "Office", connection: Connection, actor: Actor, kind: KindRule, act: ActRule, loaded: Loaded
) -> list[Json]:
    if act.new:
        return []
    targets: list[Part | None] = [part for part in loaded.parts if part.kind == act.on] if act.on else [None]
    return [
        _offer(office, connection, actor, kind, act, loaded, part)
        for part in targets
        if _may_now(office, actor, kind, act, loaded, part)
    ]


def _may_now(office: "Office", actor: Actor, kind: KindRule, act: ActRule, loaded: Loaded, part: Part | None) -> bool:
    """Tell whether the actor may do the act as to person, state and period; conditions are told, not hidden."""
    part_id = part.id if part else None
    if not any(may_act(office.rulebook.actors[who], actor, loaded.parties, office.settings, part_id) for who in act.by):
        return False
    for group, states in act.sources.items():
        state = loaded.root.state if group == kind.name else part.state if part and group == act.on else None
        allowed = (kind.open_states() if group == kind.name else None) if states is None else states
        if state is not None and allowed is not None and state not in allowed:
            return False
    if act.on and kind.name not in act.sources and loaded.root.state in kind.final:
        return False
    try:
        office.work.clockwork.require(act, kind, loaded, part_id, office.clock.now())
    except Refusal:
        return False
    return True


def _offer(
    office: "Office",
    connection: Connection,
    actor: Actor,
    kind: KindRule,
    act: ActRule,
    loaded: Loaded | None,
    part: Part | None,
) -> Json:
    mark = office.application.functions[(kind.name, act.name)][0]
    moment = _moment(office, actor, loaded, part)
    run = next((loaded.clock(name, part.id if part else None) for name in act.meets), None) if loaded else None
    running = run if run and run.state == "running" else None
    return {
        "act": act.name,
        "kind": kind.name,
        "zh": act.zh,
        "en": act.en,
        "clause": act.clause,
        "new": act.new,
        "on": act.on,
        "part": part.id if part else None,
        "part_version": part.version if part else None,
        "approval": act.approval,
        "document": act.document,
        "advisory": act.advisory,
        "due": running.due_on if running else None,
        "overdue": bool(running and running.due_at <= iso(office.clock.now())),
        "unmet": [_unmet(office, name) for name in act.needs if not act.new and not _holds(office, name, moment)],
        "choices": {field: choose(connection, moment) for field, choose in mark.choices.items()},
    }


def _moment(office: "Office", actor: Actor, loaded: Loaded | None, part: Part | None) -> Moment:
    """Return what guards and choices judge on before any data is given."""
    return Moment(
        loaded.root if loaded else None,
        part,
        {},
        loaded.parts if loaded else [],
        loaded.clocks if loaded else [],
        loaded.parties if loaded else [],
        actor,
        office.clock.now(),
        office.settings,
    )


def _holds(office: "Office", name: str, moment: Moment) -> bool:
    """Tell whether a guard holds before any data is given; one that needs the data is not held against the act yet."""
    try:
        return bool(office.application.guards[name](moment))
    except (KeyError, TypeError):
        return True


def _unmet(office: "Office", name: str) -> Json:
    zh, en = office.application.guard_texts(name)
    return {"guard": name, "zh": zh, "en": en}


def _visible(office: "Office", actor: Actor, loaded: Loaded) -> ReadRule:
    kind = office.work.kind(loaded.root.kind)
    found = reads(office.rulebook, kind, actor, loaded.parties, loaded.root.state, office.settings)
    if found is None:
        raise Refusal("not-found", root=loaded.root.id)
    return found


def get(office: "Office", connection: Connection, actor: Actor, root_id: str, *, reveal: bool) -> Json:
    """Return a root with its parts, clocks, parties and open drafts, as far as the actor may see them."""
    loaded = store.load(connection, root_id, lock=False)
    rule = _visible(office, actor, loaded)
    root, kind = loaded.root, office.rulebook.kinds[loaded.root.kind]
    shown = _opener(office, connection, actor, kind, loaded, reveal)
    body = root.body if rule.fields is None else {key: value for key, value in root.body.items() if key in rule.fields}
    own = {party.part_id for party in loaded.parties if party.part_id and party.who in actor.reach}
    seen_parts = [
        part for part in loaded.parts if rule.fields is None or f"part:{part.kind}" in rule.fields or part.id in own
    ]
    return {
        **_brief(kind, root),
        "body": shown(body),
        "parts": [
            {
                "id": p.id,
                "kind": p.kind,
                "zh": kind.parts[p.kind].zh,
                "state": p.state,
                "state_zh": kind.parts[p.kind].states[p.state]["zh"],
                "state_en": kind.parts[p.kind].states[p.state]["en"],
                "version": p.version,
                "opened_at": p.opened_at,
                "body": shown(p.body),
            }
            for p in seen_parts
        ],
        "clocks": [_clock_view(office, kind, run) for run in loaded.clocks if run.state != "replaced"],
        "parties": [{"name": p.name, "who": p.who, "part": p.part_id or None} for p in loaded.parties]
        if rule.fields is None
        else [],
        "drafts": _drafts(office, connection, actor, loaded, shown) if rule.fields is None else [],
        "head": {"seq": root.head_seq, "hash": root.head},
    }


def _brief(kind: KindRule, root: store.Root) -> Json:
    return {
        "id": root.id,
        "kind": root.kind,
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "title": root.title,
        "number": root.number,
        "state": root.state,
        "state_zh": kind.states[root.state]["zh"],
        "state_en": kind.states[root.state]["en"],
        "final": root.state in kind.final,
        "dossier": root.dossier,
        "version": root.version,
        "opened_at": root.opened_at,
    }


def _opener(
    office: "Office", connection: Connection, actor: Actor, kind: KindRule, loaded: Loaded, reveal: bool
) -> Any:
    """Return a function that opens the marked values the actor may see (and records that), and masks the others."""
    allowed = {
        mark for mark in kind.marks if sees_mark(office.rulebook, kind, mark, actor, loaded.parties, office.settings)
    }

    def show(value: Any) -> Any:
        wanted = [ref for ref in references(value) if reveal and ref["mark"] in allowed]
        rows = _sealed_rows(connection, [ref[REFERENCE] for ref in wanted])
        if wanted and actor.person:
            connection.execute(
                insert(tables.accesses),
                {
                    "root_id": loaded.root.id,
                    "mark": ",".join(sorted({ref["mark"] for ref in wanted})),
                    "at": iso(office.clock.now()),
                    "sealed_ids": ",".join(ref[REFERENCE] for ref in wanted),
                    "person": actor.person,
                    "organisation": actor.organisation,
                },
            )

        def open_one(reference: dict[str, str]) -> Any:
            row = rows.get(reference[REFERENCE])
            if row is None:
                return {"marked": reference["mark"], "may_reveal": reference["mark"] in allowed}
            return (
                json.loads(office.seal.open(row["box"], row["id"]))
                if row["box"] is not None
                else {"marked": reference["mark"], "erased": True}
            )

        return walk_references(value, open_one)

    return show


def _sealed_rows(connection: Connection, ids: list[str]) -> dict[str, Any]:
    if not ids:
        return {}
    rows = connection.execute(select(tables.sealed).where(tables.sealed.c.id.in_(ids))).mappings()
    return {row["id"]: row for row in rows}


def _clock_view(office: "Office", kind: KindRule, run: store.ClockRun) -> Json:
    rule, now = kind.clocks[run.name], office.clock.now()
    return {
        "clock": run.name,
        "zh": rule.zh,
        "en": rule.en,
        "clause": rule.clause,
        "part": run.part_id or None,
        "state": run.state,
        "start_on": run.start_on,
        "length": run.length,
        "due_on": run.due_on,
        "due_at": run.due_at,
        "provisional": run.provisional,
        "advisory": rule.advisory,
        "source": rule.source,
        "ended_at": run.ended_at,
        "overdue": run.state == "running" and run.due_at <= iso(now),
        "working_days_left": office.calendar.working_days_left(today(now), date.fromisoformat(run.due_on)),
    }


def _drafts(office: "Office", connection: Connection, actor: Actor, loaded: Loaded, shown: Any) -> list[Json]:
    rows = connection.execute(
        select(tables.drafts).where(tables.drafts.c.root_id == loaded.root.id).order_by(tables.drafts.c.id)
    ).mappings()
    return [_draft_view(office, actor, loaded.root.kind, dict(row)) | {"data": shown(row["data"])} for row in rows]


def _draft_view(office: "Office", actor: Actor, kind: str, row: Mapping[str, Any]) -> Json:
    rule = office.work.rule(kind, row["act"])
    return {
        "id": row["id"],
        "act": row["act"],
        "zh": rule.zh,
        "en": rule.en,
        "clause": rule.clause,
        "document": rule.document,
        "part": row["part_id"] or None,
        "drafter": row["drafter"]["sub"],
        "organisation": row["drafter"]["org"],
        "chain": row["chain"],
        "step": row["step"],
        "steps": row["steps"],
        "state": row["state"],
        "hash": row["digest"],
        "created_at": row["created_at"],
        "waits_for_me": approvals.waits_for(actor, row),
    }


def readable(office: "Office", actor: Actor, kind: KindRule) -> ColumnElement[bool]:
    """Return the condition under which roots of a kind are the actor's to see: the same rule as for one page, in SQL."""
    table, relations = tables.roots, tables.parties
    conditions: list[ColumnElement[bool]] = []
    for name, rule in kind.reads.items():
        who = office.rulebook.actors[name]
        if not holds_office(who, actor, office.settings):
            continue
        condition: ColumnElement[bool] = table.c.kind == kind.name
        if rule.states is not None:
            condition = condition & table.c.state.in_(sorted(rule.states))
        if who.party is not None:
            mine: ColumnElement[bool] = relations.c.who.in_(actor.reach)
            if actor.below:
                mine = or_(mine, relations.c.area.like(f"{actor.below}%"))
            named = select(relations.c.root_id).where(
                relations.c.root_id == table.c.id, relations.c.name == who.party, mine
            )
            condition = and_(condition, named.exists())
        conditions.append(condition)
    return or_(false(), *conditions)


def search(office: "Office", connection: Connection, actor: Actor, request: Mapping[str, Any]) -> Json:
    """Return a page of roots: filters `kind state dossier text open`, `page` from 1, `size` up to 200, newest first."""
    table = tables.roots
    names = [str(request["kind"])] if request.get("kind") else list(office.rulebook.kinds)
    query: Select[Any] = select(table).where(
        or_(false(), *(readable(office, actor, office.work.kind(name)) for name in names))
    )
    for column in ("state", "dossier", "number"):
        if request.get(column):
            query = query.where(table.c[column] == str(request[column]))
    if request.get("text"):
        words = f"%{_literal(str(request['text']))}%"
        query = query.where(or_(table.c.title.like(words, escape="\\"), table.c.number.like(words, escape="\\")))
    if request.get("open"):
        query = query.where(
            or_(*(and_(table.c.kind == n, table.c.state.not_in(sorted(office.rulebook.kinds[n].final))) for n in names))
        )
    page, size = max(1, _whole(request, "page", 1)), min(PAGE_MOST, max(1, _whole(request, "size", PAGE)))
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    order = query.order_by(table.c.updated_at.desc(), table.c.id).limit(size).offset((page - 1) * size)
    items = []
    for row in connection.execute(order).mappings():
        brief = _brief(office.rulebook.kinds[row["kind"]], store.root_from(row))
        items.append(brief | {"updated_at": row["updated_at"]})
    return {"items": items, "total": total, "page": page, "size": size}


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _whole(request: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return int(request.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal("invalid", errors={name: ["应为整数 / expected a whole number"]}) from None


def duties(office: "Office", connection: Connection, actor: Actor) -> list[Json]:
    """Return the actor's duties, the most urgent first: clocks, drafts, then what waits without a clock."""
    if actor.person is None:
        return []
    found = _clock_duties(office, connection, actor)
    timed = {duty["root"]: duty for duty in reversed(found)}
    for duty in _awaited(office, connection, actor):
        if duty["root"] not in timed:
            found.append(duty)
            continue
        first = timed[duty["root"]]
        for name, zh, en in zip(duty["acts"], duty["acts_zh"], duty["acts_en"], strict=True):
            if name not in first["acts"]:
                first["acts"].append(name)
                first["acts_zh"].append(zh)
                first["acts_en"].append(en)
    found += _draft_duties(office, connection, actor)
    return sorted(found, key=lambda duty: (duty["due_at"] or "9999", duty["since"]))


def _mine(office: "Office", actor: Actor) -> ColumnElement[bool]:
    return or_(false(), *(readable(office, actor, kind) for kind in office.rulebook.kinds.values()))


def _clock_duties(office: "Office", connection: Connection, actor: Actor) -> list[Json]:
    clocks, table = tables.clocks, tables.roots
    query = (
        select(clocks.c.root_id)
        .join(table, table.c.id == clocks.c.root_id)
        .where(clocks.c.state == "running", _mine(office, actor))
        .order_by(clocks.c.due_at)
        .limit(DUTIES_MOST)
    )
    found = []
    for root_id in dict.fromkeys(connection.execute(query).scalars()):
        loaded = store.load(connection, root_id, lock=False)
        kind = office.rulebook.kinds[loaded.root.kind]
        drafted = _drafted(connection, root_id)
        for run in loaded.clocks:
            if run.state != "running" or _far_off(office, kind.clocks[run.name], run):
                continue
            part = loaded.part(run.part_id) if run.part_id else None
            parts: list[Part | None] = [part] if part else [None, *loaded.parts]
            names = [
                act.name
                for act in kind.acts.values()
                if run.name in act.meets
                and act.name not in drafted
                and any(
                    _may_now(office, actor, kind, act, loaded, p) for p in parts if (p.kind if p else None) == act.on
                )
            ]
            if names:
                found.append(
                    _duty(office, kind, loaded, "clock", names, since=run.start_on) | _clock_view(office, kind, run)
                )
    return found


def _far_off(office: "Office", rule: ClockRule, run: store.ClockRun) -> bool:
    """Tell whether a clock with a long period is no duty yet."""
    return rule.ahead is not None and run.due_at > iso(office.clock.now() + timedelta(days=rule.ahead))


def _drafted(connection: Connection, root_id: str) -> set[str]:
    """Return the acts of which a draft is on its way: the duty has moved to whoever approves."""
    drafts = tables.drafts
    query = select(drafts.c.act).where(drafts.c.root_id == root_id, drafts.c.state == "open")
    return set(connection.execute(query).scalars())


def _awaited(office: "Office", connection: Connection, actor: Actor) -> list[Json]:
    table, found = tables.roots, []
    for kind in office.rulebook.kinds.values():
        waiting = [act for act in kind.acts.values() if act.awaits and not act.new]
        named = {state for act in waiting for state in act.awaits}
        states = sorted((kind.open_states() if "any" in named else named) - kind.final)
        if not waiting:
            continue
        query = (
            select(table.c.id)
            .where(readable(office, actor, kind), table.c.state.in_(states))
            .order_by(table.c.updated_at)
            .limit(DUTIES_MOST)
        )
        for root_id in connection.execute(query).scalars():
            loaded = store.load(connection, root_id, lock=False)
            names = []
            drafted = _drafted(connection, root_id)
            for act in waiting:
                if act.name in drafted or not act.awaits & {loaded.root.state, "any"}:
                    continue
                targets: list[Part | None] = [p for p in loaded.parts if p.kind == act.on] if act.on else [None]
                if any(_waits_for(office, actor, kind, act, loaded, part) for part in targets):
                    names.append(act.name)
            if names:
                found.append(_duty(office, kind, loaded, "awaits", names, since=loaded.root.opened_at))
    return found


def _waits_for(office: "Office", actor: Actor, kind: KindRule, act: ActRule, loaded: Loaded, part: Part | None) -> bool:
    """Tell whether the root waits for this act of this actor: it may be done now, and its conditions hold."""
    if not _may_now(office, actor, kind, act, loaded, part):
        return False
    moment = _moment(office, actor, loaded, part)
    return all(_holds(office, name, moment) for name in act.needs)


def _draft_duties(office: "Office", connection: Connection, actor: Actor) -> list[Json]:
    drafts, table, found = tables.drafts, tables.roots, []
    query = (
        select(drafts).join(table, table.c.id == drafts.c.root_id).where(drafts.c.state == "open", _mine(office, actor))
    )
    for row in connection.execute(query.limit(DUTIES_MOST)).mappings():
        if approvals.waits_for(actor, dict(row)):
            loaded = store.load(connection, row["root_id"], lock=False)
            kind = office.rulebook.kinds[loaded.root.kind]
            duty = _duty(office, kind, loaded, "draft", ["approve-draft", "return-draft"], since=row["created_at"])
            due = next((loaded.clock(name, row["part_id"]) for name in kind.acts[row["act"]].meets), None)
            if due and due.state == "running":
                duty |= _clock_view(office, kind, due)
            found.append(duty | {"draft": _draft_view(office, actor, kind.name, dict(row))})
    return found


def _duty(office: "Office", kind: KindRule, loaded: Loaded, why: str, names: list[str], *, since: str) -> Json:
    root = loaded.root
    first = kind.acts.get(names[0])
    return {
        "why": why,
        "root": root.id,
        "root_kind": kind.name,
        "root_kind_zh": kind.zh,
        "title": root.title,
        "number": root.number,
        "dossier": root.dossier,
        "state": root.state,
        "state_zh": kind.states[root.state]["zh"],
        "acts": names,
        "acts_zh": [kind.acts[n].zh if n in kind.acts else DRAFT_ACTS[n][0] for n in names],
        "acts_en": [kind.acts[n].en if n in kind.acts else DRAFT_ACTS[n][1] for n in names],
        "clock": None,
        "zh": first.zh if first else None,
        "en": first.en if first else None,
        "clause": first.clause if first else None,
        "due_on": None,
        "due_at": None,
        "working_days_left": None,
        "overdue": False,
        "provisional": False,
        "advisory": False,
        "since": since,
        "draft": None,
    }


def journal(office: "Office", connection: Connection, actor: Actor, request: Mapping[str, Any]) -> list[Json]:
    """Return the journal entries of a root or of a dossier that the actor may see, oldest first."""
    if request.get("id"):
        ids = [str(request["id"])]
    else:
        query = select(tables.roots.c.id).where(
            tables.roots.c.dossier == str(request.get("dossier")), _mine(office, actor)
        )
        ids = list(connection.execute(query).scalars())
    found: list[Json] = []
    for root_id in ids:
        loaded = store.load(connection, root_id, lock=False)
        rule = _visible(office, actor, loaded)
        found += _entries(office, connection, actor, loaded, rule)
    return sorted(found, key=lambda entry: (entry["at"], entry["root"], entry["seq"]))


BUILT_IN = {
    "draft": ("拟稿", "drafted"),
    "lapse": ("期限届满", "period lapsed"),
    "recount": ("期限重新计算", "period recounted"),
    **DRAFT_ACTS,
}


def _built_in(kind: KindRule, name: str, entry: Json) -> tuple[str, str]:
    """Return the texts of what the chassis itself journals; a step of a draft names the act that is drafted."""
    zh, en = BUILT_IN.get(name, (name, name))
    drafted = kind.acts.get(str(entry.get("data", {}).get("of")))
    return (f"{zh}：{drafted.zh}", f"{en}: {drafted.en}") if drafted else (zh, en)


def _entries(office: "Office", connection: Connection, actor: Actor, loaded: Loaded, rule: ReadRule) -> list[Json]:
    kind = office.rulebook.kinds[loaded.root.kind]
    relations = {
        name
        for name in office.rulebook.actors
        if is_party(office.rulebook.actors[name], actor, loaded.parties, office.settings)
    }
    rows = connection.execute(
        select(tables.journal).where(tables.journal.c.root_id == loaded.root.id).order_by(tables.journal.c.seq)
    ).mappings()
    found = []
    for row in rows:
        entry = json.loads(row["entry"])
        act = kind.acts.get(row["act"]) or next(
            (k.acts[row["act"]] for k in office.rulebook.kinds.values() if row["act"] in k.acts), None
        )
        mine = entry.get("actor", {}).get("person") == actor.person is not None
        if rule.fields is not None and not mine and not (act and (set(act.by) | act.shown) & relations):
            continue
        zh, en = (act.zh, act.en) if act else _built_in(kind, row["act"], entry)
        hidden = rule.fields is not None and not mine
        found.append(
            {
                "root": loaded.root.id,
                "root_kind": kind.name,
                "root_kind_zh": kind.zh,
                "service": office.name,
                "seq": row["seq"],
                "at": row["at"],
                "act": row["act"],
                "zh": zh,
                "en": en,
                "clause": entry.get("clause"),
                "actor": entry.get("actor"),
                "event": entry.get("event"),
                "part": entry.get("part"),
                "from": entry.get("from", {}),
                "to": entry.get("to", {}),
                "data": {} if hidden else walk_references(entry.get("data", {}), lambda ref: {"marked": ref["mark"]}),
                "noted": {} if hidden else walk_references(entry.get("noted", {}), lambda ref: {"marked": ref["mark"]}),
                "documents": entry.get("documents", []),
                "clocks": [_named_clock(kind, clock) for clock in entry.get("clocks", [])],
                "opened": entry.get("opened", []),
                "draft": entry.get("draft"),
                "by_root": entry.get("by_root"),
                "hash": row["hash"],
            }
        )
    return found


def _named_clock(kind: KindRule, clock: Json) -> Json:
    """Return what an entry says of a clock, with the clock's texts."""
    rule = kind.clocks.get(clock["clock"])
    return clock | ({"zh": rule.zh, "en": rule.en} if rule else {})
