"""How it ended, as the tables have it: what counts in the end."""

import re
from collections.abc import Iterator

from evals.play import Played
from evals.scorers import Score


def end_state(played: Played) -> list[Score]:
    """Each expectation of the case against the rows."""
    return list(_judge(played))


def _judge(played: Played) -> Iterator[Score]:
    expect = played.case.expect
    booking = played.bookings[0] if played.bookings else None
    handoff = played.handoffs[0] if played.handoffs else None
    local = booking.starts_at.astimezone(played.profile.zone) if booking else None
    sent = [t for t in played.ours if t.delivery in ("sent", "delivered", "undelivered")]
    for rule, wanted, found in (
        ("decision", expect.decision, played.decision),
        ("lead", expect.lead, played.lead),
        ("owner", expect.owner, played.owner),
        ("bookings", expect.bookings, len(played.bookings)),
        ("service", expect.service, booking.service_key if booking else None),
        ("starts_at", expect.starts_at, local.strftime("%Y-%m-%dT%H:%M") if local else None),
        ("handoffs", expect.handoffs, len(played.handoffs)),
        ("reason", expect.reason, handoff.reason if handoff else None),
        ("urgency", expect.urgency, handoff.urgency if handoff else None),
        ("callbacks", expect.callbacks, played.callbacks),
        ("texts", expect.texts, len(sent)),
    ):
        if wanted is not None:
            yield Score(rule, wanted == found, f"expected {wanted}, found {found}")
    every = "\n".join(t.body for t in played.ours)
    for words in expect.says:
        yield Score("says", words in every, f"never said {words!r}")
    for words in expect.never_says:
        found_words = re.search(words, every, re.IGNORECASE)
        yield Score("never_says", found_words is None, f"said {words!r}")
