"""Promises of a service's process: tasks, clean ends, and faults of the deployment reported in one line."""

import sqlite3
import threading
from pathlib import Path

import coinstage
import pytest
from coinstage import Sample, act, eventually, strike

from chassis.client import RpcClient
from chassis.core.errors import Refusal

pytestmark = pytest.mark.slow


def shone(client: RpcClient, coin: str) -> int:
    """How often a coin was polished."""
    count: int = client.call("purse", "get", {"id": coin}, 5.0)["body"]["shone"]
    return count


def test_a_task_is_run_after_the_commit_and_its_act_performed(client: RpcClient, mint: Sample, purse: Sample) -> None:
    coin = strike(client)
    eventually(lambda: coinstage.numbers(client, coin) == [], what="the purse has the coin")
    act(client, "purse", "polish", coin)
    eventually(lambda: shone(client, coin) == 1, what="it shines")


def test_a_task_that_raises_is_tried_again(client: RpcClient, mint: Sample, purse: Sample) -> None:
    (purse.moods / "raise-task").touch()
    coin = strike(client)
    eventually(lambda: coinstage.numbers(client, coin) == [], what="the purse has the coin")
    act(client, "purse", "polish", coin)
    seen = purse.moods / "seen-raise-task"
    eventually(lambda: seen.exists() and len(seen.read_text()) >= 2, what="it was tried twice")
    assert shone(client, coin) == 0
    (purse.moods / "raise-task").unlink()
    eventually(lambda: shone(client, coin) == 1, what="it shines in the end, once")


def test_a_missing_setting_is_one_line_and_an_exit_code(purse: Sample) -> None:
    environment = dict(purse.environment)
    purse.environment = {key: value for key, value in environment.items() if key not in ("SEAL_KEY", "DATABASE_URL")}
    try:
        done = purse.command("run")
    finally:
        purse.environment = environment
    assert done.returncode == 2
    assert "SEAL_KEY" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_says_what_the_service_listens_to(purse: Sample) -> None:
    assert '"mint.coin"' in purse.command("topology").stdout


def test_verify_follows_the_hash_chain(client: RpcClient, mint: Sample, purse: Sample) -> None:
    coin = strike(client, 1)
    done = mint.command("verify", coin)
    assert (done.returncode, done.stdout.strip()) == (0, f"{coin}: intact")


def test_a_service_that_listens_late_is_given_the_last_sequence_of_a_subject(
    client: RpcClient, purse: Sample, url: str
) -> None:
    coin = "coin_baseline"
    coinstage.tell(url, coinstage.event(coin, 6, "coin-struck"))
    done = purse.command("baseline", coin, "5")
    assert done.returncode == 0, done.stderr
    eventually(lambda: coinstage.numbers(client, coin) == [], what="it is taken from the sixth on")


def test_the_contracts_need_no_keys(purse: Sample, tmp_path: Path) -> None:
    environment = dict(purse.environment)
    purse.environment = {key: value for key, value in environment.items() if key not in ("SEAL_KEY", "DATABASE_URL")}
    try:
        done = purse.command("contracts", str(tmp_path))
    finally:
        purse.environment = environment
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*"))


def test_a_database_that_is_away_is_reported_as_away(client: RpcClient, mint: Sample) -> None:
    database = sqlite3.connect(mint.folder / "mint.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal) as refused:
        act(client, "mint", "strike")
    database.execute("ROLLBACK")
    database.close()
    assert (refused.value.code, refused.value.status) == ("away", 503)
    strike(client)


def test_sigterm_lets_a_running_call_be_answered(url: str, client: RpcClient, purse: Sample, tmp_path: Path) -> None:
    answers: list[object] = []
    request = {"seconds": 1.5, "file": str(tmp_path / "ran"), "begun": str(tmp_path / "begun")}
    caller = threading.Thread(target=lambda: answers.append(client.call("purse", "slowly", request, 10.0)))
    caller.start()
    eventually((tmp_path / "begun").exists, what="the call is running")
    assert purse.stop() == 0
    caller.join(5.0)
    assert answers == [None]
    purse.start()
    eventually(lambda: coinstage.serves(client, "purse"), what="the purse serves again")
