"""A journey of refusals over HTTP: what is not allowed is a problem that says where and why, and nothing is changed by it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from ops.journeys import voluntary
from ops.journeys.furniture import PHOTO
from ops.journeys.story import Story
from ops.runtime.stack import Stack
from tests import evidence
from tests.stack import Json

pytestmark = pytest.mark.slow
TOO_MUCH = 20 * 1024 * 1024 + 1
WRONG_CODE = "91210200MA0000A02X"
LEAD = {
    "source": "complaint_12315",
    "discovered_on": "2026-05-11",
    "product": "示例推车",
    "credit_code": voluntary.CODE,
    "hazard": "夹手",
    "description": "示例投诉",
}


@dataclass(frozen=True)
class No:
    """One request that must be refused. `path` may hold `{case}`; `where` is the field or the clause that the problem names."""

    who: str | None
    path: str
    status: int
    code: str
    where: str | None = None
    data: Any = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)


ANALYSING = {
    "wrong credit code": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "credit_code", LEAD | {"credit_code": WRONG_CODE}),
    "unknown field": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "colour", LEAD | {"colour": "红"}),
    "wrong type": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "product", LEAD | {"product": 7}),
    "missing field": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "source", {"product": "示例推车"}),
    "date in the future": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "discovered_on", LEAD | {"discovered_on": "2026-05-12"}),
    "no date at all": No("dl.handler", "/lead/acts/note-lead", 422, "invalid", "discovered_on", LEAD | {"discovered_on": "2026-02-30"}),
    "opened by the wrong actor": No("maker", "/lead/acts/note-lead", 403, "forbidden", "8(2)", LEAD),
    "done by the wrong actor": No("maker2", "/case/{case}/acts/grant-extension", 403, "forbidden", "10(1)", {"days": 5}),
    "done by a stranger": No("maker", "/case/{case}/acts/submit-analysis", 404, "not-found", None, {"conclusion": "unclear", "summary": "无"}),
    "done by the public": No(None, "/case/{case}/acts/submit-analysis", 401, "unauthenticated"),
    "forged token": No("maker2", "/case/{case}/acts/request-extension", 401, "unauthenticated", None, {"days": 5, "reasons": "无"},
                       {"Authorization": "Bearer 0123456789abcdef0123456789abcdef0123456789a"}),
    "from the wrong state": No("recall.handler", "/case/{case}/acts/decide-on-analysis", 409, "wrong-state", "10(3)",
                               {"decision": "recall", "reasons": "无"}),
    "a condition is not met": No("recall.handler", "/case/{case}/acts/grant-extension", 409, "guard", "10(1)", {"days": 5}),
    "a file that was never kept": No("maker2", "/case/{case}/acts/submit-analysis", 422, "invalid", "attachments",
                                     {"conclusion": "unclear", "summary": "无", "attachments": ["x"]}),
    "a number as words": No("maker2", "/case/{case}/acts/request-extension", 422, "invalid", "days", {"days": "五", "reasons": "无"}),
    "stale version": No("maker2", "/case/{case}/acts/request-extension", 412, "stale", None, {"days": 5, "reasons": "无"}, {"If-Match": '"1"'}),
    "no version": No("maker2", "/case/{case}/acts/request-extension", 428, "version-required", None, {}, {"If-Match": None}),
    "no idempotency key": No("maker2", "/case/{case}/acts/request-extension", 400, "key-required", None, {"days": 5, "reasons": "无"},
                             {"Idempotency-Key": None}),
    "no such act": No("maker2", "/case/{case}/acts/forgive", 404, "not-found"),
    "a list for an object": No("maker2", "/case/{case}/acts/request-extension", 400, "malformed", None, [1]),
}  # fmt: skip


class Refusing:
    """A house with one case in it, its people, and the last answer."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.story = Story(stack.url, lambda _: None)
        self.wire = httpx.Client(base_url=f"{stack.url}/api/v1", timeout=60.0, trust_env=False)
        self.dossier, self.case = voluntary.opened(self.story)
        self.story.on("2026-05-11")

    def send(self, no: No) -> httpx.Response:
        """The request as it stands, with what a well-behaved client would add unless the case says otherwise."""
        path = no.path.format(case=self.case)
        headers: dict[str, str | None] = {"Idempotency-Key": str(uuid.uuid4())}
        if no.who is not None:
            headers["Authorization"] = f"Bearer {self.story.person(no.who).token['token']}"
        if "{case}" in no.path:
            version = self.story.person("recall.handler").get(self.case)["version"]
            headers["If-Match"] = f'"{version}"'
        headers |= no.headers
        return self.wire.post(path, json=no.data, headers={k: v for k, v in headers.items() if v is not None})

    def refused(self, no: No) -> Json:
        """Send it, and hold the answer to what is promised: the problem, its place, its texts, and nothing changed."""
        evidence.settled(self.stack)
        before = evidence.fingerprint(self.stack)
        answer = self.send(no)
        assert (answer.status_code, answer.json()["code"]) == (no.status, no.code), answer.text
        assert evidence.fingerprint(self.stack) == before
        return problem(answer, no.where)


def problem(answer: httpx.Response, where: str | None) -> Json:
    """The problem in an answer, which names the field or the clause and speaks both languages."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: Json = answer.json()
    assert found["status"] == answer.status_code and found["type"] == f"urn:zhaohui:problem:{found['code']}"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in found["zh"]) and found["en"].isascii()
    if found["code"] == "invalid":
        assert any(name.split(".")[0] == where for name in found["errors"]), found
        for texts in found["errors"].values():
            assert texts and all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in texts), found
    elif where is not None:
        assert found["clause"] == where and found["act"], found
    return found


@pytest.fixture(scope="module")
def house(own_stack: Stack) -> Iterator[Refusing]:
    """The case is in the producer's analysis; it is 11 May 2026."""
    refusing = Refusing(own_stack)
    yield refusing
    refusing.story.person("recall.handler").clock.reset()
    refusing.wire.close()


@pytest.mark.parametrize("no", ANALYSING.values(), ids=ANALYSING)
def test_a_refused_request_names_its_place_and_changes_nothing(house: Refusing, no: No) -> None:
    house.refused(no)


def test_a_key_that_was_used_for_something_else_is_refused_and_its_repeat_gets_the_first_answer(
    house: Refusing,
) -> None:
    path, key = "/case/{case}/acts/request-extension", {"Idempotency-Key": str(uuid.uuid4())}
    first = house.send(No("maker2", path, 200, "", None, {"days": 5, "reasons": "仍在核查"}, key))
    assert first.status_code == 200, first.text
    before = evidence.fingerprint(house.stack)
    again = house.send(No("maker2", path, 200, "", None, {"days": 5, "reasons": "仍在核查"}, key))
    assert again.status_code == 200 and again.json()["repeat"] is True
    assert {**again.json(), "repeat": False} == first.json()
    assert evidence.fingerprint(house.stack) == before
    house.refused(No("maker2", path, 422, "command-reused", None, {"days": 6, "reasons": "仍在核查"}, key))


def test_a_refusal_does_not_use_up_the_key(house: Refusing) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = "/lead/acts/note-lead"
    house.refused(No("dl.handler", path, 422, "invalid", "credit_code", LEAD | {"credit_code": WRONG_CODE}, key))
    assert house.send(No("dl.handler", path, 201, "", None, LEAD, key)).status_code == 201


def test_a_file_too_large_is_refused(house: Refusing) -> None:
    before = evidence.fingerprint(house.stack)
    headers = {"Authorization": f"Bearer {house.story.person('maker2').token['token']}"}
    answer = house.wire.post(
        "/files", files={"file": ("大.pdf", b"%PDF-1.4\n" + bytes(TOO_MUCH), "application/pdf")}, headers=headers
    )
    assert answer.status_code == 413
    assert problem(answer, None)["facts"]["limit"] == TOO_MUCH - 1
    assert evidence.fingerprint(house.stack) == before


def test_what_an_acts_own_function_refuses_names_its_clause_too(house: Refusing) -> None:
    scan = house.story.person("maker2").upload("送达地址确认书.png", PHOTO, "image/png")
    again = {
        "organisation_name": voluntary.FIRM,
        "electronic_address": "inbox@example.org",
        "contact": "示例联系人",
        "signed_on": "2026-05-08",
    }
    told = house.refused(
        No("maker2", "/address/acts/confirm-service-address", 409, "guard", "23", again | {"scan": scan})
    )
    assert told["facts"]["address"].startswith("address_")


def test_what_is_not_json_is_malformed(house: Refusing) -> None:
    headers = {
        "Authorization": f"Bearer {house.story.person('dl.handler').token['token']}",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    before = evidence.fingerprint(house.stack)
    for body, media_type, status in (
        (b"{", "application/json", 400),
        (b'{"product": "a", "product": "b"}', "application/json", 400),
        (b'{"product": NaN}', "application/json", 400),
        (b"product=a", "application/x-www-form-urlencoded", 415),
        (b'{"product": "' + b"a" * 1024 * 1024 + b'"}', "application/json", 413),
    ):
        answer = house.wire.post("/lead/acts/note-lead", content=body, headers=headers | {"Content-Type": media_type})
        assert answer.status_code == status, body[:40]
        problem(answer, None)
    assert evidence.fingerprint(house.stack) == before


def test_an_objection_after_its_period_is_late_and_a_statement_takes_its_place(house: Refusing) -> None:
    """Article 14 gives ten working days from receipt and no discretion; article 15 opens when they have lapsed."""
    story, case = house.story, house.case
    recall_notified(house)
    house.refused(
        No("recall.handler", "/case/{case}/acts/request-order", 409, "early", "14(1)", {"grounds": "期满未召回"})
    )
    house.refused(No("maker2", "/case/{case}/acts/file-statement", 409, "early", "14(1)", {"grounds": "情况反映"}))
    story.on("2026-06-03", 23)
    assert "file-objection" in acts(house, "maker2")
    story.on("2026-06-04", 0)
    assert "file-objection" not in acts(house, "maker2")
    told = house.refused(
        No("maker2", "/case/{case}/acts/file-objection", 409, "late", "14(1)", {"grounds": "检测方法不适用"})
    )
    assert "2026-06-03" in json.dumps(told, ensure_ascii=False)
    assert "file-statement" in acts(house, "maker2")
    statement = story.act("maker2", case, "file-statement", {"grounds": "请求依职权复查。"})
    assert statement["state"] == "recall_notified"
    assert "request-order" in acts(house, "recall.handler")
    drafted = story.act("recall.handler", case, "request-order", {"grounds": "期满未召回，未提出异议"})
    signed = story.approved(case, drafted, "recall.head", "recall.leader")
    assert (signed["state"], signed["clause"]) == ("order_requested", "15(1)")


def recall_notified(house: Refusing) -> None:
    """The short way to a served recall notice: the analysis finds a defect, the province decides; served on 20 May."""
    story, case = house.story, house.case
    story.act(
        "maker2",
        case,
        "submit-analysis",
        {"conclusion": "defect", "summary": "模具偏差。", "produced": 600, "sold": 500},
    )
    story.act("institute.analyst", case, "evaluate-analysis", {
        "complete": True, "true": True, "scientific": True, "sufficient": True, "conclusion": "defect", "reasons": "分析充分",
    })  # fmt: skip
    story.act("recall.handler", case, "decide-on-analysis", {"decision": "recall", "reasons": "存在缺陷"})
    drafted = story.act("recall.handler", case, "notify-recall", {"defect": "护栏间距过大", "requirements": "立即召回"})
    signed = story.approved(case, drafted, "recall.head", "recall.leader", days=["2026-05-19", "2026-05-20"])
    story.served("recall.handler", signed["documents"][0]["document"])
    view = story.state("maker2", case, "recall_notified")
    assert [c["due_on"] for c in view["clocks"] if c["clock"] == "objection"] == ["2026-06-03"]


def acts(house: Refusing, who: str) -> set[str]:
    """What this person may do now."""
    return {row["act"] for row in house.story.person(who).acts(house.case)}
