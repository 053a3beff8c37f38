"""Starting, meeting, stopping and extending the clocks of a root. Lateness is computed here, from the due date, when an act is tried."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chassis.core.dates.calendar import Length, WorkingCalendar
from chassis.core.dates.times import end_of, iso
from chassis.core.errors import Refusal
from chassis.core.ids import new_id
from chassis.core.rulebook.model import ActRule, ClockRule, KindRule
from chassis.core.storage.roots import ClockRun, Loaded


class Clocks:
    """Clocks counted on one calendar."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar

    def start(
        self,
        loaded: Loaded,
        rule: ClockRule,
        on: date,
        data: Mapping[str, Any],
        *,
        part_id: str = "",
        days: int | None = None,
    ) -> ClockRun:
        """Set a clock running from an event on a day; one of the same name that runs is replaced (a corrected date recomputes it)."""
        for run in loaded.clocks:
            if run.name == rule.name and run.part_id == part_id and run.state == "running":
                run.state, run.touched = "replaced", True
        length, due_on, due_at, provisional = self._end(rule, on, data, days)
        run = ClockRun(
            new_id("clock"),
            part_id,
            rule.name,
            on.isoformat(),
            length,
            due_on.isoformat(),
            iso(due_at),
            provisional,
            "running",
            new=True,
        )
        loaded.clocks.append(run)
        return run

    def _end(
        self, rule: ClockRule, on: date, data: Mapping[str, Any], days: int | None
    ) -> tuple[str, date, datetime, bool]:
        if rule.until:
            day = date.fromisoformat(str(data[rule.until]))
            return f"until {day.isoformat()}", day, end_of(day), day.year > self.calendar.announced
        length = rule.length or Length(days if days is not None else int(data[str(rule.days_from)]), str(rule.unit))
        deadline = self.calendar.deadline(on, length)
        return str(length), deadline.day, deadline.at, deadline.provisional

    def extend(self, run: ClockRun, number: int, now: datetime) -> None:
        """Lengthen a running clock by `number` of its own unit; refused once it has lapsed."""
        if run.due_at <= iso(now):
            raise Refusal(
                "late",
                "期限届满后不能延长",
                "A period that has lapsed cannot be extended",
                clock=run.name,
                due_on=run.due_on,
            )
        old = Length.of(run.length)
        self.recompute(run, now, Length(old.number + number, old.unit))

    def recompute(self, run: ClockRun, now: datetime, length: Length | None = None) -> bool:
        """Count a clock again, as when its length or the calendar changed; tell whether its end moved or became certain.

        Where the end moved, it is reminded of anew, and lapses anew unless the new end has passed too.
        """
        if run.length.startswith("until "):
            was, run.provisional = run.provisional, int(run.due_on[:4]) > self.calendar.announced
            run.touched = run.touched or was != run.provisional
            return was != run.provisional
        length = length or Length.of(run.length)
        deadline = self.calendar.deadline(date.fromisoformat(run.start_on), length)
        before = (run.due_on, run.provisional)
        run.length, run.due_on, run.due_at = str(length), deadline.day.isoformat(), iso(deadline.at)
        run.provisional, run.touched = deadline.provisional, True
        if run.due_on != before[0]:
            run.reminded = False
            run.lapse_noted = run.lapse_noted and run.due_at <= iso(now)
        return before != (run.due_on, run.provisional)

    def require(self, act: ActRule, kind: KindRule, loaded: Loaded, part_id: str | None, now: datetime) -> None:
        """Refuse an act that comes too late (`unless_lapsed`) or before a period has run out (`after_lapse`)."""
        moment = iso(now)
        if act.unless_lapsed:
            run = loaded.clock(act.unless_lapsed, part_id)
            if run and run.state == "running" and run.due_at <= moment:
                raise self._refusal("late", act, kind.clocks[act.unless_lapsed], run)
        if act.after_lapse:
            run = loaded.clock(act.after_lapse, part_id)
            if run is None or run.state != "running" or run.due_at > moment:
                raise self._refusal("early", act, kind.clocks[act.after_lapse], run)

    def _refusal(self, code: str, act: ActRule, rule: ClockRule, run: ClockRun | None) -> Refusal:
        due = run.due_on if run else None
        if code == "late":
            zh, en = f"{rule.zh}已于{due}届满", f"The {rule.en} lapsed at the end of {due}"
        elif run is None:
            zh, en = f"{rule.zh}尚未起算", f"The {rule.en} has not begun"
        elif run.state != "running":
            zh, en = f"{rule.zh}已经了结", f"The {rule.en} has ended"
        else:
            zh, en = f"{rule.zh}至{due}届满，尚未到期", f"The {rule.en} runs until the end of {due}"
        return Refusal(code, zh, en, clause=rule.clause, act=act.name, clock=rule.name, due_on=due)


def clock_entry(run: ClockRun, event: str, rule: ClockRule, moment: str) -> dict[str, Any]:
    """Return what the journal and the answer say of a clock: its name, what happened to it, when it is due, and what is uncertain."""
    entry: dict[str, Any] = {
        "clock": run.name,
        "event": event,
        "clause": rule.clause,
        "start_on": run.start_on,
        "due_on": run.due_on,
    }
    if run.provisional:
        entry["provisional"] = True
    if rule.advisory:
        entry["advisory"] = True
    if event == "met" and run.due_at <= moment:
        entry["late"] = True
    return entry
