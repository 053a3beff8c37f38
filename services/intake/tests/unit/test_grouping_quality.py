"""How well grouping finds repeats whose answer is known: hide the number, group, compare. Prints precision and recall.

The files come merged: a CPSC recall has one row for all its listings, a Safety Gate alert one row. So the repeats are
made from what was merged: each description of a CPSC recall is a report of its own, with the maker named (as a listing
has it) or not (as a consumer reports it); each alert is repeated in fewer words. Several numbers on one brand,
product and hazard are one signal to us and count as wrong here, so precision is better than it looks.
"""

import json
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from intake.data import load
from intake.domain.alerts import as_lead
from intake.domain.grouping import Report, features_of, group
from intake.domain.vocabulary import folded, named

DATA = Path(__file__).parents[5] / "shared" / "data"
HAZARDS = load("hazards")
EVERY = 6  # one CPSC recall in six is enough for a test


def rows(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the data is not here: ../shared/data/{name}")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def quality(groups, truth):
    """Return precision and recall over pairs, in whole percent."""

    def pairs(counts):
        return sum(count * (count - 1) // 2 for count in counts)

    together = pairs(len(members) for members in groups)
    right = sum(pairs(Counter(truth[one] for one in members).values()) for members in groups)
    expected = pairs(Counter(truth.values()).values())
    return 100 * right // together, 100 * right // expected


def listings(maker_named):
    reports, truth = [], {}
    for recall in rows("cpsc/cpsc_recalls_unique.jsonl")[::EVERY]:
        hazards = sorted({named(hazard, HAZARDS) or folded(hazard) for hazard in recall["hazards"] or []})
        types = recall["product_types"] or ["other"]
        for number, description in enumerate(recall["descriptions"] or []):
            makers = [
                maker
                for maker in recall["manufacturers"] or []
                if maker_named or folded(maker).split(" ")[0] in folded(description)
            ]
            about = {
                "name": description,
                "category": folded(types[min(number, len(types) - 1)]),
                "brand": ",".join(makers),
            }
            reports.append(Report.of(f"report_{len(reports):05d}", features_of(about, {}, hazards, "")))
            truth[reports[-1].id] = recall["recall_number"]
    return reports, truth


@pytest.mark.parametrize(("maker_named", "least"), [(True, (75, 80)), (False, (75, 20))])
def test_repeats_of_cpsc_recalls_are_found(maker_named, least, capsys):
    reports, truth = listings(maker_named)
    precision, recall = quality(group(reports), truth)
    with capsys.disabled():
        maker = "named" if maker_named else "left out"
        print(
            f"\nCPSC, maker {maker}: {len(reports)} reports of {len(set(truth.values()))} recalls: precision {precision} %, recall {recall} %"
        )
    assert precision >= least[0] and recall >= least[1]


def test_an_alert_repeated_in_fewer_words_is_found(capsys):
    categories, regimes, countries = load("categories"), load("regimes"), load("countries")
    alerts = [
        alert for alert in rows("safety_gate/rapex_alerts.jsonl") if alert["product_category"] != "Motor vehicles"
    ]
    reports, truth = [], {}
    for alert, again in product(alerts, (False, True)):
        lead = as_lead(alert, categories, HAZARDS, regimes, countries)
        about = {"name": lead["product"], "brand": lead.get("brand", "").lower(), "category": lead["category"]}
        text = "" if again else lead.get("description", "")
        if not again:
            about |= {"model": lead.get("model"), "gtin": lead.get("gtin")}
        reports.append(Report.of(f"report_{len(reports):05d}", features_of(about, {}, lead.get("hazards", []), text)))
        truth[reports[-1].id] = alert["alert_number"]
    precision, recall = quality(group(reports), truth)
    with capsys.disabled():
        print(
            f"\nSafety Gate, repeated: {len(reports)} reports of {len(alerts)} alerts: precision {precision} %, recall {recall} %"
        )
    assert precision >= 45 and recall >= 70
