"""Foreign alerts in the Safety Gate form: what each says as a lead of ours, with the Chinese terms beside the foreign ones."""

import json
from collections.abc import Mapping
from typing import Any

from intake.domain.vocabulary import Vocabulary, all_named, category_of, hazards_of, other_regime

SHORT, LONG = 200, 5000


def read_rows(rows: str) -> tuple[list[Any], list[str]]:
    """Read one JSON object a line; returns the objects and, per line that is none, what is wrong with it."""
    objects, faults = [], []
    for number, row in enumerate(rows.splitlines(), 1):
        if not row.strip():
            continue
        try:
            objects.append(json.loads(row))
        except (ValueError, RecursionError):
            faults.append(f"第{number}行不是JSON对象 / line {number} is no JSON object")
    return objects, faults


def _join(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)


def as_lead(
    alert: Mapping[str, Any],
    categories: Vocabulary,
    hazards: Vocabulary,
    regimes: Vocabulary,
    countries: Mapping[str, str],
) -> dict[str, Any]:
    """Return the data of the act that opens a lead from an alert.

    `scope` is `other_regime` where another law seems to govern the product (article 2): marked, not dropped.
    """
    name = str(alert["product_name"])
    category = category_of(alert.get("product_category"), name, categories)
    about = _join(alert.get("product_description"), alert.get("risk_description"))
    kinds = hazards_of(all_named(alert.get("risk_type"), hazards), about, hazards)
    regime = other_regime(category, f"{name} {alert.get('product_category') or ''}", regimes)
    lead = {
        "product": name[:SHORT],
        "brand": (alert.get("brand") or "")[:100],
        "model": (alert.get("model") or "")[:100],
        "category": category,
        "gtin": (alert.get("barcode") or "")[:60],
        "batches": [alert["batch_number"][:100]] if alert.get("batch_number") else [],
        "hazards": kinds[:8],
        "hazard": "、".join(hazards[code]["zh"] for code in kinds) or (alert.get("risk_type") or "")[:500],
        "description": about[:LONG],
        "scope": "other_regime" if regime else "consumer_product",
        "regime": regime,
        "alert": {key: value for key, value in alert.items() if value not in (None, "")}
        | {"country_zh": countries.get(alert.get("country_of_origin") or "", alert.get("country_of_origin") or "不详")}
        | {"category_zh": categories[category]["zh"]},
    }
    return {key: value for key, value in lead.items() if value not in ("", [], None)}
