"""Preliminary risk assessment (article 9): scenarios, their probabilities as exact fractions, and the level a matrix gives.

A scenario is a chain of steps from the defect to the injury. Its probability is the product of its steps'; with the severity of
the injury (1 to 4) a matrix gives the level. The level of an assessment is the highest of its scenarios. No float occurs: a
probability is written as text (`1/500` or `0.002`) and computed as a fraction.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any

WRITTEN = re.compile(r"\d{1,9}/\d{1,9}|[01](\.\d{1,9})?")
SEVERITIES = (1, 2, 3, 4)
TEN = 10


def probability(text: str) -> Fraction:
    """Read a probability above 0 and at most 1 from `1/500` or `0.002`; ValueError for anything else."""
    if not WRITTEN.fullmatch(text) or text.endswith("/0") or re.search(r"/0+$", text):
        raise ValueError(f"not a probability: {text!r}")
    value = Fraction(text)
    if not 0 < value <= 1:
        raise ValueError(f"a probability lies above 0 and is at most 1: {text!r}")
    return value


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows from the most probable down: a row holds when the probability is above its bound."""

    name: str
    levels: tuple[str, ...]
    rows: tuple[tuple[Fraction, tuple[str, ...]], ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Matrix":
        """Build a matrix from its data; ValueError when a row is out of order, too short or names an unknown level."""
        levels = tuple(data["levels"])
        rows = tuple((Fraction(str(row["above"])), tuple(row["levels"])) for row in data["rows"])
        bounds = [above for above, _ in rows]
        if not rows or bounds[-1] != 0 or any(first <= second for first, second in pairwise(bounds)):
            raise ValueError(f"matrix {data['name']}: the rows must fall to 0")
        for above, row in rows:
            if len(row) != len(SEVERITIES) or not set(row) <= set(levels):
                raise ValueError(
                    f"matrix {data['name']}: row above {above} must give one of {levels} for each severity"
                )
        return cls(data["name"], levels, rows)

    def level(self, chance: Fraction, severity: int) -> str:
        """Return the level of a probability and a severity (1 to 4)."""
        for above, row in self.rows:
            if chance > above:
                return row[severity - 1]
        raise ValueError(f"no row holds for {chance}")

    def highest(self, levels: Sequence[str]) -> str:
        """Return the highest of some levels."""
        return max(levels, key=self.levels.index)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way from the defect to an injury: `steps` as (what happens, probability), `severity` 1 to 4."""

    title: str
    steps: tuple[tuple[str, Fraction], ...]
    severity: int

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Scenario":
        """Read `{title, severity, steps: [{step, probability}]}`."""
        steps = tuple((step["step"], probability(step["probability"])) for step in data["steps"])
        return cls(data["title"], steps, data["severity"])

    @property
    def chance(self) -> Fraction:
        """The product of the steps' probabilities."""
        return prod((chance for _, chance in self.steps), start=Fraction(1))

    def with_step(self, index: int, factor: Fraction) -> Fraction:
        """Return the scenario's probability if one step were `factor` times as likely (never above 1)."""
        chances = [chance for _, chance in self.steps]
        chances[index] = min(Fraction(1), chances[index] * factor)
        return prod(chances, start=Fraction(1))


def _judge(scenario: Scenario, matrix: Matrix) -> dict[str, Any]:
    level = matrix.level(scenario.chance, scenario.severity)
    steps = []
    for index, (step, chance) in enumerate(scenario.steps):
        higher = matrix.level(scenario.with_step(index, Fraction(TEN)), scenario.severity)
        lower = matrix.level(scenario.with_step(index, Fraction(1, TEN)), scenario.severity)
        steps.append(
            {
                "step": step,
                "probability": str(chance),
                "level_if_ten_times": higher,
                "level_if_a_tenth": lower,
                "moves": higher != level or lower != level,
            }
        )
    return {
        "title": scenario.title,
        "severity": scenario.severity,
        "probability": str(scenario.chance),
        "level": level,
        "steps": steps,
        "sensitive": any(step["moves"] for step in steps),
    }


def assess(scenarios: Sequence[Scenario], matrix: Matrix) -> dict[str, Any]:
    """Return the assessment as JSON values: its level, whether the level is sensitive, and each scenario with its own.

    `sensitive` is true when the assessment's level moves as one step of one scenario becomes ten times or a tenth as likely.
    """
    if not scenarios:
        raise ValueError("an assessment has at least one scenario")
    judged = [_judge(scenario, matrix) for scenario in scenarios]
    level = matrix.highest([one["level"] for one in judged])
    return {
        "matrix": matrix.name,
        "level": level,
        "sensitive": _moves(judged, level, matrix),
        "scenarios": judged,
    }


def _moves(judged: Sequence[Mapping[str, Any]], level: str, matrix: Matrix) -> bool:
    for index, one in enumerate(judged):
        others = [other["level"] for place, other in enumerate(judged) if place != index]
        for step in one["steps"]:
            for key in ("level_if_ten_times", "level_if_a_tenth"):
                if matrix.highest([*others, step[key]]) != level:
                    return True
    return False
