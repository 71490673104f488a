"""What a caller's text wishes of us as texters: stop, help, start; and what we do about it.

A stop takes effect in the transaction that stores the text: ledger, queued texts, lead. After it
exactly one confirmation goes, at once (47 CFR 64.1200(a)(12): within five minutes, no marketing),
and none where the carrier has answered its own keyword already.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from sqlalchemy import select, update

import prompts
from core import journal, outbox
from core.db import Work
from core.episodes import latest_lead, move
from core.journal import Fact
from core.leads import Cause, may_move
from core.models import Caller, Conversation, Lead, Message
from core.phone import spoken_phone
from texting.delivery import fail, lock
from texting.optout import Kind, Source, record_opt_out
from texting.optout_rules import classify
from texting.segments import count, fold
from texting.templates import LANGUAGES, render

ASK_AGAIN_AFTER: Final = timedelta(hours=24)
"""One question about what was meant in this time."""
_YES: Final = frozenset({"yes", "y", "yeah", "yep", "yes please", "si", "sí", "sí por favor"})


@dataclass(frozen=True)
class Wish:
    """What one text asks for.

    Attributes:
        kind: None when it is about something else.
        source: How we know.
        answered: The carrier has answered it, so we stay silent.
        unsure: It may mean stop, and we have not asked yet.
    """

    kind: Kind | None = None
    source: Source = "meaning"
    answered: bool = False
    unsure: bool = False


async def read(work: Work, message: Message, opt_out_type: str | None, *, opted_out: bool) -> Wish:
    """Read a stored text; `opt_out_type` is the carrier's own reading of it, when it gave one."""
    told = (opt_out_type or "").strip().casefold()
    if told in ("stop", "start", "help"):
        return Wish(cast("Kind", told), "carrier", answered=True)
    reading = classify(message.body, opted_out=opted_out)
    source: Source = "keyword" if reading.bare_keyword else "meaning"
    by_carrier = reading.bare_keyword and work.profile.texting.keyword_replies == "carrier"
    if reading.certain and reading.kind is not None:
        return Wish(reading.kind, source, answered=by_carrier)
    says_yes = message.body.strip(" .!").casefold() in _YES
    if opted_out or (reading.certain and not says_yes):
        return Wish()
    asked = await _asked(work, message)
    if asked is None:
        return Wish(unsure=not reading.certain)
    if (says_yes and asked.is_last) or reading.kind == "stop":
        return Wish("stop", "meaning")  # asked what was meant, they say it again
    return Wish()


async def settle(
    work: Work,
    wish: Wish,
    caller: Caller,
    conversation: Conversation,
    message: Message,
    *,
    opted_out: bool,
) -> str | None:
    """Do what was wished; the outcome, or None when the text is a text like any other."""
    if wish.kind == "start" and not opted_out and wish.source == "meaning":
        return None
    if wish.kind is None and not opted_out:
        return None
    message.answered_at = work.now  # no turn is owed for it
    lead = await latest_lead(work, caller.id)
    message.lead_id = lead.id if lead is not None else None
    if wish.kind is None:
        return "opted_out"
    await record_opt_out(work, caller.phone, wish.kind, wish.source, message.id)
    if wish.kind == "stop" and not opted_out:
        await _stop(work, conversation, lead)
    elif wish.kind == "start" and opted_out:
        journal.record(work, Fact.OPTED_IN, lead_id=message.lead_id, message_id=message.id)
    silent = wish.answered or (opted_out and wish.kind in ("stop", "help"))
    if not silent:
        await _answer(work, wish.kind, caller, conversation, message)
    return wish.kind


async def ask_what_was_meant(
    work: Work, caller: Caller, conversation: Conversation, message: Message
) -> None:
    """One question after a text that may mean stop; silence after it counts as a stop."""
    language = caller.language or work.profile.languages[0]
    language = language if language in LANGUAGES else "en"
    body = fold(prompts.load(f"first_texts/clauses.scope.{language}", business=work.profile.name))
    await _post(work, "scope_question", body, "callers_text", caller, conversation, message)


async def _stop(work: Work, conversation: Conversation, lead: Lead | None) -> None:
    """Silence everything that is still ours to stop; nothing said before is owed an answer."""
    await work.session.execute(
        update(Message)
        .where(
            Message.business_id == work.business_id,
            Message.conversation_id == conversation.id,
            Message.direction == "inbound",
            Message.answered_at.is_(None),
        )
        .values(answered_at=work.now)
    )
    queued = await work.session.scalars(
        select(Message.id).where(
            Message.business_id == work.business_id,
            Message.conversation_id == conversation.id,
            Message.direction == "outbound",
            Message.delivery == "queued",
        )
    )
    for message_id in queued.all():
        text = await lock(work, message_id)
        if text is not None and text.message.delivery == "queued":
            await fail(work, text, "failed", reason="opted_out", follow_up=False)
    journal.record(work, Fact.OPTED_OUT, lead_id=lead.id if lead is not None else None)
    if lead is not None and may_move(lead.status, Cause.OPTED_OUT):
        move(work, lead, Cause.OPTED_OUT)


async def _answer(
    work: Work, kind: Kind, caller: Caller, conversation: Conversation, message: Message
) -> None:
    text = render(
        f"keyword.{kind}",
        language=caller.language or work.profile.languages[0],
        business=work.profile.name,
        phone=spoken_phone(conversation.number),
        overrides=work.profile.templates,
        max_segments=work.profile.texting.max_segments,
    )
    basis = "revocation_confirmed" if kind == "stop" else "callers_text"
    template = f"{text.key}@{text.version}"
    await _post(
        work, "keyword_answer", text.text, basis, caller, conversation, message, template=template
    )


async def _post(
    work: Work,
    purpose: str,
    body: str,
    basis: str,
    caller: Caller,
    conversation: Conversation,
    message: Message,
    *,
    template: str | None = None,
) -> None:
    await outbox.post(
        work,
        outbox.Draft(
            to_phone=caller.phone,
            from_phone=conversation.number,
            body=body,
            author="system",
            purpose=purpose,
            cause=f"message:{message.id}",
            basis=basis,
            conversation_id=conversation.id,
            lead_id=message.lead_id,
            template=template,
            segments=count(body).segments,
        ),
    )


@dataclass(frozen=True)
class _Asked:
    is_last: bool


async def _asked(work: Work, message: Message) -> _Asked | None:
    """Whether we asked within a day what was meant, and whether that was our last word."""
    purposes = (
        await work.session.scalars(
            select(Message.purpose)
            .where(
                Message.business_id == work.business_id,
                Message.conversation_id == message.conversation_id,
                Message.direction == "outbound",
                Message.at > work.now - ASK_AGAIN_AFTER,
            )
            .order_by(Message.seq.desc())
        )
    ).all()
    if "scope_question" not in purposes:
        return None
    return _Asked(is_last=purposes[0] == "scope_question")
