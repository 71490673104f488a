"""STEP 5: the five figures, each one query over the journal and nothing else.

All are about the missed calls whose time lies in [start, end); what followed may lie later. They
need these facts, ids and codes alone:

    CALL_MISSED    call_id                          the call's time
    CALL_DECIDED   call_id, lead_id, message_id     message_id: its first text, when there is one
    TEXT_SENT      message_id                       the carrier took it (TEXT_DELIVERED: so too)
    TEXT_FAILED    message_id                       it failed after all, whenever that was told
    CALLER_TEXTED  lead_id
    ANSWERED       lead_id, by, seconds, open_seconds (staff's, in opening hours)
    LEAD_MOVED     lead_id, after

"Afterwards" is the journal's own order (`seq`): a text of the caller counts for a call of its lead
when it came after the decision about that call, so that an older conversation recovers nothing.
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
    SELECT count(*) AS denominator,
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM journal sent
               WHERE sent.business_id = :business AND sent.message_id = decided.message_id
                 AND sent.fact IN ('text.sent', 'text.delivered')
           ) AND NOT EXISTS (
               SELECT 1 FROM journal failed
               WHERE failed.business_id = :business AND failed.message_id = decided.message_id
                 AND failed.fact = 'text.failed'
           )) AS numerator
    FROM journal missed
    LEFT JOIN journal decided
      ON decided.business_id = :business AND decided.call_id = missed.call_id
     AND decided.fact = 'call.decided'
    WHERE missed.business_id = :business AND missed.fact = 'call.missed'
      AND missed.at >= :start AND missed.at < :end
""")

# Of the missed calls that were texted so, those whose caller texted afterwards.
REPLY_RATE: Final = text("""
    SELECT count(*) AS denominator,
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM journal reply
               WHERE reply.business_id = :business AND reply.lead_id = decided.lead_id
                 AND reply.fact = 'caller.texted' AND reply.seq > decided.seq
           )) AS numerator
    FROM journal missed
    JOIN journal decided
      ON decided.business_id = :business AND decided.call_id = missed.call_id
     AND decided.fact = 'call.decided'
    WHERE missed.business_id = :business AND missed.fact = 'call.missed'
      AND missed.at >= :start AND missed.at < :end
      AND EXISTS (
          SELECT 1 FROM journal sent
          WHERE sent.business_id = :business AND sent.message_id = decided.message_id
            AND sent.fact IN ('text.sent', 'text.delivered'))
      AND NOT EXISTS (
          SELECT 1 FROM journal failed
          WHERE failed.business_id = :business AND failed.message_id = decided.message_id
            AND failed.fact = 'text.failed')
""")

# Of all missed calls, those whose caller texted afterwards and was answered: both sides spoke.
RECOVERY_RATE: Final = text("""
    SELECT count(*) AS denominator,
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM journal reply
               JOIN journal answer
                 ON answer.business_id = :business AND answer.lead_id = reply.lead_id
                AND answer.fact = 'caller.answered' AND answer.seq > reply.seq
               WHERE reply.business_id = :business AND reply.lead_id = decided.lead_id
                 AND reply.fact = 'caller.texted' AND reply.seq > decided.seq
           )) AS numerator
    FROM journal missed
    LEFT JOIN journal decided
      ON decided.business_id = :business AND decided.call_id = missed.call_id
     AND decided.fact = 'call.decided'
    WHERE missed.business_id = :business AND missed.fact = 'call.missed'
      AND missed.at >= :start AND missed.at < :end
""")

# Of the calls recovered so, those whose lead was booked afterwards: by text, by staff, by the page.
CALL_TO_BOOKING_RATE: Final = text("""
    SELECT count(*) AS denominator,
           count(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM journal booked
               WHERE booked.business_id = :business AND booked.lead_id = decided.lead_id
                 AND booked.fact = 'lead.moved' AND booked.data->>'after' = 'booked'
                 AND booked.seq > decided.seq
           )) AS numerator
    FROM journal missed
    JOIN journal decided
      ON decided.business_id = :business AND decided.call_id = missed.call_id
     AND decided.fact = 'call.decided'
    WHERE missed.business_id = :business AND missed.fact = 'call.missed'
      AND missed.at >= :start AND missed.at < :end
      AND EXISTS (
          SELECT 1 FROM journal reply
          JOIN journal answer
            ON answer.business_id = :business AND answer.lead_id = reply.lead_id
           AND answer.fact = 'caller.answered' AND answer.seq > reply.seq
          WHERE reply.business_id = :business AND reply.lead_id = decided.lead_id
            AND reply.fact = 'caller.texted' AND reply.seq > decided.seq)
""")

# The median from a caller's text to the next answer, over the leads of those calls; each answer
# once, however many calls its lead has. Beside it the agent's, and the staff's in opening hours.
RESPONSE_TIME: Final = text("""
    SELECT count(*) AS denominator,
           percentile_cont(0.5) WITHIN GROUP (
               ORDER BY (answer.data->>'seconds')::float) AS numerator,
           percentile_cont(0.5) WITHIN GROUP (
               ORDER BY (answer.data->>'seconds')::float)
               FILTER (WHERE answer.data->>'by' = 'agent') AS agent,
           percentile_cont(0.5) WITHIN GROUP (
               ORDER BY coalesce(answer.data->>'open_seconds', answer.data->>'seconds')::float)
               FILTER (WHERE answer.data->>'by' = 'staff') AS staff
    FROM journal answer
    WHERE answer.business_id = :business AND answer.fact = 'caller.answered'
      AND EXISTS (
          SELECT 1 FROM journal missed
          JOIN journal decided
            ON decided.business_id = :business AND decided.call_id = missed.call_id
           AND decided.fact = 'call.decided'
          WHERE missed.business_id = :business AND missed.fact = 'call.missed'
            AND missed.at >= :start AND missed.at < :end
            AND decided.lead_id = answer.lead_id AND decided.seq < answer.seq)
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
