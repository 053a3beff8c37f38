"""What fields are called: the act's own words first, then the kind's, the vocabulary's, everybody's."""

from __future__ import annotations

from console_fake import KINDS, schema, text

from gateway.console.lexicon import VOCABULARY, everywhere, of_act, of_kind

CHOICES = [{"value": "soon", "zh": "近日", "en": "soon"}]
ACTS = {
    "one": {"schema": schema({"name": {"type": "string", **text("姓名", "Name")}})},
    "two": {"schema": schema({"name": {"type": "string", **text("名称", "Title")}, "when": {"x-choices": CHOICES}})},
}
MINE = {"zh": "甲", "en": "mine", "acts": ACTS}
OTHER = {
    "zh": "乙",
    "en": "other",
    "acts": {"x": {"schema": schema({"depth": {**text("深度", "Depth")}, "seed": {**text("种子", "Seeds")}})}},
}
MADE_OF = {"mine": MINE, "other": OTHER}
BEHIND = everywhere(MADE_OF)


def test_the_words_of_the_act_win_over_those_of_its_kind() -> None:
    kind = of_kind(MADE_OF, "mine", BEHIND)
    assert kind.label("name")["zh"] == "姓名"
    assert of_act(MADE_OF, "mine", "two", kind).label("name")["zh"] == "名称"


def test_the_vocabulary_stands_before_other_kinds_and_these_before_nothing() -> None:
    kind = of_kind(MADE_OF, "mine", BEHIND)
    assert kind.label("seed") == VOCABULARY["fields"]["seed"]
    assert kind.label("depth")["en"] == "Depth"
    assert kind.label("other")["zh"] == "乙"
    assert kind.label("no_such_field") == {"zh": "no such field", "en": "no such field"}


def test_a_code_is_told_by_its_field_or_by_any_that_is_alone_with_it() -> None:
    kind = of_kind(MADE_OF, "mine", BEHIND)
    assert kind.text("when", "soon") == {"zh": "近日", "en": "soon"}
    assert kind.text("elsewhere", "soon") == {"zh": "近日", "en": "soon"}
    assert kind.text("elsewhere", "spot_check") == VOCABULARY["values"]["spot_check"]
    assert kind.text("elsewhere", "Soon, perhaps") is None


def test_the_vocabulary_is_bilingual_and_in_order() -> None:
    for part in ("fields", "values"):
        rows = VOCABULARY[part]
        assert list(rows) == sorted(rows)
        assert all(row["zh"] and row["en"] for row in rows.values())


def test_units_come_from_schemas_and_vocabulary() -> None:
    case = of_kind({"case": KINDS["investigation"]["case"]}, "case", BEHIND)
    assert (case.unit("cost"), case.unit("rate"), case.unit("note")) == ("fen", "bp", "")
