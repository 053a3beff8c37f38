"""The migration that shortens what grouping stores: decisions, block keys and leads are kept."""

from pathlib import Path

from intake_stage import Stage
from sqlalchemy import inspect

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.testing.migrations import downgrade_to, upgrade_to, without_tables
from intake.domain.grouping import short_key
from intake.domain.links import Links
from intake.storage import queries

LEADS = [f"lead_{n}" for n in range(6)]
# lead_0 to lead_2 are in signal_1; lead_3 was split from it and is in signal_2 with lead_4, which was with lead_3 before; lead_5 is gone
PLACES = {"lead_0": "signal_1", "lead_1": "signal_1", "lead_2": "signal_1", "lead_3": "signal_2", "lead_4": "signal_2"}
PAIRS = [
    ("lead_0", "lead_1", "must", "signal_1"),
    ("lead_0", "lead_2", "must", "signal_1"),
    ("lead_1", "lead_2", "must", "signal_1"),
    ("lead_0", "lead_3", "cannot", "signal_1"),
    ("lead_1", "lead_3", "cannot", "signal_1"),
    ("lead_3", "lead_4", "must", "signal_2"),
]
KEYS = [("brand:示例家具", "lead_0"), ("brand:示例家具", "lead_3"), ("text:" + "长" * 195, "lead_3")]


def database_of_the_earlier_release(application: Application, url: str | None, folder: Path) -> Database:
    """A database at the revision before, with leads, keys and decided pairs."""
    database = Database(without_tables(url, folder))
    upgrade_to(application, url_of(database), "chassis_0003", "intake_0002")
    with database.writing() as connection:
        for lead in LEADS:
            state = "grouped" if lead in PLACES else "gone"
            signal = f"'{PLACES[lead]}'" if lead in PLACES else "null"
            connection.exec_driver_sql(
                "insert into lead_features (lead, number, title, state, signal, severity, features)"
                f" values ('{lead}', 'LN', '书桌', '{state}', {signal}, 0, '{{}}')"
            )
        for key, lead in KEYS:
            connection.exec_driver_sql(f"insert into block_keys (key, lead) values ('{key}', '{lead}')")
        for first, second, decision, signal in PAIRS:
            connection.exec_driver_sql(
                "insert into decided_links (first, second, decision, signal, decided_on)"
                f" values ('{first}', '{second}', '{decision}', '{signal}', '2026-03-24')"
            )
    return database


def url_of(database: Database) -> str:
    """The URL of a database, its password included."""
    return database.url.render_as_string(hide_password=False)


def test_decided_pairs_keys_and_leads_are_kept(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    database = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url_of(database), "heads")
    with database.reading() as connection:
        links = queries.links_among(connection, LEADS)
        expected = Links.of((first, second, decision) for first, second, decision, _ in PAIRS)
        assert links.cannot == expected.cannot
        assert {
            frozenset({"lead_0", "lead_1"}),
            frozenset({"lead_0", "lead_2"}),
            frozenset({"lead_3", "lead_4"}),
        } == links.must
        assert connection.exec_driver_sql("select count(*) from decided_links").scalar_one() == 6
        rows = connection.exec_driver_sql("select lead, state from lead_grouping order by id")
        states = dict(rows.all())
        assert states == {lead: "grouped" if lead in PLACES else "gone" for lead in LEADS}
        assert sorted(queries.key_rows(connection, LEADS)) == sorted((short_key(key), lead) for key, lead in KEYS)
    assert not {"lead_features", "block_keys_0002", "decided_links_0002"} & set(
        inspect(database.engine).get_table_names()
    )
    database.close()


def test_decisions_after_the_upgrade_follow_those_before(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    database = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url_of(database), "heads")
    with database.writing() as connection:
        queries.split_off(connection, "lead_2", "signal_1", 7)
        queries.split_off(connection, "lead_3", "signal_2", 4)
        queries.put_together(connection, ["lead_3"], "signal_1", 8)
        links = queries.links_among(connection, LEADS)
    together = {frozenset({"lead_0", "lead_1"}), frozenset({"lead_0", "lead_3"})}
    assert links.must == together
    assert links.cannot == {
        frozenset(pair) for pair in (("lead_0", "lead_2"), ("lead_1", "lead_2"), ("lead_3", "lead_4"))
    }
    database.close()


def test_a_downgrade_and_a_second_upgrade_change_nothing(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = without_tables(database_url, tmp_path)
    upgrade_to(application, url, "heads")
    stage = Stage(tmp_path, url)
    stage.go("clustered")
    stage.do("signal", "split-lead", "institution", {"lead": stage.leads[2], "reasons": "型号不同"})
    with stage.office.database.reading() as connection:
        before = queries.links_among(connection, stage.leads), sorted(queries.key_rows(connection, stage.leads))
    stage.office.close()
    downgrade_to(application, url, "intake_0002")
    database = Database(url)
    with database.reading() as connection:
        decisions = connection.exec_driver_sql("select decision from decided_links order by decision").scalars().all()
        leads = connection.exec_driver_sql(
            "select count(*) from lead_features where number like 'LN2026-%%'"
        ).scalar_one()
    assert decisions == ["cannot", "cannot", "must"] and leads == len(stage.leads)
    upgrade_to(application, url, "heads")
    with database.reading() as connection:
        after = queries.links_among(connection, stage.leads), sorted(queries.key_rows(connection, stage.leads))
    assert after == before
    database.close()
