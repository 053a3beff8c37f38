"""A rulebook that is incomplete does not load, and says all that it lacks at once."""

import copy
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from boxes.app import application

from chassis.core import Application
from chassis.core.errors import ConfigurationFault
from chassis.core.rulebook import reader
from chassis.core.rulebook.checker import check
from chassis.core.rulebook.registry import Registry
from chassis.testing.rows import Bench, Standing

HOME = Path(str(files("boxes"))) / "rulebook"
BOOK = reader.yaml.load((HOME / "boxes.yaml").read_text(encoding="utf-8"), reader._Loader)
BOX, ACTS = BOOK["box"], BOOK["box"]["acts"]


PARTS = application.definitions


def faults(folder, change):
    """What is wrong with the boxes' rulebook after a change to it."""
    changed = copy.deepcopy(BOOK)
    change(changed)
    (folder / "boxes.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    (folder / "clauses.csv").write_bytes((HOME / "clauses.csv").read_bytes())
    try:
        return check(Registry([reader.read(folder / "boxes.yaml")]), PARTS.functions, PARTS.guards, PARTS.finders)
    except ConfigurationFault as fault:
        return fault.faults


def setting(path, value):
    """A change that sets a key, given as a dotted path."""

    def change(book):
        *way, last = path.split(".")
        for key in way:
            book = book[key]
        book[last] = value

    return change


def without(path):
    """A change that takes a key away."""

    def change(book):
        *way, last = path.split(".")
        for key in way:
            book = book[key]
        del book[last]

    return change


def test_the_sample_is_complete(tmp_path):
    assert faults(tmp_path, lambda book: None) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (setting("box.acts.fly", {"zh": "飞", "clause": "1", "by": "keeper", "from": ["kept"]}), "box.fly: no function"),
        (without("box.acts.note"), "box.note: a function without a row"),
        (without("box.acts.note.clause"), "box.note: KeyError 'clause'"),
        (without("box.acts.note.zh"), "box.note: KeyError 'zh'"),
        (setting("box.acts.note.clause", "99"), "box.note: clause 99 is not this service's"),
        (setting("box.acts.note.needs", ["not_red"]), "box.note: no guard 'not_red'"),
        (setting("box.acts.note.by", "stranger"), "box.note: no actor 'stranger'"),
        (setting("box.acts.note.shown", "stranger"), "box.note: no actor 'stranger'"),
        (without("box.acts.note.by"), "box.note: nobody may do it"),
        (setting("box.acts.note.meets", "never"), "box.note: no clock 'never'"),
        (setting("box.acts.note.starts", {"never": "today"}), "box.note: no clock 'never'"),
        (setting("box.acts.note.unless_lapsed", "never"), "box.note: no clock 'never'"),
        (setting("box.acts.note.after_lapse", "never"), "box.note: no clock 'never'"),
        (setting("box.acts.lengthen.extends", {"term": "days"}), "clock 'term' ends on a day and cannot be extended"),
        (setting("box.acts.note.on", "lid"), "box.note: no part 'lid'"),
        (setting("box.acts.pin.adds", {"lid": "pinned"}), "box.pin: no part 'lid'"),
        (setting("box.acts.pin.adds", {"slip": "glued"}), "box.pin: no state 'glued' of slip"),
        (setting("box.acts.note.approval", "king"), "box.note: no approval chain 'king'"),
        (setting("box.acts.keep.approval", "chief"), "box.keep: a draft needs a root, and this act opens one"),
        (setting("box.acts.seal.to", "lost"), "box.seal: no state 'lost' of box"),
        (setting("box.acts.seal.to", {"crate": "kept"}), "box.seal: no kind or part 'crate'"),
        (setting("box.acts.seal.from", ["lost"]), "box.seal: no state 'lost' of box"),
        (setting("box.acts.seal.colour", "red"), "box.seal: unknown key 'colour'"),
        (setting("box.colour", "red"), "box: unknown key 'colour'"),
        (setting("box.states.lost", {"zh": "遗失", "en": "lost"}), "box: state 'lost' of box is never reached"),
        (setting("box.states.lost", {"zh": "遗失", "en": "lost"}), "box: state 'lost' is not final and has no way out"),
        (setting("box.parts.slip.states.lost", {"zh": "遗失"}), "box: state 'lost' of slip is never reached"),
        (setting("box.final", ["emptied", "burnt"]), "box: final state 'burnt' is not declared"),
        (setting("box.final", []), "box: state 'emptied' is not final and has no way out"),
        (setting("box.reads.stranger", "all"), "box: reads names no actor 'stranger'"),
        (setting("box.marks.secret", ["stranger"]), "box: mark secret names no actor 'stranger'"),
        (setting("listens", []), "post.box-sent.v1: moved by it, but `listens:` names no kind of root of that service"),
        (setting("box.acts.find.by", {"event": "post.label-seen.v1", "find": "nobody"}), "box.find: no finder 'nobody'"),
        (setting("box.acts.answer.clause", "1"), None),
        (setting("box.clocks.month.length", "a month"), "box.month: ValueError not a period: 'a month'"),
    ],
    ids=str,
)  # fmt: skip
def test_each_incompleteness_is_told(tmp_path, change, expected):
    said = faults(tmp_path, change)
    assert said == [] if expected is None else any(expected in fault for fault in said), said


def test_the_clauses_that_acts_carry_are_known():
    assert application.rulebook.carried() == set(application.rulebook.clauses) == {"1", "2", "3"}


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    def spoil(book):
        book["box"]["acts"]["note"]["by"] = "stranger"
        book["box"]["acts"]["seal"]["to"] = "lost"
        book["box"]["acts"]["publish"]["needs"] = ["not_red"]

    said = faults(tmp_path, spoil)
    assert len(said) >= 3 and all(any(word in fault for fault in said) for word in ("stranger", "lost", "not_red"))


def test_an_application_without_its_functions_and_texts_says_so_for_each(monkeypatch):
    with pytest.raises(ConfigurationFault) as fault:
        Application(name="boxes", package="boxes", acts=[])
    lacking = fault.value.faults
    assert "boxes: box.keep: no function" in lacking and "boxes: shelf.build: no function" in lacking
    assert (
        "boxes: box.publish: no guard 'not_heavy'" in lacking and "boxes: box.find: no finder 'box_labelled'" in lacking
    )


def test_the_hash_changes_with_every_change_of_the_rules(tmp_path):
    def hash_after(change):
        changed = copy.deepcopy(BOOK)
        change(changed)
        (tmp_path / "boxes.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
        return reader.read(tmp_path / "boxes.yaml").hash

    assert hash_after(lambda book: None) == application.rulebook.hash
    assert hash_after(setting("box.clocks.protest.length", "9 working days")) != application.rulebook.hash


def test_yaml_keeps_on_and_no_as_words():
    assert reader.yaml.load("{on: slip, no: off, yes: true}", reader._Loader) == {
        "on": "slip",
        "no": "off",
        "yes": True,
    }


def test_cases_from_the_rulebook_find_an_office_that_forgets_states_and_people(stage, monkeypatch):
    bench = Bench(stage.office, application.rulebook.act("box", "seal"))
    assert list(bench.wrong_answers()) == []
    monkeypatch.setattr(type(stage.office.performer), "_check_states", lambda *_: None)
    assert any("emptied" in answer for answer in bench.wrong_answers())
    assert bench.tried(Standing("kept"), "owner") == "forbidden"
    monkeypatch.setattr(type(stage.office.performer), "admit", lambda *_: None)
    assert any(answer.startswith("by owner") for answer in bench.wrong_answers())
