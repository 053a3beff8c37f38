"""The small parts: buckets, form tokens, traces, files in a view, configuration, the sample province."""

from __future__ import annotations

import io
from importlib import resources
from pathlib import Path

import pytest
import yaml
from stdnum.cn import uscc

from chassis.core.errors import ConfigurationFault
from chassis.core.files import Files
from gateway import csrf, trace
from gateway.config import NAMES, read
from gateway.files import file_in, keep
from gateway.limits import Buckets


def test_a_bucket_empties_fills_and_keeps_names_apart() -> None:
    now = [0.0]
    buckets = Buckets(2, 0.5, lambda: now[0])
    assert [buckets.take("a"), buckets.take("a")] == [0.0, 0.0]
    assert buckets.take("a") == pytest.approx(2.0)
    assert buckets.take("b") == 0.0
    now[0] = 2.0
    assert buckets.take("a") == 0.0
    buckets.give_back("a")
    assert buckets.take("a") == 0.0


def test_a_bucket_is_never_more_than_full() -> None:
    buckets = Buckets(1, 100, lambda: 0.0)
    buckets.give_back("a")
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0


def test_a_form_token_is_good_for_one_cookie_and_half_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = b"s" * 32
    token = csrf.issue(secret, "mine")
    assert csrf.valid(secret, "mine", token)
    assert not csrf.valid(secret, "other", token)
    assert not csrf.valid(b"t" * 32, "mine", token)
    for wrong in ("", "a.b.c", token[:-1], "键." + token):
        assert not csrf.valid(secret, "mine", wrong)
    later = csrf.time.time() + csrf.LIFETIME + 1
    monkeypatch.setattr(csrf.time, "time", lambda: later)
    assert not csrf.valid(secret, "mine", token)


def test_a_trace_is_followed_or_begun() -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    followed = trace.follow(given)
    assert trace.trace_of(followed) == "0af7651916cd43dd8448eb211c80319c"
    assert followed.endswith("-00")
    assert followed != given
    for wrong in (None, "", "00-xyz", "00-" + "0" * 32 + "-b7ad6b7169203331-01", given.upper()):
        assert trace.PATTERN.fullmatch(trace.follow(wrong))
        assert trace.follow(wrong) != trace.follow(wrong)


def test_a_file_is_found_at_any_depth_of_a_view_and_only_as_a_file() -> None:
    file = {"hash": "a" * 64, "name": "x", "size": 1, "media_type": "text/plain"}
    view = {"body": {"rounds": [{"papers": [file]}], "seal": {"hash": "b" * 64}}}
    assert file_in(view, "a" * 64) == file
    assert file_in(view, "b" * 64) is None
    assert file_in(view, "c" * 64) is None


@pytest.mark.parametrize(
    ("given", "kept"), [("../../etc/passwd", "passwd"), ("C:\\x\\y.png", "y.png"), ("a\nb.png", "ab.png"), ("", "file")]
)
def test_a_name_keeps_no_folders_and_no_control_characters(tmp_path: Path, given: str, kept: str) -> None:
    assert keep(Files(str(tmp_path)), io.BytesIO(b"%PDF-1"), given, 100)["name"] == kept


def test_every_fault_of_the_configuration_is_listed_at_once(tmp_path: Path) -> None:
    wrong = {
        "PROFILE": "holiday",
        "CLOCK": "sundial",
        "THREADS": "many",
        "AMQP_URL": "http://x",
        "DATABASE_URL": "postgresql://x/y",
    }
    with pytest.raises(ConfigurationFault) as fault:
        read({**wrong, "TOKEN_PRIVATE_KEY": str(tmp_path / "none.pem"), "SECRET_KEY": str(tmp_path / "none")})
    text = "\n".join(fault.value.faults)
    for name in ("PROFILE", "CLOCK", "THREADS", "AMQP_URL", "DATABASE_URL", "TOKEN_PRIVATE_KEY", "SECRET_KEY"):
        assert name in text


def test_production_refuses_a_test_clock(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("x")
    keys = {"TOKEN_PRIVATE_KEY": str(tmp_path / "key"), "SECRET_KEY": str(tmp_path / "key")}
    with pytest.raises(ConfigurationFault, match="test clock"):
        read({**keys, "PROFILE": "production", "CLOCK": f"file:{tmp_path}/clock"})
    assert read({**keys, "PROFILE": "production"}).test_clock is None


def test_the_configuration_file_has_exactly_the_known_settings() -> None:
    assert set(yaml.safe_load(resources.files("gateway").joinpath("config.yml").read_text())) == set(NAMES)


def test_the_sample_province_holds_together() -> None:
    province = yaml.safe_load(resources.files("gateway.sample").joinpath("province.yaml").read_text())
    organisations = {row["id"]: row for row in province["organisations"]}
    seen: set[str] = set()
    for row in province["organisations"]:
        assert row.get("parent") in seen | {None}
        seen.add(row["id"])
        if "credit_code" in row:
            assert uscc.is_valid(row["credit_code"])
            assert row["id"] == f"org_{row['credit_code']}"
    for row in province["persons"]:
        assert row["id"] == "person_" + row["username"].replace(".", "_")
        for organisation, posts in row["member"].items():
            assert organisation in organisations
            assert posts
    assert len({row["username"] for row in province["persons"]}) == len(province["persons"])
    assert (
        len(
            [
                row
                for row in organisations.values()
                if (row.get("area") or "").endswith("00") and row["kind"] == "bureau"
            ]
        )
        == 15
    )
