"""A story told over HTTP: who does what on which day, each with their own login, and the timeline that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from ops.journeys.http import Person, kind_of, until

PASSWORD = "Zhaohui-2026"
Say = Callable[[str], None]
Json = dict[str, Any]


class Story:
    """People of the sample province by username (`None` is the public), and the day it is."""

    def __init__(self, url: str, say: Say) -> None:
        self.url = url
        self.say = say
        self._people: dict[str | None, Person] = {}
        self._names: dict[str, str] = {}
        self.acts = 0

    def person(self, username: str | None) -> Person:
        """The login of somebody, kept for the whole story."""
        if username not in self._people:
            self._people[username] = Person(self.url, username, PASSWORD if username else None)
        return self._people[username]

    def on(self, day: str, hour: int = 9) -> None:
        """Make it this day, once the papers of the day before are printed."""
        registry = self.person("recall.handler")
        until(lambda: registry.search("document", state="registered"), lambda waiting: not waiting, "papers printed")
        self.person("recall.handler").clock.morning(date.fromisoformat(day), hour)

    def open(self, who: str | None, kind: str, act: str, data: Mapping[str, Any]) -> Json:
        """Open a root."""
        self.acts += 1
        return self.person(who).open(kind, act, data)

    def act(
        self, who: str, root: str, act: str, data: Mapping[str, Any] | None = None, part: str | None = None
    ) -> Json:
        """Act on a root."""
        self.acts += 1
        return self.person(who).act(root, act, data, part)

    def approved(self, root: str, drafted: Json, *approvers: str, days: Sequence[str] = ()) -> Json:
        """Send a draft up its chain: each approver in turn, each on a day of their own where days are given."""
        answer = drafted
        for step, approver in enumerate(approvers):
            if days:
                self.on(days[step])
            draft = answer["draft"]
            answer = self.act(approver, root, "approve-draft", {"draft": draft["id"], "hash": draft["hash"]})
        return answer

    def state(self, who: str, root: str, *states: str) -> Json:
        """Wait until a root is in one of these states."""
        return self.person(who).wait_state(root, *states)

    def found(self, who: str, kind: str, **query: Any) -> str:
        """Wait until there is a root of a kind; returns its id."""
        return str(self.person(who).wait_found(kind, **query)["id"])

    def served(self, who: str, document: str) -> Json:
        """Wait until a document has reached its addressee."""
        return self.state(who, document, "served")

    def part(self, who: str, root: str, kind: str, *states: str) -> Json:
        """The first part of a kind in one of these states, once there is one."""

        def look() -> list[Json]:
            return [p for p in self.person(who).get(root)["parts"] if p["kind"] == kind and p["state"] in states]

        return until(look, bool, f"a {kind} of {root} in {' or '.join(states)}")[0]

    def ended(self, who: str, dossier: str, *also: str) -> None:
        """Print the timeline of a matter, a line an act; `also` names roots of other dossiers that belong to the story."""
        matter = self.person(who).dossier(dossier)
        others = [row for root in also for row in self.person(who).journal(root)]
        self._names = {row["id"]: row["zh"] for row in self.person(who).ask("GET", "/organisations")}
        papers = {paper["id"]: paper for paper in matter["documents"]}
        rows = [self._row(row, papers) for row in sorted([*others, *matter["timeline"]], key=lambda row: row["at"])]
        for line in table(("日期", "条款", "行为", "行为人", "文号", "期限"), rows):
            self.say(line)
        if matter["away"]:
            self.say(f"未能读取 away: {', '.join(matter['away'])}")

    def _row(self, row: Json, papers: Mapping[str, Json]) -> tuple[str, ...]:
        named = [papers.get(paper.get("document") or paper.get("id"), paper) for paper in row["documents"]]
        numbers = [str(paper.get("number") or paper.get("title") or "") for paper in named]
        return (
            row["at"][:10],
            row["clause"] or "",
            f"{row['root_kind_zh']}·{row['zh']}",
            self._who(row),
            "、".join(numbers),
            "；".join(_clock(clock) for clock in row["clocks"]),
        )

    def _who(self, row: Json) -> str:
        if row.get("event"):
            return f"〔{row['event']['type'].split('.')[0]}〕"
        actor = row.get("actor") or {}
        if actor.get("system"):
            return "〔系统〕"
        return self._names.get(actor.get("organisation") or "", "公众")


EVENTS = {
    "started": "起算",
    "met": "完成",
    "stopped": "终止",
    "extended": "延长",
    "lapsed": "届满",
    "recounted": "重算",
}


def _clock(clock: Json) -> str:
    late = "（逾期）" if clock.get("late") else ""
    advisory = "*" if clock.get("advisory") else ""
    due = f"至{clock['due_on']}" if clock["event"] in ("started", "extended") else ""
    return f"{EVENTS[clock['event']]}{clock.get('zh', clock['clock'])}{due}{advisory}{late}"


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal: Chinese signs take two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table whose columns line up under a fixed-width Chinese font."""
    widths = [max(width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    rule = "─" * (sum(widths) + 2 * len(widths))

    def line(row: tuple[str, ...]) -> str:
        return "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip()

    return [line(head), rule, *(line(row) for row in rows)]


__all__ = ["Json", "Say", "Story", "kind_of", "table"]
