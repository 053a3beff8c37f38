"""Values whose stored form has changed since the release: what a released row has to be in the upgraded database."""

import base64
import hashlib
from datetime import datetime
from typing import Any

Json = dict[str, Any]
DIGESTS = {"roots": "head_hash", "journal": "hash", "sealed": "digest", "drafts": "digest", "commands": "digest"}
"""The column with a digest, by table: 64 hexadecimal digits in the release, their 32 bytes now."""
REPLACED = {
    "experts": {"counters"},
    "intake": {"number_series", "block_keys", "decided_links", "lead_features"},
    "notify": {"number_series"},
}
"""The tables whose rows stand elsewhere or in another way now, by service: number series in `series` (test_services.py), what
grouping works on in tables of another shape (test_grouping.py)."""


def as_now_stored(table: str, row: Json) -> Json:
    """Return a released row of a table as it is stored now, bytes written as a fixture has them."""
    now = dict(row)
    if table in DIGESTS:
        now[DIGESTS[table]] = _written(bytes.fromhex(row[DIGESTS[table]]))
    if table == "commands":
        now["key"] = _written(hashlib.sha256(f"command:{now.pop('id')}".encode()).digest()[:16])
        now["at"] = int(datetime.fromisoformat(row["at"]).timestamp())
    return now


def _written(value: bytes) -> Json:
    return {"base64": base64.b64encode(value).decode()}
