"""What the service describes of itself."""

from chassis.core.contracts.schema import json_schema
from notify.app import application
from notify.rendering.forms import table


def test_every_act_and_fact_has_a_json_schema() -> None:
    for mark in (function.mark for function in application.definitions.functions.values()):
        assert json_schema(mark.schema)["type"] == "object"
    for schema in application.definitions.facts.values():
        assert json_schema(type(schema))["properties"]


def test_what_people_fill_in_has_labels_in_both_languages() -> None:
    people = {
        (kind.name, act.name): application.definitions.functions[(kind.name, act.name)].mark.schema
        for kind in application.rulebook.kinds.values()
        for act in kind.acts.values()
        if act.by and act.by != ("system",)
    }
    unlabelled = [
        (*act, name)
        for act, schema in people.items()
        for name, field in schema().fields.items()
        if not (field.metadata.get("title") and field.metadata.get("x-en"))
    ]
    assert unlabelled == []


def test_the_clauses_carried_are_those_of_this_issue() -> None:
    assert application.rulebook.carried() == {"4(7)", "16(3)", "23"}


def test_every_form_cites_a_clause_and_says_that_it_is_not_verified() -> None:
    assert all(form.clause and not form.verified for form in table().values())
