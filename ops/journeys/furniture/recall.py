"""The recall: plan, publication, supervision, two rounds, summary, closing."""

from __future__ import annotations

from ops.journeys.client import Json
from ops.journeys.furniture.product import PRODUCT
from ops.journeys.scenario import Scenario
from ops.journeys.steps import publish, supervise


def recall(scenario: Scenario, case: str, dossier: str) -> str:
    """6. Plan, publication with the national number, supervision, two rounds, summary, closing."""
    handler, maker = "recall.handler", "maker"
    root = scenario.wait_root(maker, "recall", dossier=dossier, state="awaiting_plan")
    scenario.set_date("2026-08-14")
    scenario.act(
        maker, root, "stop-production", {"stopped_on": "2026-08-14", "isolated": 180, "measures": "停线、封存库存"}
    )
    scenario.act(maker, root, "file-plan", plan_data())
    scenario.wait_state(handler, case, "recall_begun")
    scenario.set_date("2026-08-17")
    scenario.act(
        "institute.analyst", root, "review-plan-form", {"complete": True, "in_form": True, "remarks": "材料齐全"}
    )
    scenario.act(
        "institute.analyst", root, "evaluate-plan", {"opinion": "措施可行", "suggestions": ["公告中写明批次识别方法"]}
    )
    publish(scenario, dossier, "示例召〔2026〕001")
    scenario.act(
        maker,
        root,
        "publish-notice",
        {"published_on": "2026-08-19", "channels": ["企业网站", "门店"], "text": "关于召回示例学习桌的公告"},
    )
    scenario.set_date("2026-08-20")
    feedback = supervise(scenario, root, "2026-08-21", "2026-09-02", "停产停售属实，消费者通知面不足")
    scenario.act(handler, root, "review-feedback", {"outcome": "noted"}, feedback)
    scenario.set_date("2026-09-30")
    scenario.act(maker, root, "submit-progress", {"as_of": "2026-09-30", "from_dealers": 296, "from_consumers": 121})
    scenario.set_date("2026-10-09")
    scenario.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "insufficient", "scope_accurate": True, "residual_risk": "high", "reasons": "召回率38.6%，消费者环节召回率偏低",
    })  # fmt: skip
    drafted = scenario.act(handler, root, "require-re-recall", {
        "grounds": "risk_not_lowered", "reasons": "召回率38.6%，多数消费者仍在使用", "requirements": ["逐户上门告知", "提供上门取件"], "days": 10,
    })  # fmt: skip
    signed = scenario.approve(root, drafted, "recall.head", "recall.leader", days=["2026-10-12", "2026-10-13"])
    scenario.wait_served(handler, signed["documents"][0]["document"])
    scenario.set_date("2026-10-20")
    scenario.act(
        maker,
        root,
        "file-supplementary-plan",
        {**plan_data(), "ends_on": "2026-12-17", "changes": "增加逐户上门、免费取件"},
    )
    second = supervise(scenario, root, "2026-10-21", "2026-11-02", "逐户上门告知属实")
    scenario.act(handler, root, "review-feedback", {"outcome": "noted"}, second)
    scenario.set_date("2026-11-16")
    scenario.act(maker, root, "submit-progress", {
        "as_of": "2026-11-16", "from_dealers": 310, "from_consumers": 402, "completed_on": "2026-11-16",
    })  # fmt: skip
    scenario.set_date("2026-11-17")
    scenario.act("institute.analyst", root, "evaluate-effect", {
        "conclusion": "sufficient", "scope_accurate": True, "residual_risk": "low", "reasons": "召回率65.9%，其余消费者已逐户告知，剩余风险低",
    })  # fmt: skip
    scenario.set_date("2026-11-18")
    scenario.act(maker, root, "submit-summary", {
        "completed_on": "2026-11-16", "account": "两轮召回共召回712件", "disposal": "全部销毁", "prevention": "更换板材和胶粘剂供应商",
    })  # fmt: skip
    scenario.set_date("2026-11-20")
    scenario.act(handler, root, "close-recall", {
        "remarks": "同意结束召回", "residual_risk_reasons": "其余消费者已逐户告知并拒绝退换，甲醛随时间释放，剩余风险低",
    })  # fmt: skip
    scenario.wait_state(handler, case, "closed")
    return root


def plan_data() -> Json:
    """The recall plan: 1,260 desks = 180 in the warehouse + 310 at dealers + 770 with consumers."""
    return {
        "scope": "2025年生产的A、B批次示例学习桌",
        "batches": [{"batch": "2025A", "model": PRODUCT["model"], "quantity": 700}, {"batch": "2025B", "quantity": 560}],
        "produced": 1260, "warehouse": 180, "dealers": 310, "consumers": 770, "measures": "免费更换合格桌面或者退货",
        "consumer_notice": "电话、短信、门店告示", "starts_on": "2026-08-17", "ends_on": "2026-11-17", "target_percent": 90,
        "hotline": "示例热线", "contact": "示例联系人", "operators": [{"code": "91210100MA0000A03F", "name": "沈阳示例家居商场有限公司"}],
    }  # fmt: skip
