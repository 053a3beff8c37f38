"""Steps that several journeys share: the publication of a recall, its supervision by a territorial bureau."""

from __future__ import annotations

import base64

from ops.journeys.scenario import Scenario

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel, for uploads."""


def publish(scenario: Scenario, dossier: str, number: str, day: str = "2026-08-19") -> str:
    """The province shows the plan on the national platform, records its number, and publishes the news."""
    publication = scenario.wait_root("recall.handler", "publication", dossier=dossier)
    scenario.set_date(day)
    scenario.act("recall.handler", publication, "publish-recall", {
        "national_number": number, "published_on": day, "url": "https://recall.example.com/notice",
    })  # fmt: skip
    scenario.act("recall.handler", publication, "publish-news", {
        "title": "企业召回部分产品", "text": "为消除安全隐患，生产者自即日起召回有关批次产品，消费者可免费更换或者退货。", "published_on": day,
    })  # fmt: skip
    return publication


def supervise(
    scenario: Scenario,
    root: str,
    accepted: str,
    checked: str,
    findings: str,
    *,
    username: str = "sy.handler",
    **bureau: str,
) -> str:
    """The province assigns a territorial bureau, which accepts, checks and feeds back; returns the supervision."""
    where = bureau or {"organisation": "org_210100", "area": "210100"}
    assigned = scenario.act(
        "recall.handler", root, "assign-supervision", {**where, "task": "核查停止生产销售和召回实施情况", "days": 10}
    )
    part = str(next(row["id"] for row in assigned["added"] if row["kind"] == "supervision"))
    scenario.set_date(accepted)
    scenario.act(username, root, "accept-supervision", {"officer": "示例经办人"}, part)
    scenario.set_date(checked)
    scenario.act(username, root, "submit-feedback", {
        "checked_on": checked, "production_stopped": True, "sale_stopped": True, "published": True, "consumers_told": True,
        "conducted_lawfully": True, "found_in_stock": 180, "destroyed": 0, "findings": findings,
    }, part)  # fmt: skip
    return part
