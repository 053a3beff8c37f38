"""Files: limited in size, of a kind that their bytes show, read only through a root that holds them."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask.testing import FlaskClient
from gateway_stub import CASE, PHOTO
from werkzeug.test import TestResponse

PNG = b"\x89PNG\r\n\x1a\nphoto"


def office(*names: str) -> bytes:
    """A zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def send(http: FlaskClient, content: bytes, name: str = "照片.png", **more: str) -> TestResponse:
    """Upload one file as the public does."""
    return http.post(
        "/api/v1/files", data={"file": (io.BytesIO(content), name), **more}, content_type="multipart/form-data"
    )


def test_a_file_is_kept_by_its_hash(http: FlaskClient) -> None:
    answer = send(http, PNG)
    assert answer.status_code == 201
    assert answer.json == {"hash": PHOTO, "name": "照片.png", "size": len(PNG), "media_type": "image/png"}
    assert send(http, PNG, "again.png").json["hash"] == PHOTO


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b'\xef\xbb\xbf[{"a": 1}]', "application/json"),
        (b"<?xml version='1.0'?><alerts/>", "application/xml"),
        ("日期,产品\n".encode(), "text/plain"),
    ],
)
def test_the_media_type_is_what_the_bytes_show(http: FlaskClient, content: bytes, media_type: str) -> None:
    assert send(http, content, "x.exe").json["media_type"] == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"<html><script>alert(1)</script>",
        b"<?xml version='1.0'?><svg xmlns='x'/>",
        b"hello <script>",
        b"PK\x03\x04broken",
        office("a.txt"),
        office("word/document.xml", "word/vbaProject.bin"),
        "日期".encode("gb18030"),
        b"a\x00b",
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_on_the_list_is_refused(http: FlaskClient, content: bytes) -> None:
    answer = send(http, content)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")
    assert "file" in answer.json["errors"]


def test_a_file_over_the_limit_is_refused(http: FlaskClient) -> None:
    assert send(http, PNG + b"x" * (2000 - len(PNG))).status_code == 201
    answer = send(http, PNG + b"x" * (2001 - len(PNG)))
    assert (answer.status_code, answer.json["code"]) == (413, "too-large")
    assert answer.json["facts"]["limit"] == 2000
    assert send(http, b"x" * 200_000).status_code == 413


def test_an_empty_file_a_second_file_and_unknown_fields_are_refused(http: FlaskClient) -> None:
    assert send(http, b"").json["errors"].keys() == {"file"}
    assert send(http, PNG, kind="photo").json["errors"].keys() == {"kind"}
    assert http.post("/api/v1/files", data={}, content_type="multipart/form-data; boundary=x").json[
        "errors"
    ].keys() == {"file"}
    two = {"file": [(io.BytesIO(PNG), "a.png"), (io.BytesIO(PNG), "b.png")]}
    assert http.post("/api/v1/files", data=two, content_type="multipart/form-data").status_code == 422


def test_a_long_name_keeps_its_suffix(http: FlaskClient) -> None:
    name = send(http, PNG, "长" * 300 + ".png").json["name"]
    assert len(name) == 200
    assert name.endswith(".png")


def test_a_file_is_read_only_through_a_root_that_holds_it_for_this_caller(
    http: FlaskClient, handler: dict[str, str]
) -> None:
    send(http, PNG)
    answer = http.get(f"/api/v1/case/{CASE}/files/{PHOTO}", headers={**handler, "Accept": "image/*"})
    assert answer.status_code == 200
    assert answer.data == PNG
    assert http.get(f"/api/v1/case/{CASE}/files/{PHOTO}").status_code == 404
    assert http.get(f"/api/v1/case/{CASE}/files/{'0' * 64}", headers=handler).status_code == 404


def test_a_file_is_served_as_what_its_bytes_are(http: FlaskClient, handler: dict[str, str]) -> None:
    send(http, PNG)
    answer = http.get(f"/api/v1/case/{CASE}/files/{PHOTO}", headers=handler)
    assert answer.mimetype == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
