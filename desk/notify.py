"""Tell the staff that somebody waits: by text, again and more widely until one of them claims it.

    step 0   handoff.notify, or the owners       at once; everybody when a life may be in danger
    step 1   the owners                          `escalate_after_minutes` later
    step 2+  everybody who has a phone           each `escalate_after_minutes` later, at most to 3

A step that comes by twice tells nobody twice. Whoever claims it ends the row of steps; a release
begins the next step at once.
"""

import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from core.db import Database, Work
from core.episodes import opted_out
from core.jobs import TellStaff, put
from core.jobs.worker import Handler
from core.journal import Fact
from core.log import get_logger
from core.models import Caller, Conversation, Handoff
from core.outbox import Draft, post
from core.phone import spoken_phone
from core.profile import Person as StaffMember, Profile
from desk.ownership import write_fact

log = get_logger("desk.notify")

Link = Callable[[str, uuid.UUID], str]
"""The console's page of a conversation: business slug, conversation id."""

LAST_STEP: Final = 3
_LONGEST: Final = 306
"""GSM-7 characters of two segments: staff read it on a lock screen."""
_WHAT: Final = {
    "asked": "wants a person",
    "emergency": "has an EMERGENCY",
    "urgent": "has something urgent",
    "upset": "is upset",
    "no_slot": "found no time that fits",
    "conflict": "has a booking that clashes",
}
_WHAT_ELSE: Final = "needs a person"
_PLAIN: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u2013": "-"}
    | {"\u2014": "-", "[": "(", "]": ")", "{": "(", "}": ")", "~": "-", "|": "/", "\\": "/"}
    | {"^": " ", "`": "'"}
)
_GSM_LETTERS: Final = frozenset("èéùìòÇØøÅåÆæßÉÄÖÑÜäöñüà£¥§¿¡")


def tell_staff_handler(db: Database, link: Link) -> Handler:
    """TellStaff: one step, and the next one put for later while nobody has claimed it."""

    async def tell_staff(business_id: uuid.UUID, instruction: TellStaff) -> None:
        async with db.work(business_id) as work:
            handoff = await work.session.scalar(
                select(Handoff)
                .where(Handoff.business_id == business_id, Handoff.id == instruction.handoff_id)
                .with_for_update()
            )
            if handoff is not None and handoff.state == "open":
                await _tell(work, handoff, instruction.step, link)

    return tell_staff


async def _tell(work: Work, handoff: Handoff, step: int, link: Link) -> None:
    if 0 < step <= handoff.escalations:
        return  # a job that came by before, or a release that was faster
    told = await _text_them(work, handoff, step, link)
    if step > 0 or told == 0:
        write_fact(work, Fact.HANDOFF_ESCALATED, handoff, step=step, told=told)
    if told == 0:
        log.warning("desk.notify.nobody_reachable", handoff=str(handoff.id), step=step)
    handoff.escalations = max(handoff.escalations, step)
    if step < LAST_STEP:
        wait = timedelta(minutes=work.profile.handoff.escalate_after_minutes)
        await put(work, TellStaff(handoff.id, step + 1), at=work.now + wait)


async def _text_them(work: Work, handoff: Handoff, step: int, link: Link) -> int:
    """Post this step's texts; to how many people."""
    if not work.profile.phone_numbers:
        return 0
    caller = await _caller(work, handoff)
    body = words(
        Waiting(handoff.no, handoff.reason, handoff.urgency, handoff.summary, step),
        who=f"{caller.name}, {spoken_phone(caller.phone)}"
        if caller.name
        else spoken_phone(caller.phone),
        link=link(work.slug, handoff.conversation_id),
    )
    people = [
        p
        for p in recipients(work.profile, step, handoff.urgency)
        if p.phone and not await opted_out(work, p.phone)
    ]
    for person in people:
        await post(
            work,
            Draft(
                to_phone=person.phone or "",
                from_phone=work.profile.phone_numbers[0].number,
                body=body,
                author="system",
                purpose="staff_alert",
                cause=f"handoff:{handoff.id}:{step}:{person.key}",
                basis="internal",
                staff_key=person.key,
            ),
        )
    return len(people)


async def _caller(work: Work, handoff: Handoff) -> Caller:
    return (
        await work.session.scalars(
            select(Caller)
            .join(
                Conversation,
                (Conversation.business_id == Caller.business_id)
                & (Conversation.caller_id == Caller.id),
            )
            .where(
                Conversation.business_id == work.business_id,
                Conversation.id == handoff.conversation_id,
            )
        )
    ).one()


def recipients(profile: Profile, step: int, urgency: str) -> tuple[StaffMember, ...]:
    """Whom a step tells: people with a phone, each phone once; everybody if nobody fits."""
    everybody = tuple(p for p in profile.staff if p.phone)
    owners = tuple(p for p in everybody if p.role == "owner")
    if urgency == "life" or step >= 2:
        chosen = everybody
    elif step == 1:
        chosen = owners
    else:
        chosen = tuple(p for p in everybody if p.key in profile.handoff.notify) or owners
    by_phone = {p.phone: p for p in reversed(chosen or everybody)}
    return tuple(reversed(by_phone.values()))


@dataclass(frozen=True)
class Waiting:
    """What a text to the staff says of a handoff."""

    no: int
    reason: str
    urgency: str
    summary: str
    step: int


def words(waiting: Waiting, *, who: str, link: str) -> str:
    """Who, what and a link in at most two segments: the summary gives way, never the link."""
    what = "is IN DANGER" if waiting.urgency == "life" else _WHAT.get(waiting.reason, _WHAT_ELSE)
    still = " still waits:" if waiting.step > 0 else ""
    head = plain(f"#{waiting.no}{still} {who} {what}")
    room = _LONGEST - len(head) - len(link) - len(": . ")
    summary = plain(waiting.summary).rstrip(". ")
    if len(summary) > room:
        summary = summary[: max(0, room - 3)].rstrip() + "..." if room > 20 else ""
        return f"{head}: {summary} {link}" if summary else f"{head}. {link}"
    return f"{head}: {summary}. {link}" if summary else f"{head}. {link}"


def plain(text: str) -> str:
    """Letters that cost one GSM-7 unit each: staff need the words, not the emoji."""
    kept = []
    for letter in text.translate(_PLAIN):
        if letter.isascii() or letter in _GSM_LETTERS:
            kept.append(letter)
        else:
            kept.append(unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode())
    return " ".join("".join(kept).split())


__all__ = ["LAST_STEP", "Link", "Waiting", "plain", "recipients", "tell_staff_handler", "words"]
