"""One gentle text to a lead that never answered, where and when the law allows it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.db import Work
from core.episodes import opted_out
from core.leads import Status
from core.models import Caller, Conversation, Lead, Message
from core.outbox import Draft
from core.phone import spoken_phone
from texting.law import Allowed, Purpose, TextingCase, may_text, zones_of
from texting.templates import render

_QUIET = frozenset({Status.TEXTED, Status.IN_CONVERSATION})


async def nudge_draft(work: Work, lead: Lead) -> Draft | datetime | None:
    """The nudge to post now, the instant (UTC) at which to ask again, or None for never.

    Nothing is posted and the lead is not changed: whoever posts the draft counts it there.
    """
    conversation, caller = await _who(work, lead)
    if (
        lead.status not in _QUIET
        or conversation.owner != "agent"
        or caller.sms_capable is False
        or await _asked_about_stopping(work, conversation)
    ):
        return None
    allowed = may_text(await _case(work, lead, caller))
    if not isinstance(allowed, Allowed):
        return allowed.until
    profile = work.profile
    text = render(
        "nudge",
        language=caller.language or profile.languages[0],
        business=profile.name,
        link=profile.booking_link,
        phone=spoken_phone(conversation.number),
        overrides=profile.templates,
        max_segments=profile.texting.max_segments,
    )
    return Draft(
        to_phone=caller.phone,
        from_phone=conversation.number,
        body=text.text,
        author="system",
        purpose="nudge",
        cause=f"lead:{lead.id}:{lead.nudges + 1}",
        basis="inquiry",
        conversation_id=conversation.id,
        lead_id=lead.id,
        template=f"{text.key}@{text.version}",
        segments=text.segments,
    )


async def _who(work: Work, lead: Lead) -> tuple[Conversation, Caller]:
    row = (
        await work.session.execute(
            select(Conversation, Caller)
            .join(
                Caller,
                (Caller.business_id == Conversation.business_id)
                & (Caller.id == Conversation.caller_id),
            )
            .where(
                Conversation.business_id == work.business_id,
                Conversation.id == lead.conversation_id,
            )
        )
    ).one()
    return row[0], row[1]


async def _asked_about_stopping(work: Work, conversation: Conversation) -> bool:
    """Silence after "should we stop texting you?" is a yes (47 CFR 64.1200(a)(12))."""
    last = await work.session.scalar(
        select(Message.purpose)
        .where(Message.business_id == work.business_id, Message.conversation_id == conversation.id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return last == "scope_question"


async def _case(work: Work, lead: Lead, caller: Caller) -> TextingCase:
    row = (
        await work.session.execute(
            select(
                func.max(Message.at).filter(Message.direction == "inbound"),
                func.count().filter(
                    Message.purpose.in_(("nudge", "reminder")),
                    Message.at > work.now - timedelta(hours=24),
                ),
            ).where(
                Message.business_id == work.business_id,
                Message.conversation_id == lead.conversation_id,
            )
        )
    ).one()
    last_inbound: datetime | None = row[0]
    today: int = row[1]
    return TextingCase(
        now=work.now,
        purpose=Purpose.NUDGE,
        business_zone=work.profile.timezone,
        number_zones=zones_of(caller.phone),
        quiet_hours=work.profile.texting.quiet_hours,
        opted_out=await opted_out(work, caller.phone),
        do_not_text=caller.phone in work.profile.do_not_text,
        last_inbound_at=last_inbound,
        nudges_sent=lead.nudges,
        last_nudge_at=lead.nudged_at,
        texts_today=today,
    )
