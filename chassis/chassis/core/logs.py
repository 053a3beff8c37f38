"""Structured logs: one JSON object a line on standard output, with trace, command and organisation; never a name, a token or a body."""

import logging
import sys
from typing import Any

import structlog

HIDDEN = {"token", "password", "data", "body", "name", "title", "contact", "authorization"}


def _hide(_: Any, __: str, event: Any) -> Any:
    return {key: "…" if key in HIDDEN else value for key, value in event.items()}


def configure(service: str, level: str = "INFO") -> None:
    """Set up structlog and send the libraries' warnings the same way."""
    numeric = logging.getLevelNamesMapping()[level]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            _hide,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(numeric, logging.WARNING), force=True)
