"""What every lead is made of, whichever way it comes: body, number, parties, and what grouping needs to know of it."""

from collections.abc import Mapping
from typing import Any

from chassis.core import Act
from chassis.core.storage.series import next_number
from intake.data import load
from intake.domain.producers import seat
from intake.domain.vocabulary import category_of, hazards_of, other_regime
from intake.storage import queries

TITLE = 300
COPIED = ("hazard", "injury", "severity", "happened_on", "discovered_on", "description", "photo")


def open_lead(do: Act, source: str, **more: Any) -> None:
    """Fill a new lead from the data of the act that opens it; `more` are further fields of its body."""
    data = do.data
    product = {
        "name": data["product"],
        "category": category_of(data.get("category"), data["product"], load("categories")),
        **{key: data.get(key) for key in ("brand", "model", "gtin")},
        "batches": data.get("batches", []),
    }
    producer = {"name": data.get("producer"), "code": data.get("credit_code")}
    statement = " ".join(str(data[key]) for key in ("hazard", "injury", "description") if data.get(key))
    hazards = hazards_of(data.get("hazards", []), statement, load("hazards"))
    do.body.update(
        {key: data[key] for key in COPIED if data.get(key) is not None}
        | {
            "source": source,
            "product": product,
            "producer": producer,
            "hazards": hazards,
            "signal": None,
            "own_dossier": do.root.dossier,
        }
        | {"seat": seat(producer["code"], do.settings["province_area"])}
        | {"regime": other_regime(product["category"], product["name"], load("regimes"))}
        | {key: value for key, value in more.items() if value is not None}
    )
    do.root.number = f"LN{do.today.year}-{next_number(do.connection, f'lead/{do.today.year}'):06d}"
    do.root.title = _title(product, hazards)
    write_parties(do)
    queries.keep_lead(do.connection, do.root.id, do.body)


def _title(product: Mapping[str, Any], hazards: list[str]) -> str:
    kinds = "、".join(load("hazards")[code]["zh"] for code in hazards[:3])
    named = " ".join(filter(None, [product.get("brand"), product["name"], product.get("model")]))
    return (f"{named}（{kinds}）" if kinds else named)[:TITLE]


def write_parties(do: Act) -> None:
    """Write the parties that every root of intake has: the province, its institution, and the organisation that acts."""
    do.party("lead_bureau", do.settings["province"], do.settings["province_area"])
    do.party("institution", do.settings["institution"])
    if do.actor and do.actor.organisation:
        do.party("reporter", do.actor.organisation, do.actor.area)
