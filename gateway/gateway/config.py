"""The gateway's configuration: `config.yml`, each value overridden by the environment; read once at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from chassis.core.config import LEVELS, PROFILES
from chassis.core.dates.times import Clock, FileClock, clock_from
from chassis.core.errors import ConfigurationFault

DEFAULTS = Path(__file__).resolve().parent / "config.yml"
NAMES = (
    "DATABASE_URL",
    "AMQP_URL",
    "FILES_URL",
    "CLOCK",
    "PROFILE",
    "TOKEN_PRIVATE_KEY",
    "SECRET_KEY",
    "LOG_LEVEL",
    "LISTEN",
    "WORKERS",
    "THREADS",
    "PROXIES",
    "PUBLIC_PER_MINUTE",
    "FILE_LIMIT",
    "SERVICES",
)


@dataclass(frozen=True)
class Config:
    """The settings of the gateway. Sizes in bytes; `token_private_key` and `secret_key` are paths of files."""

    database_url: str
    amqp_url: str
    files_url: str
    clock: Clock
    profile: str
    token_private_key: Path
    secret_key: Path
    log_level: str
    listen: str
    workers: int
    threads: int
    proxies: int
    public_per_minute: int
    file_limit: int
    services: tuple[str, ...]

    @property
    def production(self) -> bool:
        """Whether this is a production deployment: no sample accounts, no test clock, cookies only over TLS."""
        return self.profile == "production"

    @property
    def test_clock(self) -> FileClock | None:
        """The clock that may be moved, or None."""
        return self.clock if isinstance(self.clock, FileClock) and not self.production else None


def read(environment: Mapping[str, str] | None = None, path: Path = DEFAULTS) -> Config:
    """Return the configuration from the file and the environment.

    Raises `ConfigurationFault` with everything that is wrong, at once.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    settings = {name: str(environment.get(name, values.get(name, ""))) for name in NAMES}
    faults = [f"unknown setting {name} in {path.name}" for name in values if name not in NAMES]
    faults += [f"{name} is missing" for name in NAMES if not settings[name]]
    numbers = {
        name: _number(name, settings[name], faults)
        for name in ("WORKERS", "THREADS", "PROXIES", "PUBLIC_PER_MINUTE", "FILE_LIMIT")
    }
    if settings["LOG_LEVEL"] and settings["LOG_LEVEL"] not in LEVELS:
        faults.append(f"LOG_LEVEL is {settings['LOG_LEVEL']!r}: expected one of {', '.join(LEVELS)}")
    if settings["PROFILE"] not in PROFILES:
        faults.append(f"PROFILE is {settings['PROFILE']!r}: expected one of {', '.join(PROFILES)}")
    if urlsplit(settings["AMQP_URL"]).scheme not in ("amqp", "amqps"):
        faults.append("AMQP_URL must begin with amqp:// or amqps://")
    if settings["DATABASE_URL"].startswith("postgresql://"):
        faults.append("DATABASE_URL must name its driver: postgresql+psycopg2://")
    for name in ("TOKEN_PRIVATE_KEY", "SECRET_KEY"):
        if settings[name] and not Path(settings[name]).is_file():
            faults.append(f"{name}: no such file {settings[name]}")
    clock = _clock(settings["CLOCK"], settings["PROFILE"], faults)
    if faults or clock is None:
        raise ConfigurationFault(faults)
    return Config(
        database_url=settings["DATABASE_URL"],
        amqp_url=settings["AMQP_URL"],
        files_url=settings["FILES_URL"],
        clock=clock,
        profile=settings["PROFILE"],
        token_private_key=Path(settings["TOKEN_PRIVATE_KEY"]),
        secret_key=Path(settings["SECRET_KEY"]),
        log_level=settings["LOG_LEVEL"],
        listen=settings["LISTEN"],
        workers=numbers["WORKERS"],
        threads=numbers["THREADS"],
        proxies=numbers["PROXIES"],
        public_per_minute=numbers["PUBLIC_PER_MINUTE"],
        file_limit=numbers["FILE_LIMIT"],
        services=tuple(settings["SERVICES"].split()),
    )


def _number(name: str, value: str, faults: list[str]) -> int:
    if value.isdecimal():
        return int(value)
    if value:
        faults.append(f"{name} is {value!r}: expected a number")
    return 0


def _clock(setting: str, profile: str, faults: list[str]) -> Clock | None:
    try:
        clock = clock_from(setting)
    except ValueError as fault:
        faults.append(f"CLOCK: {fault}")
        return None
    if isinstance(clock, FileClock) and profile == "production":
        faults.append("CLOCK: a test clock is refused in production")
    return clock
