"""Document numbers (文号): the bureau's code, the year in 〔〕, the number without padding, 号."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NoCode(Exception):
    """The service's settings hold no code for a bureau whose document needs a number: a fault of the deployment."""


def bureau_of(organisation: str) -> str:
    """The bureau of an organisation: a division's id is its bureau's id, a hyphen and a word."""
    return organisation.partition("-")[0]


def issuer_named(settings: Mapping[str, Any], organisation: str | None) -> Mapping[str, Any] | None:
    """The settings of an issuing bureau or institution (`name`, `code`, `kinds`), or None where it is none of ours."""
    issuer = settings.get("issuers", {}).get(bureau_of(organisation)) if organisation else None
    return issuer if isinstance(issuer, Mapping) else None


def code_for(settings: Mapping[str, Any], organisation: str, kind: str, word: str) -> str:
    """The code (机关代字) of a bureau's documents of one kind: the kind's own, or the bureau's with the form's word.

    Raises NoCode where the settings know nothing of the bureau.
    """
    issuer = issuer_named(settings, organisation)
    if issuer is None or not issuer.get("code"):
        raise NoCode(f"settings.issuers holds no code for {bureau_of(organisation)}, which issued a {kind}")
    return str(issuer.get("kinds", {}).get(kind) or f"{issuer['code']}{word}")


def written(code: str, year: int, value: int) -> str:
    """`辽市监消召`, 2026, 3 → `辽市监消召〔2026〕3号`."""
    if value < 1 or not 1949 <= year <= 9999:
        raise ValueError(f"no document number has year {year} and value {value}")
    return f"{code}〔{year}〕{value}号"


def faults(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with the configured codes: one without name or code, or two bureaus that share a code."""
    faults: list[str] = []
    seen: dict[str, str] = {}
    for organisation, issuer in settings.get("issuers", {}).items():
        faults += [f"issuers.{organisation}: no {key}" for key in ("name", "code") if not issuer.get(key)]
        for code in (issuer.get("code"), *issuer.get("kinds", {}).values()):
            if code and seen.setdefault(code, organisation) != organisation:
                faults.append(f"issuers.{organisation}: code {code} is already that of {seen[code]}")
    return faults
