"""Who answers for a product: the producer, or a foreign producer's importer or domestic agent (article 3(1))."""

from collections.abc import Mapping
from typing import Any


def accountable(producer: Mapping[str, Any]) -> str:
    """Return the credit code of whoever answers; a KeyError means that the case names nobody, which its schema refuses."""
    agent = producer.get("agent") or {}
    code = (
        producer.get("code")
        or producer.get("agent_code")
        or (agent.get("code") if isinstance(agent, Mapping) else None)
    )
    if not code:
        raise KeyError("a case names one producer, or the agent of a foreign one")
    return str(code)
