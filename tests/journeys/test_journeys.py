"""The two sample journeys, played over HTTP by people with logins of their own, end as the law allows."""

from __future__ import annotations

import pytest

from tests.stack import Json, Played, health, sign_in, timeline

MUST_BE_IN_FURNITURE = {
    ("case", "open-case", "3(1)"),
    ("case", "notify-producer", "9(3)"),
    ("case", "submit-analysis", "10(1)"),
    ("case", "evaluate-analysis", "10(2)"),
    ("case", "file-objection", "14(1)"),
    ("case", "decide-objection", "14(3)"),
    ("recall", "file-plan", "16(1)"),
    ("recall", "require-re-recall", "17(4)"),
}


def roots(played: Played, dossier: str) -> dict[str, list[Json]]:
    """Kind → the roots of a matter, as the handler sees them."""
    person = sign_in(played.stack, "recall.handler")
    by_kind: dict[str, list[Json]] = {}
    for row in person.dossier(dossier)["roots"]:
        by_kind.setdefault(row["kind"], []).append(row)
    person.close()
    return by_kind


def test_the_furniture_case_goes_from_a_lead_to_a_closed_recall(played: Played) -> None:
    by_kind = roots(played, played.furniture)
    assert [row["state"] for row in by_kind["recall"]] == ["closed"]
    assert [row["state"] for row in by_kind["case"]] == ["closed"]
    missing = MUST_BE_IN_FURNITURE - set(timeline(played.stack, played.furniture))
    assert not missing


def test_the_recall_was_carried_out_in_two_rounds(played: Played) -> None:
    (recall,) = roots(played, played.furniture)["recall"]
    rounds = [part for part in recall["parts"] if part["kind"] == "round"]
    assert len(rounds) == 2
    assert timeline(played.stack, played.furniture)["recall", "evaluate-effect", "17(3)"] == 2


def test_a_voluntary_recall_ends_the_investigation(played: Played) -> None:
    acts = {(kind, act): clause for kind, act, clause in timeline(played.stack, played.voluntary)}
    assert acts["case", "declare-voluntary-recall"] == "13(b)"
    assert acts["case", "terminate-for-voluntary-recall"] == "13(b)"
    assert ("case", "notify-recall") not in acts
    assert [row["state"] for row in roots(played, played.voluntary)["recall"]] == ["closed"]


def test_every_act_of_the_journeys_names_its_clause(played: Played) -> None:
    for dossier in (played.furniture, played.voluntary):
        assert [key for key in timeline(played.stack, dossier) if key[2] in ("None", "")] == []


def test_every_act_has_a_line_in_the_printed_timeline(played: Played) -> None:
    printed = "\n".join(played.lines)
    for text in ("9(3)", "14(1)", "17(4)", "13(b)", "至2026-"):
        assert text in printed, text


@pytest.mark.parametrize("service", ["intake", "investigation", "recall", "experts", "notify"])
def test_every_journal_verifies_and_nothing_is_parked(played: Played, service: str) -> None:
    for dossier in (played.furniture, played.voluntary):
        assert played.stack.run(service, "verify", dossier).returncode == 0
    answer = health(played.stack, service)
    assert answer["ok"], answer
