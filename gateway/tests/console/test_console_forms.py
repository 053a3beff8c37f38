"""Forms from JSON Schemas: every type is drawn, and what was written is read back as the JSON it means."""

from __future__ import annotations

import io
from typing import Any

import pytest
from console_schemas import REPORT, VISIT_RECORD
from werkzeug.datastructures import FileStorage, MultiDict

from gateway.console import forms

KEPT = {"hash": "a" * 64, "name": "笔录.pdf", "size": 9, "media_type": "application/pdf"}


def field(name: str, data: dict[str, Any] | None = None, **more: Any) -> forms.Field:
    return next(one for one in forms.fields_of(VISIT_RECORD, data, **more) if one.path == name)


def read(*pairs: tuple[str, str], files: Any = None) -> dict[str, Any]:
    return forms.read(VISIT_RECORD, MultiDict(pairs), files or MultiDict(), lambda upload: KEPT)


def test_every_type_of_schema_has_its_kind_of_field() -> None:
    kinds = {field.path: field.kind for field in forms.fields_of(VISIT_RECORD)}
    assert kinds == {
        "visited_on": "date",
        "began_at": "datetime",
        "officers": "rows",
        "evidence_shown": "boolean",
        "place": "object",
        "samples": "integer",
        "concentration": "number",
        "cost": "money",
        "measures": "choices",
        "keywords": "rows",
        "result": "choice",
        "laboratory": "text",
        "record": "file",
        "related": "text",
        "note": "long",
    }


def test_a_nullable_date_and_a_list_of_files_are_seen_through() -> None:
    fields = {field.path: field for field in forms.fields_of(REPORT)}
    assert fields["bought_on"].kind == "date" and fields["bought_on"].past
    assert fields["photos"].rows[0].kind == "file"
    assert fields["contact"].mark == "personal"


def test_the_choices_of_the_moment_replace_free_text() -> None:
    laboratory = field(
        "laboratory", choices={"laboratory": [{"value": "lab-1", "zh": "示例检测一所", "en": "Laboratory 1"}]}
    )
    assert (laboratory.kind, laboratory.options) == ("choice", [forms.Choice("lab-1", "示例检测一所", "Laboratory 1")])


def test_a_list_shows_at_least_its_least_number_of_rows_and_an_empty_one_to_copy() -> None:
    officers = field("officers")
    assert [row.path for row in officers.rows] == ["officers.0", "officers.1"]
    assert officers.blank is not None and officers.blank.children[0].path == "officers.__.name"


def test_the_browser_insists_on_what_is_required_but_not_inside_rows_that_may_stay_empty() -> None:
    officers = field("officers")
    assert officers.rows[0].children[0].required and not officers.rows[0].children[0].enforced
    assert field("visited_on").enforced


def test_what_was_written_becomes_the_json_it_means() -> None:
    data = read(
        ("visited_on", "2026-06-11"),
        ("began_at", "2026-06-11T09:30"),
        ("officers.0.name", "甲"),
        ("officers.0.certificate", "1"),
        ("officers.0.shown", "true"),
        ("officers.2.name", " 乙 "),
        ("officers.2.shown", "false"),
        ("evidence_shown", "false"),
        ("place.name", "车间"),
        ("samples", "3"),
        ("concentration", "3.9"),
        ("cost", "1280.05"),
        ("measures", "copy"),
        ("measures", "seal"),
        ("keywords.0", "甲醛"),
        ("keywords.1", ""),
        ("note", ""),
    )
    assert data == {
        "visited_on": "2026-06-11",
        "began_at": "2026-06-11T09:30:00+08:00",
        "officers": [{"name": "甲", "certificate": "1", "shown": True}, {"name": "乙", "shown": False}],
        "evidence_shown": False,
        "place": {"name": "车间"},
        "samples": 3,
        "concentration": 3.9,
        "cost": 128005,
        "measures": ["copy", "seal"],
        "keywords": ["甲醛"],
    }


def test_what_does_not_fit_its_type_stays_as_it_was_written() -> None:
    assert read(("samples", "三"), ("concentration", "nan"), ("cost", "1.005"), ("evidence_shown", "maybe")) == {
        "samples": "三",
        "concentration": "nan",
        "cost": "1.005",
        "evidence_shown": "maybe",
    }


def test_an_upload_is_kept_and_its_reference_survives_the_next_rendering() -> None:
    files = MultiDict({"record": FileStorage(io.BytesIO(b"x"), "笔录.pdf")})
    assert read(files=files)["record"] == KEPT
    again = [(f"record::{part}", str(value)) for part, value in KEPT.items()]
    assert read(*again)["record"] == KEPT
    assert "record" not in read(("record::hash", ""))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'[{"name": "x"}]', [{"name": "x"}]),
        (b'{"alerts": [{"name": "x"}]}', [{"name": "x"}]),
        (b"not json", "not json"),
    ],
)
def test_rows_may_come_from_a_file(content: bytes, rows: Any) -> None:
    files = MultiDict({"officers::rows": FileStorage(io.BytesIO(content), "rows.json")})
    assert read(("officers.0.name", "overridden"), files=files)["officers"] == rows


def test_rows_from_a_file_are_offered_where_a_row_is_wide() -> None:
    columns = {name: {"type": "string"} for name in "abcdefgh"}
    wide = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": {"type": "object", "properties": columns}}},
    }
    assert forms.fields_of(wide)[0].from_file and not field("officers").from_file


def test_an_error_stands_at_its_field_and_one_without_a_field_stands_above() -> None:
    errors = {"officers.1.certificate": ["必填 / required"], "officers": ["少于两人"], "nowhere": ["x"]}
    fields = forms.fields_of(VISIT_RECORD, {"officers": [{"name": "甲"}, {"name": "乙"}]}, errors)
    officers = next(field for field in fields if field.path == "officers")
    assert officers.errors == ["少于两人"] and officers.rows[1].children[1].errors == ["必填 / required"]
    assert forms.loose_errors(fields, errors) == {"nowhere": ["x"]}
