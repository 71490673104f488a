"""Run a lawful plan's acts inside the turn's transaction, and say what they did.

An act may lose (the time is gone): that is an outcome too, and the text tells it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from agent.plan import Act, Do, Heard, TurnPlan
from agent.state import Ledger, Outcome, TimeSeen, TurnView
from booking.book import Visitor, book, cancel, move
from booking.offers import withdraw_offers
from core import episodes
from core.db import Work
from core.errors import BadInput, NotFound, SlotTaken
from core.leads import Cause, may_move
from core.models import Caller, Conversation, Lead
from desk.handoff import open_handoff
from desk.promise import promise

_URGENCY: Mapping[str, str] = {"emergency": "life", "urgent": "urgent"}


@dataclass(frozen=True)
class Scene:
    """The rows that a turn acts on, locked."""

    conversation: Conversation
    caller: Caller
    lead: Lead
    view: TurnView
    ledger: Ledger
    cause: uuid.UUID  # the last text that this turn answers


async def act(work: Work, plan: TurnPlan, scene: Scene) -> tuple[Outcome, ...]:
    """Note what was heard, then run the acts in order."""
    scene.caller.language = plan.language
    note(scene, plan.heard)
    outcomes = [await _run(work, one, plan, scene) for one in plan.acts]
    return tuple(outcomes)


def note(scene: Scene, heard: tuple[Heard, ...]) -> None:
    """Keep what the caller told: on the lead, and what outlives it on the caller."""
    told = {h.field: h.value for h in heard}
    if not told:
        return
    scene.lead.intake = {**scene.lead.intake, **told}
    if "name" in told:
        scene.caller.name = told["name"]
    lasting = {k: v for k, v in told.items() if k in ("zip", "address", "breed", "pet_name")}
    scene.caller.facts = {**scene.caller.facts, **lasting}


async def _run(work: Work, one: Act, plan: TurnPlan, scene: Scene) -> Outcome:
    match one.do:
        case Do.BOOK | Do.REQUEST:
            return await _book(work, one, scene)
        case Do.MOVE:
            return await _move(work, one, scene)
        case Do.CANCEL:
            return await _cancel(work, one, scene)
        case Do.HAND_OFF:
            return await _hand_off(work, one, plan, scene)
        case Do.CALL_BACK:
            return await _call_back(work, one, plan, scene)
        case Do.CLOSE:
            if may_move(scene.lead.status, Cause.SETTLED):
                episodes.move(work, scene.lead, Cause.SETTLED)
            return Outcome("closed")


def _time(scene: Scene, slot: str | None) -> TimeSeen:
    return scene.ledger.times[slot or ""]


async def _book(work: Work, one: Act, scene: Scene) -> Outcome:
    time = _time(scene, one.slot)
    visitor = Visitor(
        scene.caller,
        scene.lead,
        scene.conversation.id,
        name=scene.caller.name,
        note=str(scene.lead.intake.get("note", "")) or None,
    )
    try:
        booking = await book(
            work,
            time.service_key,
            time.starts_at,
            visitor,
            by="agent",
            staff_key=time.staff_key,
            idempotency=f"turn:{scene.cause}",
        )
    except SlotTaken as taken:
        return _gone(work, time, taken.fresh)
    except BadInput:
        return _gone(work, time, ())
    return Outcome(
        "booked" if booking.status == "confirmed" else "requested",
        booking.service_key,
        booking.staff_key,
        booking.starts_at,
    )


async def _move(work: Work, one: Act, scene: Scene) -> Outcome:
    time = _time(scene, one.slot)
    old = scene.ledger.bookings[one.booking or ""]
    try:
        booking = await move(
            work, uuid.UUID(old.booking_id), time.starts_at, by="agent", staff_key=time.staff_key
        )
    except SlotTaken as taken:
        return _gone(work, time, taken.fresh)
    except (BadInput, NotFound):
        return _gone(work, time, ())
    return Outcome("moved", booking.service_key, booking.staff_key, booking.starts_at)


async def _cancel(work: Work, one: Act, scene: Scene) -> Outcome:
    seen = scene.ledger.bookings[one.booking or ""]
    await cancel(work, uuid.UUID(seen.booking_id), by="agent")
    return Outcome("cancelled", seen.service_key, seen.staff_key, seen.starts_at)


def _gone(work: Work, time: TimeSeen, fresh: tuple[datetime, ...]) -> Outcome:
    service = work.profile.service(time.service_key)
    length = time.ends_at - time.starts_at
    times = tuple(
        replace(time, id=f"F{n}", starts_at=at, ends_at=at + length, offered=False, held=False)
        for n, at in enumerate(fresh, start=1)
    )
    return Outcome(
        "taken",
        service.key if service else None,
        time.staff_key,
        time.starts_at,
        fresh=times[: work.profile.booking.offer],
    )


async def _hand_off(work: Work, one: Act, plan: TurnPlan, scene: Scene) -> Outcome:
    reason = one.reason or "other"
    urgency = _URGENCY.get(reason, "normal")
    handoff = await open_handoff(
        work,
        scene.conversation,
        scene.lead,
        reason=reason,
        urgency=urgency,
        summary=summary(plan, scene),
    )
    # a person may offer other times: a later "2" must not mean one of ours
    await withdraw_offers(work, scene.conversation.id)
    said = promise(work.profile, work.now, urgency=urgency, language=scene.view.language)
    return Outcome("handed_off", promise=said.words if handoff.due_at is not None else None)


async def _call_back(work: Work, one: Act, plan: TurnPlan, scene: Scene) -> Outcome:
    said = promise(work.profile, work.now, language=scene.view.language)
    await episodes.owe_callback(
        work,
        reason="asked",
        phone=scene.caller.phone,
        caller_id=scene.caller.id,
        lead_id=scene.lead.id,
        promised=(work.now, said.due_at),
    )
    await open_handoff(
        work,
        scene.conversation,
        scene.lead,
        reason="asked",
        summary=f"Call back{f' ({one.window})' if one.window else ''}. {summary(plan, scene)}",
    )
    return Outcome("callback", promise=said.words)


def summary(plan: TurnPlan, scene: Scene) -> str:
    """Who, what, and the caller's last words: one line for the queue, at most 200 characters."""
    known = {**scene.view.known, **{h.field: h.value for h in plan.heard}}
    service = work_service(scene, known.get("service"))
    parts = [known.get("name"), service, known.get("zip")]
    words = " ".join(scene.view.text.split())
    about = ", ".join(p for p in parts if p)
    quoted = f'"{words[:140]}"' if words else "(picture)" if scene.view.pictures else ""
    return f"{about}: {quoted}"[:200] if about else quoted[:200]


def work_service(scene: Scene, key: str | None) -> str | None:
    """The name of a service, for people."""
    service = scene.view.profile.service(key) if key else None
    return service.name if service else None
