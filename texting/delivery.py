"""What became of a text: carrier's word -> message, lead, caller, journal.

A message's `delivery` only ever moves forward: queued, sending, unknown, sent, and then one of
delivered, undelivered, failed for good. Reports come in any order, twice, or before the carrier's
own answer to our request; each step here is taken once however often it is told.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from sqlalchemy import select

from core import episodes, leads
from core.db import Work
from core.episodes import opted_out
from core.jobs import GiveUpLead, NudgeLead, SendText, put
from core.journal import Fact, record
from core.leads import Cause, Status
from core.log import get_logger
from core.models import Call, Caller, Conversation, Lead, Message
from texting.carriers.errors import Action, Kind, action_for
from texting.optout import record_opt_out

log = get_logger("texting.delivery")

RANK: Final = {
    "queued": 0,
    "sending": 1,
    "unknown": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
}
AGAIN: Final = ":again"  # ends the cause of a second try
GIVE_UP_AFTER: Final = timedelta(hours=24)
"""Without a nudge to wait for, a lead that never answered is given up after a day."""

_TOOK: Final = frozenset(
    {"accepted", "scheduled", "queued", "sending", "sent", "partially_delivered"}
)
_ARRIVED: Final = frozenset({"delivered", "read"})
_LOST: Final[dict[str, Literal["undelivered", "failed"]]] = {
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_FOLLOWED_UP: Final = frozenset({"first_text", "reply", "nudge", "staff_reply", "booking_notice"})
"""Whose failure a caller would notice. Alerts to staff and answers to STOP move no lead."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What the carrier says about one text; `our_message_id` is read from the callback's query."""

    sid: str
    status: str
    error_code: int | None = None
    our_message_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A message locked for this transaction, with the lead it speaks to (locked before it)."""

    message: Message
    lead: Lead | None

    @property
    def call_id(self) -> uuid.UUID | None:
        """The call that this first text answers."""
        kind, _, rest = (self.message.cause or "").partition(":")
        if kind != "call":
            return None
        try:
            return uuid.UUID(rest.removesuffix(AGAIN))
        except ValueError:
            return None


async def lock(work: Work, message_id: uuid.UUID) -> Text | None:
    """Lock one of our texts, in the order of the house: conversation, lead, then the message."""
    ids = (
        await work.session.execute(
            select(Message.conversation_id, Message.lead_id).where(
                Message.business_id == work.business_id,
                Message.id == message_id,
                Message.direction == "outbound",
            )
        )
    ).one_or_none()
    if ids is None:
        return None
    if ids.conversation_id is not None:
        await work.session.scalar(
            select(Conversation.id)
            .where(
                Conversation.business_id == work.business_id, Conversation.id == ids.conversation_id
            )
            .with_for_update()
        )
    lead: Lead | None = None
    if ids.lead_id is not None:
        lead = await work.session.scalar(
            select(Lead)
            .where(Lead.business_id == work.business_id, Lead.id == ids.lead_id)
            .with_for_update()
        )
    message = (
        await work.session.scalars(
            select(Message)
            .where(Message.business_id == work.business_id, Message.id == message_id)
            .with_for_update()
        )
    ).one()
    return Text(message, lead)


async def report(work: Work, said: DeliveryReport) -> bool:
    """Take in a delivery report; False when it is about no text of ours."""
    text = await _meant(work, said)
    if text is None:
        log.info("texting.delivery.not_ours", sid=said.sid, status=said.status)
        return False
    await learn(work, text, said)
    return True


async def _meant(work: Work, said: DeliveryReport) -> Text | None:
    """The text of that Sid; else, when the carrier's answer is not in yet, that of our own id."""
    message_id: uuid.UUID | None = await work.session.scalar(
        select(Message.id).where(
            Message.business_id == work.business_id,
            Message.carrier_sid == said.sid,
            Message.direction == "outbound",
        )
    )
    message_id = message_id or said.our_message_id
    return await lock(work, message_id) if message_id is not None else None


async def learn(work: Work, text: Text, said: DeliveryReport) -> None:
    """Let a locked text know what the carrier says of it."""
    lost = _LOST.get(said.status)
    if said.status not in _TOOK | _ARRIVED and lost is None:
        log.info("texting.delivery.no_such_status", sid=said.sid, status=said.status)
        return
    if not await took(work, text, said.sid):
        return
    if RANK[text.message.delivery] > RANK["sent"]:
        return
    if said.status in _ARRIVED:
        text.message.delivery = "delivered"
        text.message.delivered_at = work.now
        _journal(work, text, Fact.TEXT_DELIVERED)
    elif lost is not None:
        await fail(work, text, lost, code=said.error_code)


async def took(work: Work, text: Text, sid: str) -> bool:
    """The carrier has the text under that Sid; False when this Sid is another's."""
    message = text.message
    if message.carrier_sid not in (None, sid):
        # the one thing that must not happen: seen, kept out of the figures, never silent
        log.error("texting.sent_twice", message=str(message.id), sid=sid, first=message.carrier_sid)
        return False
    message.carrier_sid = sid
    if RANK[message.delivery] >= RANK["sent"]:
        return True
    message.delivery = "sent"
    message.sent_at = work.now
    _journal(work, text, Fact.TEXT_SENT)
    if message.purpose == "first_text":
        await _await_answer(work, text)
    return True


async def _await_answer(work: Work, text: Text) -> None:
    """Once for each lead: a nudge, or where the owner wants none, the end of waiting."""
    if text.lead is None:
        return
    hours, key = work.profile.texting.nudge_after_hours, str(text.lead.id)
    if hours > 0:
        await put(work, NudgeLead(text.lead.id), at=work.now + timedelta(hours=hours), dedupe=key)
    else:
        await put(work, GiveUpLead(text.lead.id), at=work.now + GIVE_UP_AFTER, dedupe=key)


async def fail(
    work: Work,
    text: Text,
    state: Literal["undelivered", "failed"],
    *,
    code: int | None = None,
    reason: str | None = None,
    follow_up: bool = True,
) -> None:
    """The text did not and will not arrive: write it down and act on the carrier's code.

    Args:
        work: This transaction.
        text: Locked, and not at an end yet.
        state: `undelivered` when the carrier had it, else `failed`.
        code: The carrier's, which says what follows.
        reason: Ours, when it never came to a code of the carrier's.
        follow_up: False when nobody waits for it: the person said stop, or it is moot.
    """
    message, action = text.message, action_for(code)
    message.delivery = state
    message.error_code = code
    _journal(work, text, Fact.TEXT_FAILED, code=code, reason=reason or action.reason)
    if message.conversation_id is None or not follow_up:
        return
    if reason is None and action.kind is Kind.OPTED_OUT:
        await _opted_out(work, text)
        return
    if action.no_sms:
        await _no_sms(work, message)
    if message.purpose not in _FOLLOWED_UP:
        return
    if await _tries_again(work, message, action):
        return
    await _follow_up(work, text, reason or action.reason)


async def _tries_again(work: Work, message: Message, action: Action) -> bool:
    if action.again_after is None or (message.cause or "").endswith(AGAIN):
        return False
    at = work.now + action.again_after
    await put(work, SendText(message.id), at=at, dedupe=f"again:{message.id}")
    return True


async def _opted_out(work: Work, text: Text) -> None:
    """The carrier knows of a STOP that never came to us: its word counts as the person's."""
    if not await opted_out(work, text.message.to_phone):
        await record_opt_out(work, text.message.to_phone, "stop", "carrier", text.message.id)
        record(work, Fact.OPTED_OUT, lead_id=text.message.lead_id)
    if text.lead is not None and leads.may_move(text.lead.status, Cause.OPTED_OUT):
        episodes.move(work, text.lead, Cause.OPTED_OUT)


async def _no_sms(work: Work, message: Message) -> None:
    caller = await _caller(work, message)
    if caller is not None:
        caller.sms_capable = False


async def _caller(work: Work, message: Message) -> Caller | None:
    found: Caller | None = await work.session.scalar(
        select(Caller)
        .join(
            Conversation,
            (Conversation.business_id == Caller.business_id)
            & (Conversation.caller_id == Caller.id),
        )
        .where(
            Caller.business_id == work.business_id,
            Conversation.id == message.conversation_id,
        )
    )
    return found


async def _follow_up(work: Work, text: Text, reason: str) -> None:
    """A person owes the caller a call, unless the episode is over without a visit ahead."""
    lead = text.lead
    if lead is not None:
        if lead.ended_at is not None and lead.status != Status.BOOKED:
            return
        episodes.move(work, lead, Cause.UNDELIVERABLE)
    caller = await _caller(work, text.message)
    await episodes.owe_callback(
        work,
        reason=reason,
        phone=text.message.to_phone,
        caller_id=caller.id if caller else None,
        lead_id=lead.id if lead else None,
        call_id=await _known_call(work, text),
    )


async def _known_call(work: Work, text: Text) -> uuid.UUID | None:
    if text.call_id is None:
        return None
    known: uuid.UUID | None = await work.session.scalar(
        select(Call.id).where(Call.business_id == work.business_id, Call.id == text.call_id)
    )
    return known


def _journal(work: Work, text: Text, fact: Fact, **codes: str | int | None) -> None:
    record(
        work,
        fact,
        lead_id=text.message.lead_id,
        call_id=text.call_id,
        message_id=text.message.id,
        purpose=text.message.purpose,
        **codes,
    )
