"""The released snapshot of what the services and the gateway promise, in contracts/."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ops.generate import descriptions
from ops.generate.files import GeneratedFiles
from ops.layout import GATEWAY, ROOT, Layout

CONTRACTS = ROOT / "contracts"
KEPT = {"README.md"}


def write(check: bool = False) -> int:
    """Bring contracts/ up to date; with `check` only compare. Returns the exit code: 1 where a check met a difference."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-contracts-") as scratch:
        generated = Path(scratch)
        generate(generated)
        return release(generated, CONTRACTS, check)


def generate(folder: Path) -> dict[str, dict[str, Any]]:
    """Have services and gateway write their contracts into the folder; returns the services' descriptions by name."""
    with descriptions.scratch_layout() as layout:
        described = descriptions.of_services(layout)
        _asyncapi(layout, folder)
        _openapi(layout, described, folder / "openapi.json")
    return described


def release(generated: Path, folder: Path, check: bool) -> int:
    """Bring the snapshot in `folder` to what was generated, or with `check` print what differs; returns the exit code."""
    files = GeneratedFiles(check)
    paths = sorted(path.relative_to(generated) for path in generated.rglob("*") if path.is_file())
    for path in paths:
        files.put(folder / path, (generated / path).read_text(encoding="utf-8"))
    files.remove_others(folder, {str(path) for path in paths} | KEPT)
    return files.report("make contracts")


def _asyncapi(layout: Layout, folder: Path) -> None:
    """AsyncAPI and JSON Schemas, written by each service."""
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(lambda service: descriptions.output_of(layout, service, "contracts", str(folder)), layout.services)
        )


def _openapi(layout: Layout, described: dict[str, dict[str, Any]], out: Path) -> None:
    """The gateway's OpenAPI: its own paths and every act that the services describe."""
    with tempfile.TemporaryDirectory(prefix="zhaohui-descriptions-") as folder:
        for service, description in described.items():
            (Path(folder) / f"{service}.json").write_text(json.dumps(description), encoding="utf-8")
        descriptions.output_of(layout, GATEWAY, "openapi", "--descriptions", folder, "--out", str(out))
