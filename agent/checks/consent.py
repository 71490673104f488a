"""Which time did the caller choose? Code's own answer; a brain can't create consent.

A choice is the caller's own in this turn: an ordinal, a time that is exactly one of those offered,
a yes to the one read back or to the only one before their eyes. What is doubted, denied, corrected
or merely asked about is none: the date is then read back, and only a yes commits it.
"""

import re
from datetime import datetime

from agent.state import BookingSeen, Ledger, TimeSeen, TurnView
from agent.understand.choice import read_choice
from agent.understand.intents import Intent, read_intents
from agent.understand.window_when import When

_DOUBTS = frozenset({Intent.DENY, Intent.CORRECTION, Intent.UNSURE})
_OTHER_WISHES = frozenset(
    {Intent.CANCEL_BOOKING, Intent.HUMAN_HANDOFF, Intent.WRONG_NUMBER, Intent.EMERGENCY}
)
_CLAUSE = re.compile(
    r"(?<=[.!?])\s+|\n+|(?:[,;]\s*|\s+)(?:(?:and|but|also|y|pero)\s+)+(?=(?:do|does|did|is|are|can|could|will|would|what|"
    r"how|where|when|who|which|should|may|que|cuanto|puedo|aceptan|tienen)\b)|[,;]\s*(?=(?:do|does|did|is|are|can|could|"
    r"will|would|what|how|where|when|who|which|should|may|que|cuanto|puedo|aceptan|tienen)\b)",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:no|not|wait|actually|instead|another|different|change|don'?t|can'?t|cancel|other|rather|hold on|mejor|otr[oa]|espere?|cambi\w*)\b",
    re.IGNORECASE,
)
_NOT_CANCEL = re.compile(
    r"\b(?:don'?t|do not|didn'?t|not|never|no)\s+(?:\w+\s+){0,3}?(?:cancel|cancele)", re.IGNORECASE
)


def chosen(view: TurnView, ledger: Ledger) -> TimeSeen | None:
    """The time that the caller's own words choose, clearly enough to commit or hold it."""
    if view.reading.intents & (_DOUBTS | _OTHER_WISHES):
        return None
    stated = _statements(view.text)
    if not stated:
        return None
    seen = [t for t in ledger.times.values() if t.offered or t.held or t.read_back]
    picked = [
        t
        for t in (
            _by_choice(view, ledger, stated),
            _by_time(view, ledger),
            _by_yes(view, seen, stated),
        )
        if t
    ]
    if not picked or len({t.id for t in picked}) > 1:
        return None
    return picked[0] if picked[0].starts_at > view.now else None


def kept_for(view: TurnView, ledger: Ledger) -> TimeSeen | None:
    """The one time held for this caller, who chose it before and now answers what was missing.

    Only a lawful choice makes a hold (`chosen`), so the choice stands unless they take it back.
    """
    held = [t for t in ledger.times.values() if t.held and t.starts_at > view.now]
    if len(held) != 1 or view.asked not in view.required():
        return None
    if view.reading.intents & (_DOUBTS | _OTHER_WISHES) or view.reading.choice.kind not in (
        "none",
        "one",
    ):
        return None
    if _TAKES_BACK.search(view.text):
        return None
    when = view.reading.when
    if when is not None and not when.admits(held[0].starts_at.astimezone(view.profile.zone)):
        return None
    picked = chosen(view, ledger)
    return held[0] if picked is None or picked.id == held[0].id else None


def meant(view: TurnView, ledger: Ledger) -> BookingSeen | None:
    """The booking that the caller means: their only one, or the one their words single out."""
    bookings = list(ledger.bookings.values())
    if len(bookings) < 2:
        return bookings[0] if bookings else None
    when, service = view.reading.when, view.reading.service
    if when is not None and view.reading.choice.kind != "one":
        zone = view.profile.zone
        fitting = [b for b in bookings if when.admits(b.starts_at.astimezone(zone))]
        if len(fitting) == 1:
            return fitting[0]
    if service is not None and service.key:
        fitting = [b for b in bookings if b.service_key == service.key]
        if len(fitting) == 1:
            return fitting[0]
    return None


def wants_cancel(view: TurnView) -> bool:
    """Whether the caller wishes to cancel a booking, in this turn or by a yes to our question."""
    intents = view.reading.intents
    if _NOT_CANCEL.search(view.text) or Intent.UNSURE in intents:
        return False
    if Intent.CANCEL_BOOKING in intents:
        return True
    if view.asked == "cancel":
        return Intent.AFFIRM in intents and not intents & _DOUBTS
    return view.asked == "booking" and _wished_before(view, Intent.CANCEL_BOOKING)


def wants_move(view: TurnView) -> bool:
    """Whether the caller wishes to move a booking, now or earlier in this conversation."""
    if (
        Intent.CANCEL_BOOKING in view.reading.intents
        and Intent.CHANGE_BOOKING not in view.reading.intents
    ):
        return False
    return Intent.CHANGE_BOOKING in view.reading.intents or _wished_before(
        view, Intent.CHANGE_BOOKING
    )


_RECENT = 12


def _wished_before(view: TurnView, wish: Intent) -> bool:
    """Whether one of the caller's recent texts shows the wish: moving takes several turns."""
    return any(
        wish in read_intents(line.body)
        for line in view.transcript[-_RECENT:]
        if line.author == "caller"
    )


# -- the three ways to choose --------------------------------------------------------------------


def _statements(text: str) -> str:
    """What the caller states; a clause that ends in a question mark only asks."""
    pieces = [piece.strip() for piece in _CLAUSE.split(text)]
    return "\n".join(piece for piece in pieces if piece and not re.search(r"\?\W*$", piece))


def _by_choice(view: TurnView, ledger: Ledger, stated: str) -> TimeSeen | None:
    offered, choice = ledger.offered(), view.reading.choice
    if choice.kind != "one" or choice.index is None or choice.index >= len(offered):
        return None
    if stated != view.text:
        again = read_choice(stated, [t.starts_at.astimezone(view.profile.zone) for t in offered])
        if again != choice:
            return None
    return offered[choice.index]


def _by_time(view: TurnView, ledger: Ledger) -> TimeSeen | None:
    """An exact time that is exactly one of those offered; "3pm" without a day counts as such."""
    when = view.reading.when
    if (
        when is None
        or when.kind != "time"
        or when.start is None
        or when.ambiguous
        or "?" in view.text
    ):
        return None
    fitting = [t for t in ledger.offered() if _is_at(t.starts_at, when, view)]
    return fitting[0] if len(fitting) == 1 else None


def _is_at(at: datetime, when: When, view: TurnView) -> bool:
    local = at.astimezone(view.profile.zone)
    if when.start is None:
        return False
    return local == when.start if when.has_day else local.time() == when.start.time()


def _by_yes(view: TurnView, seen: list[TimeSeen], stated: str) -> TimeSeen | None:
    """A yes to the one read back, else to the only one offered or held."""
    intents = (
        view.reading.intents if stated == view.text else read_intents(stated, asked=view.asked)
    )
    if Intent.AFFIRM not in intents:
        return None
    read_back = [t for t in seen if t.read_back]
    candidates = read_back or seen
    if len({t.id for t in candidates}) != 1 or view.reading.choice.kind not in (
        "none",
        "one",
        "any",
    ):
        return None
    only, when = candidates[0], view.reading.when
    if when is not None and not when.admits(only.starts_at.astimezone(view.profile.zone)):
        return None
    return only
