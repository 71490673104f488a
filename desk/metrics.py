"""STEP 5: the five figures, each one query over the journal and nothing else.

All are about the missed calls whose time lies in [start, end); what followed may lie later. They
need these facts, ids and codes alone:

    CALL_DECIDED   call_id, lead_id, message_id   written with CALL_MISSED, so its instant is the
                                                  call's; message_id: its first text, if any
    TEXT_SENT      message_id                     the carrier took it (TEXT_DELIVERED: so too)
    TEXT_FAILED    message_id                     it failed after all, whenever that was told
    CALLER_TEXTED  lead_id
    ANSWERED       lead_id, by, seconds, open_seconds (staff's, in opening hours)
    LEAD_MOVED     lead_id, after

"Afterwards" is the journal's own order (`seq`): a text of the caller counts for a call of its lead
when it came after the decision about that call, so that an older conversation recovers nothing.

Each query reads the journal once and looks around itself by windows. Joined to itself it took 33 s
for 8,000 calls on a table without statistics yet; so all five take a quarter of a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text

from core.db import Work
from core.models import Json

# Of the missed calls, those whose first text the carrier took and did not fail later.
SEND_RATE: Final = text("""
    WITH told AS (
        SELECT fact, at,
               message_id IS NOT NULL
               AND bool_or(fact IN ('text.sent', 'text.delivered')) OVER of_message
               AND NOT bool_or(fact = 'text.failed') OVER of_message AS sent
        FROM journal
        WHERE business_id = :business AND at >= :start
          AND fact IN ('call.decided', 'text.sent', 'text.delivered', 'text.failed')
        WINDOW of_message AS (PARTITION BY message_id)
    )
    SELECT count(*) AS denominator, count(*) FILTER (WHERE sent) AS numerator
    FROM told WHERE fact = 'call.decided' AND at < :end
""")

# Of the missed calls that were texted so, those whose caller texted afterwards.
REPLY_RATE: Final = text("""
    WITH told AS (
        SELECT fact, at,
               message_id IS NOT NULL
               AND bool_or(fact IN ('text.sent', 'text.delivered')) OVER of_message
               AND NOT bool_or(fact = 'text.failed') OVER of_message AS sent,
               lead_id IS NOT NULL AND bool_or(fact = 'caller.texted') OVER later AS replied
        FROM journal
        WHERE business_id = :business AND at >= :start
          AND fact IN (
              'call.decided', 'text.sent', 'text.delivered', 'text.failed', 'caller.texted')
        WINDOW of_message AS (PARTITION BY message_id),
               later AS (PARTITION BY lead_id ORDER BY seq DESC)
    )
    SELECT count(*) AS denominator, count(*) FILTER (WHERE replied) AS numerator
    FROM told WHERE fact = 'call.decided' AND at < :end AND sent
""")

# Of all missed calls, those whose caller texted afterwards and was answered: both sides spoke.
# The nearest later text and the last later answer decide: the one must lie before the other.
RECOVERY_RATE: Final = text("""
    WITH told AS (
        SELECT fact, at,
               lead_id IS NOT NULL
               AND min(seq) FILTER (WHERE fact = 'caller.texted') OVER later
                 < max(seq) FILTER (WHERE fact = 'caller.answered') OVER later AS recovered
        FROM journal
        WHERE business_id = :business AND at >= :start
          AND fact IN ('call.decided', 'caller.texted', 'caller.answered')
        WINDOW later AS (PARTITION BY lead_id ORDER BY seq DESC)
    )
    SELECT count(*) AS denominator, count(*) FILTER (WHERE recovered) AS numerator
    FROM told WHERE fact = 'call.decided' AND at < :end
""")

# Of the calls recovered so, those whose lead was booked afterwards: by text, by staff, by the page.
CALL_TO_BOOKING_RATE: Final = text("""
    WITH told AS (
        SELECT fact, at,
               lead_id IS NOT NULL
               AND min(seq) FILTER (WHERE fact = 'caller.texted') OVER later
                 < max(seq) FILTER (WHERE fact = 'caller.answered') OVER later AS recovered,
               bool_or(fact = 'lead.moved') OVER later AS booked
        FROM journal
        WHERE business_id = :business AND at >= :start
          AND (fact IN ('call.decided', 'caller.texted', 'caller.answered')
               OR fact = 'lead.moved' AND data->>'after' = 'booked')
        WINDOW later AS (PARTITION BY lead_id ORDER BY seq DESC)
    )
    SELECT count(*) AS denominator, count(*) FILTER (WHERE booked) AS numerator
    FROM told WHERE fact = 'call.decided' AND at < :end AND recovered
""")

# The median from a caller's text to the next answer, over the leads of those calls; each answer
# once, however many calls its lead has. Beside it the agent's, and the staff's in opening hours.
RESPONSE_TIME: Final = text("""
    WITH told AS (
        SELECT fact, data->>'by' AS by,
               (data->>'seconds')::float AS seconds,
               coalesce(data->>'open_seconds', data->>'seconds')::float AS open_seconds,
               bool_or(fact = 'call.decided' AND at < :end) OVER earlier AS of_a_call
        FROM journal
        WHERE business_id = :business AND at >= :start AND lead_id IS NOT NULL
          AND fact IN ('call.decided', 'caller.answered')
        WINDOW earlier AS (PARTITION BY lead_id ORDER BY seq)
    )
    SELECT count(*) AS denominator,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS numerator,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
               FILTER (WHERE by = 'agent') AS agent,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY open_seconds)
               FILTER (WHERE by = 'staff') AS staff
    FROM told WHERE fact = 'caller.answered' AND of_a_call
""")

_WORDS: Final[Mapping[str, tuple[TextClause, str]]] = {
    "send_rate": (SEND_RATE, "{n} of {d} missed calls got a text"),
    "reply_rate": (REPLY_RATE, "{n} of {d} missed callers replied"),
    "recovery_rate": (RECOVERY_RATE, "{n} of {d} missed calls became a conversation"),
    "call_to_booking_rate": (CALL_TO_BOOKING_RATE, "{n} of {d} recovered callers were booked"),
}


@dataclass(frozen=True)
class Figure:
    """One figure with what it was computed from. `value` is None while there is nothing to count.

    Rates are fractions of 1. Of the response time, value and numerator are the median in seconds,
    the denominator the answers it was taken over; `agent` and `staff` are medians of their own.
    """

    value: float | None
    numerator: float | None
    denominator: int
    words: str
    agent: float | None = None
    staff: float | None = None

    def as_json(self, key: str) -> Json:
        """As the HTTP API shows it under `key`."""
        shown: Json = {
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "words": self.words,
        }
        if key == "response_time_seconds":
            shown |= {"agent": self.agent, "staff": self.staff}
        return shown


async def figures(work: Work, start: datetime, end: datetime) -> dict[str, Figure]:
    """The five figures over the missed calls in [start, end), aware instants."""
    found = {
        key: _rate(await _one(work, query, start, end), words)
        for key, (query, words) in _WORDS.items()
    }
    found["response_time_seconds"] = _median(await _one(work, RESPONSE_TIME, start, end))
    return found


async def _one(work: Work, query: TextClause, start: datetime, end: datetime) -> Mapping[str, Any]:
    values = {"business": work.business_id, "start": start, "end": end}
    return dict((await work.session.execute(query, values)).mappings().one())


def _rate(row: Mapping[str, Any], words: str) -> Figure:
    n, d = int(row["numerator"]), int(row["denominator"])
    return Figure(n / d if d else None, n, d, words.format(n=n, d=d))


def _median(row: Mapping[str, Any]) -> Figure:
    value: float | None = row["numerator"]
    d = int(row["denominator"])
    words = (
        "no text was answered yet" if value is None else f"half of {d} answers within {value:g} s"
    )
    return Figure(value, value, d, words, row["agent"], row["staff"])


__all__ = ["Figure", "figures"]
