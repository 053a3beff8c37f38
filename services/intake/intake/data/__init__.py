"""Vocabularies, the risk matrix and a sample feed: data that a bureau may replace."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """Return the content of `<name>.yaml` in this package."""
    return yaml.safe_load((files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"))


def sample_alerts() -> str:
    """Return our own invented alerts in the Safety Gate form, one JSON object a line."""
    return (files(__name__) / "sample_alerts.jsonl").read_text(encoding="utf-8")
