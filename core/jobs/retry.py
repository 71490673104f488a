"""When a failed job is tried again: a value that the worker obeys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import CarrierUnavailable, Retryable

MAX_ATTEMPTS = 12
_FIRST, _MOST = timedelta(seconds=2), timedelta(minutes=10)


@dataclass(frozen=True)
class Again:
    """Try again at that instant."""

    at: datetime


@dataclass(frozen=True)
class GiveUp:
    """Keep it as failed, where staff can see it."""

    reason: str


def after_failure(error: Exception, attempts: int, now: datetime) -> Again | GiveUp:
    """A `Retryable` backs off, doubling from 2 s to 10 min, twelve times; all else ends."""
    if not isinstance(error, Retryable) or attempts >= MAX_ATTEMPTS:
        return GiveUp(type(error).__name__)
    pause = min(_FIRST * 2 ** (attempts - 1), _MOST)
    if isinstance(error, CarrierUnavailable) and error.retry_after is not None:
        pause = max(pause, timedelta(seconds=error.retry_after))
    return Again(now + pause)
