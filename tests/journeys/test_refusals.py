"""Refusals over HTTP: what is not allowed is answered by a problem that names field or clause, and changes nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from ops.journeys import voluntary
from ops.journeys.scenario import Scenario
from ops.journeys.steps import PHOTO
from ops.runtime.stack import Stack
from tests import inspection
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
class Attempt:
    """One request and the refusal it must have. `path` may hold `{case}`; `where`: the field or clause that the problem names."""

    username: str | None
    path: str
    status: int
    code: str
    where: str | None = None
    data: Any = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)


ATTEMPTS = {
    "wrong credit code": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "credit_code", LEAD | {"credit_code": WRONG_CODE}),
    "unknown field": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "colour", LEAD | {"colour": "红"}),
    "wrong type": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "product", LEAD | {"product": 7}),
    "missing field": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "source", {"product": "示例推车"}),
    "date in the future": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "discovered_on", LEAD | {"discovered_on": "2026-05-12"}),
    "no date at all": Attempt("dl.handler", "/lead/acts/note-lead", 422, "invalid", "discovered_on", LEAD | {"discovered_on": "2026-02-30"}),
    "opened by the wrong actor": Attempt("maker", "/lead/acts/note-lead", 403, "forbidden", "8(2)", LEAD),
    "done by the wrong actor": Attempt("maker2", "/case/{case}/acts/grant-extension", 403, "forbidden", "10(1)", {"days": 5}),
    "done by a stranger": Attempt("maker", "/case/{case}/acts/submit-analysis", 404, "not-found", None, {"conclusion": "unclear", "summary": "无"}),
    "done by the public": Attempt(None, "/case/{case}/acts/submit-analysis", 401, "unauthenticated"),
    "forged token": Attempt("maker2", "/case/{case}/acts/request-extension", 401, "unauthenticated", None, {"days": 5, "reasons": "无"},
                       {"Authorization": "Bearer 0123456789abcdef0123456789abcdef0123456789a"}),
    "from the wrong state": Attempt("recall.handler", "/case/{case}/acts/decide-on-analysis", 409, "wrong-state", "10(3)",
                               {"decision": "recall", "reasons": "无"}),
    "a condition is not met": Attempt("recall.handler", "/case/{case}/acts/grant-extension", 409, "guard", "10(1)", {"days": 5}),
    "a file that was never kept": Attempt("maker2", "/case/{case}/acts/submit-analysis", 422, "invalid", "attachments",
                                     {"conclusion": "unclear", "summary": "无", "attachments": ["x"]}),
    "a number as words": Attempt("maker2", "/case/{case}/acts/request-extension", 422, "invalid", "days", {"days": "五", "reasons": "无"}),
    "stale version": Attempt("maker2", "/case/{case}/acts/request-extension", 412, "stale", None, {"days": 5, "reasons": "无"}, {"If-Match": '"1"'}),
    "no version": Attempt("maker2", "/case/{case}/acts/request-extension", 428, "version-required", None, {}, {"If-Match": None}),
    "no idempotency key": Attempt("maker2", "/case/{case}/acts/request-extension", 400, "key-required", None, {"days": 5, "reasons": "无"},
                             {"Idempotency-Key": None}),
    "no such act": Attempt("maker2", "/case/{case}/acts/forgive", 404, "not-found"),
    "a list for an object": Attempt("maker2", "/case/{case}/acts/request-extension", 400, "malformed", None, [1]),
}  # fmt: skip


class OpenCase:
    """A running system with one case in the producer's analysis, and its people."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.scenario = Scenario(stack.url, lambda _: None)
        self.client = httpx.Client(base_url=f"{stack.url}/api/v1", timeout=60.0, trust_env=False)
        self.dossier, self.case = voluntary.open_case(self.scenario)
        self.scenario.set_date("2026-05-11")

    def send(self, attempt: Attempt) -> httpx.Response:
        """Send the request with the headers that a correct client adds, unless the attempt gives others."""
        path = attempt.path.format(case=self.case)
        headers: dict[str, str | None] = {"Idempotency-Key": str(uuid.uuid4())}
        if attempt.username is not None:
            headers["Authorization"] = f"Bearer {self.scenario.person(attempt.username).token['token']}"
        if "{case}" in attempt.path:
            version = self.scenario.person("recall.handler").get(self.case)["version"]
            headers["If-Match"] = f'"{version}"'
        headers |= attempt.headers
        return self.client.post(path, json=attempt.data, headers={k: v for k, v in headers.items() if v is not None})

    def assert_refused(self, attempt: Attempt) -> Json:
        """Send it, and check the answer: status, code, field or clause, texts in both languages, and nothing changed."""
        inspection.wait_settled(self.stack)
        before = inspection.fingerprint(self.stack)
        answer = self.send(attempt)
        assert (answer.status_code, answer.json()["code"]) == (attempt.status, attempt.code), answer.text
        assert inspection.fingerprint(self.stack) == before
        return problem(answer, attempt.where)


def problem(answer: httpx.Response, where: str | None) -> Json:
    """The problem in an answer, which names the field or the clause and has texts in both languages."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: Json = answer.json()
    assert document["status"] == answer.status_code and document["type"] == f"urn:zhaohui:problem:{document['code']}"
    assert any("\u4e00" <= character <= "\u9fff" for character in document["zh"]) and document["en"].isascii()
    if document["code"] == "invalid":
        assert any(name.split(".")[0] == where for name in document["errors"]), document
        for texts in document["errors"].values():
            assert texts and all(any("\u4e00" <= character <= "\u9fff" for character in text) for text in texts), (
                document
            )
    elif where is not None:
        assert document["clause"] == where and document["act"], document
    return document


@pytest.fixture(scope="module")
def open_case(own_stack: Stack) -> Iterator[OpenCase]:
    """The case is in the producer's analysis; it is 11 May 2026."""
    opened = OpenCase(own_stack)
    yield opened
    opened.scenario.person("recall.handler").clock.reset()
    opened.client.close()


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_refused_request_names_its_place_and_changes_nothing(open_case: OpenCase, attempt: Attempt) -> None:
    open_case.assert_refused(attempt)


def test_a_key_that_was_used_for_something_else_is_refused_and_its_repeat_gets_the_first_answer(
    open_case: OpenCase,
) -> None:
    path, key = "/case/{case}/acts/request-extension", {"Idempotency-Key": str(uuid.uuid4())}
    first = open_case.send(Attempt("maker2", path, 200, "", None, {"days": 5, "reasons": "仍在核查"}, key))
    assert first.status_code == 200, first.text
    before = inspection.fingerprint(open_case.stack)
    again = open_case.send(Attempt("maker2", path, 200, "", None, {"days": 5, "reasons": "仍在核查"}, key))
    assert again.status_code == 200 and again.json()["repeat"] is True
    assert {**again.json(), "repeat": False} == first.json()
    assert inspection.fingerprint(open_case.stack) == before
    open_case.assert_refused(
        Attempt("maker2", path, 422, "command-reused", None, {"days": 6, "reasons": "仍在核查"}, key)
    )


def test_a_refusal_does_not_use_up_the_key(open_case: OpenCase) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    path = "/lead/acts/note-lead"
    open_case.assert_refused(
        Attempt("dl.handler", path, 422, "invalid", "credit_code", LEAD | {"credit_code": WRONG_CODE}, key)
    )
    assert open_case.send(Attempt("dl.handler", path, 201, "", None, LEAD, key)).status_code == 201


def test_a_file_too_large_is_refused(open_case: OpenCase) -> None:
    before = inspection.fingerprint(open_case.stack)
    headers = {"Authorization": f"Bearer {open_case.scenario.person('maker2').token['token']}"}
    answer = open_case.client.post(
        "/files", files={"file": ("大.pdf", b"%PDF-1.4\n" + bytes(TOO_MUCH), "application/pdf")}, headers=headers
    )
    assert answer.status_code == 413
    assert problem(answer, None)["facts"]["limit"] == TOO_MUCH - 1
    assert inspection.fingerprint(open_case.stack) == before


def test_what_an_acts_own_function_refuses_names_its_clause_too(open_case: OpenCase) -> None:
    scan = open_case.scenario.person("maker2").upload("送达地址确认书.png", PHOTO, "image/png")
    again = {
        "organisation_name": voluntary.FIRM,
        "electronic_address": "inbox@example.org",
        "contact": "示例联系人",
        "signed_on": "2026-05-08",
    }
    refusal = open_case.assert_refused(
        Attempt("maker2", "/address/acts/confirm-service-address", 409, "guard", "23", again | {"scan": scan})
    )
    assert refusal["facts"]["address"].startswith("address_")


def test_what_is_not_json_is_malformed(open_case: OpenCase) -> None:
    headers = {
        "Authorization": f"Bearer {open_case.scenario.person('dl.handler').token['token']}",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    before = inspection.fingerprint(open_case.stack)
    for body, media_type, status in (
        (b"{", "application/json", 400),
        (b'{"product": "a", "product": "b"}', "application/json", 400),
        (b'{"product": NaN}', "application/json", 400),
        (b"product=a", "application/x-www-form-urlencoded", 415),
        (b'{"product": "' + b"a" * 1024 * 1024 + b'"}', "application/json", 413),
    ):
        answer = open_case.client.post(
            "/lead/acts/note-lead", content=body, headers=headers | {"Content-Type": media_type}
        )
        assert answer.status_code == status, body[:40]
        problem(answer, None)
    assert inspection.fingerprint(open_case.stack) == before


def test_an_objection_after_its_period_is_late_and_a_statement_takes_its_place(open_case: OpenCase) -> None:
    """Article 14 gives ten working days from receipt and no discretion; article 15 opens when they have lapsed."""
    scenario, case = open_case.scenario, open_case.case
    recall_notified(open_case)
    open_case.assert_refused(
        Attempt("recall.handler", "/case/{case}/acts/request-order", 409, "early", "14(1)", {"grounds": "期满未召回"})
    )
    open_case.assert_refused(
        Attempt("maker2", "/case/{case}/acts/file-statement", 409, "early", "14(1)", {"grounds": "情况反映"})
    )
    scenario.set_date("2026-06-03", 23)
    assert "file-objection" in acts(open_case, "maker2")
    scenario.set_date("2026-06-04", 0)
    assert "file-objection" not in acts(open_case, "maker2")
    refusal = open_case.assert_refused(
        Attempt("maker2", "/case/{case}/acts/file-objection", 409, "late", "14(1)", {"grounds": "检测方法不适用"})
    )
    assert "2026-06-03" in json.dumps(refusal, ensure_ascii=False)
    assert "file-statement" in acts(open_case, "maker2")
    statement = scenario.act("maker2", case, "file-statement", {"grounds": "请求依职权复查。"})
    assert statement["state"] == "recall_notified"
    assert "request-order" in acts(open_case, "recall.handler")
    drafted = scenario.act("recall.handler", case, "request-order", {"grounds": "期满未召回，未提出异议"})
    signed = scenario.approve(case, drafted, "recall.head", "recall.leader")
    assert (signed["state"], signed["clause"]) == ("order_requested", "15(1)")


def recall_notified(open_case: OpenCase) -> None:
    """From the analysis, which concludes on a defect, to the recall notice, served on 20 May."""
    scenario, case = open_case.scenario, open_case.case
    scenario.act(
        "maker2",
        case,
        "submit-analysis",
        {"conclusion": "defect", "summary": "模具偏差。", "produced": 600, "sold": 500},
    )
    scenario.act("institute.analyst", case, "evaluate-analysis", {
        "complete": True, "true": True, "scientific": True, "sufficient": True, "conclusion": "defect", "reasons": "分析充分",
    })  # fmt: skip
    scenario.act("recall.handler", case, "decide-on-analysis", {"decision": "recall", "reasons": "存在缺陷"})
    drafted = scenario.act(
        "recall.handler", case, "notify-recall", {"defect": "护栏间距过大", "requirements": "立即召回"}
    )
    signed = scenario.approve(case, drafted, "recall.head", "recall.leader", days=["2026-05-19", "2026-05-20"])
    scenario.wait_served("recall.handler", signed["documents"][0]["document"])
    view = scenario.wait_state("maker2", case, "recall_notified")
    assert [c["due_on"] for c in view["clocks"] if c["clock"] == "objection"] == ["2026-06-03"]


def acts(open_case: OpenCase, username: str) -> set[str]:
    """What this person may do now."""
    return {row["act"] for row in open_case.scenario.person(username).acts(open_case.case)}
