"""What a service promises, as files: its AsyncAPI 3 document and one JSON Schema an event. The same sources give the same bytes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema

from chassis.core.contracts.methods import (
    CALLS_EXCHANGE,
    CLOUD_EVENT,
    DIALECT,
    EVENTS_EXCHANGE,
    MAYBE,
    METHODS,
    REFUSED,
    TEXT,
    WHOLE,
)
from chassis.core.contracts.schema import json_schema
from chassis.core.rulebook.model import DRAFT_ACTS, ActRule, Trigger
from chassis.core.rulebook.registry import Registry

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promises:
    """What the documents are made of: the service's name and rulebooks, the schemas of its acts and of its events."""

    name: str
    registry: Registry
    acts: Mapping[tuple[str, str], type[Schema]]
    facts: Mapping[str, type[Schema]]


def write(service: Promises, folder: str | Path) -> None:
    """Write `<service>.asyncapi.yaml` and `<service>/<fact>.v1.json` for every fact into the folder."""
    own = Path(folder) / service.name
    own.mkdir(parents=True, exist_ok=True)
    for name, schema in sorted(service.facts.items()):
        text = json.dumps(fact_schema(service, name, schema), ensure_ascii=False, indent=2)
        (own / f"{name}.v1.json").write_text(text + "\n", encoding="utf-8")
    text = yaml.dump(asyncapi(service), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    own.with_name(f"{service.name}.asyncapi.yaml").write_text(text, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    """YAML that repeats what is repeated, instead of pointing to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def fact_schema(service: Promises, name: str, schema: Any) -> Json:
    """Return the JSON Schema of a fact's `data`, under the name that events carry as `dataschema`."""
    return {"$schema": DIALECT, "$id": f"urn:zhaohui:{service.name}.{name}.v1", **json_schema(schema)}


def asyncapi(service: Promises) -> Json:
    """Return the AsyncAPI 3 document: the events it publishes, those it receives, and the methods it answers."""
    received, reads = _received(service)
    facts = [*sorted(service.facts)]
    channels = {"told": _published(service, facts)} if facts else {}
    operations: Json = {"tell": _operation("send", "told", facts)} if facts else {}
    for source, types in received.items():
        channels[f"heard-from-{source}"] = _receiving(service, source, types)
        operations[f"hear-{source}"] = _operation("receive", f"heard-from-{source}", types)
    messages = {name: _fact_message(service, name) for name in facts}
    for types in received.values():
        messages |= {kind: _received_message(kind, rows, reads) for kind, rows in types.items()}
    for name in METHODS:
        channels |= _call_channels(service, name)
        operations[name] = _answering(name)
        messages |= _call_messages(service, name)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Zhaohui: {service.name}",
            "version": "1.0.0",
            "description": f"{service.registry.newest.zh} / {service.registry.newest.en}. "
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


def _published(service: Promises, facts: list[str]) -> Json:
    return {
        "address": f"{service.name}.{{kind}}.{{fact}}",
        "description": "Every fact of this service, in order for each subject, published with confirms and `mandatory`.",
        "parameters": {
            "kind": {
                "description": "the kind of root that the fact is about",
                "enum": sorted(service.registry.kind_names()),
            },
            "fact": {"enum": facts},
        },
        "messages": _messages(facts),
        "bindings": _exchange(EVENTS_EXCHANGE),
    }


def _receiving(service: Promises, source: str, types: Iterable[str]) -> Json:
    kinds = [name.split(".")[1] for name in service.registry.listens if name.split(".")[0] == source]
    return {
        "address": f"{source}.{{kind}}.{{fact}}",
        "description": f"Facts of {source}; those that move nothing here are taken and left.",
        "parameters": {"kind": {"enum": kinds}, "fact": {"description": "all of them are bound"}},
        "messages": _messages(types),
        "bindings": _queue(f"{service.name}.events"),
        "x-bound-to": {EVENTS_EXCHANGE: [f"{source}.{kind}.#" for kind in kinds]},
    }


def _event(kind: str, data: Json) -> Json:
    return {
        "allOf": [
            {"$ref": "#/components/schemas/CloudEvent"},
            {"type": "object", "properties": {"type": {"const": kind}, "data": data}},
        ]
    }


def _fact_message(service: Promises, name: str) -> Json:
    kind = f"{service.name}.{name}.v1"
    return {
        "name": kind,
        "title": name.replace("-", " "),
        "summary": _first_line(service.facts[name]),
        "contentType": "application/cloudevents+json",
        "payload": _event(kind, {"$ref": f"./{service.name}/{name}.v1.json"}),
    }


def _first_line(schema: type) -> str:
    return (schema.__doc__ or schema.__name__).strip().splitlines()[0]


def _received(service: Promises) -> tuple[dict[str, dict[str, list[Json]]], Json]:
    """Return source → event type → the acts that it performs, and the schemas by which this service reads the data."""
    received: dict[str, dict[str, list[Json]]] = {}
    reads: Json = {}
    for event_type in service.registry.event_types():
        for _, rule, trigger in service.registry.triggers(event_type):
            schema = service.acts[(rule.kind, rule.name)]
            document, name = json_schema(schema), f"reads.{schema.__name__}"
            if name in reads and reads[name] != _embedded(document, name):
                name = f"reads.{rule.kind}.{rule.name}"  # another schema of the same name
            reads[name] = _embedded(document, name)
            moves = received.setdefault(event_type.split(".")[0], {}).setdefault(event_type, [])
            row = _moves(rule, trigger) | {"reads": name}
            if row not in moves:
                moves.append(row)
    return received, dict(sorted(reads.items()))


def _moves(rule: ActRule, trigger: Trigger) -> Json:
    """Return how an event performs an act: which, on what clause, under what condition, and which root it moves."""
    row = {
        "act": f"{rule.kind}.{rule.name}",
        "zh": rule.zh,
        "en": rule.en,
        "clauses": list(rule.clauses),
        "where": dict(trigger.where) or None,
        "root": "new" if rule.new else trigger.root or trigger.find,
        "id": trigger.id,
    }
    return {key: value for key, value in row.items() if value is not None}


def _received_message(kind: str, rows: list[Json], reads: Json) -> Json:
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


def _call_channels(service: Promises, method: str) -> Json:
    return {
        method: {
            "address": f"{service.name}.{method}",
            "messages": _messages([f"{method}-request"]),
            "bindings": _exchange(CALLS_EXCHANGE),
            "x-queue": f"rpc-{service.name}",
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


def _call_messages(service: Promises, method: str) -> Json:
    """Return a method's request and answer in nameko's form: one JSON object as the only argument."""
    summary, members, required, value = METHODS[method]
    members = {"token": {"description": "the actor token (EdDSA JWT); without it, the public", **MAYBE}, **members}
    request: Json = {"type": "object", "properties": members}
    if required:
        request["required"] = list(required)
    if method == "perform":
        request["allOf"] = [_kind_acts(name, service) for name in sorted(service.registry.kind_names())]
        members["kind"] = {"enum": sorted(service.registry.kind_names())}
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


def _kind_acts(kind: str, service: Promises) -> Json:
    """Return the condition that names the acts of a kind; an act that only an event performs is not for callers."""
    rules = [act for _, _, act in service.registry.acts() if act.kind == kind]
    acts = {act.name for act in rules if act.by}
    drafts = set(DRAFT_ACTS) if any(act.approval for act in rules) else set()
    return {
        "if": {"type": "object", "properties": {"kind": {"const": kind}}},
        "then": {"type": "object", "properties": {"act": {"enum": sorted(acts | drafts)}}},
    }
