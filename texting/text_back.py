"""What follows from one missed call: the first text and its lead, a callback, or nothing at all.

`first_text.decide` says whether to text; here its facts are read from rows and its answer is done.
A caller who might be texted is locked through the conversation before the facts are read, so that
two calls at once get one first text between them.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, select

import prompts
from core import outbox
from core.db import Work
from core.episodes import (
    caller_of,
    conversation_of,
    latest_lead,
    move,
    open_lead,
    opted_out,
    owe_callback,
)
from core.hours import daypart, of_profile, spoken
from core.leads import Cause, Status, may_move
from core.models import Call, Callback, Caller, Conversation, Lead, Message
from core.phone import spoken_phone, why_no_text
from core.profile import Profile
from texting.first_text import CallerFacts, Daypart, MissedCall, Send, decide
from texting.templates import LANGUAGES, Rendered, pick, render

_UNTEXTABLE_LINE = frozenset({"landline", "not_registered"})
Owner = Literal["agent", "queue", "staff"]
_STRANGER = frozenset({"anonymous", "own_number"})
"""Nobody knows who called: phone companies also put the business's own number there."""


@dataclass(frozen=True)
class Outcome:
    """What was decided about a missed call, and the rows that it concerns."""

    decision: str
    caller_id: uuid.UUID | None = None
    lead_id: uuid.UUID | None = None
    message_id: uuid.UUID | None = None


async def text_back(work: Work, call: Call) -> Outcome:
    """Answer a missed call that was not decided before; its row is locked."""
    asked = MissedCall(
        from_number=call.phone,
        to_number=call.number,
        at=work.now,
        daypart=_daypart(work.profile, work.now),
        untextable=why_no_text(call.phone),
    )
    phone = call.phone
    caller = await _known_caller(work, phone)
    facts = await _facts(work, call, caller)
    decision = decide(asked, facts)
    if phone is None or (
        not isinstance(decision, Send) and decision.reason not in _UNTEXTABLE_LINE
    ):
        reason = "anonymous" if isinstance(decision, Send) else decision.reason
        return await _without_text(work, call, caller, reason)
    caller = caller or await caller_of(work, phone)
    conversation = await conversation_of(work, caller, call.number)
    conversation.number = call.number  # we answer from the number that was dialled last
    lead = await latest_lead(work, caller.id)
    decision = decide(asked, await _with_history(work, facts, conversation, lead))
    if isinstance(decision, Send):
        return await _send(work, call, caller, conversation, lead, decision.variant)
    if decision.reason in _UNTEXTABLE_LINE:
        return await _to_be_called(work, call, conversation, lead, decision.reason)
    return await _attach(work, call, caller, lead, decision.reason)


# -- what is known -------------------------------------------------------------------------------


async def _known_caller(work: Work, phone: str | None) -> Caller | None:
    if phone is None:
        return None
    caller: Caller | None = await work.session.scalar(
        select(Caller).where(Caller.business_id == work.business_id, Caller.phone == phone)
    )
    return caller


async def _facts(work: Work, call: Call, caller: Caller | None) -> CallerFacts:
    profile, phone = work.profile, call.phone
    numbers = {n.number for n in profile.phone_numbers}
    return CallerFacts(
        business_numbers=frozenset(
            numbers | ({call.forwarded_from} if call.forwarded_from else set())
        ),
        staff_numbers=profile.own_phones - numbers,
        do_not_text=phone in profile.do_not_text,
        opted_out=phone is not None and await opted_out(work, phone),
        line_type="landline" if caller is not None and caller.sms_capable is False else None,
        cooldown_hours=profile.texting.cooldown_hours,
    )


async def _with_history(
    work: Work, facts: CallerFacts, conversation: Conversation, lead: Lead | None
) -> CallerFacts:
    row = (
        await work.session.execute(
            select(
                func.max(Message.at),
                func.max(Message.at).filter(
                    Message.purpose == "first_text",
                    Message.delivery.not_in(("failed", "undelivered")),
                ),
            ).where(
                Message.business_id == work.business_id,
                Message.conversation_id == conversation.id,
            )
        )
    ).one()
    last: datetime | None = row[0]
    first: datetime | None = row[1]
    return replace(
        facts,
        owner=cast("Owner", conversation.owner),
        lead_status=lead.status if lead is not None else None,
        last_message_at=last,
        last_first_text_at=first,
    )


def _daypart(profile: Profile, now: datetime) -> Daypart:
    if not profile.hours and not profile.exceptions:
        return "open"  # a business that states no hours must not say that it is closed
    return daypart(of_profile(profile), now)


# -- what is done --------------------------------------------------------------------------------


async def _send(
    work: Work,
    call: Call,
    caller: Caller,
    conversation: Conversation,
    lead: Lead | None,
    variant: Daypart,
) -> Outcome:
    if lead is None or lead.ended_at is not None:
        lead = await open_lead(work, conversation, opened_by="call", call_id=call.id)
    lead.last_activity_at = work.now
    text = words(work.profile, work.now, variant, caller.language, call.number)
    message_id = await outbox.post(
        work,
        outbox.Draft(
            to_phone=caller.phone,
            from_phone=call.number,
            body=text.text,
            author="system",
            purpose="first_text",
            cause=f"call:{call.id}",
            basis="missed_call",
            conversation_id=conversation.id,
            lead_id=lead.id,
            template=f"{text.key}@{text.version}",
            segments=text.segments,
        ),
    )
    conversation.last_message_at = work.now
    return Outcome("texted", caller.id, lead.id, message_id)


def words(
    profile: Profile, now: datetime, variant: Daypart, language: str | None, number: str
) -> Rendered:
    """The first text of this business at this moment; `language` None is the business's first."""
    language = language or profile.languages[0]
    language = language if language in LANGUAGES else "en"
    key = pick(profile.vertical, variant, profile.booking_link is not None, profile.templates)
    return render(
        key,
        language=language,
        business=profile.name,
        link=profile.booking_link,
        reopens=_reopens(profile, now, language) if variant == "after_hours" else None,
        sign_off=profile.texting.sign_off,
        phone=spoken_phone(number),
        overrides=profile.templates,
        max_segments=profile.texting.max_segments,
    )


def _reopens(profile: Profile, now: datetime, language: str) -> str | None:
    """When somebody will answer, from the opening hours: "We open Wed Dec 2 at 8:00 AM"."""
    opening = of_profile(profile).next_opening(now)
    if opening is None:
        return None
    return prompts.load(
        f"first_texts/clauses.reopens.{language}",
        time=spoken(opening, now, profile.zone, language),
    )


async def _to_be_called(
    work: Work, call: Call, conversation: Conversation, lead: Lead | None, reason: str
) -> Outcome:
    """A line that takes no texts: the lead waits for a person to call."""
    if lead is None or lead.ended_at is not None:
        lead = await open_lead(
            work,
            conversation,
            opened_by="call",
            status=Status.FOLLOW_UP_NEEDED,
            call_id=call.id,
        )
    elif may_move(lead.status, Cause.UNDELIVERABLE):
        move(work, lead, Cause.UNDELIVERABLE)
    await owe_callback(
        work,
        reason=reason,
        phone=call.phone,
        caller_id=conversation.caller_id,
        lead_id=lead.id,
        call_id=call.id,
    )
    return Outcome(reason, conversation.caller_id, lead.id)


async def _attach(
    work: Work, call: Call, caller: Caller, lead: Lead | None, reason: str
) -> Outcome:
    """One more call of an episode that we have texted about already.

    An episode that has ended gets a callback instead: nobody would look at it again.
    """
    if lead is None:
        return Outcome(reason, caller.id)
    lead.last_activity_at = work.now
    if lead.ended_at is not None:
        await owe_callback(
            work,
            reason="called_again",
            phone=call.phone,
            caller_id=caller.id,
            lead_id=lead.id,
            call_id=call.id,
        )
    return Outcome(reason, caller.id, lead.id)


async def _without_text(work: Work, call: Call, caller: Caller | None, reason: str) -> Outcome:
    """Nobody to open a lead for; whoever may still want us is called back."""
    caller_id = caller.id if caller is not None else None
    if reason in _STRANGER:
        await owe_callback(work, reason="anonymous", phone=None, call_id=call.id)
    elif reason == "opted_out" and not await _owed(work, call.phone):
        await owe_callback(
            work, reason=reason, phone=call.phone, caller_id=caller_id, call_id=call.id
        )
    return Outcome(reason, caller_id)


async def _owed(work: Work, phone: str | None) -> bool:
    """Whether this number waits for a callback already."""
    found = await work.session.scalar(
        select(Callback.id)
        .where(
            Callback.business_id == work.business_id,
            Callback.phone == phone,
            Callback.state == "open",
        )
        .limit(1)
    )
    return found is not None


__all__ = ["Outcome", "text_back", "words"]
