"""The actor token: who acts, for which organisation. The gateway signs it; every service verifies it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.core.errors import Refusal

LIFETIME = 60
ISSUER = "gateway"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one organisation; the public is an actor without either.

    `organisations` are the organisation and those it acts for; `area` is an administrative division code;
    `offices` are functions of the organisation; `posts` what the person holds; `deputy` maps a post to the person stood in for.
    """

    person: str | None = None
    organisation: str | None = None
    organisations: tuple[str, ...] = ()
    area: str | None = None
    offices: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    deputy: Mapping[str, str] = field(default_factory=dict)
    system: bool = False

    @property
    def reach(self) -> tuple[str, ...]:
        """Everything that may stand for this actor in a list of parties."""
        return (self.person, *self.organisations) if self.person else self.organisations

    @property
    def below(self) -> str | None:
        """The prefix of the administrative codes of this bureau and of all below it, or None."""
        if not self.area:
            return None
        prefix = self.area
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return prefix

    def holds(self, post: str) -> bool:
        """Tell whether the person holds the post or deputises for one who does."""
        return post in self.posts or post in self.deputy

    def to_dict(self) -> dict[str, Any]:
        """Return the actor as JSON, as a draft keeps it."""
        return {
            "sub": self.person,
            "org": self.organisation,
            "orgs": list(self.organisations),
            "area": self.area,
            "offices": list(self.offices),
            "posts": list(self.posts),
            "deputy": dict(self.deputy),
        }

    @classmethod
    def from_dict(cls, claims: Mapping[str, Any]) -> "Actor":
        """Rebuild an actor from claims."""
        return cls(
            claims.get("sub"),
            claims.get("org"),
            tuple(claims.get("orgs") or ()),
            claims.get("area"),
            tuple(claims.get("offices") or ()),
            tuple(claims.get("posts") or ()),
            dict(claims.get("deputy") or {}),
        )


PUBLIC = Actor()
SYSTEM = Actor(system=True)


def issue(actor: Actor, key: Ed25519PrivateKey, *, lifetime: int = LIFETIME) -> str:
    """Return a signed token for the actor, good for `lifetime` seconds of machine time."""
    moment = int(time.time())
    return jwt.encode(
        actor.to_dict() | {"iss": ISSUER, "iat": moment, "exp": moment + lifetime}, key, algorithm="EdDSA"
    )


class Verifier:
    """Checks tokens against the gateway's public key, remembering those it has just seen."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self._seen: dict[str, tuple[float, Actor]] = {}

    def actor(self, token: str | None) -> Actor:
        """Return the actor of a token; none is the public; a bad or stale one is refused as unauthenticated."""
        if token is None:
            return PUBLIC
        if not isinstance(token, str):
            raise Refusal("unauthenticated", reason="NoText")
        known = self._seen.get(token)
        if known and known[0] > time.time():
            return known[1]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                options={"require": ["exp", "iss"], "verify_sub": False},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise Refusal("unauthenticated", reason=type(error).__name__) from None
        if len(self._seen) > 1000:
            self._seen.clear()
        actor = Actor.from_dict(claims)
        self._seen[token] = (claims["exp"], actor)
        return actor
