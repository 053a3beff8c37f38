"""Organisations, persons, memberships and deputies, read and recorded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Date, Row, Select, and_, bindparam, or_, select, update

from chassis.core.errors import Refusal, invalid
from chassis.core.ids import new_id
from chassis.core.storage.database import Database
from gateway.tables import deputies, memberships, organisations, persons

RECORDERS = ("head", "leader", "registry")  # posts that may record a deputy for somebody else


@dataclass(frozen=True)
class Organisation:
    """An organisation: bureau, division, institution, experts, producer, operator; `area` is a bureau's own code."""

    id: str
    zh: str
    en: str
    kind: str
    area: str | None
    offices: tuple[str, ...]
    parent: str | None
    credit_code: str | None


@dataclass(frozen=True)
class Person:
    """A person with an account. `certificate` is the law-enforcement certificate's number."""

    id: str
    name: str
    username: str
    certificate: str | None
    active: bool


@dataclass(frozen=True)
class Deputyship:
    """`deputy` stands in for `holder` in `post` of `organisation` from `begins` to `ends`, both included."""

    id: str
    organisation: str
    post: str
    holder: str
    deputy: str
    begins: date
    ends: date
    recorded_by: str
    recorded_at: datetime
    ended_at: datetime | None


class Accounts:
    """Reads and records accounts in the gateway's own database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def organisation(self, identifier: str) -> Organisation:
        """One organisation; Refusal not-found."""
        with self.database.reading() as connection:
            row = connection.execute(select(organisations).where(organisations.c.id == identifier)).one_or_none()
        if row is None:
            raise Refusal("not-found", organisation=identifier)
        return _organisation(row)

    def organisations(self, kinds: Collection[str] = ()) -> list[Organisation]:
        """All organisations, or those of these kinds, in order of id."""
        query = select(organisations).order_by(organisations.c.id)
        if kinds:
            query = query.where(organisations.c.kind.in_(kinds))
        with self.database.reading() as connection:
            return [_organisation(row) for row in connection.execute(query)]

    def acts_for(self, identifier: str) -> tuple[str, ...]:
        """An organisation and those it acts for: a division acts for its bureau, and for nobody above it."""
        identifiers = [identifier]
        organisation = self.organisation(identifier)
        while organisation.kind == "division" and organisation.parent and organisation.parent not in identifiers:
            identifiers.append(organisation.parent)
            organisation = self.organisation(organisation.parent)
        return tuple(identifiers)

    def person(self, identifier: str) -> Person:
        """One person; Refusal not-found."""
        with self.database.reading() as connection:
            row = connection.execute(select(persons).where(persons.c.id == identifier)).one_or_none()
        if row is None:
            raise Refusal("not-found", person=identifier)
        return Person(row.id, row.name, row.username, row.certificate, row.active)

    def posts(self, person: str, organisation: str) -> tuple[str, ...]:
        """The posts a person holds in an organisation; empty when not a member."""
        with self.database.reading() as connection:
            posts = connection.execute(
                select(memberships.c.posts).where(
                    memberships.c.person == person, memberships.c.organisation == organisation
                )
            ).scalar_one_or_none()
        return tuple(posts or ())

    def members(self, organisation: str) -> list[tuple[Person, tuple[str, ...]]]:
        """The active members of an organisation with their posts."""
        query = (
            select(persons, memberships.c.posts)
            .join(memberships, memberships.c.person == persons.c.id)
            .where(memberships.c.organisation == organisation, persons.c.active)
            .order_by(persons.c.id)
        )
        with self.database.reading() as connection:
            return [
                (Person(row.id, row.name, row.username, row.certificate, row.active), tuple(row.posts))
                for row in connection.execute(query)
            ]

    def memberships(self, person: str, on: date) -> list[Organisation]:
        """The organisations a person may act for on a day: as a member or as a deputy."""
        standing_in = _standing(on).where(deputies.c.deputy == person).with_only_columns(deputies.c.organisation)
        own = select(memberships.c.organisation).where(memberships.c.person == person)
        query = (
            select(organisations)
            .where(or_(organisations.c.id.in_(own), organisations.c.id.in_(standing_in)))
            .order_by(organisations.c.id)
        )
        with self.database.reading() as connection:
            return [_organisation(row) for row in connection.execute(query)]

    def deputies(self, organisation: str) -> list[Deputyship]:
        """Every deputyship recorded for an organisation, the newest first; none is ever deleted."""
        query = select(deputies).where(deputies.c.organisation == organisation).order_by(deputies.c.recorded_at.desc())
        with self.database.reading() as connection:
            return [Deputyship(**row._mapping) for row in connection.execute(query)]

    def record_deputy(self, deputyship: Deputyship) -> Deputyship:
        """Record a deputyship.

        Recorded by the holder, or by a head, leader or registry of the same organisation. Refusals: invalid (names the
        field), forbidden.
        """
        if deputyship.post not in self.posts(deputyship.holder, deputyship.organisation):
            raise invalid("holder", "此人未担任该职务", "does not hold this post")
        if deputyship.deputy == deputyship.holder:
            raise invalid("deputy", "不能代理本人", "nobody deputises for themselves")
        if not self._is_active(deputyship.deputy):
            raise invalid("deputy", "没有此人", "no such person")
        if deputyship.ends < deputyship.begins:
            raise invalid("ends", "结束日期早于开始日期", "ends before it begins")
        recorder_posts = set(self.posts(deputyship.recorded_by, deputyship.organisation))
        if deputyship.recorded_by != deputyship.holder and not recorder_posts & set(RECORDERS):
            raise Refusal("forbidden", organisation=deputyship.organisation)
        with self.database.writing() as connection:
            connection.execute(deputies.insert().values(**vars(deputyship)))
        return deputyship

    def end_deputy(self, identifier: str, organisation: str, by: str, at: datetime) -> None:
        """End a deputyship of this organisation now; the record stays. Refusals: not-found, forbidden."""
        with self.database.writing() as connection:
            row = connection.execute(
                select(deputies).where(deputies.c.id == identifier, deputies.c.organisation == organisation)
            ).one_or_none()
            if row is None or row.ended_at is not None:
                raise Refusal("not-found", deputy=identifier)
            if by != row.holder and not set(self.posts(by, organisation)) & set(RECORDERS):
                raise Refusal("forbidden", organisation=organisation)
            connection.execute(update(deputies).where(deputies.c.id == identifier).values(ended_at=at))

    def names(self, identifiers: Collection[str]) -> dict[str, dict[str, str]]:
        """Id → `{zh, en}` of those organisations and persons among the ids that are known here."""
        ids = [identifier for identifier in set(identifiers) if identifier]
        if not ids:
            return {}
        with self.database.reading() as connection:
            names = {
                row.id: {"zh": row.zh, "en": row.en}
                for row in connection.execute(select(organisations).where(organisations.c.id.in_(ids)))
            }
            people = connection.execute(select(persons.c.id, persons.c.name).where(persons.c.id.in_(ids)))
            return names | {row.id: {"zh": row.name, "en": row.name} for row in people}

    def _is_active(self, person: str) -> bool:
        with self.database.reading() as connection:
            return bool(connection.execute(select(persons.c.active).where(persons.c.id == person)).scalar_one_or_none())


def new_deputyship(
    organisation: str,
    post: str,
    holder: str,
    deputy: str,
    begins: date,
    ends: date,
    recorded_by: str,
    recorded_at: datetime,
) -> Deputyship:
    """A deputyship with a new id, not yet recorded."""
    return Deputyship(
        new_id("deputy"), organisation, post, holder, deputy, begins, ends, recorded_by, recorded_at, None
    )


def standing_in(connection: Connection, person: str, organisation: str, on: date) -> dict[str, str]:
    """Post → the person stood in for, by this person in this organisation on this day."""
    parameters = {"person": person, "organisation": organisation, "on": on}
    return {row.post: row.holder for row in connection.execute(STANDING_IN, parameters)}


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.zh, row.en, row.kind, row.area, tuple(row.offices), row.parent, row.credit_code)


def _standing(on: date | BindParameter[date]) -> Select[Any]:
    """Deputyships in force on a day, whose holder still holds an active account in the organisation."""
    return (
        select(deputies)
        .join(persons, persons.c.id == deputies.c.holder)
        .join(
            memberships,
            and_(memberships.c.person == deputies.c.holder, memberships.c.organisation == deputies.c.organisation),
        )
        .where(deputies.c.begins <= on, deputies.c.ends >= on, deputies.c.ended_at.is_(None), persons.c.active)
    )


STANDING_IN = (
    _standing(bindparam("on", type_=Date()))
    .where(deputies.c.deputy == bindparam("person"), deputies.c.organisation == bindparam("organisation"))
    .order_by(deputies.c.recorded_at)
)
