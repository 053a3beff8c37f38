"""Who acts in the core's tests."""

from chassis.core.trust.tokens import Actor

STORE = ("org_store-north", "org_store")
SETTINGS = {"audit": "org_audit"}


def _person(name: str, orgs: tuple[str, ...], office: str, *posts: str, area: str | None = None) -> Actor:
    return Actor(f"p_{name}", orgs[0], orgs, area, (office,), posts)


PEOPLE = {
    "keeper": _person("keeper", STORE, "store", "handler", area="210100"),
    "second": _person("second", STORE, "store", "handler", area="210100"),
    "head": _person("head", STORE, "store", "head", "chief", area="210100"),
    "lawyer": _person("lawyer", STORE, "law", "legal"),
    "chief": _person("chief", STORE, "lead", "chief"),
    "deputy": Actor("p_deputy", STORE[0], STORE, None, ("lead",), ("handler",), {"chief": "p_chief"}),
    "elsewhere": _person("elsewhere", ("org_far",), "store", "handler", "head", "chief", area="220100"),
    "province": _person("province", ("org_province",), "store", "handler", area="210000"),
    "county": _person("county", ("org_county",), "store", "handler", area="210102"),
    "owner": _person("owner", ("org_owner",), "firm"),
    "holder": _person("holder", ("org_holder",), "firm"),
    "auditor": _person("auditor", ("org_audit",), "audit"),
    "false_auditor": _person("false_auditor", ("org_other",), "audit"),
}
