"""SendText: the law once more, `sending` committed, the carrier, then what it said.

The carrier knows no idempotency key, so a text goes out twice only if we send it twice. Hence:
`sending` and `attempted_at` are committed before the carrier is called. A row that is found so is
in doubt, whoever left it (a crash, a timeout, a 5xx): it is looked for at the carrier, and sent
once more only when it was not there. `attempted_at` is empty again exactly when an attempt is
known to have sent nothing; then, and only then, is a second one free to begin. `unknown` stays
`unknown` during that second try, for a delivery never goes backwards.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from core import episodes, leads
from core.clock import Clock
from core.db import Database, Work
from core.episodes import opted_out
from core.errors import CarrierAmbiguous, CarrierRefused, CarrierUnavailable
from core.jobs import ReconcileText, SendText, put
from core.jobs.retry import Again, after_failure
from core.jobs.worker import Handler, Later
from core.leads import Cause, Status
from core.log import get_logger
from core.models import Job, Message
from core.outbox import Draft, post
from texting.carriers import Accepted, Carrier, Carriers, Found, OutgoingText
from texting.delivery import AGAIN, DeliveryReport, Text, fail, learn, lock, took
from texting.law import Purpose, Refused, TextingCase, may_text, zones_of
from texting.segments import count, fold

log = get_logger("texting.sender")

FIRST_TEXT_VALIDITY: Final = 900  # seconds at the carrier; later it would puzzle more than help
FIRST_TEXT_LIFE: Final = timedelta(hours=1)  # from the missed call until we ourselves give up
LOOKS: Final = (timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=75))
"""When, after a doubtful attempt, the carrier is asked; the last look decides."""
LOOK_AGAIN: Final = timedelta(seconds=30)  # when the carrier can't be asked
LOOK_AT_MOST: Final = timedelta(hours=1)
FROZEN: Final = timedelta(seconds=10)
"""A worker that slept this long before it called may have been replaced: it must not call."""

PURPOSES: Final = {
    "first_text": Purpose.FIRST_TEXT,
    "reply": Purpose.REPLY,
    "nudge": Purpose.NUDGE,
    "keyword_answer": Purpose.KEYWORD_ANSWER,
    "scope_question": Purpose.KEYWORD_ANSWER,  # 64.1200(a)(12) allows the one question, too
    "staff_reply": Purpose.STAFF,
    "staff_alert": Purpose.STAFF_ALERT,
    "booking_notice": Purpose.REPLY,
}


@dataclass(frozen=True, slots=True)
class _Ready:
    """All that the carrier needs, once the transaction is over."""

    carrier: Carrier
    text: OutgoingText
    attempt: int
    at: datetime
    clock: Clock
    segments: int


Outcome = Accepted | CarrierUnavailable | CarrierAmbiguous | CarrierRefused


def send_text_handler(db: Database, carriers: Carriers, base_url: str) -> Handler:
    """Make the handler of `SendText`; `base_url` is the address that the carrier calls."""

    async def send(business_id: uuid.UUID, instruction: SendText) -> Later | None:
        async with db.work(business_id) as work:
            ready = await _prepare(work, carriers, base_url, instruction.message_id)
        if not isinstance(ready, _Ready):
            return ready
        if ready.clock.now() - ready.at > FROZEN:
            return Later(ready.clock.now())
        outcome = await _hand_over(ready)
        async with db.work(business_id) as work:
            return await _conclude(work, ready, outcome)

    return send


async def _prepare(
    work: Work, carriers: Carriers, base_url: str, message_id: uuid.UUID
) -> _Ready | Later | None:
    """Decide whether this text goes now, and if so mark it as being sent."""
    text = await lock(work, message_id)
    if text is None:
        return None
    message = text.message
    if message.delivery == "undelivered":
        await _second_try(work, text)
        return None
    if message.delivery not in ("queued", "sending", "unknown"):
        return None
    if message.delivery != "queued" and message.attempted_at is not None:
        await _doubt(work, message)
        return None
    waiting = await _held(work, text)
    if waiting is not None:
        return waiting
    if message.delivery == "failed":
        return None
    message.body = fold(message.body)
    message.segments = count(message.body).segments
    if message.delivery == "queued":
        message.delivery = "sending"
    message.attempted_at = work.now
    message.attempts += 1
    return _Ready(
        await carriers.of(work),
        _outgoing(work, message, base_url),
        message.attempts,
        work.now,
        work.clock,
        message.segments,
    )


async def _held(work: Work, text: Text) -> Later | None:
    """Fail a text that may or need not go any more; wait for the hour at which it may."""
    message, lead = text.message, text.lead
    if not fold(message.body).strip():
        await fail(work, text, "failed", reason="empty")
    elif message.purpose == "nudge" and await _moot(work, text):
        await fail(work, text, "failed", reason="moot", follow_up=False)
    elif message.purpose == "first_text" and work.now - message.at > FIRST_TEXT_LIFE:
        await fail(work, text, "failed", reason="too_late")
    else:
        verdict = may_text(await _case(work, message))
        if not isinstance(verdict, Refused):
            message.basis = message.basis or verdict.basis
            return None
        if verdict.until is not None:
            return Later(verdict.until)
        await fail(work, text, "failed", reason=verdict.reason, follow_up=False)
        if message.purpose == "first_text" and lead is not None:
            cause = Cause.OPTED_OUT if verdict.reason == "opted_out" else Cause.SETTLED
            if leads.may_move(lead.status, cause):
                episodes.move(work, lead, cause)
    return None


async def _moot(work: Work, text: Text) -> bool:
    """A nudge is for a caller who is silent and for whom nobody else cares."""
    lead = text.lead
    if lead is None or lead.ended_at is not None or lead.status == Status.FOLLOW_UP_NEEDED:
        return True
    return await _said_since(work, text.message, inbound_only=True)


async def _said_since(work: Work, message: Message, *, inbound_only: bool) -> bool:
    later = select(Message.id).where(
        Message.business_id == work.business_id,
        Message.conversation_id == message.conversation_id,
        Message.seq > message.seq,
    )
    if inbound_only:
        later = later.where(Message.direction == "inbound")
    return await work.session.scalar(later.limit(1)) is not None


async def _case(work: Work, message: Message) -> TextingCase:
    """What the law needs to know; the nudges counted are the others, not this one."""
    prompted = await work.session.scalar(
        select(func.max(Message.at)).where(
            Message.business_id == work.business_id,
            Message.conversation_id == message.conversation_id,
            Message.direction == "inbound",
        )
    )
    nudges = (
        await work.session.execute(
            select(Message.lead_id, Message.sent_at).where(
                Message.business_id == work.business_id,
                Message.conversation_id == message.conversation_id,
                Message.purpose == "nudge",
                Message.id != message.id,
            )
        )
    ).all()
    sent = [at for lead_id, at in nudges if at is not None and lead_id == message.lead_id]
    day_ago = work.now - timedelta(hours=24)
    texting = work.profile.texting
    return TextingCase(
        now=work.now,
        purpose=PURPOSES.get(message.purpose or "", Purpose.REPLY),
        business_zone=work.profile.timezone,
        number_zones=zones_of(message.to_phone),
        quiet_hours=texting.quiet_hours,
        opted_out=await opted_out(work, message.to_phone),
        do_not_text=message.to_phone in work.profile.do_not_text,
        last_inbound_at=prompted,
        nudges_sent=len(sent),
        last_nudge_at=max(sent, default=None),
        texts_today=sum(at is not None and at > day_ago for _, at in nudges),
    )


def _outgoing(work: Work, message: Message, base_url: str) -> OutgoingText:
    account = work.profile.carrier
    callback = f"{base_url}/twilio/sms/status?message={message.id}&business={work.business_id}"
    return OutgoingText(
        message_id=message.id,
        business_id=work.business_id,
        to_phone=message.to_phone,
        from_phone=message.from_phone,
        body=message.body,
        status_callback=callback,
        validity_seconds=FIRST_TEXT_VALIDITY if message.purpose == "first_text" else None,
        messaging_service_sid=account.messaging_service_sid if account else None,
    )


async def _hand_over(ready: _Ready) -> Outcome:
    try:
        return await ready.carrier.send(ready.text)
    except (CarrierUnavailable, CarrierAmbiguous, CarrierRefused) as error:
        return error
    except Exception as error:  # whatever broke, the text may be out
        log.warning("texting.sender.broke", message=str(ready.text.message_id), exc_info=error)
        return CarrierAmbiguous(f"the carrier's client broke: {type(error).__name__}")


async def _conclude(work: Work, ready: _Ready, outcome: Outcome) -> Later | None:
    """Write down what the carrier said; a delivery report may have been quicker."""
    text = await lock(work, ready.text.message_id)
    if text is None:
        return None
    message = text.message
    if isinstance(outcome, Accepted):
        await took(work, text, outcome.sid)
        if outcome.segments not in (None, ready.segments):
            log.warning(
                "texting.segments.differ",
                message=str(message.id),
                ours=ready.segments,
                carriers=outcome.segments,
            )
        return None
    if not _in_doubt(message) or message.attempts != ready.attempt:
        return None
    log.info("texting.sender.not_taken", message=str(message.id), error=type(outcome).__name__)
    match outcome:
        case CarrierRefused(code=code):
            await fail(work, text, "failed", code=code, reason=None if code else "refused")
        case CarrierAmbiguous():
            await _doubt(work, message)
        case CarrierUnavailable():
            return await _back_off(work, text, outcome)
    return None


async def _back_off(work: Work, text: Text, error: CarrierUnavailable) -> Later | None:
    """Nothing was sent: the row is free for the next attempt, at growing pauses."""
    text.message.attempted_at = None
    decision = after_failure(error, text.message.attempts, work.now)
    if isinstance(decision, Again):
        return Later(decision.at)
    await fail(work, text, "failed", reason="carrier_unavailable")
    return None


# -- in doubt ------------------------------------------------------------------------------------


def _in_doubt(message: Message) -> bool:
    return message.delivery in ("sending", "unknown") and message.attempted_at is not None


async def _doubt(work: Work, message: Message) -> None:
    """The carrier may have it: have it looked for before anything is sent again."""
    message.delivery = "unknown"
    since = message.attempted_at or work.now
    await put(
        work,
        ReconcileText(message.id),
        at=since + LOOKS[0],
        dedupe=f"{message.id}:{message.attempts}",
    )


def reconcile_text_handler(db: Database, carriers: Carriers, base_url: str) -> Handler:
    """Make the handler of `ReconcileText`."""

    async def reconcile(business_id: uuid.UUID, instruction: ReconcileText) -> Later | None:
        async with db.work(business_id) as work:
            text = await lock(work, instruction.message_id)
            if text is None or not _in_doubt(text.message):
                return None  # a delivery report has told us meanwhile
            if not text.message.body:
                return None  # erased: no words and no number are left to look for it by
            carrier = await carriers.of(work)
            outgoing = _outgoing(work, text.message, base_url)
            attempt, since = text.message.attempts, text.message.at
            taken = await _taken(work, text.message)
        found = await _look(carrier, outgoing, since, taken)
        async with db.work(business_id) as work:
            text = await lock(work, instruction.message_id)
            if text is None or not _in_doubt(text.message) or text.message.attempts != attempt:
                return None
            return await _settle(work, text, found)

    return reconcile


async def _taken(work: Work, message: Message) -> Collection[str]:
    """The carrier's ids of our other texts to this number."""
    sids = await work.session.scalars(
        select(Message.carrier_sid).where(
            Message.business_id == work.business_id,
            Message.to_phone == message.to_phone,
            Message.carrier_sid.is_not(None),
            Message.sent_at >= message.at - timedelta(minutes=1),
        )
    )
    return frozenset(sid for sid in sids if sid is not None)


async def _look(
    carrier: Carrier, text: OutgoingText, since: datetime, taken: Collection[str]
) -> Found | CarrierUnavailable | None:
    try:
        return await carrier.find(text, since, taken=taken)
    except CarrierUnavailable as error:
        return error


async def _settle(work: Work, text: Text, found: Found | CarrierUnavailable | None) -> Later | None:
    message = text.message
    began = message.attempted_at or work.now
    if isinstance(found, Found):
        await learn(work, text, DeliveryReport(found.sid, found.status, found.error_code))
    elif found is not None and work.now - began < LOOK_AT_MOST:
        return Later(work.now + LOOK_AGAIN)
    elif found is not None:
        await fail(work, text, "failed", reason="unreconciled")
    elif work.now - began < LOOKS[-1]:
        return Later(next(began + look for look in LOOKS if began + look > work.now))
    elif await _sent_again(work, message):
        await fail(work, text, "failed", reason="lost")
    else:
        log.warning("texting.sender.again", message=str(message.id))
        message.attempted_at = None
        await put(work, SendText(message.id), dedupe=_second(message))
    return None


def _second(message: Message) -> str:
    return f"lost:{message.id}"


async def _sent_again(work: Work, message: Message) -> bool:
    """Whether the one second try was ordered already: its own job is the record of it."""
    ordered = await work.session.scalar(
        select(Job.id).where(
            Job.business_id == work.business_id,
            Job.kind == SendText.__name__,
            Job.dedupe == _second(message),
        )
    )
    return ordered is not None


async def _second_try(work: Work, text: Text) -> None:
    """Say it once more, as a text of its own, to a phone that was out of reach some minutes ago.

    Only while the lead is open and nobody has said anything since.
    """
    message, lead = text.message, text.lead
    if lead is None or lead.ended_at is not None:
        return
    if await _said_since(work, message, inbound_only=False):
        return
    await post(
        work,
        Draft(
            to_phone=message.to_phone,
            from_phone=message.from_phone,
            body=message.body,
            author=message.author,
            purpose=message.purpose or "reply",
            cause=f"{message.cause}{AGAIN}",
            basis=message.basis or "",
            conversation_id=message.conversation_id,
            lead_id=message.lead_id,
            staff_key=message.staff_key,
            template=message.template,
            segments=message.segments,
        ),
    )
