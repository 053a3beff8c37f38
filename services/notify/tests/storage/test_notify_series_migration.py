"""The migration that moves the last document numbers into the chassis's table of series."""

from pathlib import Path

from notify_stage import Stage

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.testing import opened
from chassis.testing.migrations import downgrade_to, upgrade_to, without_tables

OLD_ROWS = [
    ("org_210000", "辽市监消召", 2025, 70),
    ("org_210000", "辽市监消召", 2026, 6),
    ("org_210100", "沈市监消召", 2026, 2),
]


def database_of_the_earlier_release(application: Application, database_url: str | None, folder: Path) -> str:
    """Return the URL of a database at the first revisions, with numbers given in three series."""
    url = without_tables(database_url, folder)
    upgrade_to(application, url, "chassis_0001", "notify_0001")
    database = Database(url)
    with database.writing() as connection:
        for issuer, code, year, last in OLD_ROWS:
            connection.exec_driver_sql(
                f"insert into number_series (issuer, code, year, last) values ('{issuer}', '{code}', {year}, {last})"
            )
    database.close()
    return url


def test_the_next_document_continues_the_numbers_of_the_earlier_release(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    stage = Stage(opened(application, tmp_path, url))
    stage.today("2026-07-06")
    assert stage.look(stage.issue())["number"] == "辽市监消召〔2026〕7号"
    with stage.office.database.reading() as connection:
        rows = connection.exec_driver_sql("select name, last from series").all()
    assert sorted(rows) == [
        ("org_210000/辽市监消召/2025", 70),
        ("org_210000/辽市监消召/2026", 7),
        ("org_210100/沈市监消召/2026", 2),
    ]
    stage.office.close()


def test_a_downgrade_gives_the_numbers_back_and_a_second_upgrade_takes_them(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    downgrade_to(application, url, "notify_0001")
    database = Database(url)
    with database.reading() as connection:
        rows = connection.exec_driver_sql("select issuer, code, year, last from number_series").all()
    assert sorted(rows) == OLD_ROWS
    upgrade_to(application, url, "heads")
    with database.reading() as connection:
        rows = connection.exec_driver_sql("select last from series where name = 'org_210000/辽市监消召/2026'").all()
    assert rows == [(6,)]
    database.close()
