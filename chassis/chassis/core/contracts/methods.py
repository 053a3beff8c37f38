"""The methods that every service answers: what each is for, its request, and the value of its answer, as JSON Schema."""

from typing import Any

from chassis.core.errors import STATUS

Json = dict[str, Any]

EVENTS_EXCHANGE = "zhaohui.events"
CALLS_EXCHANGE = "nameko-rpc"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
OBJECT: Json = {"type": "object"}
MAYBE: Json = {"type": ["string", "null"]}

CLOUD_EVENT: Json = {
    "description": "CloudEvents 1.0, structured JSON; `sequence` counts from 1 without a gap for each subject.",
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence", "dossier", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "pattern": "^event_"},
        "source": {"type": "string", "format": "uri-reference"},
        "type": TEXT,
        "subject": {"description": "the id of the root that the fact is about", **TEXT},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "sequence": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "dossier": {"description": "the matter that the root belongs to", **TEXT},
        "traceparent": {"description": "W3C Trace Context", **TEXT},
        "data": OBJECT,
    },
}
REFUSED: Json = {
    "description": "A normal answer that says no, with the clause and the facts that explain it.",
    "type": "object",
    "required": ["code", "zh", "en"],
    "properties": {
        "code": {"enum": sorted(STATUS)},
        "zh": TEXT,
        "en": TEXT,
        "clause": TEXT,
        "act": TEXT,
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        "facts": OBJECT,
    },
}


def _value(*required: str) -> Json:
    return {"type": "object", "required": list(required)}


def _rows(*required: str) -> Json:
    return {"type": "array", "items": _value(*required)}


BRIEF = ("id", "kind", "state", "state_zh", "state_en", "version", "dossier", "number", "title")
METHODS: dict[str, tuple[str, Json, tuple[str, ...], Json]] = {
    "describe": (
        "What the service offers: kinds, states, acts with their schemas and texts, clauses, facts, and a hash of it all",
        {},
        (),
        _value("service", "hash", "rulebook", "actors", "approvals", "kinds", "clauses", "facts", "listens"),
    ),
    "acts": (
        "What the actor may do now: on the root `id`, or to open one of a kind",
        {"id": MAYBE, "kind": MAYBE},
        (),
        _rows("act", "kind", "zh", "en", "clause", "new", "on", "part", "part_version", "unmet", "choices"),
    ),
    "perform": (
        "Perform an act; `command` makes it happen once, `expects` is the version that the actor has read",
        {
            "command": {"type": "string", "minLength": 8, "maxLength": 120},
            "kind": TEXT,
            "id": MAYBE,
            "act": TEXT,
            "part": MAYBE,
            "expects": {"type": ["integer", "null"]},
            "data": {"description": "as the schema of the act in `describe` says", **OBJECT},
            "trace": {"description": "traceparent of W3C Trace Context", **MAYBE},
        },
        ("command", "kind", "act", "data"),
        _value(
            "root", "kind", "state", "version", "act", "clause", "seq", "at", "clocks", "documents", "draft", "repeat"
        ),
    ),
    "get": (
        "A root as the actor may see it; `reveal` opens its marked fields, which is recorded",
        {"id": TEXT, "reveal": {"type": "boolean"}},
        ("id",),
        _value(*BRIEF, "body", "parts", "clocks", "parties", "drafts", "head"),
    ),
    "search": (
        "A page of the roots that the actor may see, the last changed first; with `text` (all its words) the last opened first",
        {
            "kind": MAYBE,
            "state": MAYBE,
            "dossier": MAYBE,
            "number": MAYBE,
            "text": {
                "description": "words, all of which stand in title, number or other fields that the actor may see",
                "maxLength": 100,
                **MAYBE,
            },
            "open": {"description": "only roots that have not ended", "type": ["boolean", "null"]},
            "after": {"description": "`next` of the page before", **MAYBE},
            "size": {"minimum": 1, "maximum": 200, **WHOLE},
        },
        (),
        {
            **_value("items", "next", "total", "more"),
            "properties": {
                "items": _rows(*BRIEF),
                "next": MAYBE,
                "total": {"description": "exact up to 1000 roots; `more` tells that there are more", **WHOLE},
                "more": {"type": "boolean"},
            },
        },
    ),
    "duties": (
        "A page of what waits for the actor, the most urgent first: running clocks with the acts that meet them, drafts, roots",
        {
            "queue": {"enum": ["mine", "unit", "drafts", None]},
            "after": {"description": "`next` of the page before", **MAYBE},
            "size": {"minimum": 1, "maximum": 200, **WHOLE},
        },
        (),
        {
            **_value("items", "next", "total", "more"),
            "properties": {
                "items": _rows("why", "root", "root_kind", "title", "acts", "due_on", "due_at"),
                "next": MAYBE,
                "total": {"description": "exact up to 1000 roots; `more` tells that there are more", **WHOLE},
                "more": {"type": "boolean"},
            },
        },
    ),
    "late": (
        "How much is overdue in each unit of the actor's bureau and of those below it, the most first",
        {},
        (),
        _rows("unit", "count", "oldest"),
    ),
    "journal": (
        "The journal of a root or of a dossier, as far as the actor may see it",
        {"id": MAYBE, "dossier": MAYBE},
        (),
        _rows("root", "seq", "at", "act", "clause", "hash"),
    ),
    "health": ("What is wrong, if anything", {}, (), _value("service", "ok", "faults")),
}
"""Method → what it is for, the members of its request, those it must have, and the value it answers."""
