"""What analysts have decided about pairs of leads (article 9, first sentence), read from the stays of leads in signals.

Whatever two leads were put into one signal together must stay together; once one of them is split off, the two cannot be together
until an analyst puts them together again. So the stays say it all: one row for each lead of a signal, however many pairs
the signal has.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Stay:
    """A lead's stay in a signal: from the act that put it in to the act that split it off (None: it is in the signal).

    Both are numbers of entries in the signal's journal.
    """

    lead: str
    signal: str
    from_seq: int
    to_seq: int | None = None

    def meets(self, other: "Stay") -> bool:
        """Tell whether two stays in one signal overlap: the leads were in it together."""
        return (other.to_seq is None or self.from_seq < other.to_seq) and (
            self.to_seq is None or other.from_seq < self.to_seq
        )


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs that must be together, up to transitivity, and pairs that cannot be; no pair is both."""

    must: frozenset[Pair] = frozenset()
    cannot: frozenset[Pair] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, str]]) -> "Links":
        """Read rows of (report, report, `must` or `cannot`)."""
        kinds: dict[str, set[Pair]] = {"must": set(), "cannot": set()}
        for first, second, kind in rows:
            kinds[kind].add(frozenset((first, second)))
        return cls(frozenset(kinds["must"]), frozenset(kinds["cannot"] - kinds["must"]))

    @classmethod
    def of_stays(cls, stays: Iterable[Stay]) -> "Links":
        """Return what stays say of the leads they name.

        Leads of one signal are linked to its first: one pair fewer than leads. Leads that were in a signal together and
        are not together now cannot be.
        """
        present: dict[str, list[str]] = defaultdict(list)
        past: dict[str, list[Stay]] = defaultdict(list)
        by_signal: dict[str, list[Stay]] = defaultdict(list)
        for stay in stays:
            by_signal[stay.signal].append(stay)
            if stay.to_seq is None:
                present[stay.signal].append(stay.lead)
            else:
                past[stay.signal].append(stay)
        place = {lead: signal for signal, leads in present.items() for lead in leads}
        must = {frozenset((min(leads), lead)) for leads in present.values() for lead in leads if lead != min(leads)}
        cannot = {
            frozenset((stay.lead, other.lead))
            for signal, ended in past.items()
            for stay in ended
            for other in by_signal[signal]
            if other.lead != stay.lead and stay.meets(other) and not _together(place, stay.lead, other.lead)
        }
        return cls(frozenset(must), frozenset(cannot))


def _together(place: dict[str, str], one: str, other: str) -> bool:
    return one in place and place[one] == place.get(other)
