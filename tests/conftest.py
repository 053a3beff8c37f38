"""Fixtures for everybody's tests across services.

`stack`: one running house a run. Tests share it, so each makes a dossier of its own, none counts globally, and none moves
time or kills anything. `signed_in`: its people. `played`: a house in which both journeys have been played, to look at.
`own_stack`: a house for the tests of one module alone, which may move time and kill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ops.journeys.client import Person
from ops.runtime.stack import Stack
from tests.stack import Played, play_all, running, sign_in


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as house:
        yield house


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with running(tmp_path_factory.mktemp("played")) as house:
        yield play_all(house)


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("own-stack")) as house:
        yield house


@pytest.fixture
def signed_in(stack: Stack) -> Iterator[Callable[[str | None], Person]]:
    """`signed_in("recall.handler")` is that person at the shared stack; `signed_in(None)` the public."""
    people: list[Person] = []

    def enter(username: str | None) -> Person:
        people.append(sign_in(stack, username))
        return people[-1]

    yield enter
    for person in people:
        person.close()
