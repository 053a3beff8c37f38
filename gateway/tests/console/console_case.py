"""The furniture-formaldehyde case as it is in July 2026: its roots, its journal and the draft that waits for approval."""

from __future__ import annotations

import hashlib
from typing import Any

from console_descriptions import KINDS, REGIME

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
        "regime": REGIME,
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


def draft() -> Row:
    """The recall notice as drafted, which waits for approval, fresh."""
    return {
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
