"""Promises of the consumer: one effect of each fact, in order, nothing lost, other subjects not held back."""

import base64
import json
import sqlite3

import coinstage
import pytest
from coinstage import Sample, act, eventually, numbers, strike

from chassis.client import RpcClient
from chassis.core.ids import new_id

pytestmark = pytest.mark.slow


def parked(sample: Sample) -> list[dict[str, str]]:
    """What the command line lists as parked."""
    done = sample.command("parked")
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, str]] = json.loads(done.stdout)
    return rows


def test_a_fact_moves_the_root_of_another_service(client: RpcClient, mint: Sample, purse: Sample) -> None:
    coin = strike(client, 1, 2, 3)
    eventually(lambda: numbers(client, coin) == [1, 2, 3], what="the purse holds the marked coin")


def test_a_fact_that_comes_three_times_has_one_effect(client: RpcClient, purse: Sample, url: str) -> None:
    coin = new_id("coin")
    struck = coinstage.event(coin, 1, "coin-struck")
    marked = coinstage.event(coin, 2, "coin-marked", number=7, mood="glad")
    last = coinstage.event(coin, 3, "coin-marked", number=8, mood="glad")
    coinstage.tell(url, struck, struck, struck, marked, marked, marked, last)
    eventually(lambda: (numbers(client, coin) or [])[-1:] == [8], what="the last fact is taken")
    assert numbers(client, coin) == [7, 8]


def test_facts_out_of_order_are_taken_in_order(client: RpcClient, purse: Sample, url: str) -> None:
    coin = new_id("coin")
    bodies = [coinstage.event(coin, 1, "coin-struck")]
    bodies += [coinstage.event(coin, 1 + n, "coin-marked", number=n, mood="glad") for n in range(1, 9)]
    coinstage.tell(url, *reversed(bodies))
    eventually(lambda: numbers(client, coin) == list(range(1, 9)), what="all are taken in their order")


def test_a_body_that_cannot_be_read_is_parked_byte_for_byte(purse: Sample, url: str) -> None:
    body = b"\xff\x00 not json " + new_id("x").encode()
    coinstage.tell(url, body)

    def shown_as_it_came() -> bool:
        shown = [purse.command("parked", "show", row["id"]) for row in parked(purse) if row["outcome"] == "undecodable"]
        return any(json.loads(done.stdout)["body"] == {"base64": base64.b64encode(body).decode()} for done in shown)

    eventually(shown_as_it_came, what="the body is parked as it came")


def test_a_fact_whose_handling_raises_is_tried_again(client: RpcClient, mint: Sample, purse: Sample) -> None:
    (purse.moods / "raise-a-while").touch()
    coin = strike(client, 1, 2, mood="raise-a-while")
    seen = purse.moods / "seen-raise-a-while"
    eventually(lambda: seen.exists() and len(seen.read_text()) >= 3, what="it was tried three times")
    (purse.moods / "raise-a-while").unlink()
    eventually(lambda: numbers(client, coin) == [1, 2], what="both are taken in the end")


@pytest.mark.parametrize(("mood", "outcome"), [("raise", "failed"), ("refuse", "refused")])
def test_a_fact_that_never_succeeds_is_parked_and_holds_back_only_its_subject(
    client: RpcClient, mint: Sample, purse: Sample, mood: str, outcome: str
) -> None:
    (purse.moods / mood).touch()
    held = strike(client, 1)
    act(client, "mint", "mark", held, number=2, mood=mood)
    act(client, "mint", "mark", held, number=3, mood="glad")
    free = strike(client, 5)
    eventually(lambda: numbers(client, free) == [5], what="another subject goes on")
    row = eventually(lambda: [row for row in parked(purse) if row["subject"] == held], what="the fact is parked")[0]
    assert row["outcome"] == outcome
    assert numbers(client, held) == [1]
    assert [again["id"] for again in parked(purse)].count(row["id"]) == 1, "listing must leave it parked, once"
    (purse.moods / mood).unlink()
    done = purse.command("parked", "replay", row["id"])
    assert done.returncode == 0, done.stderr
    eventually(lambda: numbers(client, held) == [1, 2, 3], what="after the replay the subject goes on in order")
    assert row["id"] not in [left["id"] for left in parked(purse)]


def test_a_fact_that_waits_for_its_turn_spends_no_attempt(client: RpcClient, purse: Sample, url: str) -> None:
    coin = new_id("coin")
    coinstage.tell(url, coinstage.event(coin, 2, "coin-marked", number=1, mood="glad"))
    waited = coinstage.event(new_id("coin"), 1, "coin-struck")
    for _ in range(60):  # more passes through the retry queue than the tries of a failing fact
        coinstage.tell(url, waited)
    eventually(lambda: numbers(client, json.loads(waited)["subject"]) == [], what="others are taken meanwhile")
    assert coin not in [row["subject"] for row in parked(purse)]
    coinstage.tell(url, coinstage.event(coin, 1, "coin-struck"))
    eventually(lambda: numbers(client, coin) == [1], what="it is taken when its turn comes")


def kept(purse: Sample, coin: str) -> int:
    """How many facts of a coin the purse keeps until their turn comes."""
    rows = json.loads(purse.command("parked", "kept").stdout)
    return sum(row["kept"] for row in rows if row["subject"] == coin)


def test_what_follows_a_parked_fact_is_kept_and_does_not_circle(client: RpcClient, mint: Sample, purse: Sample) -> None:
    (purse.moods / "refuse").touch()
    coin = strike(client, 1)
    act(client, "mint", "mark", coin, number=2, mood="refuse")
    row = eventually(lambda: [row for row in parked(purse) if row["subject"] == coin], what="the fact is parked")[0]
    for number in (3, 4):
        act(client, "mint", "mark", coin, number=number, mood="glad")
    eventually(lambda: kept(purse, coin) == 2, what="those that follow are kept")
    health = json.loads(purse.command("health").stdout)
    assert health["kept"] >= 2 and any("are kept" in fault for fault in health["faults"])
    (purse.moods / "refuse").unlink()
    assert purse.command("parked", "replay", row["id"]).returncode == 0
    eventually(lambda: numbers(client, coin) == [1, 2, 3, 4], what="after the replay all are taken in order")
    assert kept(purse, coin) == 0


def test_a_fact_that_waits_long_for_its_turn_is_kept_and_leaves_the_queues(purse: Sample, url: str) -> None:
    coin = new_id("coin")
    coinstage.tell(url, coinstage.event(coin, 3, "coin-marked", number=2, mood="glad"))
    eventually(lambda: kept(purse, coin) == 1, what="it is kept after its turns through the retry queue")
    coinstage.tell(url, coinstage.event(coin, 2, "coin-marked", number=1, mood="glad"))
    eventually(lambda: kept(purse, coin) == 2, what="the one before it is kept at once")
    assert purse.command("baseline", coin, "3").returncode == 0
    assert kept(purse, coin) == 0


def test_replaying_an_unknown_id_is_an_error(purse: Sample) -> None:
    done = purse.command("parked", "replay", "event_of_nobody")
    assert done.returncode == 1
    assert "event_of_nobody" in done.stderr


def test_a_fact_that_cannot_be_moved_to_the_retry_queue_is_not_lost(
    client: RpcClient, mint: Sample, purse: Sample, url: str
) -> None:
    (purse.moods / "raise-unrouted").touch()
    with coinstage.channel_of(url) as channel:
        channel.queue_unbind("purse.retry", "purse.requeue", "purse.retry")
        try:
            coin = strike(client, 1, mood="raise-unrouted")
            eventually(lambda: purse.said("could not be moved"), what="the retry queue does not take it")
            (purse.moods / "raise-unrouted").unlink()
        finally:
            channel.queue_bind("purse.retry", "purse.requeue", "purse.retry")

    def taken_or_parked() -> bool:
        return numbers(client, coin) == [1] or coin in [row["subject"] for row in parked(purse)]

    eventually(taken_or_parked, what="it is taken, or parked by the broker after its deliveries")


def test_a_database_that_is_away_costs_a_fact_no_attempt(client: RpcClient, purse: Sample, url: str) -> None:
    coin = new_id("coin")
    database = sqlite3.connect(purse.folder / "purse.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    coinstage.tell(url, coinstage.event(coin, 1, "coin-struck"))
    eventually(lambda: purse.said("the database did not take a batch"), 20.0, "the batch meets the lock")
    database.execute("ROLLBACK")
    database.close()
    eventually(lambda: numbers(client, coin) == [], what="it is taken when the database is back")
