"""What every page can say: the words, the person, the form token, the addresses of things."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from chassis.core.dates.times import today
from gateway import csrf, matters
from gateway.console import words
from gateway.console.asking import act_name, act_row, kinds, lexicon, looks_like_root, name, part_name, root_label
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
        "lang": words.language(),
        "say": words.say,
        "beside": words.beside,
        "said": words.said,
        "moment": words.moment,
        "day": words.day,
        "weekday": words.weekday,
        "size": words.size,
        "yuan": words.yuan,
        "urgency": words.urgency,
        "time_left": words.time_left,
        "csrf_token": csrf.token,
        "name_of": name,
        "root_kind": looks_like_root,
        "lexicon": lexicon,
        "act_row": act_row,
        "act_name": act_name,
        "part_name": part_name,
        "is_id": lambda text: matters.IDENTIFIER.fullmatch(text) is not None,
        "root_label": root_label,
        "all_kinds": kinds,
        "today": lambda: today(gateway().clock.now()).isoformat(),
        "here": request.full_path.rstrip("?"),
        "asset": asset,
    }


def asset(file: str) -> str:
    """The address of a file of our own."""
    return url_for("static", filename=file)
