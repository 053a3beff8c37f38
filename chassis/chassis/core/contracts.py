"""What a service promises, as files: its AsyncAPI 3 document and one JSON Schema a fact. The same sources give the same bytes."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from chassis.core.errors import STATUS
from chassis.core.rulebook import DRAFT_ACTS, ActRule, Trigger
from chassis.core.schema import json_schema

if TYPE_CHECKING:
    from chassis.core.application import Application

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
        "A page of the roots that the actor may see, newest first",
        {
            "kind": MAYBE,
            "state": MAYBE,
            "dossier": MAYBE,
            "number": MAYBE,
            "text": MAYBE,
            "open": {"type": ["boolean", "null"]},
            "page": {"minimum": 1, **WHOLE},
            "size": {"minimum": 1, "maximum": 200, **WHOLE},
        },
        (),
        {**_value("items", "total", "page", "size"), "properties": {"items": _rows(*BRIEF), "total": WHOLE}},
    ),
    "duties": (
        "What waits for the actor, the most urgent first: running clocks with the acts that meet them, drafts, roots",
        {},
        (),
        _rows("kind", "root", "root_kind", "title", "acts", "due_on", "due_at"),
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


def write(application: "Application", folder: str | Path) -> None:
    """Write `<service>.asyncapi.yaml` and `<service>/<fact>.v1.json` for every fact into the folder."""
    own = Path(folder) / application.name
    own.mkdir(parents=True, exist_ok=True)
    for name, schema in sorted(application.facts.items()):
        text = json.dumps(fact_schema(application, name, type(schema)), ensure_ascii=False, indent=2)
        (own / f"{name}.v1.json").write_text(text + "\n", encoding="utf-8")
    told = yaml.dump(asyncapi(application), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    own.with_name(f"{application.name}.asyncapi.yaml").write_text(told, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    """YAML that repeats what is repeated, instead of pointing to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def fact_schema(application: "Application", name: str, schema: Any) -> Json:
    """Return the JSON Schema of a fact's `data`, under the name that events carry as `dataschema`."""
    return {"$schema": DIALECT, "$id": f"urn:zhaohui:{application.name}.{name}.v1", **json_schema(schema)}


def asyncapi(application: "Application") -> Json:
    """Return the AsyncAPI 3 document: the facts it tells, those it is moved by, and the methods it answers."""
    heard, reads = _heard(application)
    facts = [*sorted(application.facts)]
    channels = {"told": _told(application, facts)} if facts else {}
    operations: Json = {"tell": _operation("send", "told", facts)} if facts else {}
    for source, types in heard.items():
        channels[f"heard-from-{source}"] = _hearing(application, source, types)
        operations[f"hear-{source}"] = _operation("receive", f"heard-from-{source}", types)
    messages = {name: _fact_message(application, name) for name in facts}
    for types in heard.values():
        messages |= {kind: _heard_message(kind, rows, reads) for kind, rows in types.items()}
    for name in METHODS:
        channels |= _call_channels(application, name)
        operations[name] = _answering(name)
        messages |= _call_messages(application, name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Zhaohui: {application.name}",
            "version": "1.0.0",
            "description": f"{application.rulebook.zh} / {application.rulebook.en}. "
            "Facts travel on one topic exchange as CloudEvents; calls are answered on a queue of the service.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": {"CloudEvent": CLOUD_EVENT, "Refused": REFUSED, **reads},
        },
    }


def _exchange(name: str) -> Json:
    """Return the AMQP binding of a channel that is reached by routing key."""
    described = {"name": name, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
    return {"amqp": {"is": "routingKey", "exchange": described, "bindingVersion": "0.3.0"}}


def _queue(name: str) -> Json:
    """Return the AMQP binding of a channel that is one queue."""
    described = {"name": name, "durable": True, "exclusive": False, "autoDelete": False, "vhost": "/"}
    return {"amqp": {"is": "queue", "queue": described, "bindingVersion": "0.3.0"}}


def _messages(names: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operation(action: str, channel: str, names: Iterable[str]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


def _told(application: "Application", facts: list[str]) -> Json:
    return {
        "address": f"{application.name}.{{kind}}.{{fact}}",
        "description": "Every fact of this service, in order for each subject, published with confirms and `mandatory`.",
        "parameters": {
            "kind": {
                "description": "the kind of root that the fact is about",
                "enum": sorted(application.rulebook.kinds),
            },
            "fact": {"enum": facts},
        },
        "messages": _messages(facts),
        "bindings": _exchange(EVENTS_EXCHANGE),
    }


def _hearing(application: "Application", source: str, types: Iterable[str]) -> Json:
    kinds = [name.split(".")[1] for name in application.listens() if name.split(".")[0] == source]
    return {
        "address": f"{source}.{{kind}}.{{fact}}",
        "description": f"Facts of {source}; those that move nothing here are taken and left.",
        "parameters": {"kind": {"enum": kinds}, "fact": {"description": "all of them are bound"}},
        "messages": _messages(types),
        "bindings": _queue(f"{application.name}.events"),
        "x-bound-to": {EVENTS_EXCHANGE: [f"{source}.{kind}.#" for kind in kinds]},
    }


def _event(kind: str, data: Json) -> Json:
    return {
        "allOf": [
            {"$ref": "#/components/schemas/CloudEvent"},
            {"type": "object", "properties": {"type": {"const": kind}, "data": data}},
        ]
    }


def _fact_message(application: "Application", name: str) -> Json:
    kind = f"{application.name}.{name}.v1"
    return {
        "name": kind,
        "title": name.replace("-", " "),
        "summary": _first_line(type(application.facts[name])),
        "contentType": "application/cloudevents+json",
        "payload": _event(kind, {"$ref": f"./{application.name}/{name}.v1.json"}),
    }


def _first_line(schema: type) -> str:
    return (schema.__doc__ or schema.__name__).strip().splitlines()[0]


def _heard(application: "Application") -> tuple[dict[str, dict[str, list[Json]]], Json]:
    """Return source → event type → the acts that it performs, and the schemas by which this service reads the data."""
    heard: dict[str, dict[str, list[Json]]] = {}
    reads: Json = {}
    for kind, rows in sorted(application.rulebook.triggers.items()):
        for rule, trigger in rows:
            schema = application.functions[(rule.kind, rule.name)][0].schema
            told, name = json_schema(schema), f"reads.{schema.__name__}"
            if name in reads and reads[name] != _embedded(told, name):
                name = f"reads.{rule.kind}.{rule.name}"  # another schema of the same name
            reads[name] = _embedded(told, name)
            moved = heard.setdefault(kind.split(".")[0], {}).setdefault(kind, [])
            moved.append(_moves(rule, trigger) | {"reads": name})
    return heard, dict(sorted(reads.items()))


def _moves(rule: ActRule, trigger: Trigger) -> Json:
    """Return how an event performs an act: which, on what clause, under what condition, and which root it moves."""
    found = {
        "act": f"{rule.kind}.{rule.name}",
        "zh": rule.zh,
        "en": rule.en,
        "clauses": list(rule.clauses),
        "where": dict(trigger.where) or None,
        "root": "new" if rule.new else trigger.root or trigger.find,
        "id": trigger.id,
    }
    return {key: value for key, value in found.items() if value is not None}


def _heard_message(kind: str, rows: list[Json], reads: Json) -> Json:
    names = list(dict.fromkeys(row["reads"] for row in rows))
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    return {
        "name": kind,
        "summary": "; ".join(f"{row['zh']} / {row['en']}" for row in rows),
        "contentType": "application/cloudevents+json",
        "payload": _event(kind, schemas[0] if len(schemas) == 1 else {"anyOf": schemas}),
        "x-moves": [{key: value for key, value in row.items() if key != "reads"} for row in rows],
    }


def _embedded(schema: Json, name: str) -> Json:
    """Return a self-contained schema as a component: its own definitions are pointed to where they now stand."""

    def pointed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                key: item.replace("#/$defs/", f"#/components/schemas/{name}/definitions/")
                if key == "$ref"
                else pointed(item)
                for key, item in value.items()
            }
        return [pointed(item) for item in value] if isinstance(value, list) else value

    moved: Json = pointed(schema)
    definitions = moved.pop("$defs", None)
    return moved | ({"definitions": definitions} if definitions else {})


def _call_channels(application: "Application", method: str) -> Json:
    return {
        method: {
            "address": f"{application.name}.{method}",
            "messages": _messages([f"{method}-request"]),
            "bindings": _exchange(CALLS_EXCHANGE),
            "x-queue": f"rpc-{application.name}",
        },
        f"{method}-answers": {
            "address": None,
            "messages": _messages([f"{method}-answer"]),
            "bindings": _exchange(CALLS_EXCHANGE),
        },
    }


def _answering(method: str) -> Json:
    return {
        **_operation("receive", method, [f"{method}-request"]),
        "summary": METHODS[method][0],
        "reply": {
            "address": {"location": "$message.header#/reply_to"},
            "channel": {"$ref": f"#/channels/{method}-answers"},
            "messages": [{"$ref": f"#/channels/{method}-answers/messages/{method}-answer"}],
        },
    }


def _call_messages(application: "Application", method: str) -> Json:
    """Return a method's request and answer in nameko's form: one JSON object as the only argument."""
    summary, members, required, value = METHODS[method]
    members = {"token": {"description": "the actor token (EdDSA JWT); without it, the public", **MAYBE}, **members}
    request: Json = {"type": "object", "properties": members}
    if required:
        request["required"] = list(required)
    if method == "perform":
        request["allOf"] = [_kind_acts(name, application) for name in sorted(application.rulebook.kinds)]
        members["kind"] = {"enum": sorted(application.rulebook.kinds)}
    result = {
        "oneOf": [
            {"type": "object", "required": ["ok"], "properties": {"ok": value}},
            {
                "type": "object",
                "required": ["refused"],
                "properties": {"refused": {"$ref": "#/components/schemas/Refused"}},
            },
        ]
    }
    return {
        f"{method}-request": {
            "summary": summary,
            "headers": {
                "type": "object",
                "description": "AMQP properties, and the header `deadline`",
                "properties": {
                    "reply_to": TEXT,
                    "correlation_id": TEXT,
                    "expiration": {"description": "milliseconds until the caller gives up", **TEXT},
                    "deadline": {"description": "Unix milliseconds", **WHOLE},
                },
            },
            "correlationId": {"location": "$message.header#/correlation_id"},
            "payload": {
                "type": "object",
                "required": ["args", "kwargs"],
                "properties": {
                    "args": {"type": "array", "items": request, "minItems": 1, "maxItems": 1},
                    "kwargs": {"type": "object", "maxProperties": 0},
                },
            },
        },
        f"{method}-answer": {
            "headers": {"type": "object", "properties": {"correlation_id": TEXT}},
            "correlationId": {"location": "$message.header#/correlation_id"},
            "payload": {
                "type": "object",
                "required": ["result", "error"],
                "properties": {"result": result, "error": {"type": "null"}},
            },
        },
    }


def _kind_acts(kind: str, application: "Application") -> Json:
    """Return the condition that names the acts of a kind; an act that only an event performs is not for callers."""
    rule = application.rulebook.kinds[kind]
    acts = [name for name, act in rule.acts.items() if act.by]
    drafts = list(DRAFT_ACTS) if any(act.approval for act in rule.acts.values()) else []
    return {
        "if": {"type": "object", "properties": {"kind": {"const": kind}}},
        "then": {"type": "object", "properties": {"act": {"enum": sorted([*acts, *drafts])}}},
    }
