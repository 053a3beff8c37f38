"""Promises of a service's process: tasks, clean ends, and faults of the deployment reported in one line."""

import re
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


def test_what_no_rulebook_knows_stops_the_start_with_counts(mint: Sample, client: RpcClient) -> None:
    for _ in range(2):
        strike(client)
    assert mint.stop() == 0
    database = sqlite3.connect(mint.folder / "mint.db")
    database.execute("update roots set state = 'melted'")
    database.commit()
    for command in ("run", "check"):
        done = mint.command(command)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
        assert re.search(
            r"\d+ stored under mint: coin in state 'melted', which the rulebook does not know", done.stderr
        )
    database.execute("update roots set state = 'struck'")
    database.commit()
    database.close()
    assert mint.command("check").returncode == 0
    mint.start()
    eventually(lambda: coinstage.serves(client, "mint"), what="the mint serves again")


SECOND_EDITION = """
rulebook: mint-2
zh: 造币规则（修订）
in_force: 2021-01-01
replaces: mint
moves:
  coin: {states: {struck: coined}}
actors:
  anyone: {zh: 任何人, en: anyone, public: true}
coin:
  zh: 硬币
  final: [withdrawn]
  states:
    coined: {zh: 已成币, en: coined}
    withdrawn: {zh: 已收回, en: withdrawn}
  reads: {anyone: all}
  acts:
    strike: {zh: 铸造, clause: 1(1), by: anyone, from: new, to: coined}
    mark: {zh: 刻记, clause: 1(2), by: anyone, from: [coined], to: coined}
    withdraw: {zh: 收回, clause: 1(3), by: anyone, from: [coined], to: withdrawn}
"""


def test_a_new_edition_takes_over_while_the_service_serves(mint: Sample, client: RpcClient, tmp_path: Path) -> None:
    coin = strike(client, 1)
    assert mint.stop() == 0
    (tmp_path / "mint-2.yaml").write_text(SECOND_EDITION)
    mint.environment["RULEBOOKS"] = str(tmp_path)
    mint.start()
    eventually(lambda: coinstage.serves(client, "mint"), what="the mint serves under both editions")
    shown = client.call("mint", "get", {"id": coin}, 5.0)
    assert (shown["regime"], shown["state"]) == ("mint", "struck")
    wrong = mint.command("change-rulebook", "mint-3")
    assert wrong.returncode == 2 and "the rulebook 'mint-3' is not loaded" in wrong.stderr
    done = mint.command("change-rulebook", "mint-2")
    assert done.returncode == 0 and done.stdout.splitlines()[-1].endswith("roots live under mint-2 now")
    shown = client.call("mint", "get", {"id": coin}, 5.0)
    assert (shown["regime"], shown["state"], shown["state_zh"]) == ("mint-2", "coined", "已成币")
    act(client, "mint", "mark", coin, number=2, mood="glad")
    assert mint.command("verify", coin).stdout.strip() == f"{coin}: intact"
    written = mint.command("rebuild")
    assert written.returncode == 0 and written.stdout.strip().endswith("roots are written again")
