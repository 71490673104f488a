"""STEP 2: a text came. It is stored once by its Sid; the law is read first; then a turn is asked for.

What the caller wants of us as texters (stop, help, start, by meaning and in any words) is settled
here and never reaches the agent. Everything else belongs to a lead, and to whoever speaks for the
business: the agent gets a turn after a short silence, a person sees it in the console.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import journal
from core.db import Work
from core.episodes import caller_of, conversation_of, latest_lead, lead_for_text, move, opted_out
from core.jobs import TakeTurn, put
from core.journal import Fact
from core.leads import Cause, may_move
from core.log import get_logger
from core.models import Caller, Conversation, Lead, Message, new_id
from core.phone import parse_phone, why_no_text
from texting import wishes
from texting.optout import record_opt_out
from texting.segments import count

log = get_logger("texting.inbound")

LONGEST_BURST: Final = timedelta(seconds=8)
"""A burst is answered at most this long after its first text (the public contract)."""
_BURST: Final = timedelta(seconds=60)
"""Texts this far before the last one wait for another reason than the silence."""


@dataclass(frozen=True)
class IncomingText:
    """A text or picture message as the carrier gives it.

    `to_number` is ours, E.164. `media` are addresses at the carrier. `opt_out_type` is the
    carrier's own reading (STOP, HELP, START); it has then answered already.
    """

    sid: str
    from_phone_raw: str
    to_number: str
    body: str
    media: tuple[str, ...] = ()
    opt_out_type: str | None = None


async def text_came(work: Work, text: IncomingText) -> str:
    """Take in one text; what became of it, as a code.

    `duplicate`, `ignored` (from nobody who can be answered), `staff`, `stop`, `help`, `start`,
    `opted_out`, `scope` (asked what was meant), `do_not_text`, `turn` (the agent's), `person`.
    """
    outcome = await _take_in(work, text)
    log.info("texting.inbound.came", outcome=outcome, media=len(text.media))
    return outcome


async def _take_in(work: Work, text: IncomingText) -> str:
    if why_no_text(text.from_phone_raw) is not None:
        return await _file(work, text, text.from_phone_raw[:40], "caller", "ignored")
    phone = parse_phone(text.from_phone_raw)
    if phone in {n.number for n in work.profile.phone_numbers}:
        return await _file(work, text, phone, "caller", "ignored")
    if phone in work.profile.own_phones:
        return await _from_staff(work, text, phone)
    caller = await caller_of(work, phone)
    conversation = await conversation_of(work, caller, text.to_number)
    message = await _store(work, text, phone, conversation=conversation)
    if message is None:
        return "duplicate"
    conversation.number = text.to_number  # we answer from the number that was texted last
    conversation.last_message_at = work.now
    if caller.sms_capable is False:
        caller.sms_capable = True  # whatever a carrier said of this line, it has just texted
    return await _read(work, text, caller, conversation, message)


async def _read(
    work: Work, text: IncomingText, caller: Caller, conversation: Conversation, message: Message
) -> str:
    out = await opted_out(work, caller.phone)
    wish = await wishes.read(work, message, text.opt_out_type, opted_out=out)
    settled = await wishes.settle(work, wish, caller, conversation, message, opted_out=out)
    if settled is not None:
        if settled == "help" and wish.source == "meaning" and await _goes_on(work, caller):
            await caller_texted(work, conversation, message)  # "who is this?" is a reply, too
        return settled
    if caller.phone in work.profile.do_not_text:
        await _leave_alone(work, message, caller)
        return "do_not_text"
    await caller_texted(work, conversation, message)
    if wish.unsure:
        await wishes.ask_what_was_meant(work, caller, conversation, message)
        message.answered_at = work.now  # by that question; were it owed more, nobody gave up here
        return "scope"
    if conversation.owner != "agent":
        return "person"
    await put(
        work,
        TakeTurn(conversation.id),
        at=await turn_due(work, conversation.id),
        dedupe=f"message:{message.id}",
    )
    return "turn"


async def caller_texted(work: Work, conversation: Conversation, message: Message) -> Lead:
    """The fact that the caller wrote: it opens, reopens or moves their lead."""
    lead = await lead_for_text(work, conversation)
    message.lead_id = lead.id
    if may_move(lead.status, Cause.CALLER_TEXTED):
        move(work, lead, Cause.CALLER_TEXTED)
    lead.last_activity_at = work.now
    lead.replied_at = lead.replied_at or work.now
    journal.record(work, Fact.CALLER_TEXTED, lead_id=lead.id, message_id=message.id)
    return lead


async def turn_due(work: Work, conversation_id: uuid.UUID) -> datetime | None:
    """When the agent may answer: after `reply_after_seconds` of silence, 8 s at most.

    An instant that may lie in the past (then the answer is overdue); None when nothing is
    unanswered. A turn that is woken earlier goes back to wait until then.
    """
    waiting = (
        await work.session.scalars(
            select(Message.at)
            .where(
                Message.business_id == work.business_id,
                Message.conversation_id == conversation_id,
                Message.direction == "inbound",
                Message.answered_at.is_(None),
            )
            .order_by(Message.at)
        )
    ).all()
    if not waiting:
        return None
    last = waiting[-1]
    first = next(at for at in waiting if at >= last - _BURST)
    silence = timedelta(seconds=work.profile.texting.reply_after_seconds)
    return min(last + silence, first + LONGEST_BURST)


# -- storing -------------------------------------------------------------------------------------


async def _store(
    work: Work,
    text: IncomingText,
    from_phone: str,
    *,
    conversation: Conversation | None = None,
    author: str = "caller",
    staff_key: str | None = None,
) -> Message | None:
    """The new row, or None when another delivery of the same text was first."""
    body = text.body.replace("\x00", "")
    stored: Message | None = await work.session.scalar(
        insert(Message)
        .values(
            business_id=work.business_id,
            id=new_id(),
            conversation_id=conversation.id if conversation is not None else None,
            direction="inbound",
            author=author,
            staff_key=staff_key,
            body=body,
            media=[address.replace("\x00", "") for address in text.media],
            segments=count(body).segments if body else 1,
            delivery="received",
            carrier_sid=text.sid,
            from_phone=from_phone,
            to_phone=text.to_number,
            attempts=0,
            at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["business_id", "carrier_sid"])
        .returning(Message)
    )
    return stored


async def _file(work: Work, text: IncomingText, from_phone: str, author: str, outcome: str) -> str:
    """Keep a text that belongs to no conversation."""
    stored = await _store(work, text, from_phone.replace("\x00", ""), author=author)
    return outcome if stored is not None else "duplicate"


async def _from_staff(work: Work, text: IncomingText, phone: str) -> str:
    """Our own people's texts are kept and are nobody's lead; a bare STOP ends alerts to them."""
    key = next((p.key for p in work.profile.staff if p.phone == phone), None)
    stored = await _store(work, text, phone, author="staff", staff_key=key)
    if stored is None:
        return "duplicate"
    wish = await wishes.read(work, stored, text.opt_out_type, opted_out=False)
    if wish.kind is not None and wish.source != "meaning":
        await record_opt_out(work, phone, wish.kind, wish.source, stored.id)
    return "staff"


async def _goes_on(work: Work, caller: Caller) -> bool:
    lead = await latest_lead(work, caller.id)
    return lead is not None and lead.ended_at is None


async def _leave_alone(work: Work, message: Message, caller: Caller) -> None:
    """Put the text with the caller's last episode, if there was one; no answer is owed."""
    lead = await latest_lead(work, caller.id)
    message.lead_id = lead.id if lead is not None else None
    message.answered_at = work.now
