"""What five services describe in tests of the pages: kinds of root with their acts, actors, clauses."""

from __future__ import annotations

from typing import Any

from console_schemas import DRAFT_STEP, FILE, REPORT, VISIT_RECORD, schema, text

Row = dict[str, Any]
REGIME = "sample-2026"
"""The rulebook in force."""


def act(zh: str, en: str, clause: str | None, form: Row | None = None, **more: Any) -> Row:
    """A described act."""
    plain: Row = {
        "zh": zh,
        "en": en,
        "clause": clause,
        "clauses": [clause] if clause else [],
        "by": [],
        "events": [],
        "from": {},
        "to": {},
        "on": None,
        "new": False,
        "approval": None,
        "document": None,
        "advisory": False,
        "source": None,
        "help": None,
        "help_en": None,
        "schema": form or schema({}),
    }
    return {**plain, **more}


def kind(zh: str, en: str, states: dict[str, tuple[str, str]], final: list[str], acts: Row, **more: Any) -> Row:
    """A described kind of root."""
    texts = {name: {"zh": pair[0], "en": pair[1]} for name, pair in states.items()}
    return {"zh": zh, "en": en, "final": final, "states": texts, "parts": {}, "clocks": {}, "acts": acts, **more}


CLAUSES = {
    "4(1)": {
        "who": "province",
        "obligation": "Collect, analyse and process defect information",
        "zh": "收集、分析、处理本省行政区域内的消费品缺陷信息；",
    },
    "9(3)": {
        "who": "province",
        "obligation": "On finding a possible defect, notify the producer in writing to investigate and analyse",
        "zh": "省局根据技术认定建议或技术会商会议评估结论，发现消费品可能存在缺陷的，应当自发现之日起三个工作日内书面通知生产者开展调查分析。",
    },
    "13(3)": {
        "who": "province",
        "obligation": "On site: present the evidence, state the cause, investigate lawfully",
        "zh": "向调查对象出示被调查消费品涉嫌存在缺陷的相关证据，告知调查事由，依法完成相关调查工作；",
    },
    "13(c)": {
        "who": "province",
        "obligation": "A defect found is notified in writing: the producer must recall",
        "zh": "经调查认为消费品存在缺陷的，书面通知生产者实施召回。",
    },
    "14(1)": {
        "who": "producer",
        "obligation": "The producer may object, with materials",
        "zh": "生产者接到省局实施召回的通知，认为消费品不存在缺陷的，可以自收到通知之日起十个工作日内向省局提出异议，并提供相关材料。",
    },
    "16(1)": {
        "who": "producer",
        "obligation": "Take timely, effective measures; report the plan, publish recall information, submit the summary",
        "zh": "生产者实施召回，要采取及时、有效的召回措施，报告召回计划，发布召回信息，提交召回总结。",
    },
}

ACTORS = {
    "anyone": {"zh": "任何人", "en": "anyone", "public": True},
    "lead_bureau": {"zh": "省局召回管理处", "en": "lead bureau", "public": False},
    "producer": {"zh": "生产者", "en": "producer", "public": False},
}

KINDS: dict[str, Row] = {
    "intake": {
        "lead": kind(
            "线索",
            "lead",
            {"received": ("已登记", "received"), "accepted": ("已接收", "accepted"), "closed": ("已了结", "closed")},
            ["closed"],
            {
                "report": act("报告产品问题", "report a product", "4(1)", REPORT, new=True, by=["anyone"]),
                "accept": act(
                    "接收",
                    "accept",
                    "4(1)",
                    by=["lead_bureau"],
                    **{"from": {"lead": ["received"]}, "to": {"": {"lead": "accepted"}}},
                ),
                "correct-source": act(
                    "更正来源",
                    "correct the source",
                    "4(1)",
                    schema({"source": {"type": "string", **text("来源", "Source")}}),
                    by=["lead_bureau"],
                    **{"from": {"lead": None}},
                ),
            },
        ),
    },
    "investigation": {
        "case": kind(
            "案件",
            "case",
            {
                "opened": ("已立案", "opened"),
                "notified": ("已通知调查分析", "notified"),
                "under_investigation": ("缺陷调查中", "under investigation"),
                "determined": ("已判定", "determined"),
                "recall_issued": ("已制发召回通知", "recall notice issued"),
                "recall_notified": ("已通知召回", "recall notified"),
                "objection_filed": ("已提异议", "objection filed"),
                "closed": ("已结案", "closed"),
            },
            ["closed"],
            {
                "notify-producer": act(
                    "通知生产者调查分析",
                    "notify the producer",
                    "9(3)",
                    schema(
                        {
                            "days": {
                                "type": "integer",
                                "minimum": 1,
                                **text("完成期限（工作日）", "Working days to complete"),
                            }
                        }
                    ),
                    approval="leader",
                    document="消费品调查分析通知书",
                    by=["lead_bureau"],
                    **{"from": {"case": ["opened"]}, "to": {"": {"case": "notified"}}},
                ),
                "record-visit": act(
                    "记录现场调查",
                    "record the on-site visit",
                    "13(3)",
                    VISIT_RECORD,
                    on="visit",
                    by=["lead_bureau"],
                    help="现场调查结束后录入。",
                    help_en="Entered after the visit.",
                    **{"from": {"visit": ["planned"]}, "to": {"": {"visit": "recorded"}}},
                ),
                "notify-recall": act(
                    "通知生产者召回",
                    "notify the recall",
                    "13(c)",
                    schema(
                        {
                            "reasons": {"type": "string", "maxLength": 2000, **text("理由", "Reasons")},
                            "days": {"type": "integer", **text("期限（工作日）", "Working days")},
                        },
                        ["reasons"],
                    ),
                    approval="leader",
                    document="召回通知书",
                    by=["lead_bureau"],
                    **{"from": {"case": ["determined"]}, "to": {"": {"case": "recall_issued"}}},
                ),
                "file-objection": act(
                    "提出异议",
                    "file an objection",
                    "14(1)",
                    schema(
                        {
                            "grounds": {"type": "string", "maxLength": 2000, **text("异议理由", "Grounds")},
                            "materials": {
                                "type": "array",
                                "minItems": 1,
                                **text("证明材料", "Materials"),
                                "items": {"$ref": "#/$defs/File", "x-widget": "file", **text("材料", "Material")},
                            },
                        },
                        ["grounds", "materials"],
                        File=FILE,
                    ),
                    document="异议书",
                    by=["producer"],
                    **{"from": {"case": ["recall_issued", "recall_notified"]}, "to": {"": {"case": "objection_filed"}}},
                ),
                "close-case": act(
                    "结案",
                    "close the case",
                    "13(c)",
                    by=["lead_bureau"],
                    **{"from": {"case": ["recall_notified", "objection_filed"]}, "to": {"": {"case": "closed"}}},
                ),
                "approve-draft": act("审批通过", "approve", None, DRAFT_STEP),
                "return-draft": act("退回修改", "return for changes", None, DRAFT_STEP),
                "withdraw-draft": act("撤回草稿", "withdraw the draft", None, DRAFT_STEP),
            },
            parts={
                "visit": {
                    "zh": "现场调查",
                    "en": "visit",
                    "states": {
                        "planned": {"zh": "已安排", "en": "planned"},
                        "recorded": {"zh": "已记录", "en": "recorded"},
                    },
                }
            },
            clocks={
                "objection": {
                    "zh": "异议期限",
                    "en": "objection period",
                    "clause": "14(1)",
                    "length": "10 working days",
                    "advisory": False,
                    "source": None,
                }
            },
        ),
    },
    "recall": {
        "recall": kind(
            "召回",
            "recall",
            {
                "awaiting_plan": ("待报告计划", "awaiting the plan"),
                "running": ("实施中", "running"),
                "closed": ("已结束", "closed"),
            },
            ["closed"],
            {
                "file-plan": act(
                    "报告召回计划",
                    "file the plan",
                    "16(1)",
                    schema({"quantity": {"type": "integer", **text("召回数量", "Quantity")}}, ["quantity"]),
                    document="消费品召回计划",
                    by=["producer"],
                    **{"from": {"recall": ["awaiting_plan"]}, "to": {"": {"recall": "running"}}},
                )
            },
            clocks={
                "plan": {
                    "zh": "计划期限",
                    "en": "plan",
                    "clause": "16(1)",
                    "length": "10 working days",
                    "advisory": True,
                    "source": "消费品召回管理暂行规定",
                }
            },
        ),
    },
    "experts": {
        "panel": kind(
            "专家组", "panel", {"forming": ("组建中", "forming"), "ended": ("已结束", "ended")}, ["ended"], {}
        )
    },
    "notify": {
        "document": kind(
            "文书", "document", {"numbered": ("已编号", "numbered"), "served": ("已送达", "served")}, ["served"], {}
        ),
        "publication": kind(
            "召回公告",
            "recall notice",
            {"draft": ("拟发布", "draft"), "published": ("已发布", "published")},
            ["published"],
            {},
        ),
    },
}
