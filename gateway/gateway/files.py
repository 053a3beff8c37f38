"""Uploaded files: limited in size, of a media type that their bytes show, stored by their SHA-256."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import IO, Any

from chassis.core.errors import Refusal
from chassis.core.files import Files
from gateway.problems import Rejection

NAME_LENGTH = 200
SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/webp")  # a browser may show these itself
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<head", b"<body", b"<?php")
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f")  # bytes that no text holds
ALLOWED = (*SHOWN, "video/mp4", *OFFICE.values(), "application/json", "application/xml", "text/plain")


def keep(files: Files, stream: IO[bytes], name: str, limit: int) -> dict[str, Any]:
    """Keep an uploaded file; returns `{hash, name, size, media_type}`.

    Refusals: too-large (over `limit` bytes), invalid (empty). Rejection unsupported-media-type.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise Refusal("too-large", errors={"file": [f"超过 {limit} 字节 / over {limit} bytes"]}, limit=limit)
    if not content:
        raise Refusal("invalid", errors={"file": ["文件为空 / the file is empty"]})
    return files.put(content, _plain(name), sniff(content))


def sniff(content: bytes) -> str:
    """The media type that the bytes themselves show; Rejection unsupported-media-type when it is not one of ALLOWED."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return _text(content)


def _office(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except zipfile.BadZipFile:
        raise _unknown() from None
    for part, media_type in OFFICE.items():
        if part in names and "word/vbaProject.bin" not in names and "xl/vbaProject.bin" not in names:
            return media_type
    raise _unknown()


def _text(content: bytes) -> str:
    """Plain text, JSON or XML in UTF-8, and nothing that a browser would run."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unknown() from None
    lowered = content.lower()
    if CONTROL.intersection(content) or any(mark in lowered for mark in MARKUP):
        raise _unknown()
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5]
    if start.startswith(b"<?xml"):
        return "application/xml"
    return "application/json" if start[:1] in (b"{", b"[") else "text/plain"


def _unknown() -> Rejection:
    return Rejection(
        "unsupported-media-type",
        errors={"file": ["文件类型不被接受 / this kind of file is not taken"]},
        allowed=list(ALLOWED),
    )


def _plain(name: str) -> str:
    """A file name without folders and control characters, not longer than a message may carry."""
    plain = "".join(letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable()).strip()
    if len(plain) > NAME_LENGTH:
        suffix = PurePath(plain).suffix[:20]
        plain = plain[: NAME_LENGTH - len(suffix)] + suffix
    return plain or "file"


def file_in(view: Any, hash: str) -> dict[str, Any] | None:
    """The file of this hash in what an actor may see of a root (its view, at any depth), or None."""
    if isinstance(view, dict):
        if view.get("hash") == hash and "media_type" in view:
            return view
        view = list(view.values())
    if isinstance(view, list):
        for item in view:
            file = file_in(item, hash)
            if file is not None:
                return file
    return None
