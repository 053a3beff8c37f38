"""Calls: our responder and one act of a service beside a bare nameko echo, all through the same client."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import coinstage

from chassis.client import RpcClient
from tests.bench.table import ratio, row

CALLS = 1500
ROUNDS = 5


def measure(url: str, folder: Path, scale: float) -> None:
    """Print p50, p99 and throughput for 1 and 10 callers, and the ratios to the bare echo."""
    client = RpcClient(url, "bench")
    mint = coinstage.Sample("mint", folder / "mint", url).start()
    purse = coinstage.Sample("purse", folder / "purse", url).start()
    bare = subprocess.Popen([sys.executable, "-m", "tests.bench.raw", "echo", url], env=mint.environment)
    try:
        for service in ("mint", "purse"):
            coinstage.eventually(lambda s=service: coinstage.serves(client, s), what="it serves")  # type: ignore[misc]
        coinstage.eventually(lambda: answers(client), what="the bare echo answers")
        with coinstage.channel_of(
            url
        ) as channel:  # the purse answers echoes here and does not receive the mint's facts
            channel.queue_unbind("purse.events", "zhaohui.events", "mint.coin.#")
        _measured(client, max(100, int(CALLS * scale)))
    finally:
        with coinstage.channel_of(url) as channel:
            channel.queue_bind("purse.events", "zhaohui.events", "mint.coin.#")
        bare.terminate()
        bare.wait()
        purse.stop()
        mint.stop()
        client.close()


def answers(client: RpcClient) -> bool:
    """Whether the bare echo answers."""
    try:
        return bool(client.call("bare", "echo", {"a": 1}, 2.0))
    except Exception:
        return False


def _measured(client: RpcClient, calls: int) -> None:
    def act() -> Any:
        request = {"command": str(uuid.uuid4()), "kind": "coin", "act": "strike", "data": {}}
        return client.call("mint", "perform", request, 10.0)

    calls_by_name: dict[str, Callable[[], Any]] = {
        "bare nameko echo": lambda: client.call("bare", "echo", {"a": 1}, 10.0),
        "chassis echo": lambda: client.call("purse", "echo", {"a": 1}, 10.0),
        "chassis act (journal, outbox, relay on)": act,
    }
    row("", "callers", "calls/s", "p50 ms", "p99 ms")
    medians: dict[tuple[str, int], tuple[float, float]] = {}
    for callers in (1, 10):
        rounds: dict[str, list[tuple[float, float, float]]] = {name: [] for name in calls_by_name}
        for _ in range(ROUNDS):  # in turn, so that other load on the machine affects all alike
            for name, call in calls_by_name.items():
                timed(call, calls // 20, callers)
                rounds[name].append(timed(call, calls // ROUNDS, callers))
        for name, measured in rounds.items():
            rate, p50, p99 = (statistics.median(figures) for figures in zip(*measured, strict=True))
            medians[name, callers] = rate, p50
            row(name, str(callers), f"{rate:.0f}", f"{p50:.2f}", f"{p99:.2f}")
    bare, echo, act_name = calls_by_name
    ratio(
        "echo p50, ours / bare, 1 caller",
        medians[echo, 1][1] / medians[bare, 1][1],
        "≤ 1.0",
        medians[echo, 1][1] <= medians[bare, 1][1],
    )
    slower = medians[act_name, 1][1] / medians[bare, 1][1]
    ratio("act p50 / bare echo p50, 1 caller", slower, "(aim is over HTTP)", slower <= 2.5)
    share = medians[act_name, 10][0] / medians[bare, 10][0]
    ratio("act calls/s / bare echo calls/s, 10", share, "(aim is over HTTP)", share >= 0.4)


def timed(call: Callable[[], Any], calls: int, callers: int) -> tuple[float, float, float]:
    """Calls a second, p50 and p99 in milliseconds."""
    waits: list[float] = []

    def ask() -> None:
        for _ in range(calls // callers):
            began = time.perf_counter()
            call()
            waits.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=ask) for _ in range(callers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    waits.sort()
    return len(waits) / seconds, waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
