"""Stacks for tests: the machinery of `make run`, in a temporary folder, with the sample province loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.journeys.http import Person
from ops.journeys.story import PASSWORD
from ops.layout import GATEWAY, scratch
from ops.stack import Stack


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """A running house with its people in it; when it ends in a failure, its logs are in `folder`."""
    with Stack(scratch(folder, profile="test")) as stack:
        stack.run(GATEWAY, "sample")
        yield stack


def sign_in(stack: Stack, username: str | None = None) -> Person:
    """A person of the sample province; without a name, the public."""
    return Person(stack.url, username, PASSWORD if username else None)
