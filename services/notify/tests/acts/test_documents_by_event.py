"""Documents from the event that issued them to the file: acts moved by events and by the worker's tasks."""

import pytest
from notify_stage import CONFIRMATION, PRODUCER, Stage, issued, paper_file

from chassis.core import Refusal
from notify.acts import printing
from notify.rendering import fonts
from notify.rendering.pdf import NotPrinted, Printed


def test_a_signed_document_is_numbered_printed_and_waits_for_its_service(stage: Stage) -> None:
    document = stage.issue()
    root = stage.look(document)
    assert (root["id"], root["state"], root["number"]) == (document, "registered", "辽市监消召〔2026〕1号")
    assert root["dossier"] == "dossier_1"
    assert stage.work() == 1
    root = stage.look(document)
    assert root["state"] == "awaiting_service"
    assert stage.office.files.get(root["body"]["pdf"]["hash"]).startswith(b"%PDF")
    assert root["body"]["pdf"]["name"] == "召回通知书 辽市监消召〔2026〕1号.pdf"
    assert stage.facts("document-served") == []


def test_the_same_event_twice_makes_one_document_and_one_number(stage: Stage) -> None:
    data = issued()
    first = stage.send("investigation.document-issued.v1", data, subject="case_1")
    stage.sequences["case_1"] = 0
    again = stage.send("investigation.document-issued.v1", data, subject="case_1")
    assert (first.outcome, again.outcome) == ("taken", "repeat")
    assert stage.look(stage.issue())["number"] == "辽市监消召〔2026〕2号"


@pytest.mark.parametrize("service", ["intake", "investigation", "experts", "recall"])
def test_documents_of_every_service_are_numbered(stage: Stage, service: str) -> None:
    data = issued()
    assert stage.send(f"{service}.document-issued.v1", data).outcome == "taken"
    assert stage.look(data["document"])["number"] == "辽市监消召〔2026〕1号"


def test_each_bureau_kind_and_year_counts_by_itself(stage: Stage, without_printing: None) -> None:
    given = [
        {},
        {"issuer": "org_210000-recall"},
        {"kind": "补充材料通知书"},
        {"issuer": "org_210100"},
        {"signed_on": "2027-01-04"},
        {"kind": "效果评估报告", "issuer": "org_institute", "addressee": None},
    ]
    numbers = [stage.look(stage.issue(**fields))["number"] for fields in given]
    assert numbers == [
        "辽市监消召〔2026〕1号",
        "辽市监消召〔2026〕2号",
        "辽市监消补〔2026〕1号",
        "沈市监消召〔2026〕1号",
        "辽市监消召〔2027〕1号",
        "示检召效评〔2026〕1号",
    ]


def test_what_a_producer_files_is_printed_and_filed_without_a_number(stage: Stage) -> None:
    document = stage.issue(
        kind="异议书", title="异议书", issuer=PRODUCER, addressee="org_210000", fields={"reasons": "样品不符"}
    )
    stage.work()
    root = stage.look(document)
    assert (root["state"], root["number"]) == ("filed", None)
    assert root["body"]["pdf"]["media_type"] == "application/pdf"


def test_an_internal_paper_is_numbered_and_filed_without_service(stage: Stage, without_printing: None) -> None:
    document = stage.issue(kind="会商纪要", title="会商纪要", addressee=None, fields={"outcome": "信息跟踪"})
    stage.work()
    root = stage.look(document)
    assert (root["state"], root["number"]) == ("filed", "辽市监会商〔2026〕1号")


def test_a_bureau_without_a_code_parks_the_event_and_uses_up_no_number(stage: Stage) -> None:
    receipt = stage.send("investigation.document-issued.v1", issued(issuer="org_219900"))
    assert receipt.outcome == "failed"
    assert "org_219900" in receipt.reason


def test_a_confirmed_address_makes_the_arrival_the_receipt(stage: Stage) -> None:
    address = stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")["root"]
    stage.today("2026-07-07")
    document = stage.issue()
    assert stage.work() == 3
    root = stage.look(document)
    assert root["state"] == "served"
    assert root["body"]["service"] == {"manner": "electronic", "served_on": "2026-07-07", "address": address}
    assert root["body"]["proof"]["name"].startswith("送达回证")
    origin = root["body"]["origin"]
    assert stage.facts("document-served") == [
        {
            "document": document,
            "kind": "召回通知书",
            "number": "辽市监消召〔2026〕1号",
            "root": origin["root"],
            "root_kind": "case",
            "part": None,
            "act": "notify-recall",
            "addressee": PRODUCER,
            "served_on": "2026-07-07",
            "manner": "electronic",
            "corrects": None,
        }
    ]


def test_without_a_confirmed_address_nothing_is_served_electronically(stage: Stage, without_printing: None) -> None:
    document = stage.issue()
    stage.work()
    with pytest.raises(Refusal) as refused:
        stage.act("serve-electronically", "registry", root=document)
    assert (refused.value.code, refused.value.facts["addressee"]) == ("guard", PRODUCER)
    stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    assert stage.act("serve-electronically", "registry", root=document)["state"] == "served"


def test_an_address_is_one_per_firm_until_it_is_revoked(stage: Stage, without_printing: None) -> None:
    address = stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")["root"]
    with pytest.raises(Refusal) as refused:
        stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    assert refused.value.facts["address"] == address
    stage.act("revoke-service-address", "producer", {"reasons": "更换联系人"}, address, kind="address")
    document = stage.issue()
    stage.work()
    assert stage.look(document)["state"] == "awaiting_service"
    assert stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")["root"] != address


def test_the_contact_is_kept_sealed_and_shown_only_to_whom_it_belongs(stage: Stage) -> None:
    address = stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")["root"]
    assert "示例联系人" not in str(stage.look(address))
    for who in ("producer", "registry"):
        shown = stage.office.get({"token": stage.token(who), "id": address, "reveal": True})
        assert shown["body"]["contact"] == "示例联系人"
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get({"token": stage.token("stranger"), "id": address, "reveal": True})


def test_the_addressee_sees_the_document_only_once_it_is_served(stage: Stage, without_printing: None) -> None:
    document = stage.issue()
    stage.work()
    asked = {"token": stage.token("producer"), "id": document}
    with pytest.raises(Refusal, match="not-found"):
        stage.office.get(asked)
    assert stage.office.search({"token": stage.token("producer"), "kind": "document"})["total"] == 0
    record = {"manner": "post", "served_on": "2026-07-06", "slip_number": "示例1", "proof": paper_file()}
    stage.act("record-service", "registry", record, document)
    body = stage.office.get(asked)["body"]
    assert body["pdf"]["hash"]
    assert not {"origin", "signed_by", "form"} & set(body)
    assert stage.office.search({"token": stage.token("producer"), "kind": "document"})["total"] == 1
    assert stage.act("record-reading", "producer", root=document)["state"] == "served"
    for who in ("stranger", "city", "quality"):
        seen = stage.office.search({"token": stage.token(who), "kind": "document"})["total"]
        assert seen == (1 if who == "quality" else 0), who


def test_waiting_documents_are_a_duty_of_the_registry_and_of_nobody_else(stage: Stage, without_printing: None) -> None:
    document = stage.issue()
    stage.work()
    duties = stage.office.duties({"token": stage.token("registry")})["items"]
    assert [(duty["root"], duty["acts"]) for duty in duties] == [(document, ["record-seal", "record-service"])]
    for who in ("producer", "city", "quality"):
        assert stage.office.duties({"token": stage.token(who)})["items"] == []


@pytest.mark.parametrize("fault", [NotPrinted("recall-notice: broken"), fonts.NoChineseFont(fonts.MISSING)])
def test_a_fault_of_printing_is_shown_and_mended_by_printing_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def broken(page: dict) -> Printed:
        raise fault

    monkeypatch.setattr(printing, "print_paper", broken)
    document = stage.issue()
    stage.work()
    root = stage.look(document)
    assert (root["state"], root["body"]["fault"]["reason"]) == ("unprinted", str(fault))
    monkeypatch.setattr(printing, "print_paper", lambda page: Printed(b"%PDF", []))
    stage.act("print-again", "registry", root=document)
    stage.work()
    root = stage.look(document)
    assert (root["state"], root["body"]["fault"]) == ("awaiting_service", None)


def test_a_document_with_a_character_no_font_has_is_not_served(stage: Stage) -> None:
    stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    document = stage.issue(addressee_name="示例\U0002a6d6厂")
    stage.work()
    root = stage.look(document)
    assert (root["state"], root["body"]["fault"]["unprintable"]) == ("unprinted", ["\U0002a6d6"])
    assert stage.facts("document-served") == []


def test_a_task_whose_document_was_voided_meanwhile_does_nothing(stage: Stage) -> None:
    document = stage.issue()
    stage.act("void-document", "registry", {"reasons": "文书有误"}, document)
    assert stage.work() == 1
    assert (stage.look(document)["state"], stage.look(document)["body"].get("pdf")) == ("void", None)


def test_the_journal_of_a_document_verifies(stage: Stage) -> None:
    stage.act("confirm-service-address", "producer", CONFIRMATION, kind="address")
    document = stage.issue()
    stage.work()
    assert stage.office.verify(document) == []
    entries = stage.office.journal({"token": stage.token("registry"), "id": document})["items"]
    assert [entry["act"] for entry in entries] == [
        "number-document",
        "render-document",
        "serve-electronically",
        "file-proof",
    ]
    assert {entry["clause"] for entry in entries} == {"23"}
