"""A person at the house's HTTP API: signs in, looks, acts. What the journeys are told with, and the tests too."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATIENCE = 90.0
PAUSE = 0.1
TRIES_AWAY = 120
TRIES_STALE = 5
SEE_OTHER_TRY = (503, 504)

Seen = TypeVar("Seen")


class Refused(Exception):
    """The house answered with a problem (RFC 9457): `status` and the problem's members."""

    def __init__(self, status: int, problem: Mapping[str, Any], asked: str) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code", ""))
        super().__init__(f"{asked}: {status} {self.code} {problem}")


class Overdue(Exception):
    """What the journey waited for did not happen in time."""


def until(look: Callable[[], Seen], happened: Callable[[Seen], object], what: str, seconds: float = PATIENCE) -> Seen:
    """Look again and again until it has happened; returns what was seen then. Raises Overdue with what was seen last.

    Facts travel between services in their own time, so whoever acts on one waits for it. A house that is away, or a
    root that is not there yet, is looked for again.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            seen = look()
            if happened(seen):
                return seen
            last = seen
        except Refused as refused:
            if refused.status not in (404, *SEE_OTHER_TRY):
                raise
            last = refused
        except httpx.TransportError as error:
            last = error
        if time.monotonic() > deadline:
            raise Overdue(f"{what}: not within {seconds:.0f} s; last seen: {str(last)[:1500]}")
        time.sleep(PAUSE)


class Clock:
    """The house's test clock, over HTTP, moved by somebody who is signed in."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def today(self) -> date:
        """The legal date."""
        return date.fromisoformat(self._person.ask("GET", "/test-clock")["today"])

    def set(self, moment: datetime) -> None:
        """Make an aware moment the present for every process."""
        self._person.ask("PUT", "/test-clock", json={"now": moment.isoformat()})

    def morning(self, day: date, hour: int = 9) -> None:
        """Make `hour` o'clock in Shanghai on this day the present."""
        self.set(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI))

    def reset(self) -> None:
        """Return to machine time."""
        self._person.ask("PUT", "/test-clock", json={"now": None})


class Person:
    """One login, acting for one organisation; without a username it is the public.

    `tries`: how often a request that found the house away (503, 504, no connection) is sent again, with the same
    idempotency key, so that an act is done once however often it is sent. Every refusal raises Refused.
    """

    def __init__(
        self,
        url: str,
        username: str | None = None,
        password: str | None = None,
        organisation: str | None = None,
        tries: int = TRIES_AWAY,
    ) -> None:
        self.username = username
        self._tries = tries
        self._client = httpx.Client(base_url=f"{url}/api/v1", timeout=PATIENCE, trust_env=False)
        self.clock = Clock(self)
        self.token: dict[str, Any] = {}
        if username is not None:
            given = {"username": username, "password": password}
            self.login(given | ({"organisation": organisation} if organisation else {}))

    def login(self, credentials: Mapping[str, Any]) -> None:
        """Sign in; later requests carry the token."""
        self.token = self.ask("POST", "/tokens", json=dict(credentials))
        self._client.headers["Authorization"] = f"Bearer {self.token['token']}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- looking ---------------------------------------------------------------------------------------------------

    def get(self, root: str) -> dict[str, Any]:
        """A root as this person may see it."""
        found: dict[str, Any] = self.ask("GET", f"/{kind_of(root)}/{root}")
        return found

    def search(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        """Roots of a kind: `state`, `dossier`, `text`, `page`, `size`."""
        found: list[dict[str, Any]] = self.ask("GET", f"/{kind}", params=query)["items"]
        return found

    def acts(self, root: str) -> list[dict[str, Any]]:
        """What this person may do now on a root."""
        found: list[dict[str, Any]] = self.ask("GET", f"/{kind_of(root)}/{root}/acts")
        return found

    def journal(self, root: str) -> list[dict[str, Any]]:
        """The journal of a root, as far as this person may see it."""
        found: list[dict[str, Any]] = self.ask("GET", f"/{kind_of(root)}/{root}/journal")
        return found

    def duties(self) -> list[dict[str, Any]]:
        """What waits for this person in every service."""
        found: list[dict[str, Any]] = self.ask("GET", "/duties")["items"]
        return found

    def dossier(self, dossier: str) -> dict[str, Any]:
        """One matter from all services: roots, timeline, documents."""
        found: dict[str, Any] = self.ask("GET", f"/dossiers/{dossier}")
        return found

    def download(self, root: str, digest: str) -> bytes:
        """The bytes of a file that the root holds."""
        return self._send("GET", f"/{kind_of(root)}/{root}/files/{digest}").content

    # --- waiting ---------------------------------------------------------------------------------------------------

    def wait_state(self, root: str, *states: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until a root is in one of these states; returns it."""
        what = f"{root} in {' or '.join(states)}"
        return until(lambda: self.get(root), lambda view: view["state"] in states, what, seconds)

    def wait_found(self, kind: str, seconds: float = PATIENCE, **query: Any) -> dict[str, Any]:
        """Wait until a search finds something; returns the first."""
        found = until(lambda: self.search(kind, **query), bool, f"a {kind} with {query}", seconds)
        return found[0]

    # --- acting ----------------------------------------------------------------------------------------------------

    def open(
        self, kind: str, act: str, data: Mapping[str, Any] | None = None, key: str | None = None
    ) -> dict[str, Any]:
        """Open a root by an act; returns the service's answer with `root`."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer: dict[str, Any] = self.ask("POST", f"/{kind}/acts/{act}", json=dict(data or {}), headers=headers)
        return answer

    def act(
        self,
        root: str,
        act: str,
        data: Mapping[str, Any] | None = None,
        part: str | None = None,
        expects: int | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Act on a root or on one of its parts. Without `expects` the version is the one that is there now.

        A fact from another service may move the root between that look and the act: whoever named no version looks again.
        """
        key = key or str(uuid.uuid4())
        for left in reversed(range(TRIES_STALE)):
            version = expects if expects is not None else self._version(root, part)
            headers = {"Idempotency-Key": key, "If-Match": f'"{version}"'}
            path, params = f"/{kind_of(root)}/{root}/acts/{act}", {"part": part} if part else {}
            try:
                answer: dict[str, Any] = self.ask("POST", path, json=dict(data or {}), headers=headers, params=params)
            except Refused as refused:
                if expects is not None or refused.code != "stale" or not left:
                    raise
            else:
                return answer
        raise AssertionError("tries must be at least 1")

    def upload(self, name: str, content: bytes, media_type: str = "application/octet-stream") -> dict[str, Any]:
        """Keep a file; returns what acts name it by: `{hash, name, size, media_type}`."""
        kept: dict[str, Any] = self.ask("POST", "/files", files={"file": (name, content, media_type)})
        return kept

    # --- the wire --------------------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """One request below /api/v1; returns its JSON value, or None when there is none. Raises Refused."""
        answer = self._send(method, path, **request)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        for left in reversed(range(self._tries)):
            try:
                answer = self._client.request(method, path, **request)
            except httpx.TransportError:
                if not left:
                    raise
            else:
                if answer.is_success:
                    return answer
                if not left or answer.status_code not in SEE_OTHER_TRY:
                    raise Refused(answer.status_code, _problem(answer), f"{self.username} {method} {path}")
            time.sleep(5 * PAUSE)
        raise AssertionError("tries must be at least 1")

    def _version(self, root: str, part: str | None) -> int:
        """The version of what is addressed, as a form would carry it."""
        view = self.get(root)
        if part is None:
            return int(view["version"])
        seen = [row["version"] for row in view["parts"] if row["id"] == part]
        seen = seen or [row["part_version"] for row in self.acts(root) if row["part"] == part]
        return int(seen[0] if seen else view["version"])


@contextmanager
def refused(*codes: str) -> Iterator[list[Refused]]:
    """Expect a refusal with one of these codes; the list holds it after the block."""
    seen: list[Refused] = []
    try:
        yield seen
    except Refused as refusal:
        if codes and refusal.code not in codes:
            raise
        seen.append(refusal)
    else:
        raise AssertionError(f"not refused, expected {' or '.join(codes) or 'a refusal'}")


def kind_of(root: str) -> str:
    """The kind of root an id names."""
    return root.rpartition("_")[0]


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"code": "", "detail": answer.text[:300]}
