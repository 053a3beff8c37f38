"""The configuration: its faults, and its file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
import yaml

from chassis.core.errors import ConfigurationFault
from gateway.config import NAMES, read


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
