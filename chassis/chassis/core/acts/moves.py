"""What a row of the rulebook does to the root in hand: states, parts taken along, clocks."""

from collections.abc import Mapping

from chassis.core.acts.act import Act
from chassis.core.canonical import compact
from chassis.core.storage.roots import Loaded, Part


def content_of(loaded: Loaded) -> str:
    """Return all of a root that an act may change without moving it."""
    root, parties = loaded.root, [(p.name, p.who, p.part_id) for p in loaded.parties]
    return compact([root.body, root.dossier, root.number, root.title, parties, [p.body for p in loaded.parts]])


def states_of(act: Act) -> dict[str, str]:
    """Return the states of root and addressed part, by kind."""
    root = {act.rule.kind: act.root.state} if act.root.state else {}
    return root | ({act.part.kind: act.part.state} if act.part else {})


def move(act: Act, moves: Mapping[str, str], existing: list[Part]) -> None:
    """Move the root, the addressed part, and parts that the row takes along."""
    rule = act.rule
    if act.root.new and rule.kind not in moves:
        raise AssertionError(f"{rule.kind}.{rule.name} opens a root without a state (choice {act.choice!r})")
    for group, state in moves.items():
        if group == rule.kind:
            act.root.state = state
        elif group == rule.on and act.part:
            act.part.state = state
            act.touch(act.part)
        else:
            allowed = rule.sources.get(group)
            for part in existing:
                if part.kind == group and (allowed is None or part.state in allowed):
                    part.state = state
                    act.touch(part)


def run_clocks(act: Act) -> None:
    """Start, end and extend what the row says.

    A clock that is both met and started: where it runs, it is met and the next period begins; where it does not,
    it is started and met at once, so that a report that comes late is on record as late.
    """
    rule, part_id = act.rule, act.part.id if act.part else None
    running = {run.name for run in act.loaded.clocks if run.state == "running" and run.part_id in ("", part_id)}
    for clock in [clock for clock in rule.meets if clock in running or clock not in rule.starts]:
        act.meet(clock)
    for clock, field_name in rule.starts.items():
        act.start(clock, act.today if field_name == "today" else act.data[field_name])
        if clock in rule.meets and clock not in running:
            act.meet(clock)
    for clock in rule.stops:
        act.stop(clock)
    for clock, field_name in rule.extends.items():
        act.extend(clock, int(act.data[field_name]))
