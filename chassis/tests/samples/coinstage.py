"""What the tests of host and client stand on: a private broker, sample services as real processes."""

from __future__ import annotations

import atexit
import base64
import functools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import amqp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.broker import AmqpChannel, ConfirmedPublisher, connect
from chassis.client import Away, RpcClient, UnknownOutcome
from chassis.host.topology import declarations, events_queue
from ops.generate.topology import user_row
from ops.runtime.broker import FULL_RIGHTS, PrivateBroker

SAMPLES = Path(__file__).parent
REPOSITORY = SAMPLES.parents[2]
LISTENS = {"mint": [], "purse": ["mint.coin"]}
RETRY_MILLISECONDS = 50
DELIVERY_LIMIT = 2


def eventually(check: Callable[[], Any], seconds: float = 40.0, what: str = "the condition") -> Any:
    """Return the first truthy answer of `check`; fail when there is none in time."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds:g} s (last: {value!r})")
        pause.wait(0.05)


def definitions() -> dict[str, Any]:
    """The broker's definitions for the sample services, with quick retries and a low limit of crashes."""
    rows: dict[str, Any] = {"exchanges": [], "queues": [], "bindings": []}
    for service, listens in LISTENS.items():
        for what, declared in declarations(service, listens, RETRY_MILLISECONDS).items():
            rows[what] += [row for row in declared if row not in rows[what]]
    for queue in rows["queues"]:
        if queue["name"] in map(events_queue, LISTENS):
            queue["arguments"]["x-delivery-limit"] = DELIVERY_LIMIT
    return {
        "users": [user_row("guest", "guest", ("administrator",))],
        "vhosts": [{"name": "/"}],
        "permissions": [{"user": "guest", **FULL_RIGHTS}],
        **rows,
    }


def new_broker(folder: Path) -> PrivateBroker:
    """A broker with the samples' queues, not started."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "definitions.json"
    path.write_text(json.dumps(definitions()))
    return PrivateBroker(folder / "broker", users={"guest": "guest"}, definitions=path)


@functools.cache
def shared_broker() -> PrivateBroker:
    """The broker of the whole test run."""
    folder = Path(tempfile.mkdtemp(prefix="chassis-"))
    broker = new_broker(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(broker.stop)
    return broker.start()


class Keys:
    """The keys every service of a test shares."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.public, self.private, self.seal = folder / "gateway.pub", folder / "gateway.pem", folder / "seal"
        key, pem = Ed25519PrivateKey.generate(), serialization.Encoding.PEM
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.public.write_bytes(key.public_key().public_bytes(pem, form))
        kept = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self.private.write_bytes(key.private_bytes(pem, *kept))
        self.seal.write_bytes(base64.b64encode(secrets.token_bytes(32)))


class Sample:
    """A sample service: its environment, its commands, its process."""

    def __init__(self, package: str, folder: Path, url: str, database_url: str | None = None) -> None:
        self.package, self.folder, self.url = package, folder, url
        self.moods = folder / "moods"
        self.moods.mkdir(parents=True, exist_ok=True)
        keys = Keys(folder / "keys")
        path = os.pathsep.join(str(place) for place in (SAMPLES, REPOSITORY / "chassis", REPOSITORY))
        self.environment = {
            **os.environ,
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": database_url or f"sqlite:///{folder}/{package}.db",
            "AMQP_URL": url,
            "FILES_URL": f"file://{folder}/files",
            "TOKEN_PUBLIC_KEY": str(keys.public),
            "SEAL_KEY": str(keys.seal),
            "MOODS": str(self.moods),
        }
        self.log = folder / f"{package}.log"
        self.process: subprocess.Popen[bytes] | None = None
        done = self.command("migrate")
        assert done.returncode == 0, done.stderr

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the service to its end."""
        line = [sys.executable, "-m", self.package, *arguments]
        return subprocess.run(line, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def start(self, *arguments: str) -> Sample:
        """Start `run` (or another command) in a process of its own."""
        with self.log.open("ab") as log:
            line = [sys.executable, "-m", self.package, *(arguments or ("run",))]
            self.process = subprocess.Popen(line, env=self.environment, stdout=log, stderr=log)
        return self

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals, seconds: float = 20.0) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def stop(self) -> int:
        """Ask it to end and return the exit code; 0 when it was not running."""
        if self.process is None or self.process.poll() is not None:
            return 0
        return self.signal(signal.SIGTERM)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def said(self, words: str) -> bool:
        """Whether its log has these words."""
        return words in self.log.read_text(errors="replace")


def serves(client: RpcClient, service: str) -> bool:
    """Whether a service answers now."""
    try:
        client.call(service, "health", {}, 2.0)
    except (Away, UnknownOutcome):
        return False
    return True


def act(client: RpcClient, service: str, name: str, root: str | None = None, **data: Any) -> dict[str, Any]:
    """Perform one act of a sample service as the public."""
    version = client.call(service, "get", {"id": root}, 10.0)["version"] if root else None
    request = {"command": str(uuid.uuid4()), "kind": "coin", "act": name, "id": root, "expects": version, "data": data}
    outcome: dict[str, Any] = client.call(service, "perform", request, 10.0)
    return outcome


def strike(client: RpcClient, *marks: int, mood: str = "glad") -> str:
    """Strike a coin and mark it with these numbers; return its id."""
    coin: str = act(client, "mint", "strike")["root"]
    for number in marks:
        act(client, "mint", "mark", coin, number=number, mood=mood)
    return coin


def numbers(client: RpcClient, coin: str) -> list[int] | None:
    """The marks the purse has noted of a coin, in its order; None while it does not hold it."""
    from chassis.core.errors import Refusal

    try:
        marks: list[int] = client.call("purse", "get", {"id": coin}, 5.0)["body"]["numbers"]
    except (Refusal, Away, UnknownOutcome):
        return None
    return marks


@contextmanager
def channel_of(url: str) -> Iterator[AmqpChannel]:
    """A channel for the test's own look at the broker."""
    connection = connect(url, "test")
    try:
        yield connection.channel()
    finally:
        connection.close()


def event(coin: str, sequence: int, name: str, **data: Any) -> bytes:
    """A fact of the mint as it travels."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"event_{uuid.uuid4()}",
            "source": "/mint",
            "type": f"mint.{name}.v1",
            "subject": coin,
            "sequence": str(sequence),
            "dossier": "dossier_test",
            "data": {"coin": coin, **data},
        }
    ).encode()


def tell(url: str, *bodies: bytes, content_type: str = "application/cloudevents+json") -> None:
    """Publish facts as the mint would, confirmed: a quorum queue may lose what is in flight when a channel is closed."""
    taken: dict[str, str | None] = {}
    with channel_of(url) as channel:
        publisher = ConfirmedPublisher(channel, taken.__setitem__)
        for number, body in enumerate(bodies):
            message = amqp.Message(body, delivery_mode=2, content_type=content_type, message_id=str(number))
            publisher.send(message, "zhaohui.events", "mint.coin.test")
        while len(taken) < len(bodies):
            channel.connection.drain_events(timeout=30)
    assert set(taken.values()) <= {None}, taken
