"""The rulebooks that a service has loaded, side by side.

A root is judged, described and shown by the rulebook it lives under (its regime); a new root opens under the one in
force that day.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook.model import ActRule, KindRule, Rulebook, Trigger


class Registry:
    """Several rulebooks, ordered by the day from which they are in force.

    Raises ConfigurationFault where two have one name or begin on one day, or where there is none.
    """

    def __init__(self, books: Sequence[Rulebook]) -> None:
        self.books: Mapping[str, Rulebook] = {
            book.name: book for book in sorted(books, key=lambda book: (book.in_force, book.name))
        }
        days = [book.in_force for book in self.books.values()]
        faults = [] if books else ["no rulebook"]
        if len(self.books) < len(books):
            faults.append("two rulebooks have one name")
        if len(set(days)) < len(days):
            faults.append("two rulebooks are in force from one day")
        if faults:
            raise ConfigurationFault(faults)
        self._by_hash = {book.hash: book for book in self.books.values()}

    @property
    def newest(self) -> Rulebook:
        """The rulebook that came into force last, or will."""
        return list(self.books.values())[-1]

    @property
    def listens(self) -> list[str]:
        """The kinds of root of other services, as `<service>.<kind>`, whose events some rulebook needs."""
        return sorted({kind for book in self.books.values() for kind in book.listens})

    def in_force(self, day: date) -> Rulebook:
        """Return the rulebook under which a root opens on this day: the newest in force, or the oldest before any is."""
        books = list(self.books.values())
        return next((book for book in reversed(books) if book.in_force <= day.isoformat()), books[0])

    def of(self, regime: str) -> Rulebook:
        """Return the rulebook of a root's regime; LookupError where it is not loaded (the start has checked that it is)."""
        book = self.books.get(regime)
        if book is None:
            raise LookupError(f"the rulebook {regime!r} is not loaded")
        return book

    def kind(self, regime: str, name: str) -> KindRule:
        """Return a kind as a root's regime has it; LookupError where the regime has none of that name."""
        kind = self.of(regime).kinds.get(name)
        if kind is None:
            raise LookupError(f"the rulebook {regime!r} has no kind {name!r}")
        return kind

    def has_kind(self, name: str) -> bool:
        """Tell whether any rulebook knows this kind."""
        return any(name in book.kinds for book in self.books.values())

    def kinds(self) -> Iterator[tuple[Rulebook, KindRule]]:
        """Yield every kind of every rulebook, oldest rulebook first."""
        for book in self.books.values():
            for kind in book.kinds.values():
                yield book, kind

    def acts(self) -> Iterator[tuple[Rulebook, KindRule, ActRule]]:
        """Yield every act of every kind of every rulebook."""
        for book, kind in self.kinds():
            for act in kind.acts.values():
                yield book, kind, act

    def act(self, regime: str, kind: str, name: str) -> ActRule:
        """Return an act's row as a regime has it; an act that only another rulebook has (a draft of it lives on) as that one has it.

        LookupError where no rulebook has it.
        """
        books = [self.of(regime), *reversed(list(self.books.values()))]
        rule = next((rule for book in books if (rule := book.act(kind, name))), None)
        if rule is None:
            raise LookupError(f"no rulebook has the act {kind}.{name}")
        return rule

    @cached_property
    def approved_kinds(self) -> frozenset[str]:
        """The kinds of root that may have drafts: some act of theirs needs an approval, in some rulebook."""
        return frozenset(act.kind for _, _, act in self.acts() if act.approval)

    def kind_names(self) -> list[str]:
        """Return the names of all kinds, those of the newest rulebook first."""
        newest_first = reversed(list(self.books.values()))
        return list(dict.fromkeys(name for book in newest_first for name in book.kinds))

    def triggers(self, event_type: str) -> list[tuple[Rulebook, ActRule, Trigger]]:
        """Return the acts that an event of this type performs, in every rulebook."""
        return [
            (book, act, trigger) for book in self.books.values() for act, trigger in book.triggers.get(event_type, ())
        ]

    def event_types(self) -> list[str]:
        """Return the types of events that perform an act in some rulebook."""
        return sorted({event_type for book in self.books.values() for event_type in book.triggers})

    def with_hash(self, value: str) -> Rulebook | None:
        """Return the loaded rulebook with this hash, or None: a journal entry names the hash it was written under."""
        return self._by_hash.get(value)
