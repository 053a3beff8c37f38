"""Fixtures of the tests across services.

`stack`: one running stack a session. Tests share it, so each makes a dossier of its own, none counts globally, and none
moves time or kills a process. `signed_in`: its people. `played`: a stack in which both journeys have been played, for
reading. `own_stack`: a stack for the tests of one module, which may move time and kill processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ops.journeys.client import Person
from ops.runtime.stack import Stack
from tests.stack import Played, play_all, running, sign_in


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with running(tmp_path_factory.mktemp("played")) as started:
        yield play_all(started)


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("own-stack")) as started:
        yield started


@pytest.fixture
def signed_in(stack: Stack) -> Iterator[Callable[[str | None], Person]]:
    """`signed_in("recall.handler")` is that person at the shared stack; `signed_in(None)` the public."""
    people: list[Person] = []

    def login(username: str | None) -> Person:
        people.append(sign_in(stack, username))
        return people[-1]

    yield login
    for person in people:
        person.close()
