"""The released snapshot of what the services and the gateway promise, in contracts/."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ops.generate import descriptions
from ops.generate.files import Drift
from ops.layout import GATEWAY, ROOT, Layout

CONTRACTS = ROOT / "contracts"
KEPT = {"README.md"}


def write(check: bool = False) -> int:
    """Have everybody write what they promise; with `check` exit code 1 when the snapshot differs."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-contracts-") as scratch:
        made = Path(scratch)
        make(made)
        return release(made, CONTRACTS, check)


def make(folder: Path) -> dict[str, dict[str, Any]]:
    """Have everybody write into the folder; returns the services' descriptions, asked on the way."""
    with descriptions.bench() as layout:
        described = descriptions.all_of(layout)
        _services(layout, folder)
        _openapi(layout, described, folder / "openapi.json")
    return described


def release(made: Path, folder: Path, check: bool) -> int:
    """Bring the snapshot in `folder` to what was made, or with `check` tell what differs; returns the exit code."""
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


def _openapi(layout: Layout, described: dict[str, dict[str, Any]], out: Path) -> None:
    """The gateway's OpenAPI: its own paths and every act that the services describe."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-descriptions-") as folder:
        for service, description in described.items():
            (Path(folder) / f"{service}.json").write_text(json.dumps(description), encoding="utf-8")
        descriptions.ask(layout, GATEWAY, "openapi", "--descriptions", folder, "--out", str(out))
