"""The released snapshot of what the services and the gateway promise, in contracts/."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops import descriptions
from ops.drift import Drift
from ops.layout import GATEWAY, ROOT, Layout

CONTRACTS = ROOT / "contracts"
KEPT = {"README.md"}


def write(check: bool = False, folder: Path = CONTRACTS) -> int:
    """Have everybody write what they promise; with `check` exit code 1 when the snapshot differs."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-contracts-") as scratch:
        made = Path(scratch)
        with descriptions.bench() as layout:
            _services(layout, made)
            _openapi(layout, made)
        drift = Drift(check)
        paths = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
        for path in paths:
            drift.put(folder / path, (made / path).read_text(encoding="utf-8"))
        drift.only(folder, {str(path) for path in paths} | KEPT)
        return drift.told("make contracts")


def _services(layout: Layout, made: Path) -> None:
    """AsyncAPI and JSON Schemas, each service its own."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda service: descriptions.ask(layout, service, "contracts", str(made)), layout.services))


def _openapi(layout: Layout, made: Path) -> None:
    """The gateway's OpenAPI: its own paths and every act that the services describe."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-descriptions-") as folder:
        for service, description in descriptions.all_of(layout).items():
            (Path(folder) / f"{service}.json").write_text(json.dumps(description), encoding="utf-8")
        out = made / "openapi.json"
        descriptions.ask(layout, GATEWAY, "openapi", "--descriptions", folder, "--out", str(out))
