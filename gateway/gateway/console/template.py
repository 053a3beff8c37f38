"""What every template may use beside its own context: texts, the person, the form token, names of things."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from chassis.core.dates.times import today
from gateway import csrf, operations
from gateway.console import localisation
from gateway.console.display_names import act_name, field_texts, name_of, part_name, root_kind, root_label
from gateway.console.service_calls import act_row, kinds, known_kind
from gateway.console.session import acting_choices, visitor
from gateway.wiring import gateway

PARTY_OFFICES = ("producer", "operator")  # offices whose people see the portal's menu


def provide() -> dict[str, Any]:
    """The names that templates use beside their own."""
    who = visitor()
    return {
        "me": who,
        "my_organisations": acting_choices,
        "portal": bool(who and set(who.offices) & set(PARTY_OFFICES)),
        "lang": localisation.language(),
        "say": localisation.localised,
        "beside": localisation.other_language,
        "said": localisation.localised_half,
        "moment": localisation.format_moment,
        "day": localisation.format_date,
        "weekday": localisation.format_weekday,
        "size": localisation.format_size,
        "yuan": localisation.format_yuan,
        "urgency": localisation.urgency,
        "time_left": localisation.time_left,
        "csrf_token": csrf.token,
        "name_of": name_of,
        "root_kind": root_kind,
        "lexicon": field_texts,
        "act_row": act_row,
        "act_name": act_name,
        "part_name": part_name,
        "known_kind": known_kind,
        "is_id": lambda text: operations.IDENTIFIER.fullmatch(text) is not None,
        "root_label": root_label,
        "all_kinds": kinds,
        "today": lambda: today(gateway().clock.now()).isoformat(),
        "here": request.full_path.rstrip("?"),
        "asset": asset,
    }


def asset(file: str) -> str:
    """The address of a file of our own."""
    return url_for("static", filename=file)
