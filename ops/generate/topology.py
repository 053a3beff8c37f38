"""The broker's definitions: users, rights, exchanges, queues and bindings, from what the services declare.

`definitions` is pure; the file it fills is loaded by the node when it boots (`load_definitions`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any, TypedDict

from chassis.host.topology import caller_rights, common, declarations, service_rights
from ops.faults import Fault
from ops.layout import GATEWAY

OPERATOR = "ops"
OPERATOR_RIGHTS = {"vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}

Row = dict[str, Any]


class ServiceTopology(TypedDict):
    """What `python -m <service> topology` prints: `listens` names kinds of root as `<service>.<kind>`."""

    service: str
    listens: list[str]


def password_hash(password: str, salt: bytes) -> str:
    """The hash as RabbitMQ stores it: base64 of a 4-byte salt and SHA-256 of salt and password
    (https://www.rabbitmq.com/docs/passwords#computing-password-hash)."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user_row(name: str, password: str, tags: tuple[str, ...] = ()) -> Row:
    """A user of the definitions file; the password itself is not in it."""
    return {
        "name": name,
        "password_hash": password_hash(password, secrets.token_bytes(4)),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
        "limits": {},
    }


def service_topology(
    service: str, python: str = sys.executable, environment: dict[str, str] | None = None
) -> ServiceTopology:
    """Ask a service on its command line what it listens to. Raises Fault when the answer is no JSON."""
    command = [python, "-m", service, "topology"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment or dict(os.environ), check=False)
    try:
        answer: ServiceTopology = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
        raise Fault(
            f"服务 {service} 没有说明它接收什么", f"{service} does not say what it listens to: {reason}"
        ) from None
    return answer


def definitions(services: list[ServiceTopology], passwords: dict[str, str]) -> dict[str, Any]:
    """The whole definitions file. `passwords` has one for each service, for the gateway and for the operator."""
    names = [service["service"] for service in services]
    shared = common()
    exchanges, queues, bindings = list(shared["exchanges"]), list(shared["queues"]), list(shared["bindings"])
    rights = {GATEWAY: caller_rights(GATEWAY, names)}
    for service in services:
        own = declarations(service["service"], service["listens"])
        exchanges += [row for row in own["exchanges"] if row not in exchanges]
        queues += [row for row in own["queues"] if row not in queues]
        bindings += [row for row in own["bindings"] if row not in bindings]
        rights[service["service"]] = service_rights(service["service"])
    return {
        "users": [user_row(name, passwords[name]) for name in rights]
        + [user_row(OPERATOR, passwords[OPERATOR], ("administrator",))],
        "vhosts": [{"name": "/"}],
        "permissions": [{"user": name, **permission} for name, (permission, _) in rights.items()]
        + [{"user": OPERATOR, **OPERATOR_RIGHTS}],
        "topic_permissions": [{"user": name, **row} for name, (_, topics) in rights.items() for row in topics],
        "exchanges": exchanges,
        "queues": queues,
        "bindings": bindings,
    }


def write(path: Path, services: list[ServiceTopology], passwords: dict[str, str]) -> Path:
    """Write the definitions file; it holds password hashes, so only its owner may read it."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(definitions(services, passwords), indent=1, ensure_ascii=False))
    return path
