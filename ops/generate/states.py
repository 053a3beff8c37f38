"""The states and acts of each kind of root, docs/states/: diagrams of what changes a state, tables of every act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chassis.core.rulebook.model import ActRule, KindRule, Rulebook
from ops.generate.markdown import table_row
from ops.generate.rulebooks import Book

STATES_HEAD = """\
# {service}：状态与行为 states and acts

由 `make compliance` 依规则文件生成，勿手工修改。Written by `make compliance` from the rulebook; do not edit.
图中只画改变状态的行为，表中列出全部行为。The diagrams show the acts that change a state, the tables all of them.
"""
ACTS_HEAD = "| 行为 | 条款 | 行为人 | 从状态 | 到状态 | 期限 | 文书 |\n|---|---|---|---|---|---|---|\n"
ANYWHERE = "any_open_state"
"""Stands in a diagram for every state that is not final, where an act may be done in all of them."""
POSTS = {"handler": "承办人", "head": "处室负责人", "legal": "法制审核", "leader": "局领导", "registry": "文书"}
StateTexts = Mapping[str, Mapping[str, str]]
"""State → its texts by language."""


def states(book: Book) -> str:
    """The text of docs/states/<service>.md: for each kind its diagram, those of its parts, and the table of its acts."""
    text = STATES_HEAD.format(service=book.service)
    for kind in book.rules.kinds.values():
        text += f"\n## {kind.zh} {kind.name}\n\n{_mermaid(diagram(book.rules, kind.name, kind.states, kind.final))}"
        for part in kind.parts.values():
            text += f"\n### {kind.zh}的{part.zh} {part.name}\n\n{_mermaid(diagram(book.rules, part.name, part.states))}"
        text += f"\n### {kind.zh}的行为 acts\n\n{ACTS_HEAD}"
        text += "".join(_act_row(book.rules, kind, act) for act in kind.acts.values())
    return text


# --- diagrams ----------------------------------------------------------------------------------------------------------


def diagram(rules: Rulebook, group: str, texts: StateTexts, final: Iterable[str] = ()) -> str:
    """The states of one kind of root or part, and the acts of this service that lead from one to another."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(names["zh"])}" as {state}' for state, names in texts.items()]
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
    ends = sorted({move[group] for move in act.all_moves if group in move})
    if act.new and act.kind == group:
        return [("[*]", end) for end in ends]
    sources = act.sources.get(group)
    begins = [ANYWHERE] if sources is None else sorted(sources)
    return added + [(begin, end) for begin in begins for end in ends if begin != end]


def _mermaid(lines: str) -> str:
    return f"```mermaid\n{lines}```\n"


def _plain(text: str) -> str:
    """Text without the characters that have a meaning in mermaid."""
    return re.sub(r'[":;#]', " ", text)


# --- tables ------------------------------------------------------------------------------------------------------------


def _act_row(rules: Rulebook, kind: KindRule, act: ActRule) -> str:
    paper = act.document or ""
    if act.approval:
        chain = "→".join(POSTS.get(post, post) for post in rules.approvals[act.approval])
        paper = f"{paper}（审批：{chain}）" if paper else f"审批：{chain}"
    return table_row(
        f"{act.zh}<br>`{act.name}`",
        "、".join(act.clauses) + ("（参考）" if act.advisory else ""),
        "、".join(
            [rules.actors[actor].zh for actor in act.by]
            + [f"〔{event}〕" for event in dict.fromkeys(trigger.type for trigger in act.triggers)]
        ),
        _sources(rules, act),
        _targets(rules, act),
        _clocks(kind, act),
        paper,
    )


def _state_text(rules: Rulebook, act: ActRule, group: str, state: str) -> str:
    """A state in Chinese; before it the root or part it belongs to, where that is not the one of the table."""
    if group == act.kind:
        return rules.kinds[group].states[state]["zh"]
    owner = rules.kinds[act.kind].parts.get(group) or rules.kinds[group]
    return f"{owner.zh}〔{owner.states[state]['zh']}〕"


def _sources(rules: Rulebook, act: ActRule) -> str:
    texts = ["（新立）"] if act.new else []
    for group, sources in act.sources.items():
        if sources is None:
            texts.append("未办结的各状态" if group == act.kind else "任何状态")
        else:
            texts.append("、".join(_state_text(rules, act, group, state) for state in sorted(sources)))
    return "；".join(texts) or "未办结的各状态"


def _targets(rules: Rulebook, act: ActRule) -> str:
    texts = []
    for choice, targets in act.targets.items():
        reached = "、".join(_state_text(rules, act, group, state) for group, state in targets.items()) or "不变"
        texts.append(f"{choice}：{reached}" if choice else reached)
    texts += [f"新增{_state_text(rules, act, part, state)}" for part, state in act.adds.items()]
    return "；".join(texts)


def _clocks(kind: KindRule, act: ActRule) -> str:
    effects = [("起算", act.starts), ("完成", act.meets), ("停止", act.stops), ("延长", act.extends)]
    texts = [f"{word}{kind.clocks[name].zh}" for word, names in effects for name in names]
    texts += [f"{kind.clocks[act.unless_lapsed].zh}届满前"] if act.unless_lapsed else []
    texts += [f"{kind.clocks[act.after_lapse].zh}届满后"] if act.after_lapse else []
    return "、".join(texts)
