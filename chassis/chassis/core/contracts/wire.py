"""What a request may hold: JSON that every database keeps and every hash covers."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.core.errors import Refusal
from chassis.core.trust.seal import REFERENCE

LARGEST = 2**53 - 1
"""The largest whole number that JSON carries without loss (RFC 8785)."""

HALF = "不能有残缺字符或空字符 / half a character, or a NUL"
FRACTION = "应为整数，不能有小数 / a whole number is expected, not a fraction"
RESERVED = f"不能使用保留名称 {REFERENCE} / this name is reserved"
RANGE = "数字过大 / the number is too large"


def check_request(request: Mapping[str, Any]) -> None:
    """Refuse as invalid, with dotted paths, what cannot be recorded: fractions, huge numbers, broken text, and what poses as a sealed value.

    Paths under `data` begin there.
    """
    try:
        faults = dict(_faults(request, ""))
    except RecursionError:
        raise Refusal("invalid", errors={"": ["嵌套过深 / nested too deeply"]}) from None
    if faults:
        raise Refusal("invalid", errors={path.removeprefix("data."): [fault] for path, fault in faults.items()})


def _faults(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, float):
        yield path, FRACTION
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield path, RANGE
    elif isinstance(value, str) and broken(value):
        yield path, HALF
    elif isinstance(value, dict):
        for key, item in value.items():
            if broken(str(key)) or key == REFERENCE:
                yield path, RESERVED if key == REFERENCE else HALF
            else:
                yield from _faults(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from _faults(item, f"{path}.{place}" if path else str(place))


def broken(text: str) -> bool:
    """Tell whether a text holds a NUL or half a character, which no database keeps."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)
