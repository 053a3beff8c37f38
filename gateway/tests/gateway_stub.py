"""A stub of the RPC client with two services behind it: they answer from memory and record the calls."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal

CASE = "case_01900000-0000-7000-8000-000000000001"
VISIT = "visit_01900000-0000-7000-8000-000000000002"
LEAD = "lead_01900000-0000-7000-8000-000000000003"
DOSSIER = "dossier_01900000-0000-7000-8000-000000000004"
PAPER = "document_01900000-0000-7000-8000-000000000005"
PHOTO = hashlib.sha256(b"\x89PNG\r\n\x1a\nphoto").hexdigest()


def act(clause: str | None, by: list[str], **more: Any) -> dict[str, Any]:
    """A described act; its schema takes one text."""
    plain = {
        "zh": "行为",
        "en": "act",
        "clause": clause,
        "by": by,
        "events": [],
        "from": {},
        "on": None,
        "new": False,
        "approval": None,
        "document": None,
        "schema": {
            "type": "object",
            "properties": {"says": {"type": "string"}, "file": {"$ref": "#/$defs/File"}},
            "additionalProperties": False,
            "$defs": {"File": {"type": "object", "properties": {"hash": {"type": "string"}}}},
        },
    }
    return {**plain, **more}


def description(service: str, kinds: dict[str, Any]) -> dict[str, Any]:
    """A description as services give it."""
    content = {
        "service": service,
        "actors": {"anyone": {"zh": "任何人", "en": "anyone", "public": True}, "lead_bureau": {"public": False}},
        "kinds": kinds,
        "clauses": {"4(1)": {"who": "anyone", "obligation": "report", "zh": "报告"}},
        "facts": {},
    }
    return {**content, "hash": hashlib.sha256(json.dumps(content).encode()).hexdigest()}


def kind(zh: str, en: str, acts: dict[str, Any]) -> dict[str, Any]:
    """A described kind."""
    return {"zh": zh, "en": en, "final": [], "states": {}, "parts": {}, "clocks": {}, "acts": acts}


DESCRIPTIONS = {
    "intake": description(
        "intake",
        {
            "lead": kind(
                "线索", "lead", {"report": act("4(1)", ["anyone"], new=True), "cluster": act("4(1)", ["system"])}
            )
        },
    ),
    "investigation": description(
        "investigation",
        {
            "case": kind(
                "案件",
                "case",
                {
                    "open-case": act("9(1)", ["lead_bureau"], new=True),
                    "notify-producer": act("9(3)", ["lead_bureau"], approval="leader", document="消费品调查分析通知书"),
                    "record-visit": act("13(1)", ["lead_bureau"], on="visit"),
                    "approve-draft": act(None, []),
                    "enter-receipt": act("14(1)", [], events=["notify.document-served.v1"]),
                },
            )
        },
    ),
}


def counted(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The only page of a list."""
    return {"items": items, "next": None, "total": len(items), "more": False}


class StubClient:
    """Answers like the RPC client. `away` are services that are not there, `silent` those that do not answer in time.

    `refusal`, when set, is the answer to every act. `asked` keeps every call as `(service, method, request)`.
    """

    def __init__(self) -> None:
        self.descriptions: dict[str, Any] = dict(DESCRIPTIONS)
        self.away: set[str] = set()
        self.silent: set[str] = set()
        self.refusal: Refusal | None = None
        self.fault: Exception | None = None
        self.connected = True
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.version = 3
        self.commands: dict[str, tuple[str, dict[str, Any]]] = {}

    def up(self) -> bool:
        """Whether the broker is there."""
        return self.connected

    def call(self, service: str, method: str, request: dict[str, Any], timeout: float) -> Any:
        """One call; what is sent must be JSON."""
        json.dumps(request, ensure_ascii=False).encode()
        self.asked.append((service, method, request))
        if service in self.away or service not in self.descriptions:
            raise Away(service, "no process consumes its queue")
        if service in self.silent:
            raise UnknownOutcome(service, method, "no answer")
        if self.fault is not None and method != "describe":
            raise self.fault
        return getattr(self, f"_{method}")(service, request)

    def last(self, method: str) -> dict[str, Any]:
        """The newest request of a method."""
        return next(request for _, called, request in reversed(self.asked) if called == method)

    def _describe(self, service: str, request: dict[str, Any]) -> Any:
        return self.descriptions[service]

    def _get(self, service: str, request: dict[str, Any]) -> Any:
        if request["id"] not in (CASE, LEAD):
            raise Refusal("not-found", id=request["id"])
        body = {"product": {"name": "示例书桌"}}
        if "token" in request:
            body["evidence"] = [{"hash": PHOTO, "name": "照片.png", "size": 13, "media_type": "text/html"}]
        return {
            "id": request["id"],
            "kind": "case",
            "state": "opened",
            "version": self.version,
            "body": body,
            "opened_at": "2026-04-02T00:00:00Z",
        }

    def _search(self, service: str, request: dict[str, Any]) -> Any:
        if request.get("dossier") not in (None, DOSSIER):
            return counted([])
        root = {"investigation": CASE, "intake": LEAD}[service]
        day = "2026-04-01T00:00:00Z" if service == "intake" else "2026-04-03T00:00:00Z"
        return counted([{"id": root, "kind": root.split("_")[0], "version": 1, "opened_at": day, "updated_at": day}])

    def _acts(self, service: str, request: dict[str, Any]) -> Any:
        choices = {"laboratory": [{"value": "a", "zh": "甲", "en": "A"}] if "act" in request else None}
        return [{"act": "notify-producer", "clause": "9(3)", "choices": choices}]

    def _journal(self, service: str, request: dict[str, Any]) -> Any:
        root, at = (CASE, "2026-04-03T00:00:00Z") if service == "investigation" else (LEAD, "2026-04-02T00:00:00Z")
        row = {"root": root, "seq": 1, "at": at, "act": "x", "zh": "行为", "en": "act", "documents": []}
        rows = [{**row, "documents": [{"document": PAPER, "kind": "通知书"}]}, {**row, "seq": 2}]
        rows = rows if root == CASE else [row]
        return {"items": rows[::-1] if request.get("newest") else rows, "next": None}

    def _duties(self, service: str, request: dict[str, Any]) -> Any:
        due = {"intake": "2026-04-09T16:00:00Z", "investigation": "2026-04-08T16:00:00Z"}[service]
        root = {"investigation": CASE, "intake": LEAD}[service]
        return counted(
            [
                {"root": root, "due_at": due, "since": "2026-04-01"},
                {"root": root, "due_at": None, "since": "2026-04-01"},
            ]
        )

    def _late(self, service: str, request: dict[str, Any]) -> Any:
        return [{"unit": "org_210100", "count": 2, "oldest": f"2026-04-0{len(service) - 5}T16:00:00Z"}]

    def _perform(self, service: str, request: dict[str, Any]) -> Any:
        digest = json.dumps({**request, "token": None, "trace": None, "expects": None}, sort_keys=True)
        known = self.commands.get(request["command"])
        if known:
            if known[0] != digest:
                raise Refusal("command-reused", command=request["command"])
            return {**known[1], "repeat": True}
        if self.refusal is not None:
            raise self.refusal
        if unknown := set(request["data"]) - {"says", "file"}:
            raise Refusal("invalid", errors={name: ["未知字段 / Unknown field."] for name in unknown})
        if request["expects"] is not None and request["expects"] != self.version:
            raise Refusal("stale", version=self.version)
        answer = self._outcome(request)
        self.commands[request["command"]] = (digest, answer)
        return answer

    def _outcome(self, request: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        draft = (
            {"id": "draft_1", "state": "open", "step": 0, "post": "head"}
            if request["act"] == "notify-producer"
            else None
        )
        part = {"part": request["part"], "part_version": 7} if request["part"] else {"part": None, "part_version": None}
        root = request["id"] or (CASE if request["kind"] == "case" else LEAD)
        return {
            "root": root,
            "kind": request["kind"],
            "version": self.version,
            "act": request["act"],
            "draft": draft,
            "repeat": False,
            **part,
        }
