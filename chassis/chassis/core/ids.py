"""Identifiers: `<kind>_<uuid7>`, sortable by the time they were made."""

from uuid6 import uuid7


def new_id(kind: str) -> str:
    """Return a new identifier of this kind, e.g. `case_019b0c7e-…`."""
    return f"{kind}_{uuid7()}"


def kind_of(identifier: str) -> str:
    """Return the kind that an identifier names: the part before its last underscore."""
    return identifier.rpartition("_")[0]
