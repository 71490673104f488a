"""Read, in one short transaction, all that a turn knows before it begins."""

import uuid
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select

from agent.state import Ledger, Line, StaffStretch, TimeSeen, TurnView
from agent.understand.language import Language
from agent.understand.read import Context, Reading, read
from agent.understand.service import ServiceWords
from booking.book import held_by
from booking.offers import open_offers
from core import episodes
from core.db import Work
from core.models import Caller, Conversation, Lead, Message

TRANSCRIPT = 40  # texts that a turn sees; older ones are known by their facts
REMEMBERED = ("name", "zip", "address", "breed", "pet_name")
"""Facts about a caller that outlive an episode: used again, never recited."""


@dataclass(frozen=True)
class Loaded:
    """A turn's view, its ledger so far, and the rows that it is about."""

    view: TurnView
    ledger: Ledger
    caller_id: uuid.UUID
    unanswered: tuple[uuid.UUID, ...]


async def load(work: Work, conversation: Conversation) -> Loaded | None:
    """The view of this conversation now; None when nothing waits for an answer."""
    waiting = await episodes.unanswered(work, conversation.id)
    if not waiting:
        return None
    caller = await work.session.get(Caller, (work.business_id, conversation.caller_id))
    lead = await episodes.latest_lead(work, conversation.caller_id)
    if caller is None or lead is None:
        raise LookupError("a conversation has a caller and a text belongs to a lead")
    memory = dict(conversation.memory)
    times = await _times(work, conversation, memory)
    known = _known(caller, lead)
    reading = _read(work, waiting, memory.get("asked"), times, caller)
    transcript = await _transcript(work, conversation.id)
    view = TurnView(
        profile=work.profile,
        now=work.now,
        language=_language(work, reading, caller),
        caller_name=caller.name,
        texts=tuple(m.body for m in waiting if m.body.strip()),
        pictures=sum(len(m.media) for m in waiting),
        transcript=transcript,
        known=known,
        asked=memory.get("asked"),
        reading=reading,
        lost=int(memory.get("lost", 0)),
        disclosed=bool(memory.get("disclosed")),
        staff_stretch=_stretch(memory.get("staff_stretch")),
        refused=frozenset(datetime.fromisoformat(t) for t in memory.get("refused", ())),
        seed=seed_of(caller.phone, len(transcript)),
        caller_key=work.secret.hash("caller", f"{work.business_id}:{caller.phone}"),
    )
    return Loaded(
        view,
        Ledger(times={t.id: t for t in times}),
        caller.id,
        tuple(m.id for m in waiting),
    )


def seed_of(phone: str, texts: int) -> int:
    """Which of several ways to say a thing: the same story is told in the same words again."""
    return zlib.crc32(f"{phone}:{texts}".encode())


async def _times(work: Work, conversation: Conversation, memory: dict[str, Any]) -> list[TimeSeen]:
    """What the caller has before their eyes, and what is held for them."""
    read_back = memory.get("read_back")
    times = [
        TimeSeen(
            f"S{place}",
            offer.service_key,
            offer.staff_key,
            offer.starts_at,
            offer.ends_at,
            offered=True,
            read_back=offer.starts_at.isoformat() == read_back,
        )
        for place, offer in enumerate(await open_offers(work, conversation.id), start=1)
    ]
    held = await held_by(work, conversation.id)
    if held is not None:
        times.append(
            TimeSeen(
                f"S{len(times) + 1}",
                held.service_key,
                held.staff_key,
                held.starts_at,
                held.ends_at,
                held=True,
            )
        )
    return times


def _read(
    work: Work,
    waiting: list[Message],
    asked: str | None,
    times: list[TimeSeen],
    caller: Caller,
) -> Reading:
    zone = work.profile.zone
    return read(
        "\n".join(m.body for m in waiting),
        Context(
            now=work.now,
            zone=zone,
            services=tuple(
                ServiceWords(s.key, s.name, s.also_called) for s in work.profile.services
            ),
            asked=asked,
            offers=tuple(t.starts_at.astimezone(zone) for t in times if t.offered),
            language=cast(Language, caller.language or work.profile.languages[0]),
        ),
    )


def _language(work: Work, reading: Reading, caller: Caller) -> Literal["en", "es"]:
    """The caller's language when the business writes it, else the business's first."""
    for wanted in (reading.language, caller.language):
        if wanted in work.profile.languages:
            return wanted
    return work.profile.languages[0]


def _known(caller: Caller, lead: Lead) -> dict[str, str]:
    remembered = {k: v for k, v in caller.facts.items() if k in REMEMBERED and isinstance(v, str)}
    if caller.name:
        remembered["name"] = caller.name
    return {**remembered, **{k: str(v) for k, v in lead.intake.items()}}


async def _transcript(work: Work, conversation_id: uuid.UUID) -> tuple[Line, ...]:
    rows = await work.session.scalars(
        select(Message)
        .where(Message.business_id == work.business_id, Message.conversation_id == conversation_id)
        .order_by(Message.seq.desc())
        .limit(TRANSCRIPT)
    )
    return tuple(
        Line(cast("Literal['caller', 'agent', 'staff', 'system']", m.author), m.body, m.at)
        for m in reversed(list(rows))
    )


def _stretch(kept: dict[str, str] | None) -> StaffStretch | None:
    if not kept:
        return None
    return StaffStretch(
        kept.get("who", ""), datetime.fromisoformat(kept["at"]), kept.get("instruction")
    )
