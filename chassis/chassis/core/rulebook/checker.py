"""Checks a rulebook for completeness: every act can be done, every state reached and left, every name known."""

import re
from collections.abc import Iterable, Iterator, Mapping

from chassis.core.rulebook.model import ActRule, KindMoves, KindRule, Rulebook
from chassis.core.rulebook.registry import Registry

PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def check(
    registry: Registry, functions: Iterable[tuple[str, str]], guards: Iterable[str], finders: Iterable[str] = ()
) -> list[str]:
    """Return every way in which the rulebooks are incomplete: acts without function, guard, text or clause; states without a way in or out.

    Where several are loaded a fault begins with its rulebook's name.
    """
    known, several = set(functions), len(registry.books) > 1
    rows = {(act.kind, act.name) for _, _, act in registry.acts()}
    faults = [f"{kind}.{act}: a function without a row" for kind, act in sorted(known - rows)]
    for book in registry.books.values():
        prefix = f"{book.name}: " if several else ""
        faults += [f"{prefix}{fault}" for fault in _check_book(book, known, set(guards), set(finders))]
        faults += [f"{prefix}{fault}" for fault in _check_moves(registry, book)]
    return faults


def _check_book(book: Rulebook, functions: set[tuple[str, str]], guards: set[str], finders: set[str]) -> list[str]:
    heard = {name.split(".")[0] for name in book.listens}
    faults = [
        f"{event_type}: moved by it, but `listens:` names no kind of root of that service"
        for event_type in book.triggers
        if event_type.split(".")[0] not in heard
    ]
    for kind in book.kinds.values():
        faults += _check_states(book, kind)
        faults += [f"{kind.name}: reads names no actor {who!r}" for who in kind.reads if who not in book.actors]
        faults += [
            f"{kind.name}: mark {mark} names no actor {who!r}"
            for mark, actors in kind.marks.items()
            for who in actors
            if who not in book.actors
        ]
        faults += [
            f"{kind.name}: search: {path!r} is no path into a body" for path in kind.search if not PATH.fullmatch(path)
        ]
        for act in kind.acts.values():
            where = f"{kind.name}.{act.name}"
            if (kind.name, act.name) not in functions:
                faults.append(f"{where}: no function")
            faults += [f"{where}: no guard {guard!r}" for guard in act.needs if guard not in guards]
            faults += [f"{where}: no finder {t.find!r}" for t in act.triggers if t.find and t.find not in finders]
            faults += [f"{where}: {fault}" for fault in _check_act(book, kind, act)]
    return faults


def _check_moves(registry: Registry, book: Rulebook) -> Iterator[str]:
    """Yield what of the rulebook that an edition replaces has no place in it. Nothing is checked where that one is not loaded."""
    if book.moves and book.replaces is None:
        yield "moves: says what becomes of stored roots, but `replaces:` names no rulebook"
    old = registry.books.get(str(book.replaces))
    if old is None:
        return
    for kind in old.kinds.values():
        target, moves = book.kinds.get(kind.name), book.moves.get(kind.name, KindMoves())
        if target is None:
            yield f"moves: the kind {kind.name} of {old.name} is not here"
            continue
        where = f"moves.{kind.name}"
        yield from _unplaced(f"{where}.states", kind.open_states(), moves.states, target.states)
        for part in kind.parts.values():
            if part.name not in target.parts:
                yield f"{where}: the part {part.name} is not here"
            else:
                states, there = moves.parts.get(part.name, {}), target.parts[part.name].states
                yield from _unplaced(f"{where}.parts.{part.name}", part.states, states, there)
        clocks = {old_clock: new for old_clock, new in moves.clocks.items() if new is not None}
        kept = [clock for clock in kind.clocks if moves.clocks.get(clock, clock) is not None]
        yield from _unplaced(f"{where}.clocks", kept, clocks, target.clocks)


def _unplaced(where: str, names: Iterable[str], moves: Mapping[str, str], there: Iterable[str]) -> Iterator[str]:
    """Yield the names that lead nowhere, and the moves of names that there are not."""
    names, there = set(names), set(there)
    for name in sorted(names):
        if moves.get(name, name) not in there:
            yield f"{where}: {name!r} has no place in the new edition (it leads to {moves.get(name, name)!r})"
    yield from (f"{where}: there was no {name!r}" for name in sorted(set(moves) - names))


def _check_act(book: Rulebook, kind: KindRule, act: ActRule) -> Iterator[str]:
    """Yield what a row names that there is not, and what it asks for that cannot be."""
    groups = {kind.name, *kind.parts, *book.kinds}
    yield from (f"no actor {who!r}" for who in (*act.by, *sorted(act.shown)) if who not in book.actors)
    yield from (f"no clock {clock!r}" for clock in _clocks_of(act) if clock not in kind.clocks)
    if not act.by and not act.triggers:
        yield "nobody may do it"
    if act.approval and act.approval not in book.approvals:
        yield f"no approval chain {act.approval!r}"
    if act.approval and act.new:
        yield "a draft needs a root, and this act opens one"
    if act.on and act.on not in kind.parts:
        yield f"no part {act.on!r}"
    yield from (f"no part {part!r}" for part in act.adds if part not in kind.parts)
    named = {*act.sources, *(group for moves in act.all_moves for group in moves)}
    yield from (f"no kind or part {group!r}" for group in sorted(named - groups - {str(act.on)}))
    yield from (f"clock {clock!r} ends on a day and cannot be extended" for clock in act.extends if _until(kind, clock))
    if book.clauses:
        yield from (f"clause {clause} is not this service's" for clause in act.clauses if clause not in book.clauses)


def _until(kind: KindRule, clock: str) -> bool:
    return clock in kind.clocks and kind.clocks[clock].until is not None


def _clocks_of(act: ActRule) -> list[str]:
    single = [clock for clock in (act.unless_lapsed, act.after_lapse) if clock]
    return [*act.starts, *act.meets, *act.stops, *act.extends, *single]


def _check_states(book: Rulebook, kind: KindRule) -> list[str]:
    faults = [f"{kind.name}: final state {state!r} is not declared" for state in kind.final - set(kind.states)]
    parts = [(part.name, part.states, frozenset[str](), list(kind.acts.values())) for part in kind.parts.values()]
    everywhere = [act for other in book.kinds.values() for act in other.acts.values()]
    for group, states, final, acts in [(kind.name, kind.states, kind.final, everywhere), *parts]:
        reached: set[str] = set()
        left: set[str] = set()
        for act in acts:
            targets = {moves[group] for moves in act.all_moves if group in moves}
            added = {act.adds[group]} if group in act.adds else set()
            sources = act.sources.get(group, frozenset())
            sources = frozenset(states) - final if sources is None else sources
            faults += [
                f"{act.kind}.{act.name}: no state {s!r} of {group}"
                for s in (targets | set(sources) | added) - set(states)
            ]
            reached |= targets | added
            left |= {source for source in sources if targets - {source}}
        faults += [f"{kind.name}: state {s!r} of {group} is never reached" for s in sorted(set(states) - reached)]
        if group == kind.name:
            ways = sorted(set(states) - final - left)
            faults += [f"{kind.name}: state {s!r} is not final and has no way out" for s in ways]
    return faults
