"""The people of the sample province in one journey: who acts on which day, each with a login of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from ops.journeys import timeline
from ops.journeys.client import Json, Person
from ops.journeys.waiting import wait_until

PASSWORD = "Zhaohui-2026"
PrintLine = Callable[[str], None]


class Scenario:
    """Logins by username (None is the public) at one running system; counts its acts."""

    def __init__(self, url: str, print_line: PrintLine) -> None:
        self.url = url
        self.print_line = print_line
        self._people: dict[str | None, Person] = {}
        self.acts = 0

    def person(self, username: str | None) -> Person:
        """The login of a person, kept for the whole scenario."""
        if username not in self._people:
            self._people[username] = Person(self.url, username, PASSWORD if username else None)
        return self._people[username]

    def set_date(self, day: str, hour: int = 9) -> None:
        """Set the legal date, once the documents of the day before are printed."""
        clerk = self.person("recall.handler")
        wait_until(lambda: clerk.search("document", state="registered"), lambda rows: not rows, "documents printed")
        clerk.clock.set_date(date.fromisoformat(day), hour)

    # --- acting ----------------------------------------------------------------------------------------------------

    def open(self, username: str | None, kind: str, act: str, data: Json) -> Json:
        """Open a root; returns the service's answer."""
        self.acts += 1
        return self.person(username).open(kind, act, data)

    def act(
        self, username: str, root: str, act: str, data: Mapping[str, object] | None = None, part: str | None = None
    ) -> Json:
        """Act on a root; returns the service's answer."""
        self.acts += 1
        return self.person(username).act(root, act, data, part)

    def approve(self, root: str, drafted: Json, *approvers: str, days: Sequence[str] = ()) -> Json:
        """Send a draft up its chain: each approver in turn, each on the day that `days` gives for them, if any."""
        answer = drafted
        for step, approver in enumerate(approvers):
            if days:
                self.set_date(days[step])
            draft = answer["draft"]
            answer = self.act(approver, root, "approve-draft", {"draft": draft["id"], "hash": draft["hash"]})
        return answer

    # --- waiting ---------------------------------------------------------------------------------------------------

    def wait_state(self, username: str, root: str, *states: str) -> Json:
        """Wait until a root is in one of these states; returns it."""
        return self.person(username).wait_state(root, *states)

    def wait_root(self, username: str, kind: str, **query: Any) -> str:
        """Wait until there is a root of a kind; returns its id."""
        return str(self.person(username).wait_root(kind, **query)["id"])

    def wait_served(self, username: str, document: str) -> Json:
        """Wait until a document has reached its addressee."""
        return self.wait_state(username, document, "served")

    def wait_part(self, username: str, root: str, kind: str, *states: str) -> Json:
        """Wait until a root has a part of a kind in one of these states; returns the first."""

        def parts() -> list[Json]:
            view = self.person(username).get(root)
            return [part for part in view["parts"] if part["kind"] == kind and part["state"] in states]

        return wait_until(parts, bool, f"a {kind} of {root} in {' or '.join(states)}")[0]

    # --- the end ---------------------------------------------------------------------------------------------------

    def print_timeline(self, username: str, dossier: str, *others: str) -> None:
        """Print the timeline of a matter, a line an act; `others` are roots of other dossiers that belong to it."""
        for line in timeline.lines(self.person(username), dossier, others):
            self.print_line(line)
