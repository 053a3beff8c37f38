"""How much of a recall came back: counts of units and the return rate, in integers only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

WHOLE = 10_000
"""All of it, in basis points."""


class CountFault(ValueError):
    """A count that cannot be: `field` names it, `zh` and `en` say why."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(f"{field}: {en}")
        self.field = field
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Quantities:
    """Where the units of the recalled batches are when the plan is filed; all in units of the product.

    `produced` is everything of the batches; it stands in the producer's warehouse, at dealers, or with consumers.
    """

    produced: int
    warehouse: int
    dealers: int
    consumers: int

    def __post_init__(self) -> None:
        for field, count in asdict(self).items():
            if count < 0:
                raise CountFault(field, "数量不能为负", "a count cannot be negative")
        if self.produced == 0:
            raise CountFault("produced", "召回范围内没有产品", "there is nothing to recall")
        held = self.warehouse + self.dealers + self.consumers
        if held != self.produced:
            raise CountFault(
                "produced",
                f"生产数量 {self.produced} 与库存、经销、售出之和 {held} 不一致",
                f"{self.produced} produced, but warehouse, dealers and consumers hold {held}",
            )

    @property
    def distributed(self) -> int:
        """Units that left the producer: the ones a recall has to bring back."""
        return self.dealers + self.consumers


@dataclass(frozen=True)
class Recovered:
    """Units brought back since the recall began, over all its rounds."""

    dealers: int
    consumers: int

    @property
    def total(self) -> int:
        """Units recovered from dealers and consumers together."""
        return self.dealers + self.consumers


NOTHING = Recovered(0, 0)


def check_recovered(recovered: Recovered, quantities: Quantities, before: Recovered = NOTHING) -> None:
    """Refuse a cumulative count that is above what was distributed, or below what was reported before.

    A report only adds: what was counted wrong is put right by a correction with reasons, not by the next report.
    Raises CountFault.
    """
    for field in ("dealers", "consumers"):
        now, limit, then = getattr(recovered, field), getattr(quantities, field), getattr(before, field)
        if now < 0:
            raise CountFault(field, "数量不能为负", "a count cannot be negative")
        if now > limit:
            raise CountFault(field, f"累计召回 {now} 超过应召回 {limit}", f"{now} recovered of {limit} distributed")
        if now < then:
            raise CountFault(
                field,
                f"累计数量不能少于上次报告的 {then}；如系误报，请办理更正",
                f"a cumulative count cannot fall below the {then} reported before; correct that report instead",
            )


def return_rate(recovered: Recovered, quantities: Quantities) -> int:
    """The return rate in basis points (1/100 of a per cent) of the distributed units, rounded down.

    Rounded down, so that no rate is shown as reached that was not. What never left the warehouse is wholly recovered.
    """
    if quantities.distributed == 0:
        return WHOLE
    return recovered.total * WHOLE // quantities.distributed


def reaches(recovered: Recovered, quantities: Quantities, target_percent: int) -> bool:
    """Tell whether the recovered units are at least `target_percent` of the distributed ones, exactly."""
    return recovered.total * 100 >= quantities.distributed * target_percent


def percent(basis_points: int) -> str:
    """A rate as people read it, to one tenth of a per cent, rounded down: 3861 → `38.6%`."""
    tenths = basis_points // 10
    return f"{tenths // 10}.{tenths % 10}%"


def quantities_of(data: Mapping[str, int]) -> Quantities:
    """Read quantities from a body or from the data of an act. Raises CountFault."""
    return Quantities(data["produced"], data["warehouse"], data["dealers"], data["consumers"])


def recovered_of(data: Mapping[str, int] | None) -> Recovered:
    """Read cumulative recovered units from a body; none reported yet is nothing."""
    return Recovered(data["dealers"], data["consumers"]) if data else NOTHING
