"""What grouping stores: rows and work in proportion to the leads, however large a signal grows."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, func, select

from intake.domain import grouping
from intake.domain.links import Links
from intake.storage import queries, tables

LEADS = [f"lead_{n}" for n in range(6)]
BODY = {"product": {"name": "书桌", "brand": "示例家具"}, "producer": {}, "hazards": ["chemical"], "hazard": "甲醛"}
steps = st.lists(
    st.tuples(st.sampled_from(["cluster", "add", "split"]), st.integers(0, 63), st.integers(0, 5)), max_size=20
)


def closure(links):
    """Every pair that must be together, by transitivity, and every pair that cannot be."""
    group = {lead: {lead} for lead in LEADS}
    for one, other in (tuple(pair) for pair in links.must):
        merged = group[one] | group[other]
        for lead in merged:
            group[lead] = merged
    return {pair for pair in combinations(LEADS, 2) if pair[1] in group[pair[0]]}, links.cannot


@settings(max_examples=60, deadline=None)
@given(steps)
def test_rows_say_of_every_pair_what_the_table_of_pairs_said(acts):
    engine = create_engine("sqlite://")
    pairs, signals = {}, {}
    with engine.connect() as connection:
        tables.metadata.create_all(connection)
        for lead in LEADS:
            queries.keep_lead(connection, lead, BODY)

        def decide(ones, others, decision):
            pairs.update({tuple(sorted(pair)): decision for pair in product(ones, others) if pair[0] != pair[1]})

        def put(signal, leads, seq):
            for lead in leads:
                decide([lead], signals[signal], "must")
                signals[signal].append(lead)
            queries.put_together(connection, leads, signal, seq)

        for seq, (act, choice, which) in enumerate(acts, 1):
            grouped = {lead for leads in signals.values() for lead in leads}
            free = [lead for lead in LEADS if lead not in grouped]
            signal = sorted(signals)[choice % len(signals)] if signals else None
            if act == "cluster" and (chosen := [lead for n, lead in enumerate(free) if choice >> n & 1]):
                signals[f"signal_{seq}"] = []
                put(f"signal_{seq}", chosen, seq)
            elif act == "add" and signal and free:
                put(signal, [free[which % len(free)]], seq)
            elif act == "split" and signal and len(signals[signal]) > 1:
                lead = signals[signal].pop(which % len(signals[signal]))
                decide([lead], signals[signal], "cannot")
                queries.split_off(connection, lead, signal, seq)
            expected = Links.of((one, other, decision) for (one, other), decision in pairs.items())
            assert closure(queries.links_among(connection, LEADS)) == closure(expected)


def grown(stage, size):
    """A signal of so many leads, added one by one, and another lead that could join it."""
    for n in range(size + 1):
        data = {"product": "儿童书桌", "brand": "示例家具", "hazard": "甲醛", "description": f"第{n}条：桌面气味刺鼻"}
        stage.do("lead", "report", "public", data)
    stage.do("signal", "cluster", "institution", {"leads": stage.leads[:1]})
    for lead in stage.leads[1:size]:
        stage.do("signal", "add-lead", "institution", {"lead": lead})


def work_of_adding(stage, lead, monkeypatch):
    """Statements that an addition takes, rows it reads and writes beside them, and pairs of leads it compares."""
    counted = {"statements": 0, "compared": 0, "read": 0}

    def count_statement(*_):
        counted["statements"] += 1

    compare, lead_rows = grouping.compare, queries.lead_rows

    def counting(one, other):
        counted["compared"] += 1
        return compare(one, other)

    def reading(connection, leads):
        counted["read"] += len(leads)
        return lead_rows(connection, leads)

    event.listen(stage.office.database.engine, "before_cursor_execute", count_statement)
    monkeypatch.setattr(grouping, "compare", counting)
    monkeypatch.setattr(queries, "lead_rows", reading)
    stage.do("signal", "add-lead", "institution", {"lead": lead})
    event.remove(stage.office.database.engine, "before_cursor_execute", count_statement)
    monkeypatch.setattr(grouping, "compare", compare)
    monkeypatch.setattr(queries, "lead_rows", lead_rows)
    return counted


def test_a_signal_of_many_leads_has_one_row_of_decisions_for_each(stage):
    grown(stage, 40)
    with stage.office.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(tables.decided_links)).scalar_one() == 40
        assert len(queries.links_among(connection, stage.leads).must) == 39


def test_an_addition_to_a_large_signal_takes_the_work_of_one_to_a_smaller(stage, monkeypatch):
    grown(stage, 45)
    smaller = work_of_adding(stage, stage.leads[45], monkeypatch)
    for n in range(45):
        stage.do("lead", "report", "public", {"product": "儿童书桌", "brand": "示例家具", "description": f"又{n}条"})
        stage.do("signal", "add-lead", "institution", {"lead": stage.leads[-1]})
    stage.do("lead", "report", "public", {"product": "儿童书桌", "brand": "示例家具"})
    assert work_of_adding(stage, stage.leads[-1], monkeypatch) == smaller
    assert smaller["compared"] <= grouping.COMPARED and smaller["read"] <= grouping.COMPARED


def test_a_lead_added_says_as_much_of_the_signal_as_one_clustered(stage):
    for _ in range(2):
        for step in ("bulletin handed over", "reported", "handed over"):
            stage.go(step)
    leads = [stage.leads[n] for n in (0, 2, 3, 4, 6)]
    stage.do("signal", "cluster", "institution", {"leads": leads[:2]})
    for lead in leads[2:]:
        added = stage.do("signal", "add-lead", "institution", {"lead": lead})
    body = stage.root(stage.last["signal"])["body"]
    assert added["noted"]["reasons"] == body["reasons"]
    with stage.office.database.reading() as connection:
        rows = queries.lead_rows(connection, [entry["lead"] for entry in body["leads"]])
    reports = [grouping.Report.of(lead, row["features"]) for lead, row in rows.items()]
    assert [(r["code"], r["points"]) for r in body["reasons"]] == [
        (reason.code, reason.points) for reason in grouping.reasons_for(reports)
    ]
    assert body["weight"] == sum(row["severity"] for row in rows.values())
    assert body["hazards"] == sorted({hazard for row in rows.values() for hazard in row["features"]["hazards"]})


def test_leads_that_share_most_keys_come_first_and_wide_blocks_say_nothing(stage, monkeypatch):
    for data in (
        {"product": "儿童书桌", "brand": "示例家具", "model": "SL-D120"},
        {"product": "电热水壶", "brand": "示例家具"},
        {"product": "儿童书桌", "brand": "示例家具", "model": "SL-D120"},
        {"product": "充电器", "brand": "甲牌"},
    ):
        stage.do("lead", "report", "public", data)
    first, same_brand, same_model, _ = stage.leads
    with stage.office.database.reading() as connection:
        assert queries.neighbours(connection, [first], 10) == [same_model, same_brand]
        assert queries.neighbours(connection, [first], 1) == [same_model]
        monkeypatch.setattr(queries, "WIDEST_BLOCK", 2)
        assert queries.neighbours(connection, [first], 10) == [same_model]


def test_the_hazards_that_the_analysis_names_stay_when_a_lead_is_added(stage):
    stage.go("clustered")
    stage.do("signal", "analyse", "institution", {"summary": "示例", "hazards": ["fire"]})
    stage.do("lead", "report", "public", {"product": "儿童书桌", "brand": "示例家具", "hazards": ["chemical"]})
    stage.do("signal", "add-lead", "institution", {"lead": stage.leads[-1]})
    assert stage.root(stage.last["signal"])["body"]["hazards"] == ["chemical", "fire"]


def test_a_lead_keeps_less_than_fifty_bytes_for_each_block_key(stage):
    if not stage.office.database.sqlite:
        pytest.skip("dbstat is SQLite's")
    for n in range(100):
        stage.do(
            "lead",
            "report",
            "public",
            {"product": f"儿童书桌{n}", "brand": f"品牌{n}", "description": f"第{n}条：气味刺鼻"},
        )
    query = (
        "select sum(pgsize) from dbstat where name in"
        " (select name from sqlite_master where tbl_name in ('lead_grouping', 'block_keys', 'decided_links'))"
    )
    with stage.office.database.reading() as connection:
        stored = connection.exec_driver_sql(query).scalar_one()
        keys = connection.execute(select(func.count()).select_from(tables.block_keys)).scalar_one()
    assert keys > 100 * 20 and stored / keys < 50
