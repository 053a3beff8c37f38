"""The journal's chain, sealed values, and where marked values never appear."""

import hashlib
import io
import json
import logging

import pytest
import rfc8785
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from chassis.core import Refusal, logs
from chassis.core.canonical import canonical
from chassis.core.storage import tables
from chassis.core.trust.chain import GENESIS

SECRET = "暗号甲乙丙"
CONTACT = {"name": "示例联系人", "phone": "示例号码"}


@pytest.fixture
def box(either):
    root = either.act("keeper", "box", "keep", {"label": "甲", "secret": SECRET, "contact": CONTACT})["root"]
    either.act("keeper", "box", "note", {"words": "一", "secret": SECRET})
    return root


@pytest.fixture
def logged():
    """What a running service would write on standard output."""
    handlers, level = logging.root.handlers[:], logging.root.level
    logs.configure("boxes")
    written = io.StringIO()
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=written))
    yield written
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def rows(stage, table):
    with stage.office.database.reading() as connection:
        return connection.execute(select(table)).mappings().all()


def change(stage, statement):
    with stage.office.database.writing() as connection:
        connection.execute(statement)


def test_each_hash_covers_the_entry_and_the_hash_before_as_rfc_8785_has_them(either, box):
    previous = GENESIS
    for row in rows(either, tables.journal):
        text = rfc8785.dumps(json.loads(row["entry"]))
        assert row["entry"].encode() == text
        assert row["hash"] == hashlib.sha256(bytes.fromhex(previous) + text).hexdigest()
        previous = row["hash"]
    assert either.get("keeper", box)["head"] == {"seq": 2, "hash": previous}
    assert either.office.verify(box) == []


def test_an_entry_says_who_when_on_which_clause_and_rulebook(either, box):
    entry = either.entries(box)[0]
    assert entry["actor"] == {"person": "p_keeper", "organisation": "org_store-north", "posts": ["handler"]}
    assert (entry["at"], entry["clause"], entry["to"]) == ("2026-07-06T02:00:00.000000Z", "1", {"box": "kept"})
    assert entry["rulebook"] == either.application.rulebook.hash
    assert entry["command"].startswith("p_keeper:")


@pytest.mark.parametrize("seq", [1, 2])
def test_a_tampered_entry_is_found(either, box, seq):
    journal = tables.journal
    text = next(row["entry"] for row in rows(either, journal) if row["seq"] == seq).replace("p_keeper", "p_kéeper")
    change(either, update(journal).where(journal.c.seq == seq).values(entry=text))
    assert f"#{seq}: the hash does not follow" in " ".join(either.office.verify(box))


def test_an_entry_rewritten_with_its_hash_is_found_by_the_next(either, box):
    journal = tables.journal
    entry = json.loads(next(row["entry"] for row in rows(either, journal) if row["seq"] == 1)) | {"clause": "2"}
    text = canonical(entry)
    found = hashlib.sha256(bytes.fromhex(GENESIS) + text).hexdigest()
    change(either, update(journal).where(journal.c.seq == 1).values(entry=text.decode(), hash=found))
    assert [fault.split(": ")[0][-2:] for fault in either.office.verify(box)] == ["#2"]


def test_an_entry_taken_away_is_found(either, box):
    change(either, delete(tables.journal).where(tables.journal.c.seq == 2))
    assert "the root's head is not the last entry" in " ".join(either.office.verify(box))


def test_a_tampered_head_is_found(either, box):
    change(either, update(tables.roots).values(head_hash="f" * 64))
    assert either.office.verify(box) == [f"{box} #2: the root's head is not the last entry"]


def test_a_sealed_value_that_was_exchanged_is_found(either, box):
    one, other = (row for row in rows(either, tables.sealed) if row["mark"] == "secret")
    forged = either.office.seal.close(canonical("别的暗号"), one["id"])
    change(either, update(tables.sealed).where(tables.sealed.c.id == one["id"]).values(box=forged))
    assert "is not the one that was journaled" in " ".join(either.office.verify(box))
    change(either, delete(tables.sealed).where(tables.sealed.c.id == other["id"]))
    assert "a sealed value's row is gone" in " ".join(either.office.verify(box))


def test_erased_values_leave_the_chain_whole(either, box):
    change(either, update(tables.sealed).values(box=None, salt=None))
    assert either.office.verify(box) == []
    assert either.get("keeper", box, reveal=True)["body"]["secret"] == {"marked": "secret", "erased": True}


def test_a_dossier_is_verified_root_by_root(either, box):
    dossier = either.system(box).root.dossier
    assert either.office.verify(dossier) == []
    change(either, update(tables.roots).values(head_seq=7))
    assert len(either.office.verify(dossier)) == 1


def test_the_same_value_twice_has_two_digests(either, box):
    digests = [row["digest"] for row in rows(either, tables.sealed) if row["mark"] == "secret"]
    assert len(set(digests)) == 2


def test_a_marked_value_is_in_no_table_but_the_sealed_one_and_there_encrypted(either, box):
    kept = "".join(str(dict(row)) for table in tables.metadata.sorted_tables for row in rows(either, table))
    assert "甲" in kept
    for value in (SECRET, *CONTACT.values()):
        assert value not in kept and value.encode() not in b"".join(row["box"] for row in rows(either, tables.sealed))


def test_a_marked_value_is_in_no_outcome_page_list_or_log(either, box, logged):
    said = [either.outcome, either.get("keeper", box), either.office.search({"token": either.token("keeper")})]
    said.append(either.office.journal({"token": either.token("keeper"), "id": box}))
    with pytest.raises(RuntimeError):
        either.act("keeper", "box", "note", {"words": "stumble", "secret": SECRET})
    with pytest.raises(Refusal):
        either.act("owner", "box", "seal", {"sealed_on": SECRET})
    either.event("post.letter-sent.v1", {"box": box, "mood": "stumble", "words": SECRET})
    assert "an event's act failed" in logged.getvalue() and "RuntimeError" in logged.getvalue()
    told = str(said) + logged.getvalue()
    assert SECRET not in told and CONTACT["name"] not in told


def test_an_error_of_the_database_tells_no_values(either, box):
    with (
        pytest.raises(IntegrityError) as fault,
        either.office.database.writing() as connection,
    ):
        row = dict(rows(either, tables.roots)[0]) | {"body": {"secret": SECRET}}
        connection.execute(tables.roots.insert(), row)
    assert SECRET not in str(fault.value)


def test_whoever_may_see_a_mark_reveals_it_and_that_is_kept(either, box):
    assert either.get("keeper", box)["body"]["secret"] == {"marked": "secret", "may_reveal": True}
    assert rows(either, tables.accesses) == []
    found = either.get("keeper", box, reveal=True)["body"]
    assert (found["secret"], found["contact"]) == (SECRET, CONTACT)
    access = rows(either, tables.accesses)[0]
    assert (access["person"], access["organisation"], access["mark"]) == (
        "p_keeper",
        "org_store-north",
        "personal,secret",
    )
    sealed = {row["id"] for row in rows(either, tables.sealed)}
    assert set(access["sealed_ids"].split(",")) == sealed and access["root_id"] == box


def test_a_reach_from_above_reads_the_page_but_opens_no_mark(either, box):
    found = either.get("province", box, reveal=True)["body"]
    assert (found["label"], found["secret"]) == ("甲", {"marked": "secret", "may_reveal": False})
    assert rows(either, tables.accesses) == []


def test_a_marked_value_in_a_draft_stays_sealed_until_and_after_it_is_signed(either, box):
    either.act("keeper", "box", "empty", {"words": "清", "secret": SECRET}, sign=False)
    assert SECRET not in str(rows(either, tables.drafts))
    either.sign("box", "keeper")
    assert either.outcome["state"] == "emptied"
    assert either.get("keeper", box, reveal=True)["body"]["emptied"]["secret"] == SECRET
    assert either.office.verify(box) == []


def test_nobody_passes_off_a_sealed_value_of_another_mark(either, box):
    sealed = next(row["id"] for row in rows(either, tables.sealed) if row["mark"] == "secret")
    with pytest.raises(Refusal, match="invalid") as refused:
        either.act("owner", "box", "note", {"words": {"$sealed": sealed, "mark": "personal", "digest": "0"}})
    assert list(refused.value.errors) == ["words"]
