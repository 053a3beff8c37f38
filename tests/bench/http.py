"""Over HTTP: one act (journal, clocks, outbox; the relay runs) beside a bare nameko echo behind the same gateway."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import urllib.request
import uuid
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import coinstage

from chassis.client import RpcClient
from ops.ports import free_ports
from tests.bench.rpc import ROUNDS, answers, timed
from tests.bench.table import ratio, row

CALLS = 1000
ACT, ECHO = "act over HTTP", "bare nameko echo over HTTP"
LOGIN = {"username": "recall.handler", "password": "Zhaohui-2026"}


def measure(url: str, folder: Path, scale: float) -> None:
    """Print p50, p99 and throughput for 1 and 10 callers, and the ratios to the echo."""
    mint = coinstage.Sample("mint", folder / "mint-http", url).start()
    (port,) = free_ports(1)
    environment = _environment(mint, folder, port)
    bare = subprocess.Popen([sys.executable, "-m", "tests.bench.raw", "echo", url], env=mint.environment)
    gateway = _gateway(environment, port)
    client = RpcClient(url, "bench-http")
    try:
        coinstage.eventually(lambda: coinstage.serves(client, "mint"), what="the mint serves")
        coinstage.eventually(lambda: answers(client), what="the bare echo answers")
        coinstage.eventually(lambda: _up(port), what="the gateway is up")
        _measured(port, max(100, int(CALLS * scale)))
    finally:
        client.close()
        for process in (gateway, bare):
            process.terminate()
            process.wait()
        mint.stop()


def _environment(mint: coinstage.Sample, folder: Path, port: int) -> dict[str, str]:
    secret = folder / "secret"
    secret.write_bytes(os.urandom(48).hex().encode())
    return {
        **mint.environment,
        "PYTHONPATH": os.pathsep.join([mint.environment["PYTHONPATH"], str(coinstage.REPOSITORY / "gateway")]),
        "DATABASE_URL": f"sqlite:///{folder / 'gateway.db'}",
        "TOKEN_PRIVATE_KEY": str(mint.folder / "keys" / "gateway.pem"),
        "SECRET_KEY": str(secret),
        "SERVICES": "mint",
        "PUBLIC_PER_MINUTE": "10000000",
        "LISTEN": f"127.0.0.1:{port}",
    }


def _gateway(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    for command in ("migrate", "sample"):
        arguments = [sys.executable, "-m", "gateway", command]
        subprocess.run(arguments, env=environment, check=True, capture_output=True, timeout=120)
    serve = [
        "gunicorn",
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "20",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    arguments = [sys.executable, "-m", *serve, "tests.bench.echo_gateway:application"]
    return subprocess.Popen(
        arguments, env=environment, cwd=coinstage.REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Caller:
    """One open connection for each thread, as a browser or a partner has it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._local = threading.local()
        self.headers = {"Content-Type": "application/json"}

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Post JSON; returns JSON. Raises AssertionError when refused."""
        if not hasattr(self._local, "connection"):
            self._local.connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._local.connection.request("POST", path, json.dumps(body), {**self.headers, **headers})
        answer = self._local.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return json.loads(content)


def _measured(port: int, calls: int) -> None:
    caller = Caller(port)
    token = caller.post("/api/v1/tokens", LOGIN)["token"]
    caller.headers["Authorization"] = f"Bearer {token}"
    calls_by_name: dict[str, Callable[[], Any]] = {
        ECHO: lambda: caller.post("/bench/echo", {"a": 1}),
        ACT: lambda: caller.post("/api/v1/coin/acts/strike", {}, **{"Idempotency-Key": str(uuid.uuid4())}),
    }
    row("", "callers", "calls/s", "p50 ms", "p99 ms")
    medians: dict[tuple[str, int], tuple[float, float]] = {}
    for callers in (1, 10):
        rounds: dict[str, list[tuple[float, float, float]]] = {name: [] for name in calls_by_name}
        for _ in range(ROUNDS):
            for name, call in calls_by_name.items():
                timed(call, calls // 20, callers)
                rounds[name].append(timed(call, calls // ROUNDS, callers))
        for name, measured in rounds.items():
            rate, p50, p99 = (statistics.median(figures) for figures in zip(*measured, strict=True))
            medians[name, callers] = rate, p50
            row(name, str(callers), f"{rate:.0f}", f"{p50:.2f}", f"{p99:.2f}")
    slower = medians[ACT, 1][1] / medians[ECHO, 1][1]
    ratio("act p50 / echo p50, 1 caller", slower, "≤ 2.5", slower <= 2.5)
    share = medians[ACT, 10][0] / medians[ECHO, 10][0]
    ratio("act calls/s / echo calls/s, 10 callers", share, "≥ 0.4", share >= 0.4)
