"""Structured logs: an event key and its facts, never a sentence.

Numbers are masked by whoever logs them (`core.phone.mask`); bodies, names and tokens are never
logged. Behind that stand three fences: values that look like a phone number are blanked, libraries
are heard from warnings up only, and of an error that is not ours the traceback and the kind are
told but not the words, which may quote a text (PostgreSQL quotes whole rows).
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any, cast

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from core.errors import RingbackError

_PHONE = re.compile(r"(?:\+|%2[Bb])\d{8,15}\b")
_SPEAK_OF_CODE = (AttributeError, ImportError, NameError, OSError, RuntimeError, TypeError)
"""Errors whose words name code or the machine, not what somebody wrote."""


def _mask_phones(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PHONE.sub(lambda m: f"{m[0][:2]}***{m[0][-2:]}", value)
    return event


def _first_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's message beyond its first line may show an error with its words (asyncio's)."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def _rule(error: BaseException) -> str:
    """What a database's error broke: names of ours and a code, nobody's words."""
    names = (getattr(error, n, None) for n in ("sqlstate", "table_name", "constraint_name"))
    found = [n for n in names if isinstance(n, str)]
    return f" ({', '.join(found)})" if found else ""


def _discreet(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None],
) -> str:
    """A traceback, inner errors first, that quotes nothing that somebody wrote."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < 8:
        words = f": {error}" if isinstance(error, (RingbackError, *_SPEAK_OF_CODE)) else ""
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(
            f"{frames}{type(error).__module__}.{type(error).__qualname__}{words or _rule(error)}"
        )
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        else:
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(told))


def set_up(level: str = "info", style: str = "console") -> None:
    """Choose the form of the logs for this process: `console` for people, `json` for machines."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_discreet),
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
        structlog.stdlib.ProcessorFormatter(
            processor=renderer, foreign_pre_chain=[_first_line, *shared]
        )
    )
    # Libraries print addresses, headers and query parameters, which hold phone numbers.
    libraries = max(number, logging.WARNING)
    logging.basicConfig(level=libraries, handlers=[handler], force=True)
    for noisy in ("twilio.http_client", "openai", "pgqueuer", "alembic"):  # have ways of their own
        logging.getLogger(noisy).setLevel(libraries)


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
