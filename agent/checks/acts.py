"""Which acts may run: ids that exist, one commitment at most, the caller's own will behind each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.checks.consent import chosen, kept_for, meant, wants_cancel, wants_move
from agent.checks.heard import said_in
from agent.plan import Act, Do, HandoffReason, TurnPlan
from agent.state import Ledger, TimeSeen, TurnView
from agent.understand.intents import Intent

_ONE_OF = (Do.BOOK, Do.REQUEST, Do.MOVE)
_CLOSING = frozenset({Intent.THANKS, Intent.GOODBYE, Intent.WRONG_NUMBER, Intent.DENY})
_ASKED = frozenset({Intent.HUMAN_HANDOFF, Intent.CALL_ME})


@dataclass
class Ruling:
    """What is left of the acts.

    `readback`: the slot that must be asked about before it may be committed.
    """

    acts: tuple[Act, ...] = ()
    dropped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    readback: str | None = None

    @property
    def readback_code(self) -> str:
        """The code of the missing consent."""
        return f"readback:{self.readback}"


def rule(plan: TurnPlan, known: Mapping[str, str], view: TurnView, ledger: Ledger) -> Ruling:
    """Rule on each act of a plan.

    Args:
        plan: What was proposed; `heard` already checked.
        known: The intake with this turn's facts.
        view: The turn.
        ledger: What the ids mean.
    """
    ruling = Ruling()
    if len(plan.does(*_ONE_OF)) > 1:
        ruling.refused.append("acts:many")
    ruled = (_ruled(act, plan, known, view, ledger, ruling) for act in _once(plan.acts, ruling))
    ruling.acts = tuple(act for act in ruled if act is not None)
    return ruling


def _once(acts: tuple[Act, ...], ruling: Ruling) -> list[Act]:
    """Each act once, and of handing over, calling back and closing one each."""
    kept: list[Act] = []
    for act in acts:
        again = act in kept or (
            act.do in (Do.HAND_OFF, Do.CALL_BACK, Do.CLOSE) and any(a.do is act.do for a in kept)
        )
        if again:
            ruling.dropped.append(f"twice:{act.do}")
        else:
            kept.append(act)
    return kept


def _ruled(
    act: Act,
    plan: TurnPlan,
    known: Mapping[str, str],
    view: TurnView,
    ledger: Ledger,
    ruling: Ruling,
) -> Act | None:
    match act.do:
        case Do.BOOK | Do.REQUEST:
            return _commit(act, known, view, ledger, ruling)
        case Do.MOVE:
            return _move(act, view, ledger, ruling)
        case Do.CANCEL:
            return _cancel(act, view, ledger, ruling)
        case Do.CALL_BACK:
            return _call_back(act, view, ruling)
        case Do.HAND_OFF:
            return _hand_off(act, view, ledger, ruling)
        case Do.CLOSE:
            if (
                plan.does(Do.HAND_OFF, Do.CALL_BACK, *_ONE_OF)
                or not view.reading.intents & _CLOSING
            ):
                ruling.dropped.append("close:wish")
                return None
            return act


def _slot(act: Act, view: TurnView, ledger: Ledger, ruling: Ruling) -> TimeSeen | None:
    slot = ledger.times.get(act.slot or "")
    if slot is None:
        ruling.refused.append(f"unknown_id:{act.do}.slot")
    elif slot.starts_at <= view.now:
        ruling.refused.append(f"past:{slot.id}")
        return None
    return slot


def _consented(slot: TimeSeen, view: TurnView, ledger: Ledger, ruling: Ruling) -> bool:
    if any(
        t is not None and t.id == slot.id for t in (chosen(view, ledger), kept_for(view, ledger))
    ):
        return True
    ruling.readback = slot.id
    return False


def _commit(
    act: Act, known: Mapping[str, str], view: TurnView, ledger: Ledger, ruling: Ruling
) -> Act | None:
    slot = _slot(act, view, ledger, ruling)
    if slot is None:
        return None
    facts = dict(known)
    if len(view.profile.services) == 1:
        facts.setdefault("service", slot.service_key)
    zips = view.profile.service_area.zips
    if zips and facts.get("zip") and facts["zip"] not in zips:
        ruling.refused.append("area")
    if facts.get("service") and facts["service"] != slot.service_key:
        ruling.refused.append(f"service:{slot.id}")
    ruling.refused += [f"missing:{name}" for name in view.missing(facts)]
    if not _consented(slot, view, ledger, ruling):
        return None
    if act.do is Do.BOOK and view.profile.booking.confirm == "staff":
        ruling.dropped.append(f"request:{slot.id}")
        return Act.of(Do.REQUEST, slot=slot.id)
    return Act.of(act.do, slot=slot.id)


def _booking_fits(act: Act, view: TurnView, ledger: Ledger, ruling: Ruling) -> bool:
    if act.booking not in ledger.bookings:
        ruling.refused.append(f"unknown_id:{act.do}.booking")
        return False
    booking = meant(view, ledger)
    if booking is None or booking.id != act.booking:
        ruling.refused.append(f"which:{act.booking}")
        return False
    return True


def _move(act: Act, view: TurnView, ledger: Ledger, ruling: Ruling) -> Act | None:
    slot = _slot(act, view, ledger, ruling)
    if slot is None or not _booking_fits(act, view, ledger, ruling):
        return None
    if not wants_move(view):
        ruling.refused.append(f"consent:{act.booking}")
        return None
    if slot.service_key != ledger.bookings[act.booking or ""].service_key:
        ruling.refused.append(f"service:{slot.id}")
    if not _consented(slot, view, ledger, ruling):
        return None
    return Act.of(Do.MOVE, slot=slot.id, booking=act.booking)


def _cancel(act: Act, view: TurnView, ledger: Ledger, ruling: Ruling) -> Act | None:
    if not _booking_fits(act, view, ledger, ruling):
        return None
    if not wants_cancel(view):
        ruling.refused.append(f"consent:{act.booking}")
        return None
    return Act.of(Do.CANCEL, booking=act.booking)


def _call_back(act: Act, view: TurnView, ruling: Ruling) -> Act | None:
    intents = view.reading.intents
    agreed = view.asked == "call_back" and Intent.AFFIRM in intents
    if not intents & _ASKED and not agreed:
        ruling.refused.append("consent:call_back")
        return None
    window = act.window
    if window is not None and not said_in(window, view.texts):
        ruling.dropped.append("span:window")
        window = None
    return Act.of(Do.CALL_BACK, window=window)


def _hand_off(act: Act, view: TurnView, ledger: Ledger, ruling: Ruling) -> Act:
    """A person is never refused; only the reason is put right."""
    reason = _reason(act.reason, view, ledger)
    if reason != act.reason:
        ruling.dropped.append(f"reason:{reason}")
    return Act.of(Do.HAND_OFF, reason=reason)


def _reason(given: HandoffReason | None, view: TurnView, ledger: Ledger) -> HandoffReason:
    """The words decide where they are plain; a brain may raise a risk, never lower it."""
    intents = view.reading.intents
    if Intent.EMERGENCY in intents or given == "emergency":
        return "emergency"
    if Intent.URGENT in intents or given == "urgent":
        return "urgent"
    free = any(
        t.starts_at not in view.refused and t.starts_at > view.now for t in ledger.times.values()
    )
    unfit: dict[HandoffReason, bool] = {
        "asked": not intents & _ASKED,
        "lost": view.lost < 1,
        "no_slot": free,
        "model_down": True,
        "conflict": True,
    }
    if given is None or unfit.get(given, False):
        return "asked" if intents & _ASKED else "other"
    return given
