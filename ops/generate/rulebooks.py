"""The rulebooks of the services with their rule cases, and the clauses of the regulation that they answer for."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from chassis.core.rulebook import reader
from chassis.core.rulebook.model import Rulebook
from chassis.core.rulebook.registry import Registry
from ops.layout import GATEWAY, ROOT

GATEWAY_CLAUSES = ROOT / GATEWAY / GATEWAY / "rulebook" / "clauses.csv"
Clause = dict[str, str]
"""One row of clauses.csv."""


@dataclass(frozen=True)
class Book:
    """One service's rulebook. `cases`: clause → the files with its rule cases, relative to the repository."""

    service: str
    rules: Rulebook
    cases: dict[str, list[str]]


def read(service: str) -> Book:
    """Read a service's newest rulebook and list its rule cases."""
    folder = ROOT / "services" / service
    paths = (folder / service / "rulebook").glob("*.yaml")
    cases: dict[str, list[str]] = {}
    for file in sorted((folder / "tests" / "rules").glob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        for clause in reader.as_list(document.get("clause") if isinstance(document, dict) else None):
            cases.setdefault(str(clause), []).append(str(file.relative_to(ROOT)))
    return Book(service, Registry([reader.read(path) for path in paths]).newest, cases)


def clauses(books: list[Book], gateway_rows: Path = GATEWAY_CLAUSES) -> list[Clause]:
    """Every clause of the regulation once, in its order, with the service that answers for it.

    A service may hold the row of a clause that it only helps with: the row names who answers.
    """
    with gateway_rows.open(encoding="utf-8", newline="") as file:
        rows = {row["clause"]: {**row, "service": GATEWAY} for row in csv.DictReader(file)}
    for book in books:
        for clause, row in book.rules.clauses.items():
            if row["service"] == book.service or clause not in rows:
                rows[clause] = dict(row)
    return sorted(rows.values(), key=lambda row: _order(row["clause"]))


def without_act(books: list[Book], rows: list[Clause]) -> list[Clause]:
    """The clauses that no act carries yet."""
    carried = {clause for book in books for clause in book.rules.carried()}
    return [row for row in rows if row["clause"] not in carried]


def _order(clause: str) -> tuple[int, str]:
    match = re.match(r"(\d+)(.*)", clause)
    return (int(match[1]), match[2]) if match else (0, clause)
