"""STEP 1: a call was missed. It is stored with its decision: texted, or the reason why not.

What the carrier tells us comes in any order, twice, or not at all:

    voice    the call began              forwarded to us: it is missed already
    accepted a person pressed 1          with `screening: press_1` nothing else is a person
    dialed   what became of the ringing  decides, whichever way
    status   the whole call ended        decides when it never connected; "completed" waits two
                                         seconds for `dialed`, which alone knows who picked up

The first that decides wins, under a lock on the call's row. Should neither of the last two come,
a screened call that nobody took is decided a minute after the ringing ended.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import journal
from core.db import Database, Work
from core.errors import NotFound
from core.jobs import DecideCall, put
from core.journal import Fact
from core.log import get_logger
from core.models import Call, Job, new_id
from core.phone import parse_phone, why_no_text
from core.profile import Profile
from texting.text_back import text_back

log = get_logger("texting.missed_call")

WAIT_FOR_DIALED: Final = timedelta(seconds=2)
"""How long "completed" waits for Dial's own word (the public contract)."""
LOST_SIGNALS: Final = timedelta(seconds=60)
"""How long after the ringing a screened call may stay without any word: a whisper takes seconds."""
_NEVER_CONNECTED: Final = frozenset({"no-answer", "busy", "failed", "canceled"})
_CONNECTED: Final = frozenset({"completed", "answered"})


@dataclass(frozen=True)
class IncomingCall:
    """A call as the carrier tells of it; `to_number` is ours, E.164, `status` the carrier's word."""

    sid: str
    from_raw: str
    to_number: str
    forwarded_from: str | None = None
    status: str = ""


async def whose_call(db: Database, sid: str) -> uuid.UUID | None:
    """The business whose screened call this is, while it rings: for a leg that does not say.

    The job that watches over the call is the one row about it outside any tenant.
    """
    async with db.directory() as session:
        found: uuid.UUID | None = await session.scalar(
            select(Job.business_id).where(
                Job.state == "pending",
                Job.kind == DecideCall.__name__,
                Job.dedupe == f"call:{sid}",
            )
        )
    return found


async def rings(work: Work, sid: str) -> bool:
    """Whether this call is still waiting for somebody to take it."""
    call = await work.session.scalar(
        select(Call).where(Call.business_id == work.business_id, Call.sid == sid)
    )
    return call is not None and call.decision is None and call.ended_at is None


def rings_staff(profile: Profile, number: str) -> bool:
    """Whether calls to this number ring people first; else the phone company forwarded them."""
    ours = profile.number(number)
    return ours is not None and ours.mode == "front" and bool(ours.ring)


async def call_began(work: Work, incoming: IncomingCall) -> Call:
    """Store the call once, whichever webhook tells of it first, and lock its row.

    A call to a number that rings nobody is missed at that moment.
    """
    call, new = await _stored(work, incoming)
    if call.decision is not None or call.ended_at is not None:
        return call
    if not rings_staff(work.profile, call.number):
        await missed(work, call)
    elif new and _screened(work.profile, call.number):
        ours = work.profile.number(call.number)
        ringing = timedelta(seconds=ours.ring_seconds if ours else 0)
        await put(
            work,
            DecideCall(call.id),
            at=call.started_at + ringing + LOST_SIGNALS,
            dedupe=f"call:{call.sid}",
        )
    return call


async def staff_accepted(work: Work, sid: str, by: str | None) -> bool:
    """A person pressed 1 on a leg of this call; `by` is that leg's number, `sid` the caller's call.

    False when there is no such call, or it was decided already: then nobody is on the line.
    """
    call = await _locked(work, sid)
    if call is None or call.decision is not None:
        return False
    if call.accepted_at is None:
        call.accepted_at = work.now
        call.accepted_by = by
    return True


async def dial_ended(work: Work, sid: str, dial_status: str, bridged: bool | None) -> None:
    """Dial's own word on the ringing; `bridged` None when the carrier did not say.

    A voicemail box that picks up is "completed" too, so with screening only the key press counts.
    """
    call = await _locked(work, sid)
    if call is None or call.decision is not None:
        return
    call.carrier_status = dial_status
    talked = dial_status in _CONNECTED and bridged is not False
    if talked and not _screened(work.profile, call.number):
        call.accepted_at = call.accepted_at or work.now
    if talked and call.accepted_at is not None:
        call.ended_at = work.now
    elif talked and bridged:
        # nobody is bridged unscreened: the key press is on its way to us
        await _decide_soon(work, call)
    else:
        await missed(work, call)


async def call_ended(work: Work, sid: str, status: str) -> None:
    """The whole call ended; statuses of a call that still goes on change nothing."""
    call = await _locked(work, sid)
    if call is None or call.decision is not None or call.ended_at is not None:
        return
    if status in _NEVER_CONNECTED and call.accepted_at is None:
        call.carrier_status = status
        await missed(work, call)
    elif status in _NEVER_CONNECTED | _CONNECTED:
        call.carrier_status = status
        await _decide_soon(work, call)


async def missed(work: Work, call: Call) -> str:
    """Decide once about a call that no person answered: text, or write down why not.

    The call's row must be locked. Returns the decision, `texted` or a reason.
    """
    if call.decision is not None:
        return call.decision
    call.missed_at = work.now
    call.ended_at = call.ended_at or work.now
    journal.record(work, Fact.CALL_MISSED, call_id=call.id)
    outcome = await text_back(work, call)
    call.decision = outcome.decision
    call.lead_id = outcome.lead_id
    call.caller_id = outcome.caller_id
    journal.record(
        work,
        Fact.CALL_DECIDED,
        call_id=call.id,
        lead_id=outcome.lead_id,
        message_id=outcome.message_id,
        decision=outcome.decision,
    )
    log.info("texting.missed_call.decided", call=str(call.id), decision=outcome.decision)
    return outcome.decision


def decide_call_handler(db: Database) -> Callable[[uuid.UUID, DecideCall], Awaitable[None]]:
    """The job that decides about a call whose Dial said nothing, unless somebody has by now."""

    async def decide(business_id: uuid.UUID, instruction: DecideCall) -> None:
        async with db.work(business_id) as work:
            call = await work.session.scalar(
                select(Call)
                .where(Call.business_id == business_id, Call.id == instruction.call_id)
                .with_for_update()
            )
            if call is None or call.decision is not None:
                return
            if call.accepted_at is None:
                await missed(work, call)
            elif call.carrier_status is not None:
                call.ended_at = call.ended_at or work.now

    return decide


async def _decide_soon(work: Work, call: Call) -> None:
    await put(work, DecideCall(call.id), at=work.now + WAIT_FOR_DIALED, dedupe=f"ended:{call.sid}")


def _screened(profile: Profile, number: str) -> bool:
    ours = profile.number(number)
    return ours is None or ours.screening == "press_1"


async def _stored(work: Work, incoming: IncomingCall) -> tuple[Call, bool]:
    """The call's row, locked, and whether it is new."""
    made: Call | None = await work.session.scalar(
        insert(Call)
        .values(
            business_id=work.business_id,
            id=new_id(),
            sid=incoming.sid,
            phone=_phone(incoming.from_raw),
            number=incoming.to_number,
            forwarded_from=incoming.forwarded_from,
            started_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["business_id", "sid"])
        .returning(Call)
    )
    call = made or await _locked(work, incoming.sid)
    if call is None:
        raise NotFound(f"the call {incoming.sid} vanished while it was stored")
    return call, made is not None


def _phone(raw: str) -> str | None:
    """What is kept of the caller's number: E.164, a short code as it stands, None when withheld."""
    match why_no_text(raw):
        case None:
            return parse_phone(raw)
        case "short_code":
            return raw.strip()
        case _:
            return None


async def _locked(work: Work, sid: str) -> Call | None:
    call: Call | None = await work.session.scalar(
        select(Call)
        .where(Call.business_id == work.business_id, Call.sid == sid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return call
