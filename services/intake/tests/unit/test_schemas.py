"""What people fill in has its words in both languages, and whatever is sent is answered or refused, never a crash."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import fields

from chassis.core import Refusal
from chassis.core.contracts.schema import load
from intake.app import application

BY_PEOPLE = [
    (kind, name, function.mark.schema)
    for (kind, name), function in application.definitions.functions.items()
    if any(not application.rulebook.actors[who].system for who in application.rulebook.act(kind, name).by)
]
TODAY = date(2026, 3, 24)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\x00", "\ud800", "2026-03-24", "1/2"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(("kind", "name", "schema"), BY_PEOPLE)
def test_every_field_that_people_fill_in_has_its_words_in_both_languages(kind, name, schema):
    def bare(schema, path=""):
        for field_name, field in schema().fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            if not {"title", "x-en"} <= set(field.metadata) and "x-root" not in inner.metadata:
                yield path + field_name
            if isinstance(inner, fields.Nested) and inner.metadata.get("x-widget") != "file":
                yield from bare(type(inner.schema), f"{path}{field_name}.")

    assert [path for path in bare(schema) if not path.startswith("alerts.")] == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_sent_is_valid_or_refused(data):
    _, _, schema = data.draw(st.sampled_from(BY_PEOPLE))
    names = [field.data_key or name for name, field in schema().fields.items()]
    sent = data.draw(st.dictionaries(st.sampled_from(names), anything))
    try:
        loaded = load(schema(), sent, TODAY)
    except Refusal as refused:
        assert refused.code == "invalid" and refused.errors
    else:
        assert set(loaded) <= set(schema().fields) | set(names)
