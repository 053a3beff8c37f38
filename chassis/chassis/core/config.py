"""Configuration: a frozen object read once at start from `config.yml` and the environment; every fault in it is listed at once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from chassis.core.dates.times import clock_from
from chassis.core.errors import ConfigurationFault

PROFILES = ("local", "test", "production")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
NUMBERS = {"workers": (10, 1), "keep_commands_days": (30, 7), "keep_inbox_days": (90, 30)}
"""Keys that are whole numbers: default and least."""
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)(?::([^}]*))?\}")


@dataclass(frozen=True)
class Config:
    """What one process needs to know. Paths of keys are files; `settings` are the service's own."""

    service: str
    profile: str
    database_url: str
    amqp_url: str
    files_url: str
    clock: str
    token_public_key: str
    seal_key: str
    log_level: str = "INFO"
    workers: int = 10
    keep_commands_days: int = 30
    keep_inbox_days: int = 90
    settings: Mapping[str, Any] = field(default_factory=dict)


def load(package: str, env: Mapping[str, str] | None = None) -> Config:
    """Read `<folder of the package>/config.yml`, or the one inside the package, filled from the environment; ConfigurationFault lists every fault."""
    env = os.environ if env is None else env
    inside = resources.files(package)
    path = inside / "config.yml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    values = _filled(document, env, faults)
    for key in ("keep_commands_days", "keep_inbox_days"):
        if env.get(key.upper()):
            values.setdefault(key, env[key.upper()])
    unknown = set(values) - set(Config.__dataclass_fields__)
    faults += [f"config.yml: unknown key {key!r}" for key in sorted(unknown)]
    missing = {
        "service",
        "profile",
        "database_url",
        "amqp_url",
        "files_url",
        "clock",
        "token_public_key",
        "seal_key",
    } - set(values)
    faults += [f"config.yml: {key} is missing" for key in sorted(missing)]
    faults += _faults(values)
    if faults:
        raise ConfigurationFault(faults)
    return Config(**values | {key: int(values.get(key, default)) for key, (default, _) in NUMBERS.items()})


def _filled(value: Any, env: Mapping[str, str], faults: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, env, faults) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, env, faults) for item in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        name, default = match.groups()
        value = env.get(name) or default
        if value is None:
            faults.append(f"the environment variable {name} is not set")
            return ""
        return value

    return VARIABLE.sub(fill, value)


def _faults(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the values that are there."""
    faults = []
    if values.get("profile", "local") not in PROFILES:
        faults.append(f"PROFILE is {values['profile']!r}; expected one of {', '.join(PROFILES)}")
    clock = str(values.get("clock", "system"))
    try:
        clock_from(clock)
    except ValueError as fault:
        faults.append(f"CLOCK: {fault}")
    if values.get("profile") == "production" and clock != "system":
        faults.append("CLOCK: a clock that can be moved is refused in production")
    if values.get("log_level", "INFO") not in LEVELS:
        faults.append(f"LOG_LEVEL is {values['log_level']!r}; expected one of {', '.join(LEVELS)}")
    for key, (default, least) in NUMBERS.items():
        if not str(values.get(key, default)).isdigit() or int(values.get(key, default)) < least:
            faults.append(f"{key.upper()} is {values[key]!r}; expected a whole number from {least}")
    for key in ("token_public_key", "seal_key"):
        if key in values and not Path(str(values[key])).is_file():
            faults.append(f"{key.upper()}: there is no file {values[key]!r}")
    return faults
