"""The Chinese fonts on this machine: where they are, and what they lack."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

PREFERRED = ("AR PL SungtiL GB", "Noto Serif CJK SC", "Noto Sans CJK SC")
"""The first that is there is the text's face; the others fill its gaps."""
LATIN = frozenset(range(0x20, 0x17F)) | frozenset(map(ord, "–—‘’“”…•·×%‰ \n\r\t"))
"""Set in the Latin face that typst carries itself."""
MISSING = "缺少中文字体 / no Chinese font: install fonts-arphic-gbsn00lp or fonts-noto-cjk"
GAP = "字体缺字：请安装 fonts-noto-cjk / the fonts lack characters: install fonts-noto-cjk"


class NoChineseFont(Exception):
    """No Chinese font is installed; the message names the packages that carry one."""


@dataclass(frozen=True)
class Face:
    """One installed font: its family and its file (with the index inside a collection)."""

    family: str
    path: str
    index: int


def faces() -> list[Face]:
    """The preferred Chinese faces that typst finds on this machine, best first; asked anew each time."""
    installed = {font.family: font for font in reversed(typst.Fonts(include_embedded_fonts=False).fonts()) if font.path}
    return [Face(name, str(installed[name].path), installed[name].index) for name in PREFERRED if name in installed]


def families() -> list[str]:
    """The families for typst, best first. Raises NoChineseFont."""
    available = faces()
    if not available:
        raise NoChineseFont(MISSING)
    return [face.family for face in available]


def check() -> str | None:
    """For the health endpoint: what is wrong, or None."""
    return None if faces() else MISSING


def unprintable(text: str) -> list[str]:
    """The characters of `text` that no installed Chinese face has (a rare character in a name, say), sorted."""
    lacking = {ord(char) for char in text} - LATIN
    for face in faces():
        lacking -= characters(face.path, face.index)
    return sorted(chr(code) for code in lacking)


@cache
def characters(path: str, index: int = 0) -> frozenset[int]:
    """The code points of a TrueType or OpenType file, from its character map (formats 4 and 12)."""
    data = Path(path).read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    for entry in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * entry)
        if tag == b"cmap":
            return frozenset(_mapped(data, offset))
    return frozenset()


def _mapped(data: bytes, cmap: int) -> Iterable[int]:
    for entry in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * entry)
        if platform not in (0, 3):
            continue
        table = cmap + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 4:
            yield from _format_4(data, table)
        elif form == 12:
            yield from _format_12(data, table)


def _format_4(data: bytes, table: int) -> Iterable[int]:
    segments = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends, starts = table + 14, table + 16 + 2 * segments
    deltas, ranges = starts + 2 * segments, starts + 4 * segments
    for segment in range(segments):
        end, start, delta, shift = (
            struct.unpack_from(">H", data, at + 2 * segment)[0] for at in (ends, starts, deltas, ranges)
        )
        for code in range(start, min(end, 0xFFFE) + 1):
            at = ranges + 2 * segment + shift + 2 * (code - start)
            glyph = (code + delta) & 0xFFFF if not shift else struct.unpack_from(">H", data, at)[0]
            if glyph:
                yield code


def _format_12(data: bytes, table: int) -> Iterable[int]:
    for group in range(struct.unpack_from(">I", data, table + 12)[0]):
        start, end, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
        yield from range(start, end + 1)
