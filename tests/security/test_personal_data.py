"""Contact data from the public form is read by the recall division and is nowhere else: not in logs, facts, journals,
problems, nor in any database unencrypted. The same holds for secrets: passwords, keys, session and actor tokens."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ops.generate import topology
from ops.journeys.client import Person
from ops.journeys.scenario import PASSWORD
from ops.layout import GATEWAY
from ops.runtime.stack import Stack
from tests import inspection
from tests.stack import Json, sign_in

pytestmark = pytest.mark.slow
JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*")


@dataclass(frozen=True)
class ContactReport:
    """A report with a contact whose name and address occur nowhere else in the stack."""

    lead: str
    dossier: str
    name: str
    contact: str
    problems: tuple[str, ...]

    def encodings(self) -> list[bytes]:
        """Name and contact as they may occur in a file: in UTF-8, or escaped in JSON."""
        return [
            encoded
            for value in (self.name, self.contact)
            for encoded in (value.encode(), json.dumps(value)[1:-1].encode())
        ]


@pytest.fixture(scope="module")
def people(stack: Stack) -> Iterator[Callable[[str | None], Person]]:
    signed_in: dict[str | None, Person] = {}

    def login(username: str | None) -> Person:
        return signed_in.setdefault(username, signed_in.get(username) or sign_in(stack, username))

    yield login
    for person in signed_in.values():
        person.close()


@pytest.fixture(scope="module")
def contact_report(stack: Stack, people: Callable[[str | None], Person]) -> ContactReport:
    """A report, the problems of wrong forms with the same data, and its lead until a fact of its matter is published."""
    unique = uuid.uuid4().hex
    name, contact = f"示例反映人{unique[:12]}", f"contact-{unique[12:]}@example.com"
    report = {
        "product": f"示例水壶{unique[:6]}", "hazard": "漏电", "hazards": ["electric_shock"], "description": "示例反映：使用时漏电。",
        "severity": "none", "happened_on": "2026-01-05", "contact_name": name, "contact": contact,
    }  # fmt: skip
    problems = tuple(_refused(stack, report))
    root = people(None).open("lead", "report", report)["root"]
    dossier = _possible_defect(people, root, unique)
    inspection.wait_settled(stack)
    return ContactReport(root, dossier, name, contact, problems)


def _refused(stack: Stack, report: Json) -> Iterator[str]:
    """The answers to wrong forms: an unknown field, too long a contact, a contact that is a list, no object, broken JSON."""
    with httpx.Client(base_url=f"{stack.url}/api/v1", trust_env=False, timeout=30.0) as client:
        for wrong in (
            {**report, "colour": report["contact"]},
            {**report, "contact": report["contact"] * 50},
            {**report, "contact": [report["contact"]], "contact_name": {"is": report["contact_name"]}},
            [report],
        ):
            answer = client.post("/lead/acts/report", json=wrong)
            assert answer.status_code in (400, 422), answer.text
            yield answer.text
        truncated = json.dumps(report, ensure_ascii=False).encode()[:-1]
        answer = client.post("/lead/acts/report", content=truncated, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        yield answer.text


def _possible_defect(people: Callable[[str | None], Person], lead: str, unique: str) -> str:
    handler, analyst = people("recall.handler"), people("institute.analyst")
    handler.act(lead, "accept", {"ground": "both"})
    signal = analyst.open("signal", "cluster", {"leads": [lead], "title": f"示例水壶{unique[:6]}漏电"})
    analyst.act(signal["root"], "analyse", {
        "summary": "绝缘不良。", "product": {"name": f"示例水壶{unique[:6]}"}, "hazard": "漏电", "severe": True,
        "producer": {"name": "大连示例儿童用品有限公司", "code": "91210200MA0000A02H", "address": "大连市示例区示例街2号"},
    })  # fmt: skip
    analyst.act(signal["root"], "recommend", {"recommendation": "possible_defect", "grounds": "可能触电"})
    today = handler.clock.today().isoformat()
    handler.act(
        signal["root"], "find-possible-defect", {"found_on": today, "grounds": "技术认定建议", "hazard": "漏电"}
    )
    handler.wait_root("case", dossier=signal["dossier"])
    return str(signal["dossier"])


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below these folders with its bytes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


def logs(stack: Stack) -> list[tuple[Path, bytes]]:
    """The path and content of every log of the stack, the broker's own logs too."""
    logged = list(files(stack.layout.logs, stack.layout.folder / "broker" / "log"))
    assert sum(len(content) for _, content in logged) > 1000
    return logged


# --- contact data ------------------------------------------------------------------------------------------------------


def test_the_recall_division_reads_the_contact_and_that_is_recorded(
    stack: Stack, people: Callable[[str | None], Person], contact_report: ContactReport
) -> None:
    closed = people("recall.handler").get(contact_report.lead)["body"]
    assert closed["contact"] == {"marked": "personal", "may_reveal": True}
    opened = people("recall.handler").ask("GET", f"/lead/{contact_report.lead}", params={"reveal": "true"})["body"]
    assert contact_report.contact in json.dumps(opened, ensure_ascii=False)
    assert contact_report.name in json.dumps(opened, ensure_ascii=False)
    seen = inspection.rows(stack, "intake", "select mark, person from accesses where root_id = ?", contact_report.lead)
    marks = {mark for row, person in seen if person == "person_recall_handler" for mark in row.split(",")}
    assert marks == {"personal", "informant"}


def test_the_institution_is_not_shown_it(people: Callable[[str | None], Person], contact_report: ContactReport) -> None:
    shown = people("institute.analyst").ask("GET", f"/lead/{contact_report.lead}", params={"reveal": "true"})
    text = json.dumps([shown, people("institute.analyst").dossier(contact_report.dossier)], ensure_ascii=False)
    assert contact_report.contact not in text and contact_report.name not in text


def test_no_log_holds_it(stack: Stack, contact_report: ContactReport) -> None:
    assert [
        path.name for path, content in logs(stack) if any(encoded in content for encoded in contact_report.encodings())
    ] == []


def test_no_fact_holds_it(stack: Stack, contact_report: ContactReport) -> None:
    events = inspection.published(stack)
    assert any(event["dossier"] == contact_report.dossier for event in events)
    text = json.dumps(events, ensure_ascii=False)
    assert contact_report.contact not in text and contact_report.name not in text


def test_no_problem_repeats_it(contact_report: ContactReport) -> None:
    assert len(contact_report.problems) == 5
    for text in contact_report.problems:
        assert contact_report.contact not in text and contact_report.name not in text, text


def test_no_database_and_no_file_holds_it_unencrypted(stack: Stack, contact_report: ContactReport) -> None:
    """Journals, outboxes, answers kept for repeats, drafts, what grouping remembers, and the pages SQLite has not yet reused."""
    held = [
        path.name
        for path, content in files(stack.layout.data)
        if any(encoded in content for encoded in contact_report.encodings())
    ]
    assert held == []
    assert contact_report.lead.encode() in b"".join(content for _, content in files(stack.layout.data))
    kept = [
        path.name
        for path, content in files(stack.layout.folder / "files")
        if contact_report.contact.encode() in content
    ]
    assert kept == []


def test_its_journal_row_holds_a_digest_and_the_chain_verifies(stack: Stack, contact_report: ContactReport) -> None:
    (row,) = [
        entry for entry in inspection.entries(stack) if entry.root == contact_report.lead and entry.act == "report"
    ]
    data = row.content["data"]
    assert set(data["contact"]) >= {"digest"} and set(data["contact_name"]) >= {"digest"}, data
    assert stack.run("intake", "verify", contact_report.lead).returncode == 0


# --- secrets -----------------------------------------------------------------------------------------------------------


def secrets(stack: Stack) -> dict[str, bytes]:
    """What nobody may read: the people's password, the private keys, the broker's passwords."""
    by_name = {"the people's password": PASSWORD.encode()}
    for path, content in files(stack.layout.keys):
        if "public" in path.name:
            continue
        lines = [line for line in content.split(b"\n") if len(line) >= 16 and b"-----" not in line]
        by_name |= {f"{path.name} {number}": line for number, line in enumerate(lines)}
    for user in (*stack.layout.services, GATEWAY, topology.OPERATOR):
        by_name[f"the broker's password of {user}"] = stack.amqp_url(user).split(":")[2].split("@")[0].encode()
    return by_name


def test_no_secret_is_logged_or_published(stack: Stack, contact_report: ContactReport) -> None:
    events = json.dumps(inspection.published(stack), ensure_ascii=False).encode()
    places = [*((path.name, content) for path, content in logs(stack)), ("the archive", events)]
    by_name = secrets(stack)
    assert len(by_name) >= 10
    assert [(name, place) for place, content in places for name, secret in by_name.items() if secret in content] == []


def test_no_token_is_logged_published_or_stored(
    stack: Stack, people: Callable[[str | None], Person], contact_report: ContactReport
) -> None:
    sessions = [people(name).token["token"].encode() for name in ("recall.handler", "institute.analyst")]
    events = json.dumps(inspection.published(stack)).encode()
    places = [*logs(stack), *files(stack.layout.data), (Path("archive"), events)]
    for path, content in places:
        assert not any(token in content for token in sessions), path.name
        assert not JWT.search(content), path.name


def test_no_seal_key_opens_another_services_values(stack: Stack) -> None:
    keys = {name: base64.b64decode((stack.layout.keys / f"{name}.seal").read_bytes()) for name in stack.layout.services}
    assert len(set(keys.values())) == len(stack.layout.services)
    assert all(len(key) >= 32 for key in keys.values())
