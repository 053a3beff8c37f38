"""Five services in memory for tests of the pages, with the case of `console_case` as it is in July 2026.

The answers have the shapes that the services give. Acts change the roots here, so that one page can follow another; they
check no rule beyond what the pages show.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from operator import itemgetter
from typing import Any

from console_case import CASE, CLOCK, DOSSIER, DRAFT, LEAD, RECALL, draft, entry, journal, roots
from console_descriptions import ACTORS, CLAUSES, KINDS, REGIME

from chassis.client import Away
from chassis.core.errors import Refusal

Row = dict[str, Any]
BEYOND_BRIEF = ("body", "parts", "clocks", "parties", "drafts")


class FakeServices:
    """Answers like the RPC client. `away` are the services that are not there; `refusals` act → its refusal.

    `asked` keeps every call as `(service, method, request)`; the caller is read from the actor token's payload.
    """

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.refusals: dict[str, Refusal] = {}
        self.asked: list[tuple[str, str, Row]] = []
        self.roots = roots()
        self.rows = journal()
        self.choices: dict[str, Row] = {
            "record-visit": {"laboratory": [{"value": "lab-1", "zh": "示例检测一所", "en": "Sample laboratory 1"}]}
        }
        self.unmet: dict[str, list[Row]] = {}
        self.draft: Row | None = draft()
        self.further_duties: list[Row] = []
        self.late: dict[str, list[Row]] = {}
        self.regimes: dict[str, dict[str, Row]] = {}

    def up(self) -> bool:
        """Whether the broker is there."""
        return True

    def call(self, service: str, method: str, request: Row, timeout: float) -> Any:
        """One call; what is sent must be JSON, and nobody changes what is answered."""
        json.dumps(request, ensure_ascii=False).encode()
        self.asked.append((service, method, request))
        if service in self.away:
            raise Away(service, "no process consumes its queue")
        who = _who(request.get("token"))
        return copy.deepcopy(getattr(self, f"_{method}")(service, request, who))

    def last(self, method: str) -> Row:
        """The newest request of a method."""
        return next(request for _, called, request in reversed(self.asked) if called == method)

    def _describe(self, service: str, request: Row, who: Row) -> Row:
        content = {
            "service": service,
            **self._book(REGIME, KINDS[service]),
            "regimes": {name: self._book(name, kinds) for name, kinds in self.regimes.get(service, {}).items()},
            "clauses": CLAUSES,
            "facts": {},
            "listens": [],
        }
        return {**content, "hash": hashlib.sha256(json.dumps(content).encode()).hexdigest()}

    def _book(self, name: str, kinds: Row) -> Row:
        return {
            "rulebook": {"name": name},
            "actors": ACTORS,
            "approvals": {"leader": ["head", "leader"]},
            "kinds": kinds,
        }

    def _kind(self, row: Row) -> Row:
        """The kind of a root, as its regime has it."""
        service = next(service for service, kinds in KINDS.items() if row["kind"] in kinds)
        kinds: Row = self.regimes.get(service, {}).get(row["regime"], KINDS[service])
        kind: Row = kinds[row["kind"]]
        return kind

    def _seen(self, service: str, who: Row) -> list[Row]:
        """A producer sees its case and papers; the public what is published; a bureau everything."""
        mine = [row for row in self.roots.values() if row["kind"] in KINDS[service]]
        if who.get("org", "").startswith("org_9"):
            return [row for row in mine if row["kind"] != "lead"]
        return mine if who else [row for row in mine if row["kind"] == "publication"]

    def _view(self, row: Row) -> Row:
        described = self._kind(row)
        texts = described["states"][row["state"]]
        return {
            **row,
            "kind_zh": described["zh"],
            "kind_en": described["en"],
            "state_zh": texts["zh"],
            "state_en": texts["en"],
            "final": row["state"] in described["final"],
        }

    def _get(self, service: str, request: Row, who: Row) -> Row:
        row = next((row for row in self._seen(service, who) if row["id"] == request["id"]), None)
        if row is None:
            raise Refusal("not-found", id=request["id"])
        view = self._view(row)
        if request.get("reveal"):
            view["body"] = {**view["body"], "name": "示例消费者"}
        if self.draft and row["id"] == CASE:
            view["drafts"] = [{**self.draft, "waits_for_me": self._waits(who)}]
        return view

    def _waits(self, who: Row) -> bool:
        return bool(self.draft) and self.draft["chain"][self.draft["step"]] in who.get("posts", [])

    def _search(self, service: str, request: Row, who: Row) -> Row:
        rows = [self._view(row) for row in self._seen(service, who)]
        rows = [
            row
            for row in rows
            if request.get("kind") in (None, row["kind"]) and request.get("state") in (None, row["state"])
        ]
        rows = [
            row
            for row in rows
            if request.get("dossier") in (None, row["dossier"])
            and request.get("text", "") in row["title"] + str(row["number"])
        ]
        briefs = [{name: value for name, value in row.items() if name not in BEYOND_BRIEF} for row in rows]
        return counted(briefs, request, 20)

    def _acts(self, service: str, request: Row, who: Row) -> list[Row]:
        view = self.roots.get(request.get("id") or "")
        names = [request["kind"]] if request.get("kind") else list(KINDS[service])
        offers = []
        for name in names:
            kind = self._kind(view) if view else KINDS[service][name]
            for act_name, row in kind["acts"].items():
                if request.get("act") not in (None, act_name):
                    continue
                if bool(row["new"]) != (view is None) or not self._may(row, name, view, who):
                    continue
                part = (
                    next((part for part in view["parts"] if part["kind"] == row["on"]), None)
                    if view and row["on"]
                    else None
                )
                offers.append(self._offer(act_name, name, row, part, "act" in request))
        return offers

    def _may(self, row: Row, kind_name: str, view: Row | None, who: Row) -> bool:
        is_producer = who.get("org", "").startswith("org_9")
        if not row["by"] or (("producer" in row["by"]) != is_producer and "anyone" not in row["by"]):
            return False
        states = row["from"].get(kind_name)
        return view is None or states is None or view["state"] in states

    def _offer(self, name: str, kind_name: str, row: Row, part: Row | None, with_choices: bool) -> Row:
        choices = self.choices.get(name, {})
        return {
            "act": name,
            "kind": kind_name,
            "zh": row["zh"],
            "en": row["en"],
            "clause": row["clause"],
            "new": row["new"],
            "on": row["on"],
            "part": part["id"] if part else None,
            "part_version": part["version"] if part else None,
            "approval": row["approval"],
            "document": row["document"],
            "advisory": False,
            "due": "2026-07-20" if name == "file-objection" else None,
            "overdue": False,
            "unmet": self.unmet.get(name, []),
            "choices": choices if with_choices else dict.fromkeys(choices),
        }

    def _duties(self, service: str, request: Row, who: Row) -> Row:
        duties = self._own_drafts(service, who) if request.get("queue") == "drafts" else self._waiting(service, who)
        if request.get("queue") == "unit":
            duties = [duty for duty in duties if duty["why"] != "draft"]
        if request.get("why"):
            duties = [duty for duty in duties if duty["why"] == request["why"]]
        if request.get("queue") in (None, "mine") and not request.get("why"):
            duties += [duty for duty in self.further_duties if duty["root_kind"] in KINDS[service]]
        key = itemgetter("due_at", "since", "root")
        duties = sorted(duties, key=lambda duty: tuple(value or "9999" for value in key(duty)))
        return counted(duties, request, 20)

    def _waiting(self, service: str, who: Row) -> list[Row]:
        case, duties = self.roots[CASE], []
        producer = who.get("org", "").startswith("org_9")
        if service == "investigation" and producer and case["state"] == "recall_notified":
            duties.append(self._duty(case, "clock", ["file-objection"], **CLOCK))
        if service == "investigation" and not producer:
            duties.append(self._duty(case, "awaits", ["close-case"]))
            if self.draft and self.draft["state"] == "open" and self._waits(who):
                steps = self._duty(case, "draft", ["approve-draft", "return-draft"])
                duties.append({**steps, "draft": self.draft, "zh": None, "en": None})
        if service == "recall" and producer:
            duties.append(self._duty(self.roots[RECALL], "clock", ["file-plan"], **self.roots[RECALL]["clocks"][0]))
        if service == "intake" and not producer and self.roots[LEAD]["state"] == "received":
            due = {
                "due_on": "2027-02-08",
                "due_at": "2027-02-08T16:00:00Z",
                "working_days_left": 1,
                "provisional": True,
                "clock": "accept",
            }
            duties.append(self._duty(self.roots[LEAD], "clock", ["accept"], **due))
        return duties

    def _own_drafts(self, service: str, who: Row) -> list[Row]:
        if service != "investigation" or not self.draft or self.draft["drafter"] != who["sub"]:
            return []
        returned = self.draft["state"] == "returned"
        acts = [self.draft["act"], "withdraw-draft"] if returned else ["withdraw-draft"]
        why = "returned" if returned else "under_way"
        return [{**self._duty(self.roots[CASE], why, acts), "draft": self.draft, "part": None}]

    def _duty(self, row: Row, why: str, acts: list[str], **more: Any) -> Row:
        plain = {
            "acts": [],
            "acts_zh": [],
            "acts_en": [],
            "clock": None,
            "clause": None,
            "due_on": None,
            "due_at": None,
            "working_days_left": None,
            "overdue": False,
            "provisional": False,
            "advisory": False,
            "since": "2026-07-06",
            "draft": None,
            "part": None,
        }
        described = [self._kind(row)["acts"][name] for name in acts]
        head = {
            "why": why,
            "root": row["id"],
            "root_kind": row["kind"],
            "title": row["title"],
            "number": row["number"],
            "dossier": row["dossier"],
            "state": row["state"],
        }
        return {
            **plain,
            **head,
            "zh": described[0]["zh"],
            "en": described[0]["en"],
            "clause": described[0]["clause"],
            "acts": acts,
            "acts_zh": [a["zh"] for a in described],
            "acts_en": [a["en"] for a in described],
            **more,
        }

    def _late(self, service: str, request: Row, who: Row) -> list[Row]:
        return self.late.get(service, [])

    def _journal(self, service: str, request: Row, who: Row) -> Row:
        seen = {row["id"]: row for row in self._seen(service, who)}
        rows = [row for row in self.rows if row["root"] in seen]
        if request.get("id"):
            if request["id"] not in seen:
                raise Refusal("not-found", id=request["id"])
            rows = [row for row in rows if row["root"] == request["id"] and request.get("seq") in (None, row["seq"])]
        else:
            rows = [row for row in rows if seen[row["root"]]["dossier"] == request["dossier"]]
        rows.sort(key=itemgetter("at", "root", "seq"), reverse=bool(request.get("newest")))
        answer = counted([{**row, "regime": self.roots[row["root"]]["regime"]} for row in rows], request, 50)
        return {"items": answer["items"], "next": answer["next"]}

    def _perform(self, service: str, request: Row, who: Row) -> Row:
        name, kind_name = request["act"], request["kind"]
        if name in self.refusals:
            raise self.refusals[name]
        view = self.roots.get(request["id"] or "")
        row = (self._kind(view) if view else KINDS[service][kind_name])["acts"][name]
        if name.endswith("-draft"):
            return self._decide(request)
        if request["id"] is None:
            return {
                "root": LEAD,
                "kind": kind_name,
                "number": "线索2026-0043",
                "seq": 1,
                "at": "2026-07-16T01:00:00Z",
                "dossier": None,
                "draft": None,
            }
        view = self.roots[request["id"]]
        if request.get("expects") not in (view["version"], *(part["version"] for part in view["parts"])):
            raise Refusal("stale", expected=view["version"])
        if row["approval"]:
            return {
                "root": view["id"],
                "kind": kind_name,
                "dossier": DOSSIER,
                "seq": 7,
                "draft": {"id": DRAFT, "state": "open"},
            }
        view["state"] = row["to"].get("", {}).get(kind_name, view["state"])
        seq = 1 + max(row["seq"] for row in self.rows if row["root"] == view["id"])
        actor = {"person": who["sub"], "organisation": who["org"], "post": (who["posts"] or [None])[0]}
        self.rows.append(
            entry(
                view["id"],
                seq,
                "2026-07-16T01:00:00.000000Z",
                name,
                to=row["to"].get("", {}),
                data=request["data"],
                actor=actor,
            )
        )
        version = {"version": view["version"]}
        return {"root": view["id"], "kind": kind_name, "dossier": DOSSIER, "seq": seq, "draft": None, **version}

    def _decide(self, request: Row) -> Row:
        if request["act"] == "return-draft" and not request["data"].get("reasons"):
            raise Refusal("invalid", errors={"reasons": ["退回须说明理由 / returning needs reasons"]})
        self.draft = None
        return {"root": CASE, "kind": "case", "dossier": DOSSIER, "seq": 5, "draft": None}


def counted(rows: list[Row], request: Row, usual: int) -> Row:
    """A page of rows as services give it; the cursor is a place, as nothing is added meanwhile."""
    begins, size = int((request.get("after") or "place-0").removeprefix("place-")), request.get("size") or usual
    ends = begins + size
    return {
        "items": rows[begins:ends],
        "next": f"place-{ends}" if len(rows) > ends else None,
        "total": min(len(rows), 1000),
        "more": len(rows) > 1000,
    }


def _who(token: str | None) -> Row:
    """The payload of an actor token, unverified: tests trust the gateway's own."""
    if not token:
        return {}
    payload = token.split(".")[1]
    claims: Row = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
