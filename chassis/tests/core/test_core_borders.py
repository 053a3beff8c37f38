"""What stands at the borders: tokens, configuration, schemas, files, errors, canonical JSON, health."""

import base64
import sys
import time
from datetime import date

import jwt
import pytest
from boxes.acts import Keep
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from chassis.core import Refusal, config
from chassis.core.canonical import canonical, digest
from chassis.core.contracts.schema import ActSchema, CreditCode, Day, json_schema, load
from chassis.core.dates.times import FileClock, SystemClock, clock_from
from chassis.core.errors import STATUS, TEXTS, ConfigurationFault
from chassis.core.trust.tokens import PUBLIC, Actor, Verifier, issue

KEY = Ed25519PrivateKey.generate()
SOMEBODY = Actor("p_1", "org_1", ("org_1", "org_2"), "210100", ("store",), ("head",), {"chief": "p_2"})
TODAY = date(2026, 7, 6)


def test_a_token_carries_its_actor():
    assert Verifier(KEY.public_key()).actor(issue(SOMEBODY, KEY)) == SOMEBODY
    assert Verifier(KEY.public_key()).actor(None) == PUBLIC


def claims(**more):
    return SOMEBODY.to_dict() | {"iss": "gateway", "iat": int(time.time()), "exp": int(time.time()) + 60} | more


FORGED = {
    "of another key": issue(SOMEBODY, Ed25519PrivateKey.generate()),
    "without a signature": jwt.encode(claims(), None, algorithm="none"),
    "signed by a word": jwt.encode(claims(), "a word that is long enough to be a key", algorithm="HS256"),
    "expired": issue(SOMEBODY, KEY, lifetime=-1),
    "of another issuer": jwt.encode(claims(iss="somebody"), KEY, algorithm="EdDSA"),
    "that never ends": jwt.encode({k: v for k, v in claims().items() if k != "exp"}, KEY, algorithm="EdDSA"),
    "of nothing": "",
    "of dots": "a.b.c",
    "that is no text": ["a"],
    "of half a character": "\ud800",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_token_is_refused(what):
    with pytest.raises(Refusal, match="unauthenticated"):
        Verifier(KEY.public_key()).actor(FORGED[what])


def test_a_token_that_was_good_is_refused_once_it_has_expired(monkeypatch):
    verifier, token = Verifier(KEY.public_key()), issue(SOMEBODY, KEY)
    assert verifier.actor(token) == SOMEBODY
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Refusal, match="unauthenticated"):
        monkeypatch.setattr(jwt.api_jwt, "datetime", _later(later))
        verifier.actor(token)


def _later(moment):
    from datetime import datetime as real

    class Later(real):
        @classmethod
        def now(cls, tz=None):
            return real.fromtimestamp(moment, tz)

    return Later


@given(st.from_regex(r"\d{6}", fullmatch=True))
def test_the_reach_of_an_area_is_its_code_without_trailing_pairs_of_zeros(area):
    below = Actor("p", area=area).below
    assert (below or "") + "0" * (6 - len(below or "")) == area and not (below or "1").endswith("00")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a configuration file to be written."""
    (tmp_path / "configured_sample").mkdir()
    (tmp_path / "configured_sample" / "__init__.py").write_text("")
    for name in ("token.pem", "seal.key"):
        (tmp_path / name).write_text("key")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "configured_sample", raising=False)

    def write(env=None, **changes):
        rows = {
            "service": "sample",
            "profile": "${PROFILE:local}",
            "database_url": "sqlite:///x.db",
            "amqp_url": "amqp://",
            "files_url": "files",
            "clock": "${CLOCK:system}",
            "token_public_key": str(tmp_path / "token.pem"),
            "seal_key": str(tmp_path / "seal.key"),
            "workers": "${WORKERS:10}",
        } | changes
        text = "\n".join(f"{key}: {value}" for key, value in rows.items() if value is not None)
        (tmp_path / "configured_sample" / "config.yml").write_text(text)
        return config.load("configured_sample", env or {})

    return write


def test_a_configuration_is_read_from_the_file_and_the_environment(package):
    config = package({"PROFILE": "test", "WORKERS": "3"})
    assert (config.profile, config.workers, config.clock, config.log_level) == ("test", 3, "system", "INFO")
    with pytest.raises(AttributeError):
        config.profile = "local"


def test_every_fault_of_a_configuration_is_listed_at_once(package):
    with pytest.raises(ConfigurationFault) as fault:
        package(
            {"PROFILE": "toy", "CLOCK": "sundial", "WORKERS": "none"},
            colour="red",
            service=None,
            log_level="LOUD",
            seal_key="nowhere",
            amqp_url="${BROKER_OF_NOBODY}",
        )
    text = " ".join(fault.value.faults)
    for word in (
        "'toy'",
        "sundial",
        "'none'",
        "'colour'",
        "service is missing",
        "'LOUD'",
        "'nowhere'",
        "BROKER_OF_NOBODY",
    ):
        assert word in text, word


@pytest.mark.parametrize("clock", ["file:/somewhere", "sundial"])
def test_production_refuses_a_clock_that_can_be_moved(package, clock):
    with pytest.raises(ConfigurationFault, match="CLOCK"):
        package({"PROFILE": "production", "CLOCK": clock})
    assert package({"PROFILE": "production"}).clock == "system"


def test_a_moved_clock_is_read_by_whoever_has_the_file(tmp_path):
    path = tmp_path / "clock"
    mine, other = clock_from(f"file:{path}"), FileClock(path)
    assert isinstance(clock_from("system"), SystemClock)
    moment = mine.now().replace(year=2030)
    other.set(moment)
    assert abs((mine.now() - moment).total_seconds()) < 30
    other.reset()
    assert mine.now().year < 2030


def refused(data, schema=Keep):
    with pytest.raises(Refusal) as refusal:
        load(schema(), data, TODAY)
    return refusal.value.errors


@pytest.mark.parametrize(
    ("data", "field", "zh", "en"),
    [
        ({}, "label", "必填", "Missing data for required field."),
        ({"label": "甲", "colour": 1}, "colour", "未知字段", "Unknown field."),
        ({"label": 1}, "label", "应为文字", "Not a valid string."),
        ({"label": "甲", "count": 1.5}, "count", "应为整数", "Not a valid integer."),
        ({"label": "甲", "count": 1.0}, "count", "应为整数", "Not a valid integer."),
        ({"label": "甲", "count": "1"}, "count", "应为整数", "Not a valid integer."),
        ({"label": "甲", "count": True}, "count", "应为整数", "Not a valid integer."),
        ({"label": "甲", "made_on": "6 July"}, "made_on", "日期格式应为 YYYY-MM-DD", "Not a valid date."),
        ({"label": "甲", "made_on": "2026-07-07"}, "made_on", "日期不能晚于今天", "the date lies in the future"),
        ({"label": "甲", "code": "91210100MA0000A018"}, "code", "校验位不符", "not a valid unified social credit code"),
        (
            {"label": "甲", "pieces": [{"name": "锁", "weight": 1}, {"name": "锁"}]},
            "pieces.1.weight",
            "必填",
            "Missing data",
        ),
        (
            {"label": "甲", "pieces": [{"name": "锁", "weight": "重"}]},
            "pieces.0.weight",
            "应为整数",
            "Not a valid integer.",
        ),
        ({"label": "甲", "picture": {"hash": "x"}}, "picture.name", "必填", "Missing data"),
    ],
)
def test_what_is_wrong_is_told_by_dotted_path_in_both_languages(data, field, zh, en):
    message = refused(data)[field][0]
    assert zh in message and en in message


def test_every_field_that_is_wrong_is_told_at_once():
    assert set(refused({"count": "x", "code": "y", "colour": 1})) == {"label", "count", "code", "colour"}


def test_a_date_may_be_today_and_dates_become_text():
    assert load(Keep(), {"label": "甲", "made_on": "2026-07-06"}, TODAY)["made_on"] == "2026-07-06"


class Code(ActSchema):
    code = CreditCode(required=True)
    day = Day(past=True)


@given(st.text(max_size=20) | st.from_regex(r"[0-9A-Z]{18}", fullmatch=True))
def test_only_codes_whose_check_digit_fits_are_taken(code):
    values = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    try:
        normal = load(Code(), {"code": code}, TODAY)["code"]
    except Refusal as refusal:
        assert list(refusal.errors) == ["code"]
    else:
        total = sum(values.index(c) * pow(3, n, 31) for n, c in enumerate(normal[:17]))
        assert values[(31 - total % 31) % 31] == normal[17]


@pytest.mark.parametrize(
    "code", ["91210100MA0000A019", "91210200MA0000A02H", "91210100MA0000A03F", "91110000MA0000A04N"]
)
def test_the_codes_of_the_samples_are_valid(code):
    assert load(Code(), {"code": code}, TODAY)["code"] == code


def test_a_schema_is_described_with_its_words_and_marks():
    schema = json_schema(Keep)
    assert schema["properties"]["label"]["title"] == "标签" and schema["properties"]["label"]["x-en"] == "Label"
    assert schema["properties"]["code"]["format"] == "credit-code"
    assert schema["required"] == ["label"] and "FileSchema" in schema["$defs"]


@given(
    st.dictionaries(
        st.text(max_size=5), st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5) | st.none() | st.booleans()
    )
)
def test_one_value_has_one_text_and_one_digest(value):
    again = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(again) and digest(value) == digest(again)


@pytest.mark.parametrize("value", [1.0, {"a": [1.5]}, [float("nan")]])
def test_a_fraction_has_no_place_in_a_record(value):
    with pytest.raises(TypeError, match="float"):
        canonical(value)


def test_a_refusal_crosses_the_wire_whole():
    refusal = Refusal("guard", "条件不具备", "not met", clause="1", act="seal", errors={"a": ["b"]}, guard="not_heavy")
    again = Refusal.from_dict(refusal.to_dict())
    assert again.to_dict() == refusal.to_dict() and again.status == 409
    assert Refusal.from_dict({"code": "of another version"}).code == "internal"


def test_every_code_has_a_status_and_words():
    assert set(STATUS) == set(TEXTS)
    assert [code for code, words in TEXTS.items() if not all(words)] == []


def test_files_are_kept_once_and_checked_when_read(stage, tmp_path):
    files = stage.office.files
    one, other = files.put(b"same", "a.txt", "text/plain"), files.put(b"same", "b.txt", "text/plain")
    assert one["hash"] == other["hash"] and one["size"] == 4
    with pytest.raises(Refusal, match="not-found"):
        files.get("0" * 64)
    (path,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    path.write_bytes(b"else")
    with pytest.raises(Refusal, match="internal"):
        files.get(one["hash"])


def test_a_sealed_value_opens_only_where_it_belongs(stage):
    box = stage.office.seal.close(b"value", "sealed_1")
    assert stage.office.seal.open(box, "sealed_1") == b"value"
    with pytest.raises(InvalidTag):
        stage.office.seal.open(box, "sealed_2")
    assert base64.b64encode(box) != base64.b64encode(stage.office.seal.close(b"value", "sealed_1"))


def test_health_tells_what_waits_and_what_is_wrong(either):
    either.act("keeper", "box", "keep", {"label": "甲"})
    either.act("keeper", "box", "note", {"words": "一"})
    either.act("keeper", "box", "press")
    while either.office.rebuild_projections():
        pass
    assert either.office.health() == {
        "service": "boxes",
        "ok": True,
        "faults": [],
        "outbox": 1,
        "tasks": 1,
        "kept": 0,
        "held": 0,
    } | {"rebuilding": False}
    either.office.application.health.append(lambda: "no font")
    try:
        assert either.office.health()["faults"] == ["no font"]
    finally:
        either.office.application.health.clear()


class Loud(ActSchema):
    words = fields.String(required=True)


def test_null_is_no_text():
    assert refused({"words": None}, Loud) == {"words": ["不能为空 / Field may not be null."]}
