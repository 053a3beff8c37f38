"""Publishing: the relay emptying an outbox beside raw py-amqp with pipelined confirms, to the same exchange and queues."""

from __future__ import annotations

import importlib
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import coinstage
from sqlalchemy import insert

from tests.bench.table import ratio, row

FACTS = 5000
WINDOW = 100
ROUNDS = 3


def measure(url: str, folder: Path, scale: float) -> None:
    """Print facts a second for both, the median of three rounds in turn, and their ratio."""
    count = max(500, int(FACTS * scale))
    mint = coinstage.Sample("mint", folder / "relay", url)
    raw, ours = [], []
    for _ in range(ROUNDS):
        raw.append(count / float(_output(["-m", "tests.bench.raw", "publish", url, str(count), str(WINDOW)], mint)))
        fill(mint, count)
        ours.append(count / float(_output(["-m", "tests.bench.relaying"], mint)))
        with coinstage.channel_of(url) as channel:
            channel.queue_purge("purse.events")
    row("", "facts/s")
    row(f"raw py-amqp, confirms × {WINDOW}", f"{statistics.median(raw):.0f}")
    row("relay, outbox on SQLite", f"{statistics.median(ours):.0f}")
    share = statistics.median(ours) / statistics.median(raw)
    ratio("relay / raw", share, "≥ 0.6", share >= 0.6)


def fill(mint: coinstage.Sample, count: int) -> None:
    """Put facts of as many coins into the outbox."""
    from chassis.core.config import load
    from chassis.core.storage import tables
    from chassis.core.storage.database import Database

    importlib.import_module("mint")
    database = Database(load("mint", mint.environment).database_url)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        body = coinstage.event(f"coin_{number}", 1, "coin-struck").decode()
        row_ = {"subject": f"coin_{number}", "sequence": 1, "routing_key": "mint.coin.coin-struck", "body": body}
        rows.append({**row_, "slot": 0, "message_id": f"event_{number}", "type": "mint.coin-struck.v1"})
    with database.writing() as connection:
        connection.execute(insert(tables.outbox), rows)
    database.close()


def _output(arguments: list[str], mint: coinstage.Sample) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=mint.environment, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip().splitlines()[-1]
