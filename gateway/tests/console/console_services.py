"""Five services in memory for tests of the pages: the furniture-formaldehyde case as it is in July 2026.

The answers have the shapes that the services give. Acts change the roots here, so that one page can follow another; they
check no rule beyond what the pages show.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

from chassis.client import Away
from chassis.core.errors import Refusal

Row = dict[str, Any]

DOSSIER = "dossier_019d0000-0000-7000-8000-000000000001"
LEAD = "lead_019d0000-0000-7000-8000-000000000002"
CASE = "case_019d0000-0000-7000-8000-000000000003"
VISIT = "visit_019d0000-0000-7000-8000-000000000004"
NOTICE = "document_019d0000-0000-7000-8000-000000000005"
RECALL = "recall_019d0000-0000-7000-8000-000000000006"
PUBLICATION = "publication_019d0000-0000-7000-8000-000000000007"
DRAFT = "draft_019d0000-0000-7000-8000-000000000008"
PRODUCER = "org_91210100MA0000A019"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
NOTICE_FILE = {
    "hash": hashlib.sha256(PDF).hexdigest(),
    "name": "召回通知书.pdf",
    "size": len(PDF),
    "media_type": "application/pdf",
}


def text(zh: str, en: str, **more: Any) -> Row:
    """A property's texts, as the chassis puts them into schemas."""
    return {"title": zh, "x-en": en, **more}


def schema(properties: Row, required: list[str] | None = None, **definitions: Row) -> Row:
    """An act's JSON Schema."""
    plain: Row = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**plain, "required": required or [], **({"$defs": definitions} if definitions else {})}


FILE = {
    "type": "object",
    "required": ["hash", "name", "size", "media_type"],
    "properties": {
        "hash": {"type": "string"},
        "name": {"type": "string"},
        "size": {"type": "integer"},
        "media_type": {"type": "string"},
    },
}


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


DRAFT_STEP = schema(
    {"draft": {"type": "string", **text("草稿", "Draft")}, "hash": {"type": "string"}, "reasons": {"type": "string"}},
    ["draft"],
)

REPORT = schema(
    {
        "product": {"type": "string", "maxLength": 100, **text("产品名称", "Product")},
        "brand": {"type": "string", **text("品牌、型号", "Brand and model")},
        "bought_on": {"type": ["string", "null"], "format": "date", **text("购买日期", "Bought on"), "x-past": True},
        "injured": {"type": "boolean", **text("是否有人受伤", "Was anybody hurt")},
        "what": {
            "type": "string",
            "maxLength": 2000,
            **text(
                "发生了什么",
                "What happened",
                description="时间、地点、怎样发生的",
                **{"x-help-en": "When, where and how"},
            ),
        },
        "photos": {
            "type": "array",
            "items": {"$ref": "#/$defs/File", **text("照片", "Photo"), "x-widget": "file"},
            **text("照片", "Photos"),
        },
        "name": {"type": "string", **text("您的姓名", "Your name"), "x-mark": "personal"},
        "contact": {"type": "string", **text("联系方式", "How to reach you"), "x-mark": "personal"},
    },
    ["product", "what"],
    File=FILE,
)

VISIT_RECORD = schema(
    {
        "visited_on": {"type": "string", "format": "date", **text("调查日期", "Date of the visit"), "x-past": True},
        "began_at": {"type": "string", "format": "date-time", **text("开始时间", "Began at")},
        "officers": {
            "type": "array",
            "minItems": 2,
            **text(
                "执法人员",
                "Officers",
                description="不少于两人，均须出示执法证",
                **{"x-help-en": "At least two; each shows the certificate"},
            ),
            "items": {"$ref": "#/$defs/Officer"},
        },
        "evidence_shown": {"type": "boolean", **text("已出示相关证据", "Evidence was shown")},
        "place": {"$ref": "#/$defs/Place", **text("地点", "Place")},
        "samples": {"type": "integer", "minimum": 0, **text("抽取样品数", "Samples taken")},
        "concentration": {"type": "number", **text("甲醛释放量", "Formaldehyde released", **{"x-unit": "mg/L"})},
        "cost": {"type": "integer", **text("样品费用", "Cost of the samples"), "x-unit": "fen"},
        "measures": {
            "type": "array",
            **text("采取的措施", "Measures taken"),
            "items": {
                "type": "string",
                "enum": ["copy", "seal", "question"],
                "x-choices": [
                    {"value": "copy", "zh": "查阅复制", "en": "consulted and copied"},
                    {"value": "seal", "zh": "抽样封存", "en": "sampled and sealed"},
                    {"value": "question", "zh": "询问", "en": "questioned"},
                ],
            },
        },
        "keywords": {"type": "array", "items": {"type": "string"}, **text("关键词", "Keywords")},
        "result": {
            "type": "string",
            "enum": ["defect", "no_defect"],
            "x-choices": [
                {"value": "defect", "zh": "存在缺陷", "en": "defect"},
                {"value": "no_defect", "zh": "不存在缺陷", "en": "no defect"},
            ],
            **text("初步结论", "First conclusion"),
        },
        "laboratory": {"type": "string", **text("检验机构", "Laboratory")},
        "record": {"$ref": "#/$defs/File", "x-widget": "file", **text("现场笔录", "Record of the visit")},
        "related": {"type": "string", **text("有关案件", "Related case"), "x-root": "case"},
        "note": {"type": "string", "x-widget": "long", **text("备注", "Note")},
    },
    ["visited_on", "officers", "evidence_shown"],
    File=FILE,
    Officer=schema(
        {
            "name": {"type": "string", **text("姓名", "Name")},
            "certificate": {"type": "string", **text("执法证号", "Certificate number")},
            "shown": {"type": "boolean", **text("已出示", "Shown")},
        },
        ["name", "certificate"],
    ),
    Place=schema(
        {"name": {"type": "string", **text("名称", "Name")}, "address": {"type": "string", **text("地址", "Address")}},
        ["name"],
    ),
)

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

CLOCK = {
    "clock": "objection",
    "zh": "异议期限",
    "en": "objection period",
    "clause": "14(1)",
    "part": None,
    "state": "running",
    "start_on": "2026-07-06",
    "length": "10 working days",
    "due_on": "2026-07-20",
    "due_at": "2026-07-20T16:00:00.000000Z",
    "provisional": False,
    "advisory": False,
    "source": None,
    "ended_at": None,
    "overdue": False,
    "working_days_left": 2,
}


def root(kind_name: str, id: str, title: str, number: str | None, state: str, body: Row, **more: Any) -> Row:
    """A root as `get` gives it."""
    plain: Row = {
        "id": id,
        "kind": kind_name,
        "title": title,
        "number": number,
        "state": state,
        "dossier": DOSSIER,
        "version": 4,
        "opened_at": "2026-04-02T01:00:00.000000Z",
        "updated_at": "2026-07-06T02:30:00.000000Z",
        "body": body,
        "parts": [],
        "clocks": [],
        "parties": [],
        "drafts": [],
    }
    return {**plain, **more}


def roots() -> dict[str, Row]:
    """The roots of the case, fresh."""
    product = {"product": "示例书桌 D-120", "brand": "示例木作"}
    officer = {"name": "召回承办人甲", "certificate": "辽示例-0001", "shown": True}
    rows = [
        root(
            "lead",
            LEAD,
            "监督抽查：书桌甲醛释放量超标",
            "线索2026-0042",
            "accepted",
            {
                **product,
                "what": "实测 3.9 mg/L，限量 1.5 mg/L。",
                "injured": False,
                "name": {"marked": "personal", "may_reveal": True},
            },
        ),
        root(
            "case",
            CASE,
            "辽宁示例家具制造有限公司书桌甲醛释放量超标案",
            "辽市监召调〔2026〕7号",
            "recall_notified",
            {
                **product,
                "officers": [officer, {**officer, "name": "召回承办人乙", "certificate": "辽示例-0002"}],
                "result": "defect",
                "cost": 128000,
                "concentration": "3.9",
                "lead": LEAD,
                "visited_on": "2026-06-11",
            },
            parts=[
                {
                    "id": VISIT,
                    "kind": "visit",
                    "zh": "现场调查",
                    "state": "planned",
                    "state_zh": "已安排",
                    "state_en": "planned",
                    "version": 2,
                    "opened_at": "2026-06-01T01:00:00Z",
                    "body": {"note": "第二次现场调查"},
                }
            ],
            clocks=[CLOCK],
            parties=[
                {"name": "lead_bureau", "who": "org_210000", "part": None},
                {"name": "producer", "who": PRODUCER, "part": None},
            ],
        ),
        root(
            "document",
            NOTICE,
            "召回通知书",
            "辽市监召通〔2026〕3号",
            "served",
            {
                "addressee": {"id": PRODUCER, "name": "辽宁示例家具制造有限公司"},
                "issuer": {"id": "org_210000", "name": "省局"},
                "service": {"manner": "electronic", "served_on": "2026-07-06"},
                "file": NOTICE_FILE,
            },
        ),
        root(
            "recall",
            RECALL,
            "示例书桌召回",
            None,
            "awaiting_plan",
            product,
            clocks=[
                {
                    **CLOCK,
                    "clock": "plan",
                    "zh": "计划期限",
                    "en": "plan",
                    "clause": "16(1)",
                    "due_on": "2026-07-13",
                    "due_at": "2026-07-13T16:00:00Z",
                    "working_days_left": -3,
                    "overdue": True,
                    "advisory": True,
                }
            ],
        ),
        root(
            "publication",
            PUBLICATION,
            "辽宁示例家具制造有限公司召回部分书桌",
            "S2026M0000123",
            "published",
            {**product, "quantity": 1260, "what": "甲醛释放量超过标准限量，长期接触可能影响健康。"},
        ),
    ]
    return {row["id"]: row for row in rows}


def entry(root_id: str, seq: int, at: str, name: str, **more: Any) -> Row:
    """A journal row."""
    kind_name = root_id.rpartition("_")[0]
    service = next(service for service, kinds in KINDS.items() if kind_name in kinds)
    row = KINDS[service][kind_name]["acts"].get(name) or {
        "zh": more.pop("zh", name),
        "en": more.pop("en", name),
        "clause": more.pop("clause", None),
    }
    plain: Row = {
        "root": root_id,
        "root_kind": kind_name,
        "root_kind_zh": KINDS[service][kind_name]["zh"],
        "service": service,
        "seq": seq,
        "at": at,
        "act": name,
        "zh": row["zh"],
        "en": row["en"],
        "clause": row["clause"],
        "event": None,
        "part": None,
        "from": {},
        "to": {},
        "data": {},
        "noted": {},
        "documents": [],
        "clocks": [],
        "opened": [],
        "draft": None,
        "by_root": None,
        "hash": "0" * 64,
        "actor": {"person": "person_recall_handler", "organisation": "org_210000-recall", "post": "handler"},
    }
    return {**plain, **more}


def journal() -> list[Row]:
    """What has happened."""
    paper = {"id": NOTICE, "kind": "recall_notice", "title": "召回通知书"}
    started = {
        "clock": "objection",
        "event": "started",
        "clause": "14(1)",
        "start_on": "2026-07-06",
        "due_on": "2026-07-20",
    }
    return [
        entry(
            LEAD,
            1,
            "2026-03-30T02:00:00.000000Z",
            "report",
            to={"lead": "received"},
            data={"product": "示例书桌 D-120", "injured": False},
        ),
        entry(LEAD, 2, "2026-03-30T05:00:00.000000Z", "accept", to={"lead": "accepted"}),
        entry(
            CASE,
            1,
            "2026-04-02T01:00:00.000000Z",
            "open-case",
            zh="立案",
            en="open the case",
            clause="9(3)",
            to={"case": "opened"},
        ),
        entry(CASE, 2, "2026-04-08T01:00:00.000000Z", "notify-producer", to={"case": "notified"}, data={"days": 15}),
        entry(
            CASE,
            3,
            "2026-05-20T01:00:00.000000Z",
            "open-investigation",
            zh="启动缺陷调查",
            en="open the investigation",
            clause="9(3)",
            to={"case": "under_investigation"},
        ),
        entry(
            CASE,
            4,
            "2026-06-29T01:00:00.000000Z",
            "record-determination",
            zh="录入判定意见",
            en="record the determination",
            clause="13(c)",
            to={"case": "determined"},
        ),
        entry(
            CASE,
            5,
            "2026-07-03T08:00:00.000000Z",
            "notify-recall",
            to={"case": "recall_issued"},
            documents=[paper],
            data={"reasons": "判定存在缺陷"},
        ),
        entry(
            CASE,
            6,
            "2026-07-06T02:30:00.000000Z",
            "enter-receipt",
            zh="登记送达",
            en="enter the receipt",
            clause="14(1)",
            to={"case": "recall_notified"},
            actor=None,
            event={"type": "notify.document-served.v1"},
            clocks=[started],
        ),
    ]


class FakeServices:
    """Answers like the RPC client. `away` are the services that are not there; `refusals` act → its refusal.

    `asked` keeps every call as `(service, method, request)`; the caller is read from the actor token's payload.
    """

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.refusals: dict[str, Refusal] = {}
        self.asked: list[tuple[str, str, Row]] = []
        self.roots = roots()
        self.rows = journal()
        self.choices: dict[str, Row] = {
            "record-visit": {"laboratory": [{"value": "lab-1", "zh": "示例检测一所", "en": "Sample laboratory 1"}]}
        }
        self.unmet: dict[str, list[Row]] = {}
        self.draft: Row | None = {
            "id": DRAFT,
            "act": "notify-recall",
            "zh": "通知生产者召回",
            "en": "notify the recall",
            "clause": "13(c)",
            "document": "召回通知书",
            "part": None,
            "drafter": "person_recall_handler",
            "organisation": "org_210000-recall",
            "chain": ["head", "leader"],
            "step": 0,
            "steps": [],
            "state": "open",
            "hash": "a" * 64,
            "created_at": "2026-07-02T03:00:00.000000Z",
            "waits_for_me": True,
            "data": {"reasons": "经专家组判定，该批次书桌甲醛释放量超过标准限量。", "days": 10},
        }

    def up(self) -> bool:
        """Whether the broker is there."""
        return True

    def call(self, service: str, method: str, request: Row, timeout: float) -> Any:
        """One call; what is sent must be JSON, and nobody changes what is answered."""
        json.dumps(request, ensure_ascii=False).encode()
        self.asked.append((service, method, request))
        if service in self.away:
            raise Away(service, "no process consumes its queue")
        who = _who(request.get("token"))
        return copy.deepcopy(getattr(self, f"_{method}")(service, request, who))

    def last(self, method: str) -> Row:
        """The newest request of a method."""
        return next(request for _, called, request in reversed(self.asked) if called == method)

    def _describe(self, service: str, request: Row, who: Row) -> Row:
        content = {
            "service": service,
            "rulebook": {},
            "actors": ACTORS,
            "approvals": {"leader": ["head", "leader"]},
            "kinds": KINDS[service],
            "clauses": CLAUSES,
            "facts": {},
            "listens": [],
        }
        return {**content, "hash": hashlib.sha256(service.encode()).hexdigest()}

    def _seen(self, service: str, who: Row) -> list[Row]:
        """A producer sees its case and papers; the public what is published; a bureau everything."""
        mine = [row for row in self.roots.values() if row["kind"] in KINDS[service]]
        if who.get("org", "").startswith("org_9"):
            return [row for row in mine if row["kind"] != "lead"]
        return mine if who else [row for row in mine if row["kind"] == "publication"]

    def _view(self, row: Row) -> Row:
        described = next(kinds[row["kind"]] for kinds in KINDS.values() if row["kind"] in kinds)
        texts = described["states"][row["state"]]
        return {
            **row,
            "kind_zh": described["zh"],
            "kind_en": described["en"],
            "state_zh": texts["zh"],
            "state_en": texts["en"],
            "final": row["state"] in described["final"],
        }

    def _get(self, service: str, request: Row, who: Row) -> Row:
        row = next((row for row in self._seen(service, who) if row["id"] == request["id"]), None)
        if row is None:
            raise Refusal("not-found", id=request["id"])
        view = self._view(row)
        if request.get("reveal"):
            view["body"] = {**view["body"], "name": "示例消费者"}
        if self.draft and row["id"] == CASE:
            view["drafts"] = [{**self.draft, "waits_for_me": self._waits(who)}]
        return view

    def _waits(self, who: Row) -> bool:
        return bool(self.draft) and self.draft["chain"][self.draft["step"]] in who.get("posts", [])

    def _search(self, service: str, request: Row, who: Row) -> Row:
        rows = [self._view(row) for row in self._seen(service, who)]
        rows = [
            row
            for row in rows
            if request.get("kind") in (None, row["kind"]) and request.get("state") in (None, row["state"])
        ]
        rows = [
            row
            for row in rows
            if request.get("dossier") in (None, row["dossier"])
            and request.get("text", "") in row["title"] + str(row["number"])
        ]
        return {"items": rows, "total": len(rows), "page": 1, "size": 20}

    def _acts(self, service: str, request: Row, who: Row) -> list[Row]:
        view = self.roots.get(request.get("id") or "")
        names = [request["kind"]] if request.get("kind") else list(KINDS[service])
        offers = []
        for name in names:
            for act_name, row in KINDS[service][name]["acts"].items():
                if bool(row["new"]) != (view is None) or not self._may(row, name, view, who):
                    continue
                part = (
                    next((part for part in view["parts"] if part["kind"] == row["on"]), None)
                    if view and row["on"]
                    else None
                )
                offers.append(self._offer(act_name, name, row, part))
        return offers

    def _may(self, row: Row, kind_name: str, view: Row | None, who: Row) -> bool:
        is_producer = who.get("org", "").startswith("org_9")
        if not row["by"] or (("producer" in row["by"]) != is_producer and "anyone" not in row["by"]):
            return False
        states = row["from"].get(kind_name)
        return view is None or states is None or view["state"] in states

    def _offer(self, name: str, kind_name: str, row: Row, part: Row | None) -> Row:
        return {
            "act": name,
            "kind": kind_name,
            "zh": row["zh"],
            "en": row["en"],
            "clause": row["clause"],
            "new": row["new"],
            "on": row["on"],
            "part": part["id"] if part else None,
            "part_version": part["version"] if part else None,
            "approval": row["approval"],
            "document": row["document"],
            "advisory": False,
            "due": "2026-07-20" if name == "file-objection" else None,
            "overdue": False,
            "unmet": self.unmet.get(name, []),
            "choices": self.choices.get(name, {}),
        }

    def _duties(self, service: str, request: Row, who: Row) -> list[Row]:
        plain = {
            "acts": [],
            "acts_zh": [],
            "acts_en": [],
            "clock": None,
            "clause": None,
            "due_on": None,
            "due_at": None,
            "working_days_left": None,
            "overdue": False,
            "provisional": False,
            "advisory": False,
            "since": "2026-07-06",
            "draft": None,
            "part": None,
        }

        def duty(row: Row, why: str, acts: list[str], **more: Any) -> Row:
            described = [KINDS[service][row["kind"]]["acts"][name] for name in acts]
            head = {
                "why": why,
                "root": row["id"],
                "root_kind": row["kind"],
                "title": row["title"],
                "number": row["number"],
                "dossier": row["dossier"],
                "state": row["state"],
            }
            return {
                **plain,
                **head,
                "zh": described[0]["zh"],
                "en": described[0]["en"],
                "clause": described[0]["clause"],
                "acts": acts,
                "acts_zh": [a["zh"] for a in described],
                "acts_en": [a["en"] for a in described],
                **more,
            }

        case, duties = self.roots[CASE], []
        producer = who.get("org", "").startswith("org_9")
        if service == "investigation" and producer and case["state"] == "recall_notified":
            duties.append(duty(case, "clock", ["file-objection"], **CLOCK))
        if service == "investigation" and not producer:
            duties.append(duty(case, "awaits", ["close-case"]))
            if self.draft and self._waits(who):
                duties.append(
                    {
                        **duty(case, "draft", ["approve-draft", "return-draft"]),
                        "draft": self.draft,
                        "zh": None,
                        "en": None,
                    }
                )
        if service == "recall" and producer:
            duties.append(duty(self.roots[RECALL], "clock", ["file-plan"], **self.roots[RECALL]["clocks"][0]))
        if service == "intake" and not producer and self.roots[LEAD]["state"] == "received":
            due = {
                "due_on": "2027-02-08",
                "due_at": "2027-02-08T16:00:00Z",
                "working_days_left": 1,
                "provisional": True,
                "clock": "accept",
            }
            duties.append(duty(self.roots[LEAD], "clock", ["accept"], **due))
        return duties

    def _journal(self, service: str, request: Row, who: Row) -> list[Row]:
        seen = {row["id"]: row for row in self._seen(service, who)}
        rows = [row for row in self.rows if row["root"] in seen]
        if request.get("id"):
            if request["id"] not in seen:
                raise Refusal("not-found", id=request["id"])
            return [row for row in rows if row["root"] == request["id"]]
        return [row for row in rows if seen[row["root"]]["dossier"] == request["dossier"]]

    def _perform(self, service: str, request: Row, who: Row) -> Row:
        name, kind_name = request["act"], request["kind"]
        if name in self.refusals:
            raise self.refusals[name]
        row = KINDS[service][kind_name]["acts"][name]
        if name.endswith("-draft"):
            return self._decide(request)
        if request["id"] is None:
            return {
                "root": LEAD,
                "kind": kind_name,
                "number": "线索2026-0043",
                "seq": 1,
                "at": "2026-07-16T01:00:00Z",
                "dossier": None,
                "draft": None,
            }
        view = self.roots[request["id"]]
        if request.get("expects") not in (view["version"], *(part["version"] for part in view["parts"])):
            raise Refusal("stale", expected=view["version"])
        if row["approval"]:
            return {
                "root": view["id"],
                "kind": kind_name,
                "dossier": DOSSIER,
                "seq": 7,
                "draft": {"id": DRAFT, "state": "open"},
            }
        view["state"] = row["to"].get("", {}).get(kind_name, view["state"])
        seq = 1 + max(row["seq"] for row in self.rows if row["root"] == view["id"])
        actor = {"person": who["sub"], "organisation": who["org"], "post": (who["posts"] or [None])[0]}
        self.rows.append(
            entry(
                view["id"],
                seq,
                "2026-07-16T01:00:00.000000Z",
                name,
                to=row["to"].get("", {}),
                data=request["data"],
                actor=actor,
            )
        )
        return {"root": view["id"], "kind": kind_name, "dossier": DOSSIER, "seq": seq, "draft": None}

    def _decide(self, request: Row) -> Row:
        if request["act"] == "return-draft" and not request["data"].get("reasons"):
            raise Refusal("invalid", errors={"reasons": ["退回须说明理由 / returning needs reasons"]})
        self.draft = None
        return {"root": CASE, "kind": "case", "dossier": DOSSIER, "seq": 5, "draft": None}


def _who(token: str | None) -> Row:
    """The payload of an actor token, unverified: tests trust the gateway's own."""
    import base64

    if not token:
        return {}
    payload = token.split(".")[1]
    claims: Row = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
