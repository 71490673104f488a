"""What time it is. Nothing else in the product may ask the machine.

All instants are aware datetimes in UTC. Zone data is that of the pinned `tzdata` package, never
the host's, whose files may be years old (docs/decisions/time.md).
"""

import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

zoneinfo.reset_tzpath(to=())


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class TurnableClock:
    """A clock that only moves when told: evals and tests live by it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 12, 1, 15, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """The instant it was last turned to."""
        return self.at

    def turn_to(self, at: datetime) -> None:
        """Set the clock to `at`; an instant already passed leaves it where it is."""
        self.at = max(self.at, at.astimezone(UTC))

    def advance(self, **by: float) -> None:
        """Move forward, e.g. `advance(minutes=10)`."""
        self.at += timedelta(**by)


@dataclass(frozen=True)
class OffsetClock:
    """Another clock, a fixed number of seconds ahead (a test business may carry one)."""

    base: Clock
    seconds: int

    def now(self) -> datetime:
        """The base clock's instant plus the offset."""
        return self.base.now() + timedelta(seconds=self.seconds)
