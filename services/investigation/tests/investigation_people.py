"""The people of the sample province who act in the tests of this service."""

from chassis.core.trust.tokens import Actor

BUREAU_OFFICES = ("recall", "complaints", "enforcement")


def _division(name: str, office: str, post: str = "handler") -> Actor:
    orgs = (f"org_210000-{name}", "org_210000")
    return Actor(f"p_{name}_{post}", orgs[0], orgs, "210000", (office,), (post,))


def _bureau(org: str, area: str) -> Actor:
    return Actor(f"p_{org}", org, (org,), area, BUREAU_OFFICES, ("handler",))


def _firm(code: str) -> Actor:
    return Actor(f"p_{code}", f"org_{code}", (f"org_{code}",), None, ("producer",))


PEOPLE = {
    "handler": _division("recall", "recall"),
    "head": _division("recall", "recall", "head"),
    "leader": _division("office", "leadership", "leader"),
    "legal": _division("legal", "legal", "legal"),
    "quality": _division("quality", "quality_supervision"),
    "institution": Actor("p_institute", "org_institute", ("org_institute",), None, ("institution",), ("handler",)),
    "shenyang": _bureau("org_210100", "210100"),
    "dalian": _bureau("org_210200", "210200"),
    "producer": _firm("91210100MA0000A019"),
    "other": _firm("91210200MA0000A02H"),
}
