"""A person at the HTTP API: signs in, reads, acts. The journeys and the tests use it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from ops.journeys.problems import AWAY, Refused, problem_of
from ops.journeys.waiting import WAIT_SECONDS, wait_until

Json = dict[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")
RETRY_SECONDS = 0.5
TRIES_AWAY = 120
TRIES_STALE = 5


class Clock:
    """The test clock of the running system, set over HTTP by a person who is signed in."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def today(self) -> date:
        """The legal date."""
        return date.fromisoformat(self._person.ask("GET", "/test-clock")["today"])

    def set(self, moment: datetime) -> None:
        """Make an aware moment the present for every process."""
        self._person.ask("PUT", "/test-clock", json={"now": moment.isoformat()})

    def set_date(self, day: date, hour: int = 9) -> None:
        """Make `hour` o'clock in Shanghai on this day the present."""
        self.set(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI))

    def reset(self) -> None:
        """Return to machine time."""
        self._person.ask("PUT", "/test-clock", json={"now": None})


class Person:
    """One login, acting for one organisation; without a username it is the public.

    `tries`: how often a request is sent that no service answered (503, 504, no connection), each time with the same
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
        self._client = httpx.Client(base_url=f"{url}/api/v1", timeout=WAIT_SECONDS, trust_env=False)
        self.clock = Clock(self)
        self.token: Json = {}
        if username is not None:
            credentials = {"username": username, "password": password}
            self.login(credentials | ({"organisation": organisation} if organisation else {}))

    def login(self, credentials: Mapping[str, Any]) -> None:
        """Sign in; later requests carry the token."""
        self.token = self.ask("POST", "/tokens", json=dict(credentials))
        self._client.headers["Authorization"] = f"Bearer {self.token['token']}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- reading ---------------------------------------------------------------------------------------------------

    def get(self, root: str) -> Json:
        """A root as this person may see it."""
        view: Json = self.ask("GET", f"/{kind_of(root)}/{root}")
        return view

    def search(self, kind: str, **query: Any) -> list[Json]:
        """The first page of the roots of a kind: `state`, `dossier`, `number`, `text`, `open`, `size`."""
        rows: list[Json] = self.ask("GET", f"/{kind}", params=query)["items"]
        return rows

    def acts(self, root: str, act: str | None = None) -> list[Json]:
        """What this person may do now on a root; the choices of the moment only of an act that is named."""
        acts: list[Json] = self.ask("GET", f"/{kind_of(root)}/{root}/acts", params={"act": act} if act else {})
        return acts

    def journal(self, root: str) -> list[Json]:
        """The journal of a root, oldest first, as far as this person may see it."""
        return self._pages(f"/{kind_of(root)}/{root}/journal")[0]

    def duties(self, **query: Any) -> list[Json]:
        """This person's duties in every service; `queue` is `mine`, `unit` or `drafts`."""
        return self._pages("/duties", **query)[0]

    def dossier(self, dossier: str) -> Json:
        """One matter from all services: its `roots`, the `timeline`, and the services that were `away`."""
        roots, away = self._pages(f"/dossiers/{dossier}")
        timeline, also_away = self._pages(f"/dossiers/{dossier}/journal")
        return {"dossier": dossier, "roots": roots, "timeline": timeline, "away": sorted({*away, *also_away})}

    def _pages(self, path: str, **query: Any) -> tuple[list[Json], list[str]]:
        """Every item of a list, page by page, and the services that could not be asked for some page."""
        items: list[Json] = []
        away: set[str] = set()
        after: str | None = None
        while True:
            page = self.ask("GET", path, params={"size": 50, **query, **({"after": after} if after else {})})
            items += page["items"]
            away.update(page["away"])
            after = page["next"]
            if after is None:
                return items, sorted(away)

    def download(self, root: str, digest: str) -> bytes:
        """The bytes of a file that the root holds."""
        return self._send("GET", f"/{kind_of(root)}/{root}/files/{digest}").content

    # --- waiting ---------------------------------------------------------------------------------------------------

    def wait_state(self, root: str, *states: str, seconds: float = WAIT_SECONDS) -> Json:
        """Wait until a root is in one of these states; returns it. Raises Overdue."""
        description = f"{root} in {' or '.join(states)}"
        return wait_until(lambda: self.get(root), lambda view: view["state"] in states, description, seconds)

    def wait_root(self, kind: str, seconds: float = WAIT_SECONDS, **query: Any) -> Json:
        """Wait until a search has a result; returns the first. Raises Overdue."""
        rows = wait_until(lambda: self.search(kind, **query), bool, f"a {kind} with {query}", seconds)
        return rows[0]

    # --- acting ----------------------------------------------------------------------------------------------------

    def open(self, kind: str, act: str, data: Mapping[str, Any] | None = None, key: str | None = None) -> Json:
        """Open a root by an act; returns the service's answer with `root`."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer: Json = self.ask("POST", f"/{kind}/acts/{act}", json=dict(data or {}), headers=headers)
        return answer

    def act(
        self,
        root: str,
        act: str,
        data: Mapping[str, Any] | None = None,
        part: str | None = None,
        expects: int | None = None,
        key: str | None = None,
    ) -> Json:
        """Act on a root or on one of its parts. Without `expects` the version is the present one.

        A fact from another service may change the root between reading its version and the act: without `expects` the
        version is read again and the act is repeated.
        """
        key = key or str(uuid.uuid4())
        for left in reversed(range(TRIES_STALE)):
            version = expects if expects is not None else self._version(root, part)
            headers = {"Idempotency-Key": key, "If-Match": f'"{version}"'}
            path, params = f"/{kind_of(root)}/{root}/acts/{act}", {"part": part} if part else {}
            try:
                answer: Json = self.ask("POST", path, json=dict(data or {}), headers=headers, params=params)
            except Refused as refusal:
                if expects is not None or refusal.code != "stale" or not left:
                    raise
            else:
                return answer
        raise AssertionError("tries must be at least 1")

    def upload(self, name: str, content: bytes, media_type: str = "application/octet-stream") -> Json:
        """Store a file; returns what acts name it by: `{hash, name, size, media_type}`."""
        receipt: Json = self.ask("POST", "/files", files={"file": (name, content, media_type)})
        return receipt

    # --- requests --------------------------------------------------------------------------------------------------

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
                if not left or answer.status_code not in AWAY:
                    raise Refused(answer.status_code, problem_of(answer), f"{self.username} {method} {path}")
            time.sleep(RETRY_SECONDS)
        raise AssertionError("tries must be at least 1")

    def _version(self, root: str, part: str | None) -> int:
        """The version of what is addressed, as a form would carry it."""
        view = self.get(root)
        if part is None:
            return int(view["version"])
        versions = [row["version"] for row in view["parts"] if row["id"] == part]
        versions = versions or [row["part_version"] for row in self.acts(root) if row["part"] == part]
        return int(versions[0] if versions else view["version"])


def kind_of(root: str) -> str:
    """The kind of root an id names."""
    return root.rpartition("_")[0]
