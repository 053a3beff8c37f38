"""Alerts of foreign recalls in the Safety Gate form: from the shared data set where it exists, else the intake service's sample."""

from __future__ import annotations

import json
from typing import Any

from ops.layout import ROOT

DATA_SET = ROOT.parent / "shared" / "data" / "safety_gate" / "rapex_alerts.jsonl"


def sample(number: int) -> list[dict[str, Any]]:
    """That many alerts with different alert numbers, consumer products before vehicles."""
    samples = (ROOT / "services" / "intake" / "intake").rglob("*alerts*.jsonl")
    path = DATA_SET if DATA_SET.exists() else next(samples)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    alerts: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.get("product_category") == "Motor vehicles"):
        alerts.setdefault(row["alert_number"], row)
    return list(alerts.values())[:number]
