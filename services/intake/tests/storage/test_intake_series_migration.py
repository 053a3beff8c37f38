"""The migration that moves intake's last numbers into the chassis's table of series."""

from pathlib import Path

from intake_stage import Stage

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.testing.migrations import downgrade_to, upgrade_to, without_tables

OLD_ROWS = [("feed", 2026, 3), ("lead", 2025, 900), ("lead", 2026, 41)]


def database_of_the_earlier_release(application: Application, database_url: str | None, folder: Path) -> str:
    """Return the URL of a database at the first revisions, with numbers given in three series."""
    url = without_tables(database_url, folder)
    upgrade_to(application, url, "chassis_0001", "intake_0001")
    database = Database(url)
    with database.writing() as connection:
        for kind, year, last in OLD_ROWS:
            connection.exec_driver_sql(
                f"insert into number_series (kind, year, last) values ('{kind}', {year}, {last})"
            )
    database.close()
    return url


def test_the_next_lead_continues_the_numbers_of_the_earlier_release(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    stage = Stage(tmp_path, url)
    assert stage.do("lead", "report", "public", {"product": "书桌"})["number"] == "LN2026-000042"
    with stage.office.database.reading() as connection:
        rows = connection.exec_driver_sql("select name, last from series order by name").all()
    assert rows == [("feed/2026", 3), ("lead/2025", 900), ("lead/2026", 42)]
    stage.office.close()


def test_a_downgrade_gives_the_numbers_back_and_a_second_upgrade_takes_them(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    downgrade_to(application, url, "intake_0001")
    database = Database(url)
    with database.reading() as connection:
        rows = connection.exec_driver_sql("select kind, year, last from number_series order by kind, year").all()
    assert rows == OLD_ROWS
    upgrade_to(application, url, "heads")
    with database.reading() as connection:
        assert connection.exec_driver_sql("select last from series where name = 'lead/2026'").scalar_one() == 41
    database.close()
