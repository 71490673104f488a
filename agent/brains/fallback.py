"""What stands between a turn and a model's server that is down.

Within a turn the graph does the falling back: any `Fails` of a brain, and any plan that stays
unlawful after its repair, hands the turn whole to the offline brain (`agent/nodes/think.rescue`),
with what the tools have brought so far. What the graph can't do is remember: while a server is
down every caller would wait for the same timeout. That memory is here, and nothing else.
"""

import time
from collections import deque
from collections.abc import Callable

from agent.brains import Brain, Fails, Thinking, Thought
from core.log import get_logger

log = get_logger("agent.brains.fallback")

FAILURES = 3
"""So many in a row within `WITHIN` seconds, and the brain is spared for `SPARED` seconds."""
WITHIN = 60.0
SPARED = 30.0

OUTAGES = frozenset(
    {
        "timeout", "unreachable", "dropped", "server_error", "rate_limited", "no_quota", "unauthorised",
        "no_such_model", "refused", "broken", "wrong_shape", "fault",
    }
)  # fmt: skip
"""Faults of the server. A refusal, a bad request or a useless plan is about one conversation: no
caller can switch the model off for the others."""


class FallbackBrain:
    """A brain that steps aside at once while its server is down.

    `Fails("spared")` takes no time, and the graph goes on with the offline brain. After a while one
    turn probes (half-open); whether it is answered decides for all. One per process.
    """

    def __init__(self, first: Brain, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Closed: everything goes to `first`.

        Args:
            first: The brain whose server may be down.
            clock: Monotonic seconds.
        """
        self._first = first
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._spared_until: float | None = None
        self._probing = False

    @property
    def name(self) -> str:
        """The first brain's: only its own plans are recorded under it."""
        return self._first.name

    async def close(self) -> None:
        """Close the first brain, where it needs that."""
        close = getattr(self._first, "close", None)
        if close is not None:
            await close()

    async def think(self, thinking: Thinking) -> Thought:
        """One round of the first brain, or `Fails("spared")` without asking it."""
        if self._spared_until is None:
            return self._judged(await self._first.think(thinking), thinking)
        if self._probing or self._clock() < self._spared_until:
            return Fails("spared")
        self._probing = True
        try:
            return self._judged(await self._first.think(thinking), thinking)
        finally:
            self._probing = False

    def _judged(self, thought: Thought, thinking: Thinking) -> Thought:
        if isinstance(thought, Fails) and thought.kind in OUTAGES:
            if thinking.seconds_left >= _A_FAIR_CHANCE or thought.kind != "timeout":
                self._failed(thought.kind)
        else:
            self._failures.clear()
            if self._spared_until is not None:
                log.info("brain.back", brain=self.name)
                self._spared_until = None
        return thought

    def _failed(self, kind: str) -> None:
        now = self._clock()
        self._failures.append(now)
        full = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN
        if full or self._spared_until is not None:
            log.warning("brain.spared", brain=self.name, kind=kind, seconds=SPARED)
            self._spared_until = now + SPARED


_A_FAIR_CHANCE = 3.0  # seconds: who had less and timed out shows nothing about the server


__all__ = ["FAILURES", "OUTAGES", "SPARED", "WITHIN", "FallbackBrain"]
