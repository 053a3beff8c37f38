"""The schemas of roots, acts, journals, dossiers and duties: the parameters of requests, and what lists answer."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields, validate

from gateway.api.schemas import PLAIN, Strict
from gateway.composition import PAGE
from gateway.merging import MOST


def cursor() -> fields.String:
    """The parameter that says where a page begins."""
    return fields.String(
        validate=[validate.Length(1, 4000), PLAIN],
        metadata={"description": "`next` of the page before / 上一页的 next"},
    )


def size(most: int, usual: int) -> fields.Integer:
    """The parameter that says how long a page is."""
    return fields.Integer(validate=validate.Range(1, most), load_default=usual)


class SearchQuery(Strict):
    """The parameters of a search in one kind."""

    state = fields.String(validate=[validate.Length(1, 80), PLAIN])
    dossier = fields.String(validate=[validate.Length(1, 80), PLAIN])
    text = fields.String(validate=[validate.Length(1, 200), PLAIN])
    after = cursor()
    size = size(100, 20)


class SearchAllQuery(Strict):
    """The parameters of a search in all kinds."""

    dossier = fields.String(validate=[validate.Length(1, 80), PLAIN])
    text = fields.String(validate=[validate.Length(1, 200), PLAIN])
    after = cursor()
    size = size(MOST, PAGE)


class DutiesQuery(Strict):
    """The parameters of duties."""

    queue = fields.String(
        validate=validate.OneOf(["mine", "unit", "drafts"]),
        metadata={"description": "mine: what waits for me (the default); unit: for my unit; drafts: my own drafts"},
    )
    why = fields.String(
        validate=validate.OneOf(["draft"]), metadata={"description": "draft: only the drafts that wait for my approval"}
    )
    after = cursor()
    size = size(MOST, PAGE)


class DossierQuery(Strict):
    """The parameters of a dossier."""

    after = cursor()
    size = size(MOST, PAGE)


class DossierJournalQuery(DossierQuery):
    """The parameters of a dossier's journal."""

    newest = fields.Boolean(load_default=False, metadata={"description": "the newest first instead of the oldest"})


class JournalQuery(Strict):
    """The parameters of a root's journal."""

    after = cursor()
    size = size(200, 50)
    newest = fields.Boolean(load_default=False, metadata={"description": "the newest first instead of the oldest"})
    seq = fields.Integer(
        validate=validate.Range(1, 2**31), metadata={"description": "only the entry with this number / 仅此一条"}
    )


class ActsQuery(Strict):
    """The parameters of the acts that are open."""

    act = fields.String(
        validate=[validate.Length(1, 80), PLAIN],
        metadata={"description": "only this act, with its choices of the moment; without it `choices` are null"},
    )


class Answer(Schema):
    """What a service answers: the members that are promised, and perhaps others."""

    class Meta:
        unknown = INCLUDE


class Choice(Answer):
    """A value that a field may take at the moment."""

    value = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class Unmet(Answer):
    """A condition that does not hold."""

    guard = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class Offer(Answer):
    """An act that the caller may perform now."""

    act = fields.String(required=True)
    kind = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    clause = fields.String(required=True)
    new = fields.Boolean(required=True)
    on = fields.String(allow_none=True, required=True)
    part = fields.String(allow_none=True, required=True)
    part_version = fields.Integer(allow_none=True, required=True)
    approval = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    advisory = fields.Boolean()
    due = fields.Date(allow_none=True)
    overdue = fields.Boolean()
    unmet = fields.List(fields.Nested(Unmet), required=True)
    choices = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(Choice), allow_none=True),
        required=True,
        metadata={
            "description": "field → its choices of the moment; null where no act was named: they were not asked for"
        },
    )


class Brief(Answer):
    """A root as lists show it; `regime` is the rulebook that it lives under."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    number = fields.String(allow_none=True)
    state = fields.String(required=True)
    state_zh = fields.String()
    state_en = fields.String()
    final = fields.Boolean()
    dossier = fields.String(required=True)
    version = fields.Integer(required=True)
    regime = fields.String(required=True)
    opened_at = fields.String(required=True)
    updated_at = fields.String()
    service = fields.String(metadata={"description": "where the list is composed from several services"})


class Duty(Answer):
    """Something that waits; `why` is clock, awaits, draft, under_way or returned."""

    why = fields.String(required=True)
    root = fields.String(required=True)
    root_kind = fields.String(required=True)
    title = fields.String(required=True)
    number = fields.String(allow_none=True)
    dossier = fields.String(required=True)
    acts = fields.List(fields.String(), required=True)
    acts_zh = fields.List(fields.String())
    acts_en = fields.List(fields.String())
    clock = fields.String(allow_none=True)
    clause = fields.String(allow_none=True)
    part = fields.String(allow_none=True)
    due_on = fields.Date(allow_none=True, required=True)
    due_at = fields.String(allow_none=True, required=True)
    working_days_left = fields.Integer(allow_none=True)
    overdue = fields.Boolean()
    since = fields.String()
    draft = fields.Dict(allow_none=True)
    service = fields.String(required=True)


class LateUnit(Answer):
    """How much is overdue in a unit."""

    unit = fields.String(required=True)
    count = fields.Integer(required=True)
    oldest = fields.String(required=True)


class Entry(Answer):
    """An entry of a journal."""

    root = fields.String(required=True)
    root_kind = fields.String(required=True)
    regime = fields.String(required=True)
    seq = fields.Integer(required=True)
    at = fields.String(required=True)
    act = fields.String(required=True)
    zh = fields.String()
    en = fields.String()
    clause = fields.String(allow_none=True)
    actor = fields.Dict(allow_none=True)
    event = fields.Dict(allow_none=True)
    part = fields.String(allow_none=True)
    data = fields.Dict()
    documents = fields.List(fields.Dict())
    clocks = fields.List(fields.Dict())
    hash = fields.String(required=True)
    service = fields.String(required=True)


class Page(Answer):
    """What every page of a list has: where the next one begins, null at the end."""

    next = fields.String(
        required=True, allow_none=True, metadata={"description": "`after` of the next page; null at the end"}
    )


class Counted(Page):
    """A page of a list that is counted."""

    total = fields.Integer(
        required=True, metadata={"description": "exact up to 1000; `more` tells that there are more"}
    )
    more = fields.Boolean(required=True)


class Composed(Answer):
    """A list from several services."""

    away = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "services that did not answer: what they hold is missing"},
    )


class RootsPage(Counted):
    """A page of roots of one kind."""

    items = fields.List(fields.Nested(Brief), required=True)


class RootsOfAllPage(RootsPage, Composed):
    """A page of roots of all kinds."""


class DossierPage(RootsOfAllPage):
    """A page of what belongs to one matter."""

    dossier = fields.String(required=True)


class DutiesPage(Counted, Composed):
    """A page of duties, the most urgent first."""

    items = fields.List(fields.Nested(Duty), required=True)


class LateUnits(Composed):
    """How much is overdue, by unit."""

    items = fields.List(fields.Nested(LateUnit), required=True)


class JournalPage(Page, Composed):
    """A page of a journal."""

    items = fields.List(fields.Nested(Entry), required=True)


class ReadQuery(Strict):
    """The parameters of reading a root."""

    reveal = fields.Boolean(
        load_default=False, metadata={"description": "open the marked fields that the caller may see"}
    )
