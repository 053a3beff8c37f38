"""A service called past the gateway trusts nobody whose token the gateway did not sign within the last minute."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.client import RpcClient
from chassis.core.errors import Refusal
from chassis.core.storage.pruned import command_key
from chassis.core.trust.tokens import LIFETIME, Actor, issue
from ops.layout import SERVICES
from ops.runtime.stack import Stack
from tests import inspection

pytestmark = pytest.mark.slow
HANDLER = Actor(
    "person_recall_handler",
    "org_210000-recall",
    ("org_210000-recall", "org_210000"),
    "210000",
    ("recall",),
    ("handler",),
)
COMPLAINTS = Actor(
    "person_complaints_handler", "org_210000-12315", ("org_210000-12315", "org_210000"), "210000", ("complaints",)
)
Json = dict[str, Any]


def expired(key: Ed25519PrivateKey) -> str:
    return issue(HANDLER, key, lifetime=-1)


def signed_by_somebody_else(key: Ed25519PrivateKey) -> str:
    return issue(HANDLER, Ed25519PrivateKey.generate())


def not_signed_at_all(key: Ed25519PrivateKey) -> str:
    claims = HANDLER.to_dict() | {"iss": "gateway", "exp": int(time.time()) + LIFETIME}
    return jwt.encode(claims, "", algorithm="none")


def signed_with_the_public_key_as_a_secret(key: Ed25519PrivateKey) -> str:
    """The classic confusion: the verifier's public key taken for the secret of a symmetric signature."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return jwt.encode(
        HANDLER.to_dict() | {"iss": "gateway", "exp": int(time.time()) + LIFETIME}, public, algorithm="HS256"
    )


def changed_after_signing(key: Ed25519PrivateKey) -> str:
    head, body, signature = issue(COMPLAINTS, key).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["offices"] = ["recall"]
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def from_another_issuer(key: Ed25519PrivateKey) -> str:
    return jwt.encode(
        HANDLER.to_dict() | {"iss": "somebody", "exp": int(time.time()) + LIFETIME}, key, algorithm="EdDSA"
    )


def without_an_end(key: Ed25519PrivateKey) -> str:
    return jwt.encode(HANDLER.to_dict() | {"iss": "gateway"}, key, algorithm="EdDSA")


def no_token_at_all(key: Ed25519PrivateKey) -> str:
    return "not.a.token"


FALSE: tuple[Callable[[Ed25519PrivateKey], str], ...] = (
    expired,
    signed_by_somebody_else,
    not_signed_at_all,
    signed_with_the_public_key_as_a_secret,
    changed_after_signing,
    from_another_issuer,
    without_an_end,
    no_token_at_all,
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_good_token_is_taken(caller: RpcClient, signing_key: Ed25519PrivateKey, service: str) -> None:
    assert isinstance(caller.call(service, "duties", {"token": issue(HANDLER, signing_key)}, 20.0)["items"], list)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("made", FALSE, ids=lambda made: made.__name__)
def test_a_false_token_is_refused_by_every_service(
    caller: RpcClient, signing_key: Ed25519PrivateKey, service: str, made: Callable[[Ed25519PrivateKey], str]
) -> None:
    with pytest.raises(Refusal) as refused:
        caller.call(service, "duties", {"token": made(signing_key)}, 20.0)
    assert refused.value.code == "unauthenticated"
    assert made(signing_key) not in str(refused.value.to_dict())


def note_lead(token: str | None, command: str) -> Json:
    return {
        "token": token, "command": command, "kind": "lead", "id": None, "act": "note-lead", "part": None, "expects": None, "trace": None,
        "data": {"source": "complaint_12315", "discovered_on": "2026-01-05", "product": "示例水壶", "hazard": "漏电", "description": "示例投诉"},
    }  # fmt: skip


def test_an_act_with_a_false_token_changes_nothing(
    stack: Stack, caller: RpcClient, signing_key: Ed25519PrivateKey
) -> None:
    command = str(uuid.uuid4())
    for token in (expired(signing_key), signed_by_somebody_else(signing_key), changed_after_signing(signing_key), None):
        with pytest.raises(Refusal) as refused:
            caller.call("intake", "perform", note_lead(token, command), 20.0)
        assert refused.value.code in ("unauthenticated", "forbidden")
    keys = [command_key(f"{who}:{command}") for who in (HANDLER.person, "public")]
    assert inspection.rows(stack, "intake", "select count(*) from commands where key in (?, ?)", *keys) == [(0,)]
    answer = caller.call("intake", "perform", note_lead(issue(COMPLAINTS, signing_key), command), 20.0)
    assert answer["state"] == "noted" and answer["repeat"] is False
