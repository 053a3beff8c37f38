"""The migration that moves the last numbers of experts and panels into the chassis's table of series."""

from pathlib import Path

from experts_stage import POOL, Stage

from chassis.core import Application
from chassis.core.storage.database import Database
from chassis.testing.migrations import downgrade_to, upgrade_to, without_tables

OLD_ROWS = [("expert-2025", 30), ("expert-2026", 9), ("panel-2026", 4)]


def database_of_the_earlier_release(application: Application, database_url: str | None, folder: Path) -> str:
    """Return the URL of a database at the first revisions, with numbers given in three series."""
    url = without_tables(database_url, folder)
    upgrade_to(application, url, "chassis_0001", "experts_0001")
    database = Database(url)
    with database.writing() as connection:
        for series, last in OLD_ROWS:
            connection.exec_driver_sql(f"insert into counters (series, last) values ('{series}', {last})")
    database.close()
    return url


def test_the_next_expert_continues_the_numbers_of_the_earlier_release(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    stage = Stage(tmp_path, url)
    registered = stage.do("register-expert", "institution", kind="expert", data=POOL["experts"][0]["register"])
    assert registered["number"] == "专家2026-010"
    with stage.office.database.reading() as connection:
        rows = connection.exec_driver_sql("select name, last from series order by name").all()
    assert rows == [("expert-2025", 30), ("expert-2026", 10), ("panel-2026", 4)]
    stage.office.close()


def test_a_downgrade_gives_the_numbers_back_and_a_second_upgrade_takes_them(
    application: Application, database_url: str | None, tmp_path: Path
) -> None:
    url = database_of_the_earlier_release(application, database_url, tmp_path)
    upgrade_to(application, url, "heads")
    downgrade_to(application, url, "experts_0001")
    database = Database(url)
    with database.reading() as connection:
        rows = connection.exec_driver_sql("select series, last from counters order by series").all()
    assert rows == OLD_ROWS
    upgrade_to(application, url, "heads")
    with database.reading() as connection:
        assert connection.exec_driver_sql("select last from series where name = 'expert-2026'").scalar_one() == 9
    database.close()
