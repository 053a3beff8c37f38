"""The two matters of the played stack, as the recall division and the producers see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ops.journeys.client import Person
from tests.journeys.matters import Matter
from tests.stack import Played, sign_in


@pytest.fixture(scope="session")
def login(played: Played) -> Iterator[Callable[[str | None], Person]]:
    """`login("maker")` is that person at the played stack, `login(None)` the public; one session each."""
    people: dict[str | None, Person] = {}

    def sign_in_once(username: str | None) -> Person:
        if username not in people:
            people[username] = sign_in(played.stack, username)
        return people[username]

    yield sign_in_once
    for person in people.values():
        person.close()


def _matter(person: Person, dossier: str) -> Matter:
    view = person.dossier(dossier)
    assert view["away"] == []
    return Matter(person, view)


@pytest.fixture(scope="session")
def furniture(played: Played, login: Callable[[str | None], Person]) -> Matter:
    """The furniture case, seen by the recall division."""
    return _matter(login("recall.handler"), played.furniture)


@pytest.fixture(scope="session")
def furniture_of_the_producer(played: Played, login: Callable[[str | None], Person]) -> Matter:
    """The furniture case, seen by its producer."""
    return _matter(login("maker"), played.furniture)


@pytest.fixture(scope="session")
def voluntary(played: Played, login: Callable[[str | None], Person]) -> Matter:
    """The case that a voluntary recall ended, seen by the recall division."""
    return _matter(login("recall.handler"), played.voluntary)
