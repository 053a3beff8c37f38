"""The import of foreign recalls: each alert once, however often a feed brings it (article 8, first sentence)."""

from typing import Any

from marshmallow import ValidationError

from chassis.core import Act, Refusal, act
from chassis.core.contracts.schema import flatten
from chassis.core.ids import new_id
from chassis.core.storage.series import next_number
from intake.acts.opening import open_lead, write_parties
from intake.data import load
from intake.domain.alerts import as_lead, read_rows
from intake.schemas.feeds import FEEDS, MOST, Alert, Feed
from intake.schemas.leads import AlertLead
from intake.storage import queries

NAMES = {code: zh for code, zh, _ in FEEDS}


@act("feed", "import-feed", Feed)
def import_feed(do: Act) -> None:
    """Article 8: 可通过整合系统内部信息、关注国内外召回信息等渠道收集消费品缺陷信息线索."""
    source, year = do.data["source"], do.today.year
    alerts = do.data.get("alerts") or _alerts_in(do.data["rows"])
    write_parties(do)
    do.root.number = f"DR{year}-{next_number(do.connection, f'feed/{year}'):04d}"
    do.data = {
        "source": source,
        "title": do.data.get("title"),
        "alert_numbers": [alert["alert_number"] for alert in alerts],
    }
    known = queries.known_alerts(do.connection, source, do.data["alert_numbers"])
    repeated = sorted(number for number in set(do.data["alert_numbers"]) if number in known)
    queries.count_sighting(do.connection, source, repeated)
    opened = [_open(do, source, alert) for alert in _first_of_each(alerts) if alert["alert_number"] not in known]
    marked = sum(1 for lead in opened if lead["scope"] == "other_regime")
    counts = {"rows": len(alerts), "new": len(opened), "known": len(alerts) - len(opened), "other_regime": marked}
    do.body.update(
        {
            "source": source,
            "counts": counts,
            "leads": opened,
            "known": [{"alert_number": n, "lead": known[n]} for n in repeated],
        }
    )
    do.root.title = do.data["title"] or f"{NAMES[source]}：新增{counts['new']}条，已有{counts['known']}条"
    do.note("counts", counts)


def _first_of_each(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({alert["alert_number"]: alert for alert in reversed(alerts)}.values())[::-1]


def _open(do: Act, source: str, alert: dict[str, Any]) -> dict[str, Any]:
    data = as_lead(alert, load("categories"), load("hazards"), load("regimes"), load("countries"))
    lead = do.open("lead", "open-from-alert", data, dossier=new_id("dossier"))
    queries.record_alert(do.connection, source, alert["alert_number"], lead.root.id, do.root.id)
    return {
        "alert_number": alert["alert_number"],
        "lead": lead.root.id,
        "number": lead.root.number,
        "scope": data["scope"],
    }


def _alerts_in(rows: str) -> list[dict[str, Any]]:
    alerts, faults = read_rows(rows)
    if not faults and not 1 <= len(alerts) <= MOST:
        faults = [f"应有1至{MOST}条通报 / expected 1 to {MOST} alerts"]
    if faults:
        raise Refusal("invalid", errors={"rows": faults[:20]})
    schema = Alert(many=True)
    try:
        return list(schema.dump(schema.load(alerts)))
    except ValidationError as fault:
        raise Refusal("invalid", errors=flatten(fault.messages_dict, "rows")) from None


@act("lead", "open-from-alert", AlertLead)
def open_from_alert(do: Act) -> None:
    """Article 8: a foreign alert is a lead; article 2: what another law governs is marked, not dropped."""
    open_lead(do, "foreign_alert", alert=do.data["alert"], regime=do.data.get("regime"))
