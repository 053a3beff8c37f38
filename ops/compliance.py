"""The clause table and the state diagrams of docs/, written from what the services describe."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from ops import descriptions
from ops.drift import Drift
from ops.layout import GATEWAY, ROOT

DOCS = ROOT / "docs"
GATEWAY_CLAUSES = ROOT / GATEWAY / GATEWAY / "rulebook" / "clauses.csv"
HEAD = """\
# 条款对照 Clauses and the acts that carry them

由 `make compliance` 生成，勿手工修改。Written by `make compliance`; do not edit.

{count}

| 条款 clause | 义务 obligation | 谁 who | 服务 service | 行为 acts |
|---|---|---|---|---|
"""
STATES_HEAD = """\
# 状态图：{service} States: {service}

由 `make compliance` 生成，勿手工修改。Written by `make compliance`; do not edit.
"""

Described = dict[str, dict[str, Any]]
Row = dict[str, str]


def write(check: bool = False) -> int:
    """Write docs/compliance.md and docs/states/, print how many clauses are carried; `check` only compares."""
    with descriptions.bench() as layout:
        described = descriptions.all_of(layout)
    rows, carried = clauses(described), carriers(described)
    open_clauses = [row["clause"] for row in rows if row["clause"] not in carried]
    count = f"clauses {len(rows) - len(open_clauses)} of {len(rows)}"
    drift = Drift(check)
    drift.put(DOCS / "compliance.md", HEAD.format(count=count) + table(rows, carried))
    for service, description in described.items():
        drift.put(DOCS / "states" / f"{service}.md", diagrams(service, description))
    print(count)
    for clause in open_clauses:
        print(f"  {clause} 尚无行为 no act yet")
    return drift.told("make compliance")


def clauses(described: Described, gateway_rows: Path = GATEWAY_CLAUSES) -> list[Row]:
    """Every clause of the regulation once, in its order, with the service that answers for it."""
    found: dict[str, Row] = {}
    with gateway_rows.open(encoding="utf-8", newline="") as file:
        own = list(csv.DictReader(file))
    for service, rows in [(GATEWAY, own), *((name, told["clauses"]) for name, told in described.items())]:
        for row in rows if isinstance(rows, list) else [{"clause": clause, **row} for clause, row in rows.items()]:
            if row.get("service", service) == service or row["clause"] not in found:
                found[row["clause"]] = {**row, "service": row.get("service", service)}
    return sorted(found.values(), key=lambda row: _order(row["clause"]))


def _order(clause: str) -> tuple[int, str]:
    match = re.match(r"(\d+)(.*)", clause)
    return (int(match[1]), match[2]) if match else (0, clause)


def carriers(described: Described) -> dict[str, list[str]]:
    """Clause → the acts that carry it, as `开展调查 investigation open-case`."""
    found: dict[str, list[str]] = {}
    for service, description in described.items():
        for kind in description["kinds"].values():
            for name, act in kind["acts"].items():
                for clause in act["clauses"]:
                    found.setdefault(clause, []).append(f"{act['zh']} `{service}.{name}`")
    return found


def table(rows: list[Row], carried: dict[str, list[str]]) -> str:
    """The rows of the clause table."""
    lines = []
    for row in rows:
        acts = "<br>".join(dict.fromkeys(carried.get(row["clause"], []))) or "—"
        duty = f"{row.get('zh', '')}<br>{row['obligation']}" if row.get("zh") else row["obligation"]
        cells = (row["clause"], duty, row["who"], row["service"], acts)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def diagrams(service: str, description: dict[str, Any]) -> str:
    """One mermaid diagram for each kind of root of a service."""
    text = STATES_HEAD.format(service=service)
    for name, kind in description["kinds"].items():
        text += f"\n## {kind['zh']} {name}\n\n```mermaid\n{diagram(name, kind)}```\n"
    return text


def diagram(name: str, kind: dict[str, Any]) -> str:
    """The states of one kind of root and the acts between them."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(texts["zh"])}" as {_mark(state)}' for state, texts in kind["states"].items()]
    for act in kind["acts"].values():
        label = f"{_plain(act['zh'])} {act['clause'] or ''}".strip()
        for begin, end in moves(name, kind, act):
            lines.append(f"    {begin} --> {end}: {label}")
    lines += [f"    {_mark(state)} --> [*]" for state in kind["final"]]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def moves(name: str, kind: dict[str, Any], act: dict[str, Any]) -> list[tuple[str, str]]:
    """The arrows of one act: from each state it may be done in, to each state it may lead to."""
    ends = sorted({target[name] for target in act["to"].values() if name in target})
    if act["new"]:
        return [("[*]", _mark(end)) for end in ends]
    begins = act["from"].get(name)
    if begins is None:
        begins = [state for state in kind["states"] if state not in kind["final"]]
    return [(_mark(begin), _mark(end)) for begin in begins for end in ends if begin != end]


def _mark(state: str) -> str:
    return state.replace("-", "_")


def _plain(text: str) -> str:
    """Text without what mermaid reads as its own."""
    return re.sub(r'[":;#]', " ", text)
