"""Calls to services: descriptions are cached, a service away is part of the result, a read has no unknown outcome."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from gateway_stub import StubClient, act, description, kind

from chassis.client import Away, UnknownOutcome
from chassis.core.errors import Refusal
from gateway.services import ABSENT_SECONDS, DESCRIPTION_KEPT, READ_SECONDS, Services

NAMES = ("intake", "investigation")


class Watch:
    """Machine time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def client() -> StubClient:
    """The services."""
    return StubClient()


@pytest.fixture
def watch() -> Watch:
    """Machine time."""
    return Watch()


@pytest.fixture
def services(client: StubClient, watch: Watch) -> Services:
    """What is tested."""
    return Services(client, names=NAMES, monotonic=watch)


def described(client: StubClient) -> int:
    """How often descriptions were asked for."""
    return [method for _, method, _ in client.asked].count("describe")


def test_a_description_is_asked_once_and_again_when_stale(services: Services, client: StubClient, watch: Watch) -> None:
    for _ in range(3):
        assert services.service_of("case") == "investigation"
    assert described(client) == 2
    watch.seconds += DESCRIPTION_KEPT
    services.kinds()
    assert described(client) == 4


def test_a_description_is_asked_once_however_many_ask_at_once(services: Services, client: StubClient) -> None:
    threads = [threading.Thread(target=services.describe, args=("intake",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert described(client) == 1


def test_a_description_is_kept_while_its_service_is_away(services: Services, client: StubClient, watch: Watch) -> None:
    services.kinds()
    client.away = {"investigation"}
    watch.seconds += DESCRIPTION_KEPT
    assert services.act("case", "open-case")["clause"] == "9(1)"


def test_a_service_that_refuses_to_describe_itself_is_away(
    services: Services, client: StubClient, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.describe("intake")

    def refuse(service: str, request: dict[str, Any]) -> Any:
        raise Refusal("internal")

    monkeypatch.setattr(client, "_describe", refuse)
    watch.seconds += DESCRIPTION_KEPT
    assert services.service_of("lead") == "intake", "it was described before"
    assert services.descriptions()[1] == ("investigation",)
    with pytest.raises(Away):
        services.kind("case")


def test_a_new_description_replaces_the_old_one(services: Services, client: StubClient, watch: Watch) -> None:
    before = services.hash()
    client.descriptions["intake"] = description(
        "intake", {"lead": kind("线索", "lead", {"accept": act("8(1)", ["lead_bureau"])})}
    )
    watch.seconds += DESCRIPTION_KEPT
    assert services.act("lead", "accept")["clause"] == "8(1)"
    assert services.hash() != before


def test_an_unknown_kind_is_not_found_only_when_everybody_was_heard(services: Services, client: StubClient) -> None:
    client.away = {"intake"}
    with pytest.raises(Away):
        services.kind("lead")
    client.away = set()
    with pytest.raises(Refusal) as refused:
        services.kind("potato")
    assert refused.value.code == "not-found"


def test_a_question_without_an_answer_is_away_and_an_act_is_unknown(services: Services, client: StubClient) -> None:
    client.silent = {"intake"}
    with pytest.raises(Away):
        services.call("intake", "get", {"id": "x"})
    with pytest.raises(UnknownOutcome):
        services.call("intake", "perform", {})


def test_several_services_answer_side_by_side(services: Services, client: StubClient) -> None:
    client.away = {"intake"}
    answers = services.call_all("duties")
    assert set(answers.values) == {"investigation"}
    assert answers.away == ("intake",)


def test_one_refusal_does_not_hide_the_others(
    services: Services, client: StubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client._duties

    def refuse(service: str, request: dict[str, Any]) -> Any:
        if service == "intake":
            raise Refusal("forbidden")
        return answer(service, request)

    monkeypatch.setattr(client, "_duties", refuse)
    answers = services.call_all("duties")
    assert (set(answers.values), set(answers.refused), answers.away) == ({"investigation"}, {"intake"}, ())


def test_who_was_away_a_moment_ago_is_waited_for_less(client: StubClient, watch: Watch) -> None:
    waited: list[float] = []

    class Timed(StubClient):
        def call(self, service: str, method: str, request: dict[str, Any], timeout: float) -> Any:
            waited.append(timeout)
            return super().call(service, method, request, timeout)

    timed = Timed()
    services = Services(timed, names=NAMES, monotonic=watch)
    timed.silent = {"intake"}
    for _ in range(2):
        services.call_all("duties", services=["intake"])
    timed.silent = set()
    services.call("intake", "duties")
    services.call("intake", "duties")
    assert waited == [READ_SECONDS, ABSENT_SECONDS, ABSENT_SECONDS, READ_SECONDS]


def test_the_token_is_made_for_each_call(client: StubClient) -> None:
    made = iter(["one", "two"])
    services = Services(client, lambda acting: next(made), NAMES)
    for _ in range(2):
        services.call("intake", "duties", {}, "somebody")
    assert [request["token"] for _, _, request in client.asked] == ["one", "two"]


def test_a_kind_that_is_known_waits_for_nobody_else(services: Services, client: StubClient) -> None:
    services.describe("investigation")
    client.away = {"intake"}
    asked = len(client.asked)
    assert services.service_of("case") == "investigation"
    assert len(client.asked) == asked


def test_questions_are_answered_in_order_with_refusals_and_absences(services: Services, client: StubClient) -> None:
    client.away = {"intake"}
    answers = services.call_each(
        [("intake", "get", {"id": "x"}), ("investigation", "get", {"id": "x"}), ("investigation", "acts", {})]
    )
    assert [type(answer) for answer in answers] == [Away, Refusal, list]
