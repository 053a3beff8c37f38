"""Alerts of foreign recalls in the Safety Gate form: from the shared data where it is there, else the sample of the intake service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "safety_gate" / "rapex_alerts.jsonl"


def alerts(number: int) -> list[dict[str, Any]]:
    """Return that many alerts with numbers of their own, consumer products before vehicles."""
    path = REAL if REAL.exists() else next((ROOT / "services" / "intake" / "intake").rglob("*alerts*.jsonl"))
    found: dict[str, dict[str, Any]] = {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in sorted(rows, key=lambda row: row.get("product_category") == "Motor vehicles"):
        found.setdefault(row["alert_number"], row)
    return list(found.values())[:number]
