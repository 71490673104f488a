"""Structured logs: an event key and its facts, never a sentence.

Numbers are masked by whoever logs them (`core.phone.mask`); bodies, names and tokens are never
logged. As a second fence a processor blanks values that look like a phone number.
"""

import logging
import re
import sys
from typing import Any, cast

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

_PHONE = re.compile(r"\+\d{8,15}\b")


def _mask_phones(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str) and "+" in value:
            event[key] = _PHONE.sub(lambda m: f"{m[0][:2]}***{m[0][-2:]}", value)
    return event


def set_up(level: str = "info", style: str = "console") -> None:
    """Choose the form of the logs for this process: `console` for people, `json` for machines."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_phones,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    )
    logging.basicConfig(level=number, handlers=[handler], force=True)
    # These print addresses and query parameters, which hold phone numbers, at INFO.
    for noisy in (
        "twilio.http_client",
        "httpx",
        "httpx2",
        "httpcore",
        "openai",
        "pgqueuer",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> FilteringBoundLogger:
    """The logger of a module; `name` is its path in the house."""
    return cast("FilteringBoundLogger", structlog.get_logger(at=name))


__all__ = [
    "bind_contextvars",
    "bound_contextvars",
    "clear_contextvars",
    "get_logger",
    "set_up",
]
