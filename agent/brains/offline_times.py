"""The way to a booking: what is missing, the times to offer, the caller's choice."""

from agent.brains.offline_bookings import the_one
from agent.brains.offline_sense import Sense
from agent.brains.offline_step import (
    NOTHING,
    Needs,
    Step,
    hand_off,
    offer,
    question,
    read_back,
    speak,
)
from agent.brains.offline_wish import found, wanted
from agent.plan import Act, Clause, Do, say
from agent.state import TimeSeen
from agent.understand.choice import Choice
from agent.understand.intents import Intent

_NAMED_AT_MOST = 3  # so many candidates are named in the question itself
_REFUSALS = ("neither", "later", "earlier")


def go_on(sense: Sense) -> Step | Needs:
    """The next step of the thread: one question, times, or what the choice commits."""
    if sense.moving and (booking := the_one(sense)) is not None:
        return _taken(sense) or _times(sense, booking.service_key)
    if _out_of_area(sense):
        return hand_off("other", Clause.OUT_OF_AREA)
    taken = _taken(sense)
    if taken is not None:
        return taken
    if sense.missing or sense.service is None:
        return _ask(sense)
    if (chosen := sense.chosen_before) is not None and not _rejects(sense):
        return read_back(chosen)
    return _times(sense, sense.service.key)


def _out_of_area(sense: Sense) -> bool:
    """Told just now; once a person gave it back, they have decided about it."""
    area, zip_code = sense.view.profile.service_area.zips, sense.known.get("zip")
    fresh = sense.hears("zip") or sense.view.staff_stretch is None
    return bool(area and zip_code and zip_code not in area and fresh)


def _ask(sense: Sense) -> Step:
    field = sense.missing[0]
    match = sense.reading.service
    many = match is not None and match.key is None and len(match.candidates) > _NAMED_AT_MOST
    if field == "service" and (many or sense.wants(Intent.UNSURE)):
        return speak(Clause.SERVICES).then(question(field))
    return question(field)


# what the caller's words do to the times before their eyes


def _taken(sense: Sense) -> Step | None:
    """The caller's own choice of one time: booked, or first the fact that is still missing."""
    time = sense.chosen or _agreed(sense) or sense.kept
    if time is None:
        if sense.choice.kind == "any" and len(sense.pending) > 1:
            return read_back(sense.pending[0])
        return None
    if sense.missing and not sense.moving:
        return question(sense.missing[0])
    return _commit(sense, time) if sense.consents_to(time) else read_back(time)


def _agreed(sense: Sense) -> TimeSeen | None:
    """A yes to exactly one time."""
    if len(sense.pending) != 1 or sense.choice.kind not in ("none", "any"):
        return None
    yes = sense.wants(Intent.AFFIRM) or sense.choice.kind == "any"
    doubt = sense.wants(Intent.DENY, Intent.UNSURE, Intent.CORRECTION)
    other = sense.new_when is not None and not sense.new_when.admits(sense.pending[0].starts_at)
    return sense.pending[0] if yes and not doubt and not other else None


def _commit(sense: Sense, time: TimeSeen) -> Step:
    booking = the_one(sense) if sense.moving else None
    if booking is not None:
        act = Act.of(Do.MOVE, slot=time.id, booking=booking.id)
    elif sense.view.profile.booking.confirm == "staff":
        act = Act.of(Do.REQUEST, slot=time.id)
    else:
        act = Act.of(Do.BOOK, slot=time.id)
    return Step((say(Clause.OUTCOME),), (act,))


def _rejects(sense: Sense) -> bool:
    """Whether the times shown are turned down; a corrected fact is no refusal."""
    if sense.choice.kind in _REFUSALS:
        return True
    told = [h for h in sense.heard if h.field != "when"]
    return sense.wants(Intent.DENY) and not told and not sense.wants(Intent.CORRECTION)


def _seeks(sense: Sense) -> bool:
    """Whether the calendar must be asked: nothing is shown, or something else is wanted."""
    if not sense.pending or _rejects(sense) or sense.hears("when"):
        return True
    return sense.wants(Intent.CHANGE_BOOKING)


def _times(sense: Sense, service_key: str) -> Step | Needs:
    if not _seeks(sense):
        return _show_again(sense)
    want = wanted(sense, service_key, refuse=_rejects(sense) and bool(sense.pending))
    if want.call not in sense.thinking.asked and not sense.thinking.last:
        return Needs((want.call,))
    before = frozenset(t.id for t in sense.ledger.times.values() if t.offered or t.read_back)
    times = found(sense, want, before)
    if not times:
        return hand_off("no_slot", Clause.NO_TIMES)
    if want.exact is not None and times[0].starts_at == want.exact:
        return read_back(times[0])
    relaxed = speak(Clause.RELAXED) if sense.ledger.relaxed else NOTHING
    return relaxed.then(offer(*times))


def _show_again(sense: Sense) -> Step:
    """The same times once more; asked which one where the words were no clear choice."""
    if len(sense.pending) == 1:
        return read_back(sense.pending[0])
    if is_unclear(sense):
        return speak(Clause.WHICH_TIME)
    return offer(*sense.pending[: sense.view.profile.booking.offer])


def is_unclear(sense: Sense) -> bool:
    """Whether the texts say something about the times that is no choice of one."""
    if sense.choice.kind == "unclear":
        return True
    if sense.choice != Choice("none") or sense.heard:
        return False
    return sense.wants(Intent.AFFIRM, Intent.UNSURE, Intent.CHOOSE) or not sense.intents
