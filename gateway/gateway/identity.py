"""Identity: signing in, sessions of one person acting for one organisation, and the actor token of one call.

A session is one person for one organisation. Its token is random and opaque; only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import and_, bindparam, select, update

from chassis.core.dates.times import Clock, today
from chassis.core.errors import ConfigurationFault, Refusal
from chassis.core.storage.database import Database
from chassis.core.trust import tokens
from gateway.accounts import Accounts, standing_in
from gateway.limits import Buckets
from gateway.problems import Rejection
from gateway.tables import Moment, memberships, organisations, persons, sessions

SESSION_HOURS = 8
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's first choice for argon2id
HASHES_AT_ONCE = 4
TRIES = 10  # failed sign-ins in a row, by username and by address
TRY_REFILL = 1 / 30  # one more every thirty seconds
PURPOSES = ("api", "console")


parents = organisations.alias("parents")
SESSION = (
    select(
        persons.c.id.label("person"),
        persons.c.name,
        persons.c.username,
        persons.c.certificate,
        organisations.c.id.label("organisation"),
        organisations.c.zh,
        organisations.c.en,
        organisations.c.kind,
        organisations.c.area,
        organisations.c.offices,
        organisations.c.parent,
        parents.c.kind.label("parent_kind"),
        memberships.c.posts,
    )
    .select_from(sessions)
    .join(persons, persons.c.id == sessions.c.person)
    .join(organisations, organisations.c.id == sessions.c.organisation)
    .outerjoin(parents, parents.c.id == organisations.c.parent)
    .outerjoin(
        memberships,
        and_(memberships.c.person == sessions.c.person, memberships.c.organisation == sessions.c.organisation),
    )
    .where(
        sessions.c.token == bindparam("token"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("now", type_=Moment()),
        persons.c.active,
    )
)


@dataclass(frozen=True)
class Acting:
    """A person acting for one organisation, as the pages and the API see it."""

    person: str
    name: str
    username: str
    certificate: str | None
    organisation: str
    organisation_zh: str
    organisation_en: str
    organisation_kind: str
    organisations: tuple[str, ...]
    area: str | None
    offices: tuple[str, ...]
    posts: tuple[str, ...]
    deputy: tuple[tuple[str, str], ...]  # (post, the person stood in for)

    @property
    def actor(self) -> tokens.Actor:
        """The actor as services know it."""
        return tokens.Actor(
            person=self.person,
            organisation=self.organisation,
            organisations=self.organisations,
            area=self.area,
            offices=self.offices,
            posts=self.posts,
            deputy=dict(self.deputy),
        )


@dataclass(frozen=True)
class Session:
    """A session just begun; only this object holds its token."""

    token: str
    expires_at: datetime
    acting: Acting


class Identity:
    """Signs in, and resolves a token to its person. Sessions run on machine time; deputyships on legal time."""

    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        clock: Clock,
        machine_time: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.accounts = accounts
        self._clock = clock
        self._machine_time = machine_time
        self._by_username = Buckets(TRIES, TRY_REFILL)
        self._by_address = Buckets(TRIES * 5, TRY_REFILL * 5)
        self._hashing = threading.BoundedSemaphore(HASHES_AT_ONCE)
        self._dummy_hash = HASHER.hash(secrets.token_hex(16))

    # ── signing in ──

    def sign_in(
        self, username: str, password: str, organisation: str | None = None, address: str = "", purpose: str = "api"
    ) -> Session:
        """Begin a session. Takes the same time whether or not the name exists.

        Refusals: unauthenticated; invalid with `facts.organisations` when several are possible and none is named;
        forbidden when the person does not act for the one named. Rejection too-many after too many failures.
        """
        for buckets, name in ((self._by_username, username), (self._by_address, address)):
            wait = buckets.take(name)
            if wait:
                raise Rejection("too-many", retry_after=wait)
        person = self._checked(username, password)
        self._by_username.give_back(username)
        self._by_address.give_back(address)
        return self._begin(person, self._chosen(person, organisation), purpose)

    def _checked(self, username: str, password: str) -> str:
        """The id of the active person with this name and password; Refusal unauthenticated."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(persons.c.id, persons.c.password, persons.c.active).where(persons.c.username == username)
            ).one_or_none()
        with self._hashing:
            correct = _verify(row.password if row else self._dummy_hash, password)
        if row is None or not correct or not row.active:
            raise Refusal("unauthenticated", "用户名或密码不正确", "The username or the password is wrong")
        return str(row.id)

    def _chosen(self, person: str, organisation: str | None) -> str:
        choices = self.accounts.memberships(person, today(self._clock.now()))
        listed = [{"id": choice.id, "zh": choice.zh, "en": choice.en} for choice in choices]
        if organisation is not None:
            if organisation not in {choice.id for choice in choices}:
                raise Refusal(
                    "forbidden", "您不代表该单位", "You do not act for this organisation", organisations=listed
                )
            return organisation
        if len(choices) == 1:
            return choices[0].id
        if not choices:
            raise Refusal("forbidden", "该账号不属于任何单位", "This account belongs to no organisation")
        raise Refusal(
            "invalid",
            "您属于多个单位，请选择其一",
            "You belong to several organisations; name one",
            errors={"organisation": ["必填：请选择单位 / required: name one of the organisations"]},
            organisations=listed,
        )

    def _begin(self, person: str, organisation: str, purpose: str) -> Session:
        token = secrets.token_urlsafe(32)
        begun = self._machine_time()
        expires = begun + timedelta(hours=SESSION_HOURS)
        with self.database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.expires_at < begun - timedelta(days=30)))
            connection.execute(
                sessions.insert().values(
                    token=_digest(token),
                    person=person,
                    organisation=organisation,
                    purpose=purpose,
                    begun_at=begun,
                    expires_at=expires,
                )
            )
        return Session(token, expires, self.acting(token))

    # ── sessions ──

    def acting(self, token: str) -> Acting:
        """Who this token stands for now; Refusal unauthenticated when it is unknown, ended or expired, or the person no longer acts there."""
        now = self._machine_time()
        day = today(self._clock.now())
        with self.database.reading() as connection:
            row = connection.execute(SESSION, {"token": _digest(token), "now": now}).one_or_none()
            if row is None:
                raise Refusal("unauthenticated")
            deputy = standing_in(connection, row.person, row.organisation, day)
        if not row.posts and not deputy:
            raise Refusal("unauthenticated")
        above = row.parent_kind == "division"
        return Acting(
            person=row.person,
            name=row.name,
            username=row.username,
            certificate=row.certificate,
            organisation=row.organisation,
            organisation_zh=row.zh,
            organisation_en=row.en,
            organisation_kind=row.kind,
            organisations=self.accounts.acts_for(row.organisation)
            if above
            else acts_for(row.organisation, row.kind, row.parent),
            area=row.area,
            offices=tuple(row.offices),
            posts=tuple(row.posts or ()),
            deputy=tuple(sorted(deputy.items())),
        )

    def choices(self, person: str) -> list[dict[str, str]]:
        """The organisations a person may act for today: `[{id, zh, en}]`."""
        return [
            {"id": choice.id, "zh": choice.zh, "en": choice.en}
            for choice in self.accounts.memberships(person, today(self._clock.now()))
        ]

    def renew(self, token: str) -> Session:
        """A new session for the same person and organisation; the old one ends. Refusal unauthenticated."""
        return self._replace(token, None)

    def change_organisation(self, token: str, organisation: str) -> Session:
        """A new session of the same person for another of their organisations; the old one ends."""
        return self._replace(token, organisation)

    def _replace(self, token: str, organisation: str | None) -> Session:
        acting = self.acting(token)
        chosen = self._chosen(acting.person, organisation or acting.organisation)
        with self.database.reading() as connection:
            purpose = connection.execute(
                select(sessions.c.purpose).where(sessions.c.token == _digest(token))
            ).scalar_one()
        session = self._begin(acting.person, chosen, purpose)
        self.sign_out(token)
        return session

    def sign_out(self, token: str) -> None:
        """End a session; does nothing for an unknown one."""
        with self.database.writing() as connection:
            connection.execute(
                update(sessions)
                .where(sessions.c.token == _digest(token), sessions.c.ended_at.is_(None))
                .values(ended_at=self._machine_time())
            )


class Signer:
    """Makes the actor token of one call for the acting person (EdDSA, valid for a minute)."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def __call__(self, acting: Acting) -> str:
        return tokens.issue(acting.actor, self._key)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The gateway's private key from a PEM file; ConfigurationFault when it is none."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as fault:
        raise ConfigurationFault([f"TOKEN_PRIVATE_KEY: {path.name} is not a PEM key: {fault}"]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationFault([f"TOKEN_PRIVATE_KEY: {path.name} is not an Ed25519 key"])
    return key


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def acts_for(organisation: str, kind: str, parent: str | None) -> tuple[str, ...]:
    """The organisation and, when it is a division, the bureau (its parent) it acts for."""
    return (organisation, parent) if kind == "division" and parent else (organisation,)
