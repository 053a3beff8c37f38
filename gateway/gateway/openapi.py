"""OpenAPI 3.1 from descriptions: every act of every kind as an address of its own, with clause, schema and problems."""

from __future__ import annotations

import copy
from typing import Any

from gateway.problems import MEDIA_TYPE, TITLES
from gateway.services import regimes_of

JSON = "application/json"
PROBLEM = "#/components/schemas/Problem"  # by flask-smorest, from gateway.api.schemas.ProblemSchema
DRAFT_STEPS = ("approve-draft",)
GENERIC = ("/api/v1/{kind}/acts/{act}", "/api/v1/{kind}/{id}/acts/{act}")  # replaced by a path for each act
READ_CODES = ("unauthenticated", "forbidden", "not-found", "invalid", "too-many", "away")
ACT_CODES = tuple(code for code in TITLES if code not in ("internal", "not-acceptable", "method-not-allowed"))
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A repeat with the same key and body gets the first answer / 同一键重复提交得到首次的答复",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The version of what is addressed: the part where there is one, else the root / 所针对对象的版本",
    "schema": {"type": "string", "pattern": '^"?[0-9]+"?$'},
}
PART = {
    "name": "part",
    "in": "query",
    "required": False,
    "description": "The id of the part that the act addresses / 所针对的部分",
    "schema": {"type": "string"},
}
IDENTIFIER = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
PERFORMED = {
    "type": "object",
    "description": "What the act did / 行为的结果",
    "properties": {
        "root": {"type": ["string", "null"]},
        "kind": {"type": "string"},
        "state": {"type": ["string", "null"]},
        "version": {"type": ["integer", "null"]},
        "part": {"type": ["string", "null"]},
        "act": {"type": "string"},
        "clause": {"type": ["string", "null"]},
        "seq": {"type": ["integer", "null"]},
        "clocks": {"type": "array"},
        "documents": {"type": "array"},
        "draft": {"type": ["object", "null"]},
        "repeat": {"type": "boolean"},
    },
}


def document(
    own: dict[str, Any], descriptions: dict[str, dict[str, Any]], unknown: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The contract: the gateway's `own` OpenAPI document (from flask-smorest) with every act of the descriptions in it.

    `unknown` are services that have not been described: the document says that it lacks them.
    """
    contract = copy.deepcopy(own)
    contract["openapi"] = "3.1.0"
    contract["info"] = {
        "title": "召回 Zhaohui",
        "version": "1",
        "description": "Each address under acts/ is one act of the regulation; x-clause is the clause that allows it.",
    }
    if unknown:
        contract["info"]["x-missing-services"] = list(unknown)
    components = contract.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    components["responses"] = {code: _problem(code) for code in TITLES}
    schemas["Performed"] = PERFORMED
    paths = contract["paths"]
    for path in GENERIC:
        paths.pop(path, None)
    kinds = {
        kind: (service, row)
        for service in sorted(descriptions)
        for part in reversed(regimes_of(descriptions[service]))
        for kind, row in part["kinds"].items()
    }
    _finish_own(paths, sorted(kinds))
    for kind, (service, _) in sorted(kinds.items()):
        _add_kind(contract, service, kind, descriptions[service])
    contract["tags"] = [
        *contract.get("tags", []),
        *(
            {"name": kind, "description": f"{row['zh']} / {row['en']} ({service})"}
            for kind, (service, row) in sorted(kinds.items())
        ),
    ]
    return contract


def _finish_own(paths: dict[str, Any], kinds: list[str]) -> None:
    """Give the gateway's own operations ids, security, problems; name the kinds that there are."""
    for path, item in paths.items():
        for parameter in item.get("parameters", []):
            if parameter.get("name") == "kind" and kinds:
                parameter["schema"] = {"type": "string", "enum": kinds}
        for method, operation in item.items():
            if method not in ("get", "post", "put", "delete"):
                continue
            operation["operationId"] = (
                f"{method}{path.removeprefix('/api/v1').replace('/', '-').replace('{', '').replace('}', '')}"
            )
            operation.setdefault("security", [] if path == "/api/v1/tokens" else [{"bearer": []}])
            responses = operation["responses"]
            responses.pop("default", None)
            for status in [status for status in responses if status[:1] in "45"]:
                responses.pop(status)
            for status, answer in responses.items():
                if status in ("200", "201"):
                    answer.setdefault("content", {JSON: {"schema": {}}})
            responses |= _problems(
                READ_CODES if method == "get" else (*READ_CODES, "malformed", "unsupported-media-type")
            )


def _add_kind(contract: dict[str, Any], service: str, kind: str, description: dict[str, Any]) -> None:
    """Add every act of a kind that is for people: as the rulebook in force has it, and as other regimes' roots know it."""
    clauses = contract.setdefault("x-clauses", {})
    for act, by_regime in sorted(_acts(kind, description).items()):
        described = next(iter(by_regime.values()))
        if described.get("clause"):
            clauses.setdefault(str(described["clause"]), []).append(f"{kind}.{act}")
        names = _add_schemas(contract["components"]["schemas"], f"{kind}.{act}", by_regime)
        opens = bool(described.get("new"))
        path = f"/api/v1/{kind}/acts/{act}" if opens else f"/api/v1/{kind}/{{id}}/acts/{act}"
        actors = description.get("actors", {})
        public = any(actors.get(name, {}).get("public") for name in described.get("by") or [])
        contract["paths"][path] = {"post": _act(service, kind, act, by_regime, names, opens, public)}


def _acts(kind: str, description: dict[str, Any]) -> dict[str, dict[str, dict[str, Any]]]:
    """Act → regime → its description, that of the rulebook in force (regime empty) first; a root opens only under that one."""
    acts: dict[str, dict[str, dict[str, Any]]] = {}
    for regime, part in {"": description, **description.get("regimes", {})}.items():
        for act, described in part["kinds"].get(kind, {}).get("acts", {}).items():
            if not (_for_machines(described) or (described.get("new") and regime)):
                acts.setdefault(act, {})[regime] = described
    return acts


def _add_schemas(schemas: dict[str, Any], name: str, by_regime: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Add an act's schemas as components and return regime → component; where two regimes' are equal, it is one."""
    names: dict[str, str] = {}
    for regime, described in by_regime.items():
        same = next((other for other in names if by_regime[other]["schema"] == described["schema"]), None)
        names[regime] = names[same] if same is not None else name if not names else f"{name}.{regime}"
        schemas[names[regime]] = _embedded(described["schema"], names[regime])
    return names


def _for_machines(described: dict[str, Any]) -> bool:
    """Whether only an event or the service itself performs this act. Steps on a draft have no `by`, but are for people."""
    by = list(described.get("by") or [])
    return by == ["system"] or (not by and bool(described.get("events")))


def _act(
    service: str,
    kind: str,
    act: str,
    by_regime: dict[str, dict[str, Any]],
    names: dict[str, str],
    opens: bool,
    public: bool,
) -> dict[str, Any]:
    described = next(iter(by_regime.values()))
    key = {**KEY, "required": not public}
    parameters = [key] if opens else [IDENTIFIER, key, IF_MATCH]
    if any(one.get("on") for one in by_regime.values()):
        parameters.append(PART)
    answers: dict[str, Any] = {
        "201" if opens else "200": _performed("Opened / 已建立" if opens else "Performed / 已实施"),
        "202": _performed("Drafted: waits for approval / 已起草，待审批"),
    }
    if not any(one.get("approval") for one in by_regime.values()) and act not in DRAFT_STEPS:
        del answers["202"]
    clause = described.get("clause")
    schemas = [{"$ref": f"#/components/schemas/{name}"} for name in dict.fromkeys(names.values())]
    extensions = {
        "x-clause": str(clause) if clause else None,
        "x-by": described.get("by"),
        "x-from": described.get("from"),
        "x-approval": described.get("approval"),
        "x-document": described.get("document"),
        "x-regimes": {regime: name for regime, name in names.items() if regime} if len(schemas) > 1 else None,
    }
    description = f"Clause {clause} of the regulation; service {service}." if clause else f"Service {service}."
    if len(schemas) > 1:
        description += " The root's `regime` tells which schema applies (x-regimes; the first for every other)."
    return {
        "operationId": f"{kind}.{act}",
        "tags": [kind],
        "summary": f"{described['zh']} / {described['en']}",
        "description": description,
        **{name: value for name, value in extensions.items() if value},
        "security": [{}, {"bearer": []}] if public else [{"bearer": []}],
        "parameters": parameters,
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}},
        },
        "responses": answers | _problems(ACT_CODES),
    }


def _performed(description: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Performed"}}}}


def _problems(codes: tuple[str, ...]) -> dict[str, Any]:
    """Status → response; where several codes share a status, the response names them all."""
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(TITLES[code][0]), []).append(code)
    return {
        status: {"$ref": f"#/components/responses/{same_status[0]}"}
        if len(same_status) == 1
        else {
            "description": "; ".join(f"{code}: {TITLES[code][2]}" for code in same_status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}},
        }
        for status, same_status in sorted(by_status.items())
    }


def _problem(code: str) -> dict[str, Any]:
    _, zh, en = TITLES[code]
    answer: dict[str, Any] = {
        "description": f"{zh} / {en} (urn:zhaohui:problem:{code})",
        "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}},
    }
    if code in ("away", "too-many"):
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return answer


def _embedded(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """An act's schema as a component: its own `$defs` stay inside it and are pointed to where they now stand."""
    return {
        key: value
        for key, value in _repointed(schema, f"#/components/schemas/{name}/$defs/").items()
        if key != "$schema"
    }


def _repointed(value: Any, base: str) -> Any:
    if isinstance(value, dict):
        return {
            key: item.replace("#/$defs/", base) if key == "$ref" and isinstance(item, str) else _repointed(item, base)
            for key, item in value.items()
        }
    return [_repointed(item, base) for item in value] if isinstance(value, list) else value
