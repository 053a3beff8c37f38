"""What fields are called: by the act's own schema first, then the kind's, the vocabulary, the schemas of all kinds."""

from __future__ import annotations

from console_descriptions import KINDS
from console_schemas import schema, text

from gateway.console.field_texts import VOCABULARY, texts_of_act, texts_of_all_kinds, texts_of_kind

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
DESCRIBED = {"mine": MINE, "other": OTHER}
FALLBACK = texts_of_all_kinds(DESCRIBED)


def test_the_texts_of_the_act_come_before_those_of_its_kind() -> None:
    kind = texts_of_kind(DESCRIBED, "mine", FALLBACK)
    assert kind.label("name")["zh"] == "姓名"
    assert texts_of_act(DESCRIBED, "mine", "two", kind).label("name")["zh"] == "名称"


def test_the_vocabulary_comes_before_other_kinds_and_these_before_the_bare_name() -> None:
    kind = texts_of_kind(DESCRIBED, "mine", FALLBACK)
    assert kind.label("seed") == VOCABULARY["fields"]["seed"]
    assert kind.label("depth")["en"] == "Depth"
    assert kind.label("other")["zh"] == "乙"
    assert kind.label("no_such_field") == {"zh": "no such field", "en": "no such field"}


def test_a_code_is_explained_by_its_field_or_by_the_only_field_that_has_it() -> None:
    kind = texts_of_kind(DESCRIBED, "mine", FALLBACK)
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
    case = texts_of_kind({"case": KINDS["investigation"]["case"]}, "case", FALLBACK)
    assert (case.unit("cost"), case.unit("rate"), case.unit("note")) == ("fen", "bp", "")
