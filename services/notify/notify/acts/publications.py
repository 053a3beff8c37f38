"""Publications of recalls, articles 4(7) and 16(3): prepared when the plan is filed, shown, corrected, withdrawn."""

from __future__ import annotations

from chassis.core import Act, act
from chassis.core.errors import invalid
from notify.schemas.publications import Correction, News, PlanFiled, Platform, RecallClosed, Withdrawal
from notify.storage import queries


@act("publication", "prepare-publication", PlanFiled)
def prepare_publication(do: Act) -> None:
    """Article 16(3): the producer's plan was filed; the province shows it to the public in time."""
    plan, producer = do.data, do.data["producer"]
    do.root.title = f"{producer.get('name', '')} {plan['product'].get('name', '')} 召回".strip()
    do.body.update(
        {key: plan[key] for key in ("recall", "case", "plan", "product", "hazard", "measures", "quantity", "filed_on")}
    )
    do.body["producer"] = {key: producer.get(key) for key in ("code", "name")}
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])
    if producer.get("code"):
        do.party("producer", f"org_{producer['code']}")
    queries.keep_publication(do.connection, plan["recall"], do.root.id)


@act("publication", "publish-recall", Platform)
def publish_recall(do: Act) -> None:
    """Article 16(3): 省局及时通过消费品召回管理信息系统向社会公示生产者报告的召回计划.

    That system is the national one; its number is recorded here.
    """
    if do.data["published_on"] < do.body["filed_on"]:
        raise invalid("published_on", f"不能早于召回计划提交日期 {do.body['filed_on']}", "before the plan was filed")
    do.body["platform"] = do.data
    do.root.number = do.data["national_number"]
    queries.show_publication(do.connection, do.root.id, True)
    do.fact("recall-published", _publication_fact(do))


@act("publication", "publish-news", News)
def publish_news(do: Act) -> None:
    """Article 16(3): 并发布消费品召回新闻."""
    do.body.setdefault("news", []).append(do.data)


@act("publication", "correct-publication", Correction)
def correct_publication(do: Act) -> None:
    """Article 16(3): what was published wrongly is put right openly; the earlier wording stays in the journal."""
    changed = {key: do.data[key] for key in ("national_number", "published_on", "url") if do.data[key]}
    news = {key: do.data[f"news_{key}"] for key in ("title", "text") if do.data[f"news_{key}"]}
    if news and not do.body.get("news"):
        raise invalid("news_title", "尚未发布召回新闻", "no news was published yet")
    do.body["platform"] = do.body["platform"] | changed
    do.root.number = do.body["platform"]["national_number"]
    if news:
        do.body["news"][-1] = do.body["news"][-1] | news
    do.body.setdefault("corrections", []).append({"on": do.today.isoformat(), "reasons": do.data["reasons"]})
    do.fact("publication-corrected", _publication_fact(do) | {"reasons": do.data["reasons"]})


@act("publication", "enter-closure", RecallClosed)
def enter_closure(do: Act) -> None:
    """Article 16(3): the public sees that the recall was completed, and when."""
    do.body["closed_on"] = do.data["closed_on"]
    queries.show_publication(do.connection, do.root.id, False)


@act("publication", "withdraw-publication", Withdrawal)
def withdraw_publication(do: Act) -> None:
    """Article 16(3): a publication without ground (an objection upheld, say) is withdrawn, with reasons."""
    do.body["withdrawn"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
    queries.show_publication(do.connection, do.root.id, False)
    do.fact(
        "publication-withdrawn", {"publication": do.root.id, "recall": do.body["recall"], "reasons": do.data["reasons"]}
    )


def _publication_fact(do: Act) -> dict[str, str | None]:
    return {"publication": do.root.id, "recall": do.body["recall"], "case": do.body["case"], **do.body["platform"]}
