"""The timeline of a matter as a table for the terminal: day, clause, act, actor, document numbers, periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ops.journeys.client import Json, Person

HEAD = ("日期", "条款", "行为", "行为人", "文号", "期限")
CLOCK_EVENTS = {
    "started": "起算",
    "met": "完成",
    "stopped": "终止",
    "extended": "延长",
    "lapsed": "届满",
    "recounted": "重算",
}


def lines(person: Person, dossier: str, others: Iterable[str] = ()) -> list[str]:
    """The lines of the table, a row an act; `others` are roots of other dossiers whose journals are added."""
    matter = person.dossier(dossier)
    entries = [entry for root in others for entry in person.journal(root)]
    names = {row["id"]: row["zh"] for row in person.ask("GET", "/organisations")}
    documents = {document["id"]: document for document in matter["documents"]}
    ordered = sorted([*entries, *matter["timeline"]], key=lambda entry: entry["at"])
    text = table(HEAD, [_row(entry, documents, names) for entry in ordered])
    return text + ([f"未能读取 away: {', '.join(matter['away'])}"] if matter["away"] else [])


def _row(entry: Json, documents: Mapping[str, Json], names: Mapping[str, str]) -> tuple[str, ...]:
    cited = [documents.get(row.get("document") or row.get("id"), row) for row in entry["documents"]]
    numbers = [str(document.get("number") or document.get("title") or "") for document in cited]
    return (
        entry["at"][:10],
        entry["clause"] or "",
        f"{entry['root_kind_zh']}·{entry['zh']}",
        _actor(entry, names),
        "、".join(numbers),
        "；".join(_clock(clock) for clock in entry["clocks"]),
    )


def _actor(entry: Json, names: Mapping[str, str]) -> str:
    if entry.get("event"):
        return f"〔{entry['event']['type'].split('.')[0]}〕"
    actor = entry.get("actor") or {}
    if actor.get("system"):
        return "〔系统〕"
    return names.get(actor.get("organisation") or "", "公众")


def _clock(clock: Json) -> str:
    late = "（逾期）" if clock.get("late") else ""
    advisory = "*" if clock.get("advisory") else ""
    due = f"至{clock['due_on']}" if clock["event"] in ("started", "extended") else ""
    return f"{CLOCK_EVENTS[clock['event']]}{clock.get('zh', clock['clock'])}{due}{advisory}{late}"


def width(text: str) -> int:
    """The columns that a text takes in a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The lines of a table whose columns are aligned under a fixed-width Chinese font."""
    widths = [max(width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    rule = "─" * (sum(widths) + 2 * len(widths))

    def line(row: tuple[str, ...]) -> str:
        return "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip()

    return [line(head), rule, *(line(row) for row in rows)]
