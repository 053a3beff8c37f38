"""The tables of kinds, states and acts in the services' READMEs, between two markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chassis.core.rulebook.model import ActRule, Rulebook
from ops.generate.markdown import table_row

SECTION = re.compile(r"<!-- generated: acts -->\n.*?<!-- /generated -->\n", re.DOTALL)
HEAD = """\
由 `make compliance` 依规则文件生成，勿手工修改。Written by `make compliance` from the rulebook; do not edit.

| kind | states | acts, each with its clauses |
|---|---|---|
"""


def with_acts(rules: Rulebook, readme: str) -> str:
    """A README whose section between the markers lists the kinds, their states and acts; ValueError where it has no such section."""
    rows = ""
    for kind in rules.kinds.values():
        rows += _kind_row(
            f"`{kind.name}` {kind.zh}", kind.states, [act for act in kind.acts.values() if act.on is None]
        )
        for part in kind.parts.values():
            acts = [act for act in kind.acts.values() if act.on == part.name]
            rows += _kind_row(f"`{kind.name}` · `{part.name}` {part.zh}", part.states, acts)
    section = f"<!-- generated: acts -->\n{HEAD}{rows}<!-- /generated -->\n"
    text, sections = SECTION.subn(lambda _: section, readme)
    if sections != 1:
        raise ValueError(f"a README has {sections} sections of acts between the markers, not one")
    return text


def _kind_row(name: str, states: Mapping[str, Mapping[str, str]], acts: Iterable[ActRule]) -> str:
    words = "；".join(f"{text['zh']} {text['en']}" for text in states.values())
    return table_row(name, words, "<br>".join(f"`{act.name}` {'、'.join(act.clauses)}" for act in acts))
