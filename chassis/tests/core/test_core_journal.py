"""The journal's chain, its pages, sealed values, and where marked values never appear."""

import base64
import hashlib
import io
import json
import logging

import pytest
import rfc8785
import structlog
from boxes.people import PEOPLE
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError

from chassis.core import Refusal, logs
from chassis.core.canonical import canonical
from chassis.core.storage import tables
from chassis.core.trust.access import is_party, reads
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
    digest = hashlib.sha256(bytes.fromhex(GENESIS) + text).hexdigest()
    change(either, update(journal).where(journal.c.seq == 1).values(entry=text.decode(), hash=digest))
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
    shown = str(said) + logged.getvalue()
    assert SECRET not in shown and CONTACT["name"] not in shown


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
    body = either.get("keeper", box, reveal=True)["body"]
    assert (body["secret"], body["contact"]) == (SECRET, CONTACT)
    access = rows(either, tables.accesses)[0]
    assert (access["person"], access["organisation"], access["mark"]) == (
        "p_keeper",
        "org_store-north",
        "personal,secret",
    )
    sealed = {row["id"] for row in rows(either, tables.sealed)}
    assert set(access["sealed_ids"].split(",")) == sealed and access["root_id"] == box


def test_a_reach_from_above_reads_the_page_but_opens_no_mark(either, box):
    body = either.get("province", box, reveal=True)["body"]
    assert (body["label"], body["secret"]) == ("甲", {"marked": "secret", "may_reveal": False})
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


# pages of a journal


def journal(stage, who, **request):
    return stage.office.journal({"token": stage.token(who), **request})


def all_entries(stage, who, after=None, **request):
    """The entries of every page, in order."""
    entries = []
    while True:
        answer = journal(stage, who, after=after, **request)
        entries += answer["items"]
        after = answer["next"]
        if after is None:
            return entries


def recomputed(stage, who, dossier):
    """What somebody may see of a dossier's journal, entry by entry: (time, root, number), and whether the data is shown."""
    office, actor, shown = stage.office, stage.people[who], set()
    ids = [row["id"] for row in rows(stage, tables.roots) if row["dossier"] == dossier]
    entries = rows(stage, tables.journal)
    registry = office.application.registry
    for loaded in map(stage.system, ids):
        root, book = loaded.root, registry.of(loaded.root.regime)
        kind = book.kinds[root.kind]
        rule = reads(book, kind, actor, loaded.parties, root.state, office.settings)
        if rule is None:
            continue
        relations = {n for n, who in book.actors.items() if is_party(who, actor, loaded.parties, office.settings)}
        for row in (row for row in entries if row["root_id"] == root.id):
            entry = json.loads(row["entry"])
            entered = registry.with_hash(entry["rulebook"]) or book
            act = entered.act(kind.name, row["act"])
            mine = entry.get("actor", {}).get("person") == actor.person
            if rule.fields is None or mine or (act and (set(act.by) | act.shown) & relations):
                shown.add((row["at"], root.id, row["seq"], rule.fields is None or mine))
    return shown


@pytest.fixture
def matter(either):
    """A dossier of several boxes in different states, kept by two stores, on which many people acted."""
    boxes = []
    for number in range(6):
        either.on("2026-07-06", f"1{number}:00:00")
        who = "elsewhere" if number == 4 else "keeper"
        area = "220100" if number == 4 else "210102"
        boxes.append(either.act(who, "box", "keep", {"label": "甲", "area": area, "secret": SECRET})["root"])
        either.act(who, "box", "note", {"words": "内部"})
        if number != 4:
            either.act("owner", "box", "note", {"words": "我的"})
    for number, box in enumerate(boxes[:3]):
        either.on("2026-07-07", f"1{number}:00:00")
        either.act("keeper", "box", "pin", {"holder": "org_holder"}, root=box)
        either.act("keeper", "box", "ask", {"days": 3}, root=box)
        either.act("owner", "box", "answer", root=box)
    either.act("holder", "box", "tear", root=boxes[1], part="slip")
    either.act("keeper", "box", "empty", {"words": "清", "secret": SECRET}, root=boxes[0])
    either.act("keeper", "box", "seal", {"sealed_on": "2026-07-07"}, root=boxes[1])
    either.act("keeper", "box", "sort", {"way": "up"}, root=boxes[3])
    change(either, update(tables.roots).values(dossier="dossier_one"))
    unknown = next(row for row in rows(either, tables.journal) if row["root_id"] == boxes[2] and row["seq"] == 3)
    text = unknown["entry"].replace(either.application.rulebook.hash, "f" * 64)
    place = (tables.journal.c.root_id == boxes[2]) & (tables.journal.c.seq == 3)
    change(either, update(tables.journal).where(place).values(entry=text))  # entered under a rulebook that is gone
    return boxes


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_the_pages_of_a_dossier_show_what_the_actor_may_see_and_nothing_else(either, matter, who):
    entries = all_entries(either, who, dossier="dossier_one", size=3)
    shown = [(entry["at"], entry["root"], entry["seq"]) for entry in entries]
    expected = recomputed(either, who, "dossier_one")
    assert shown == sorted(key[:3] for key in expected)
    with_data = {key[:3] for key in expected if key[3]}
    for key, entry in zip(shown, entries, strict=True):
        assert key in with_data or (entry["data"], entry["noted"]) == ({}, {})
    assert SECRET not in str(entries)
    newest = all_entries(either, who, dossier="dossier_one", size=4, newest=True)
    assert newest == entries[::-1]


def test_some_see_everything_some_a_part_and_some_nothing_of_the_dossier(either, matter):
    counts = {who: len(recomputed(either, who, "dossier_one")) for who in PEOPLE}
    assert counts["keeper"] > counts["owner"] > counts["holder"] > 0 == counts["false_auditor"], counts
    assert journal(either, "keeper", dossier="dossier_other") == {"items": [], "next": None}


def test_the_pages_of_a_root_follow_each_other_without_gap_or_repeat(either, matter):
    box = matter[2]
    last = either.get("keeper", box)["head"]["seq"]
    numbers = list(range(1, last + 1))
    first = journal(either, "keeper", id=box, size=4)
    assert [entry["seq"] for entry in first["items"]] == [1, 2, 3, 4]
    either.act("keeper", "box", "load", {"count": 5}, root=box)
    rest = all_entries(either, "keeper", id=box, size=4, after=first["next"])
    assert [entry["seq"] for entry in rest] == [*numbers[4:], last + 1], "what is entered meanwhile comes at the end"
    newest = all_entries(either, "keeper", id=box, size=4, newest=True)
    assert [entry["seq"] for entry in newest] == [last + 1, *numbers[::-1]]
    assert {entry["regime"] for entry in newest} == {"boxes"}


def test_a_cursor_names_no_entry_that_is_hidden(either, matter):
    shown = {str(key[2]) for key in recomputed(either, "owner", "dossier_one") if key[1] == matter[0]}
    after = None
    for _ in range(len(shown)):
        after = journal(either, "owner", id=matter[0], size=1, after=after)["next"]
        if after is None:
            break
        (number,) = json.loads(base64.urlsafe_b64decode(after))
        assert str(number) in shown


def test_one_entry_of_a_root_is_read_by_its_number(either, matter):
    (entry,) = journal(either, "keeper", id=matter[0], seq=2)["items"]
    assert (entry["seq"], entry["data"]) == (2, {"words": "内部"})
    assert journal(either, "owner", id=matter[0], seq=2)["items"][0]["data"] == {}
    assert journal(either, "keeper", id=matter[0], seq=99) == {"items": [], "next": None}


def cursor(*key):
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


@pytest.mark.parametrize(
    "request_",
    [
        {"after": "elsewhere"},
        {"after": cursor(1, 2)},
        {"after": cursor("x")},
        {"after": cursor(10**30)},
        {"after": cursor(True)},
        {"after": 7},
        {"size": "many"},
        {"seq": "first"},
        {"seq": 10**30},
    ],
)
def test_a_strange_page_is_refused(either, box, request_):
    with pytest.raises(Refusal, match="invalid"):
        journal(either, "keeper", id=box, **request_)


@pytest.mark.parametrize("after", [cursor(1), cursor(1, "box", 1), cursor("x\x00", "box", 1), cursor("\ud800", "b", 1)])
def test_a_strange_page_of_a_dossier_is_refused(either, box, after):
    dossier = either.system(box).root.dossier
    with pytest.raises(Refusal, match="invalid"):
        journal(either, "keeper", dossier=dossier, after=after)


@pytest.fixture
def statements(either):
    """Every statement that the stage's database is given."""
    taken = []

    def note(_, __, statement, *rest):
        taken.append(statement)

    event.listen(either.office.database.engine, "before_cursor_execute", note)
    yield taken
    event.remove(either.office.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", ["keeper", "owner"])
def test_a_page_takes_as_many_statements_for_a_long_dossier_as_for_a_short_one(either, statements, who):
    counts = []
    for number in (2, 25):
        for _ in range(number):
            box = either.act("keeper", "box", "keep", {"label": "甲"})["root"]
            for _ in range(3):
                either.act("owner", "box", "note", {"words": "我的"}, root=box)
        change(either, update(tables.roots).values(dossier="dossier_one"))
        statements.clear()
        assert len(journal(either, who, dossier="dossier_one", size=200)["items"]) >= 3 * number
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
    statements.clear()
    journal(either, who, id=box)
    assert len(statements) <= 7


def test_a_page_holds_fifty_entries_unless_asked_and_never_more_than_two_hundred(either, box):
    for _ in range(205):
        either.act("owner", "box", "note", {"words": "我的"})
    assert len(journal(either, "keeper", id=box)["items"]) == 50
    assert len(journal(either, "keeper", id=box, size=1000)["items"]) == 200
