"""Bookings that the caller has: told, cancelled, moved. Code runs the acts, and checks them first."""

import re

from agent.brains.offline_sense import Sense
from agent.brains.offline_step import Step, hand_off, question, speak
from agent.plan import Act, Clause, Do, say
from agent.state import BookingSeen
from agent.understand.intents import Intent

_ONLY_ASKING = re.compile(
    r"\b(?:policy|policies|cancell?ation fee|charge|fee|what if|if i (?:need|have|had|want)|how (?:do|can|would) i|how late can i|how far in advance|penalt\w+)\b"
)
ABOUT_BOOKINGS = (Intent.CANCEL_BOOKING, Intent.CHANGE_BOOKING, Intent.BOOKING_STATUS)


def concerns(sense: Sense) -> bool:
    """Whether the texts are about a booking that should exist already."""
    if sense.view.asked in ("booking", "cancel"):
        return True
    if sense.late:
        return True
    return sense.wants(*ABOUT_BOOKINGS) and not _ONLY_ASKING.search(sense.plain)


def about_the_visit(sense: Sense) -> Step | None:
    """Who will be late, or corrects the time just booked: staff must know before they come."""
    booking = the_one(sense)
    if booking is None or sense.pending:
        return None
    if sense.late:
        return hand_off("other", *((Clause.NOTED,) if sense.hears("note") else ()))
    takes_back = sense.wants(Intent.CORRECTION, Intent.DENY) and sense.new_when is not None
    if takes_back and not sense.wants(Intent.BOOK, *ABOUT_BOOKINGS):
        return hand_off("other", booking.id)  # never a second booking beside the first
    return None


def wish(sense: Sense) -> Intent | None:
    """What is wanted of a booking: by these words, or by those before our question about it."""
    said = sense.intents
    if sense.view.asked in ("booking", "cancel") and said.isdisjoint(ABOUT_BOOKINGS):
        said = sense.intents_before
    return next((i for i in ABOUT_BOOKINGS if i in said), None)


def manage(sense: Sense) -> Step | None:
    """Answer about the caller's bookings; None where new times are to be found for one."""
    if not concerns(sense):
        return None
    if not sense.bookings:
        return None if sense.late else _none_there(sense)
    wanted = wish(sense)
    if wanted is Intent.CANCEL_BOOKING:
        return _cancel(sense)
    if wanted is Intent.CHANGE_BOOKING:
        return None if the_one(sense) else _which(sense)
    return speak(*(b.id for b in sense.bookings[:2])) if wanted else None


def _none_there(sense: Sense) -> Step | None:
    """Nothing is booked: a thread under way is called off, changed or gone on with instead."""
    if sense.wants(Intent.CANCEL_BOOKING) and sense.pending:
        return Step((say(Clause.GOODBYE),), settles=True)
    if sense.wants(Intent.CHANGE_BOOKING) and (sense.pending or sense.view.asked):
        return None
    return speak(Clause.NO_BOOKING)


def _cancel(sense: Sense) -> Step:
    booking = the_one(sense)
    if booking is None:
        return _which(sense)
    act = Act.of(Do.CANCEL, booking=booking.id)
    return Step((say(Clause.OUTCOME),), (act,), settles=True)


def _which(sense: Sense) -> Step:
    """Several, and the words fit none or many: asked once, then a person settles it."""
    if sense.view.asked == "booking":
        return hand_off("other")
    return speak(*(b.id for b in sense.bookings[:2])).then(question("booking"))


def the_one(sense: Sense) -> BookingSeen | None:
    """The booking that is meant: the only one, or the only one that the words fit."""
    bookings = sense.bookings
    if len(bookings) == 1:
        return bookings[0]
    match, when = sense.reading.service, sense.reading.when
    by_service = [b for b in bookings if match and match.key == b.service_key]
    if len(by_service) == 1:
        return by_service[0]
    zone = sense.view.profile.zone
    by_day = [
        b
        for b in (by_service or bookings)
        if when is not None
        and when.start is not None
        and when.start.date() == b.starts_at.astimezone(zone).date()
    ]
    return by_day[0] if len(by_day) == 1 else None
