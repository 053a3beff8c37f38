"""The table of clauses and the acts that carry them, docs/compliance.md; `write` also writes the state diagrams."""

from __future__ import annotations

from pathlib import Path

from chassis.core.rulebook.model import ClockRule
from ops.generate.files import GeneratedFiles
from ops.generate.markdown import table_row
from ops.generate.readmes import with_acts
from ops.generate.rulebooks import Book, Clause, clauses, read, without_act
from ops.generate.states import states
from ops.layout import ROOT, SERVICES

DOCS = ROOT / "docs"
TABLE_HEAD = """\
# 条款对照 Clauses and the acts that carry them

由 `make compliance` 依规则文件生成，勿手工修改。Written by `make compliance` from the rulebooks; do not edit.

规则文件 rulebook: {name}（{zh}，{in_force} 起施行）。期限后注“参考”的，所据文本尚未核实，仅提示，不据以拒绝。
A period marked 参考 rests on a text that is not confirmed: it advises and refuses nothing.

| 条款 | 义务 obligation | 谁 who | 服务 | 行为 acts | 期限 periods | 文书 papers | 规则用例 |
|---|---|---|---|---|---|---|---|
"""
UNITS = {"working days": "个工作日", "days": "日", "months": "个月"}


def write(check: bool = False) -> int:
    """Write the clause table, the states and the READMEs' tables of acts, print how many clauses are carried; `check` only compares.

    Returns the exit code: 1 where `check` finds a file out of date.
    """
    books = [read(service) for service in SERVICES]
    rows = clauses(books)
    files = GeneratedFiles(check)
    files.put(DOCS / "compliance.md", table(books, rows))
    for book in books:
        files.put(DOCS / "states" / f"{book.service}.md", states(book))
        readme = ROOT / "services" / book.service / "README.md"
        files.put(readme, with_acts(book.rules, readme.read_text(encoding="utf-8")))
    files.remove_others(DOCS / "states", {f"{service}.md" for service in SERVICES})
    for row in without_act(books, rows):
        print(f"  {row['clause']} 尚无行为 no act yet: {row['obligation']}")
    code = files.report("make compliance")
    print(count(books, rows))
    return code


def count(books: list[Book], rows: list[Clause]) -> str:
    """How many clauses have an act."""
    return f"clauses {len(rows) - len(without_act(books, rows))} of {len(rows)}"


def table(books: list[Book], rows: list[Clause]) -> str:
    """The text of docs/compliance.md."""
    rules = books[0].rules
    text = TABLE_HEAD.format(name=rules.name, zh=rules.zh, in_force=rules.in_force)
    text += "".join(_clause_row(books, row) for row in rows)
    missing = without_act(books, rows)
    text += "\n## 尚无行为的条款 Clauses without an act\n\n"
    text += (
        "".join(f"- {row['clause']}（{row['service']}）：{row['obligation']}\n" for row in missing) or "（无 none）\n"
    )
    return f"{text}\n{count(books, rows)}\n"


def _clause_row(books: list[Book], row: Clause) -> str:
    clause = row["clause"]
    acts, clocks, papers, cases = [], [], [], []
    for book in books:
        cases += [_link(path) for path in book.cases.get(clause, ())]
        for kind in book.rules.kinds.values():
            clocks += [_period(clock) for clock in kind.clocks.values() if clock.clause == clause]
            for act in kind.acts.values():
                if clause in act.clauses:
                    acts.append(f"{act.zh} `{kind.name}.{act.name}`")
                    papers += [act.document] if act.document else []
    duty = f"{row['zh']}<br>{row['obligation']}" if row.get("zh") else row["obligation"]
    return table_row(
        clause,
        duty,
        row["who"],
        row["service"],
        *("<br>".join(dict.fromkeys(texts)) for texts in (acts, clocks, papers, cases)),
    )


def _link(path: str) -> str:
    return f"[{Path(path).name}](../{path})"


def _period(clock: ClockRule) -> str:
    if clock.length:
        length = f"{clock.length.number}{UNITS[clock.length.unit]}"
    elif clock.until:
        length = "至设定之日"
    else:
        length = f"设定的{UNITS[clock.unit or 'days'].removeprefix('个')}数"
    return f"{clock.zh}：{length}" + ("（参考）" if clock.advisory else "")
