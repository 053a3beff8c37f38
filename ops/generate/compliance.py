"""The clause table, and per kind of root its states and acts, written into docs/ from the rulebooks and the rule cases."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from chassis.core import rulebook
from chassis.core.rulebook import ActRule, ClockRule, KindRule, Rulebook
from ops.generate.files import Drift
from ops.layout import GATEWAY, ROOT, SERVICES

DOCS = ROOT / "docs"
GATEWAY_CLAUSES = ROOT / GATEWAY / GATEWAY / "rulebook" / "clauses.csv"
TABLE_HEAD = """\
# 条款对照 Clauses and the acts that carry them

由 `make compliance` 依规则文件生成，勿手工修改。Written by `make compliance` from the rulebooks; do not edit.

规则文件 rulebook: {name}（{zh}，{in_force} 起施行）。期限后注“参考”的，所据文本尚未核实，仅提示，不据以拒绝。
A period marked 参考 rests on a text that is not confirmed: it advises and refuses nothing.

| 条款 | 义务 obligation | 谁 who | 服务 | 行为 acts | 期限 periods | 文书 papers | 规则用例 |
|---|---|---|---|---|---|---|---|
"""
STATES_HEAD = """\
# {service}：状态与行为 states and acts

由 `make compliance` 依规则文件生成，勿手工修改。Written by `make compliance` from the rulebook; do not edit.
图中只画改变状态的行为，表中列出全部行为。The diagrams show the acts that change a state, the tables all of them.
"""
ACTS_HEAD = "| 行为 | 条款 | 行为人 | 从状态 | 到状态 | 期限 | 文书 |\n|---|---|---|---|---|---|---|\n"
ANYWHERE = "any_open_state"
"""Stands in a diagram for every state that is not final, where an act may be done in all of them."""
POSTS = {"handler": "承办人", "head": "处室负责人", "legal": "法制审核", "leader": "局领导", "registry": "文书"}
UNITS = {"working days": "个工作日", "days": "日", "months": "个月"}
Row = dict[str, str]


@dataclass(frozen=True)
class Book:
    """One service's rulebook, and the clauses for which it has rule cases, each with the files."""

    service: str
    rules: Rulebook
    cases: dict[str, list[str]]


def write(check: bool = False) -> int:
    """Write docs/compliance.md and docs/states/, print how many clauses are carried; `check` only compares."""
    books = [read(service) for service in SERVICES]
    rows = clauses(books)
    drift = Drift(check)
    drift.put(DOCS / "compliance.md", table(books, rows))
    for book in books:
        drift.put(DOCS / "states" / f"{book.service}.md", states(book))
    drift.only(DOCS / "states", {f"{service}.md" for service in SERVICES})
    for row in without_act(books, rows):
        print(f"  {row['clause']} 尚无行为 no act yet: {row['obligation']}")
    code = drift.told("make compliance")
    print(count(books, rows))
    return code


def read(service: str) -> Book:
    """Read a service's rulebook and find its rule cases."""
    folder = ROOT / "services" / service
    (path,) = (folder / service / "rulebook").glob("*.yaml")
    cases: dict[str, list[str]] = {}
    for file in sorted((folder / "tests" / "rules").glob("*.yaml")):
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        for clause in rulebook.as_list(told.get("clause") if isinstance(told, dict) else None):
            cases.setdefault(str(clause), []).append(str(file.relative_to(ROOT)))
    return Book(service, rulebook.read(path), cases)


def clauses(books: list[Book], gateway_rows: Path = GATEWAY_CLAUSES) -> list[Row]:
    """Every clause of the regulation once, in its order, from whoever answers for it.

    A service may hold the row of a clause that it only helps with: the row names who answers.
    """
    with gateway_rows.open(encoding="utf-8", newline="") as file:
        found = {row["clause"]: {**row, "service": GATEWAY} for row in csv.DictReader(file)}
    for book in books:
        for clause, row in book.rules.clauses.items():
            if row["service"] == book.service or clause not in found:
                found[clause] = dict(row)
    return sorted(found.values(), key=lambda row: _order(row["clause"]))


def _order(clause: str) -> tuple[int, str]:
    match = re.match(r"(\d+)(.*)", clause)
    return (int(match[1]), match[2]) if match else (0, clause)


def without_act(books: list[Book], rows: list[Row]) -> list[Row]:
    """The clauses that no act carries yet."""
    carried = {clause for book in books for clause in book.rules.carried()}
    return [row for row in rows if row["clause"] not in carried]


def count(books: list[Book], rows: list[Row]) -> str:
    """How many clauses have an act."""
    return f"clauses {len(rows) - len(without_act(books, rows))} of {len(rows)}"


def table(books: list[Book], rows: list[Row]) -> str:
    """docs/compliance.md."""
    rules = books[0].rules
    text = TABLE_HEAD.format(name=rules.name, zh=rules.zh, in_force=rules.in_force)
    text += "".join(_clause_row(books, row) for row in rows)
    missing = without_act(books, rows)
    text += "\n## 尚无行为的条款 Clauses without an act\n\n"
    text += (
        "".join(f"- {row['clause']}（{row['service']}）：{row['obligation']}\n" for row in missing) or "（无 none）\n"
    )
    return f"{text}\n{count(books, rows)}\n"


def _clause_row(books: list[Book], row: Row) -> str:
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
    return _line(
        clause,
        duty,
        row["who"],
        row["service"],
        *("<br>".join(dict.fromkeys(c)) for c in (acts, clocks, papers, cases)),
    )


def _link(path: str) -> str:
    return f"[{Path(path).name}](../{path})"


def _line(*cells: str) -> str:
    return "| " + " | ".join((cell or "—").replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _period(clock: ClockRule) -> str:
    if clock.length:
        length = f"{clock.length.number}{UNITS[clock.length.unit]}"
    elif clock.until:
        length = "至设定之日"
    else:
        length = f"设定的{UNITS[clock.unit or 'days'].removeprefix('个')}数"
    return f"{clock.zh}：{length}" + ("（参考）" if clock.advisory else "")


# --- states and acts ---------------------------------------------------------------------------------------------------


def states(book: Book) -> str:
    """docs/states/<service>.md: for each kind its diagram, those of its parts, and the table of its acts."""
    text = STATES_HEAD.format(service=book.service)
    for kind in book.rules.kinds.values():
        text += f"\n## {kind.zh} {kind.name}\n\n{_mermaid(diagram(book.rules, kind.name, kind.states, kind.final))}"
        for part in kind.parts.values():
            text += f"\n### {kind.zh}的{part.zh} {part.name}\n\n{_mermaid(diagram(book.rules, part.name, part.states))}"
        text += f"\n### {kind.zh}的行为 acts\n\n{ACTS_HEAD}"
        text += "".join(_act_row(book.rules, kind, act) for act in kind.acts.values())
    return text


def _mermaid(lines: str) -> str:
    return f"```mermaid\n{lines}```\n"


Texts = Mapping[str, Mapping[str, str]]


def diagram(rules: Rulebook, group: str, texts: Texts, final: Iterable[str] = ()) -> str:
    """The states of one kind of root or part, and the acts of this service that lead from one to another."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(found["zh"])}" as {state}' for state, found in texts.items()]
    arrows = [
        f"    {begin} --> {end}: {_plain(act.zh)} {act.clause}"
        for kind in rules.kinds.values()
        for act in kind.acts.values()
        for begin, end in moves(act, group)
    ]
    if any(ANYWHERE in arrow for arrow in arrows):
        lines.append(f'    state "未办结的各状态" as {ANYWHERE}')
    lines += arrows
    lines += [f"    {state} --> [*]" for state in sorted(final)]
    return "\n".join(dict.fromkeys(lines)) + "\n"


def moves(act: ActRule, group: str) -> list[tuple[str, str]]:
    """The arrows of one act: from each state it may be done in, to each state it may lead to."""
    added = [("[*]", act.adds[group])] if group in act.adds else []
    ends = sorted({found[group] for found in act.all_moves if group in found})
    if act.new and act.kind == group:
        return [("[*]", end) for end in ends]
    sources = act.sources.get(group)
    begins = [ANYWHERE] if sources is None else sorted(sources)
    return added + [(begin, end) for begin in begins for end in ends if begin != end]


def _plain(text: str) -> str:
    """Text without what mermaid reads as its own."""
    return re.sub(r'[":;#]', " ", text)


def _act_row(rules: Rulebook, kind: KindRule, act: ActRule) -> str:
    paper = act.document or ""
    if act.approval:
        chain = "→".join(POSTS.get(post, post) for post in rules.approvals[act.approval])
        paper = f"{paper}（审批：{chain}）" if paper else f"审批：{chain}"
    return _line(
        f"{act.zh}<br>`{act.name}`",
        "、".join(act.clauses) + ("（参考）" if act.advisory else ""),
        "、".join(
            [rules.actors[who].zh for who in act.by] + [f"〔{t}〕" for t in dict.fromkeys(e.type for e in act.triggers)]
        ),
        _from(rules, act),
        _to(rules, act),
        _clocks(kind, act),
        paper,
    )


def _named(rules: Rulebook, act: ActRule, group: str, state: str) -> str:
    """A state in Chinese; before it the root or part it belongs to, where that is not the one of the table."""
    if group == act.kind:
        return rules.kinds[group].states[state]["zh"]
    owner = rules.kinds[act.kind].parts.get(group) or rules.kinds[group]
    return f"{owner.zh}〔{owner.states[state]['zh']}〕"


def _from(rules: Rulebook, act: ActRule) -> str:
    told = ["（新立）"] if act.new else []
    for group, found in act.sources.items():
        if found is None:
            told.append("未办结的各状态" if group == act.kind else "任何状态")
        else:
            told.append("、".join(_named(rules, act, group, state) for state in sorted(found)))
    return "；".join(told) or "未办结的各状态"


def _to(rules: Rulebook, act: ActRule) -> str:
    told = []
    for choice, found in act.targets.items():
        reached = "、".join(_named(rules, act, group, state) for group, state in found.items()) or "不变"
        told.append(f"{choice}：{reached}" if choice else reached)
    told += [f"新增{_named(rules, act, part, state)}" for part, state in act.adds.items()]
    return "；".join(told)


def _clocks(kind: KindRule, act: ActRule) -> str:
    pairs = [("起算", act.starts), ("完成", act.meets), ("停止", act.stops), ("延长", act.extends)]
    told = [f"{word}{kind.clocks[name].zh}" for word, names in pairs for name in names]
    told += [f"{kind.clocks[act.unless_lapsed].zh}届满前"] if act.unless_lapsed else []
    told += [f"{kind.clocks[act.after_lapse].zh}届满后"] if act.after_lapse else []
    return "、".join(told)
