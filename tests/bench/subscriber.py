"""Receiving: the sample service `purse` beside a bare nameko consumer with the same transaction, on the same queue."""

from __future__ import annotations

import statistics
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import coinstage
from sqlalchemy import func, select

from chassis.core.config import load
from chassis.core.ids import new_id
from chassis.core.storage import tables
from chassis.core.storage.database import Database
from tests.bench.table import ratio, row

FACTS = 1500
ROUNDS = 3


def measure(url: str, folder: Path, scale: float) -> None:
    """Print facts a second for both, the median of three rounds in turn, and their ratio."""
    count = max(200, int(FACTS * scale))
    bare, ours = [], []
    for turn in range(ROUNDS):
        raw = coinstage.Sample("purse", folder / f"bare-{turn}", url)
        bare.append(_rate(raw, [sys.executable, "-m", "tests.bench.raw", "consume", url], url, count))
        purse = coinstage.Sample("purse", folder / f"ours-{turn}", url)
        ours.append(_rate(purse, [sys.executable, "-m", "purse", "run"], url, count))
    row("", "facts/s")
    row("bare nameko consumer, a fact a transaction", f"{statistics.median(bare):.0f}")
    row("chassis subscriber, what is ready together", f"{statistics.median(ours):.0f}")
    share = statistics.median(ours) / statistics.median(bare)
    ratio("subscriber / bare", share, "≥ 1.0", share >= 1.0)


def _rate(sample: coinstage.Sample, command: list[str], url: str, count: int) -> float:
    """Fill the queue, start the consumer, wait until all is received; facts a second by the times in the inbox."""
    # kombu hands this content type through as bytes: the bare consumer decodes no JSON twice
    facts = [coinstage.event(new_id("coin"), 1, "coin-struck") for _ in range(count)]
    coinstage.tell(url, *facts, content_type="application/data")
    database = Database(load("purse", sample.environment).database_url)
    with sample.log.open("ab") as log:
        process = subprocess.Popen(command, env=sample.environment, stdout=log, stderr=log)
    try:
        coinstage.eventually(lambda: _received(database) >= count, 120.0, "everything is received")
    finally:
        process.terminate()
        process.wait()
    with database.reading() as connection:
        box = tables.inbox
        first, last = connection.execute(select(func.min(box.c.at), func.max(box.c.at))).one()
    database.close()
    return count / (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()


def _received(database: Database) -> int:
    with database.reading() as connection:
        count: int = connection.execute(select(func.count()).select_from(tables.inbox)).scalar_one()
    return count
