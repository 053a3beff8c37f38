"""What the security tests use of the shared stack: its signing key, and calls to its services past the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis.client import RpcClient
from ops.layout import GATEWAY
from ops.runtime.stack import Stack


@pytest.fixture(scope="session")
def caller(stack: Stack) -> RpcClient:
    """Calls as the gateway makes them."""
    return RpcClient(stack.amqp_url(GATEWAY))


@pytest.fixture(scope="session")
def signing_key(stack: Stack) -> Iterator[Ed25519PrivateKey]:
    """The key with which the gateway signs actor tokens."""
    pem = (stack.layout.keys / "token-private.pem").read_bytes()
    yield cast(Ed25519PrivateKey, load_pem_private_key(pem, password=None))
