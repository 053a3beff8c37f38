"""A long case: what a matter looks like after two years, for tests of what its page weighs."""

from __future__ import annotations

from typing import Any

from console_case import CASE, CLOCK, DOSSIER, PRODUCER, entry, root

Row = dict[str, Any]
ACTS = ("notify-producer", "record-visit", "notify-recall", "file-objection", "close-case")
DATA = {
    "visited_on": "2026-06-11",
    "officers": [{"name": f"召回承办人{n}", "certificate": f"辽示例-{n:04}", "shown": True} for n in range(3)],
    "evidence_shown": True,
    "place": {"name": "示例家具城", "address": "沈阳市示例路 1 号"},
    "samples": 3,
    "concentration": "3.9",
    "cost": 128000,
    "result": "defect",
    "reasons": "经现场调查和检验，该批次书桌甲醛释放量超过标准限量。",
    "note": "当事人到场，笔录由其核对无误后签字。",
}


def identifier(kind: str, number: int) -> str:
    """An id of this kind."""
    return f"{kind}_019d0000-0000-7000-8000-0000000{number:05}"


def lengthen(roots: dict[str, Row], rows: list[Row]) -> None:
    """Make the case of `console_case` a long one: 160 entries, 12 recalls and leads, 40 documents, 12 visits, 10 clocks."""
    case = roots[CASE]
    case["version"] = 170
    case["parts"] = [
        {**case["parts"][0], "id": identifier("visit", n), "state": "recorded", "state_zh": "已记录", "body": DATA}
        for n in range(12)
    ]
    case["clocks"] = [{**CLOCK, "state": "met"} for _ in range(9)] + [CLOCK]
    case["body"] = {**case["body"], **DATA, "visits": [DATA, DATA, DATA]}
    for n in range(12):
        kind, state = ("lead", "accepted") if n % 2 else ("recall", "running")
        id = identifier(kind, 100 + n)
        parties = [
            {"name": "lead_bureau", "who": "org_210000", "part": None},
            {"name": "producer", "who": PRODUCER, "part": None},
        ]
        roots[id] = root(
            kind,
            id,
            f"示例书桌召回 第{n}批",
            f"第{n}号",
            state,
            DATA,
            version=3,
            clocks=[CLOCK, {**CLOCK, "state": "met"}],
            parties=parties,
        )
        rows += [
            entry(id, m, f"2026-07-{1 + n:02}T0{m}:00:00.000000Z", "note", zh="记录", en="note", data=DATA)
            for m in (1, 2, 3)
        ]
    for n in range(40):
        id = identifier("document", 200 + n)
        file = {"hash": f"{n:064}", "name": f"文书{n}.pdf", "size": 20480, "media_type": "application/pdf"}
        roots[id] = root(
            "document",
            id,
            f"通知书 {n}",
            f"辽市监召通〔2026〕{n}号",
            "served",
            {"file": file, "signed_on": "2026-07-06"},
            version=2,
        )
        rows += [entry(id, m, f"2026-08-01T0{m}:{n:02}:00.000000Z", "number", zh="编号", en="number") for m in (1, 2)]
    for n in range(7, 160):
        day, hour = 1 + n // 6, n % 6
        rows.append(
            entry(
                CASE, n, f"2026-09-{day:02}T0{hour}:00:00.000000Z", ACTS[n % 5], data=DATA, to={"case": "recall_notified"},
                documents=[{"id": identifier("document", 200 + n % 40), "kind": "notice", "title": f"通知书 {n % 40}"}] if n % 3 == 0 else [],
                clocks=[{"clock": "objection", "event": "met", "clause": "14(1)", "due_on": "2026-07-20"}] if n % 4 == 0 else [],
            )
        )  # fmt: skip
    assert all(row["dossier"] == DOSSIER for row in roots.values())
