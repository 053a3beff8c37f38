"""A matter as one person sees it."""

from __future__ import annotations

from dataclasses import dataclass

from ops.journeys.client import Person
from tests.stack import Json


@dataclass(frozen=True)
class Matter:
    """One dossier as one person sees it; `view` is the answer of `GET /dossiers/{dossier}`."""

    person: Person
    view: Json

    def all(self, kind: str) -> list[Json]:
        """The roots of a kind, in order of opening."""
        return [root for root in self.view["roots"] if root["kind"] == kind]

    def one(self, kind: str) -> Json:
        """The only root of a kind."""
        (root,) = self.all(kind)
        return root

    def acts(self, kind: str) -> list[str]:
        """The acts on the roots of a kind, in the order of the timeline."""
        return [row["act"] for row in self.view["timeline"] if row["root_kind"] == kind]
