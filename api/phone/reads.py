"""What the simulator shows: the businesses it serves, and one phone's calls and texts."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from api.wiring import House
from core.db import Work
from core.errors import NotFound
from core.models import Business, Call, Caller, Conversation, Message
from core.phone import parse_phone, spoken_phone, why_no_text
from core.profile import Profile

WITHHELD: Final = "anonymous"
MOST: Final = 200
_MOST_BUSINESSES: Final = 100
_LINES: Final = (
    ("+12075550142", "Mobile"),
    ("+12075550164", "Another mobile"),
    ("+12075550187", "A third mobile"),
    ("+12075553006", "Landline (texts bounce)"),
    ("+12075553003", "Phone switched off"),
    ("+15005550001", "The carrier refuses it"),
)
_DECISION_PREFIX: Final = "call:"
_SIGN_IN_PREFIX: Final = "sign-in:"
_CONCEALED: Final = "(A sign-in link: shown here for test businesses only.)"


@dataclass(frozen=True)
class Shop:
    """A business that the simulator serves."""

    id: uuid.UUID
    slug: str
    name: str
    offset: timedelta


@dataclass(frozen=True)
class Text:
    """A text as this phone sees it. `after_ms`: from the missed call to the carrier taking it."""

    key: str
    at: datetime
    ours: bool
    author: str
    body: str
    pictures: int
    delivery: str
    error_code: int | None
    segments: int
    after_ms: int | None


@dataclass(frozen=True)
class Ring:
    """A call from this phone."""

    at: datetime
    ended: bool
    missed: bool
    decision: str | None


async def shops(house: House) -> list[Shop]:
    """The businesses that may be played: never one whose texts a real carrier takes."""
    served = select(Business).order_by(Business.created_at).limit(_MOST_BUSINESSES)
    if house.settings.carrier is not None:
        served = served.where(Business.test.is_(True))
    async with house.db.directory() as session:
        found = list(await session.scalars(served))
    return [_shop(one) for one in found if await _is_served(house, one.id)]


async def shop(house: House, slug: str) -> Shop:
    """One of them.

    Raises:
        NotFound: there is none of that slug, or a real carrier serves it.
    """
    async with house.db.directory() as session:
        found = await session.scalar(select(Business).where(Business.slug == slug))
    if found is None or not await _is_served(house, found.id):
        raise NotFound("there is no such business for the simulator")
    return _shop(found)


def _shop(one: Business) -> Shop:
    return Shop(one.id, one.slug, one.name, timedelta(seconds=one.clock_offset_seconds))


async def _is_served(house: House, business_id: uuid.UUID) -> bool:
    try:
        async with house.db.work(business_id) as work:
            return await house.carriers.of(work) is house.carriers.simulator
    except NotFound:  # saved half-way, or gone meanwhile
        return False


def callers(profile: Profile) -> list[tuple[str, str]]:
    """Phones to play: number (or what stands for none) and words."""
    staff = [(p.phone, f"{p.name} (staff)") for p in profile.staff if p.phone]
    lines = [(number, f"{spoken_phone(number)}, {words.lower()}") for number, words in _LINES]
    return [*lines, (WITHHELD, "Number withheld"), *staff]


def caller_from(raw: str | None) -> str:
    """The caller of a form: E.164, or `anonymous`.

    Raises:
        BadInput: it is no phone number.
    """
    text = (raw or "").strip()
    if not text:
        return _LINES[0][0]
    return WITHHELD if why_no_text(text) == "anonymous" and text == WITHHELD else parse_phone(text)


async def rings(work: Work, phone: str) -> list[Ring]:
    """The calls from this phone, in order; all withheld ones share a phone."""
    mine = Call.phone.is_(None) if phone == WITHHELD else Call.phone == phone
    found = await work.session.scalars(
        select(Call)
        .where(Call.business_id == work.business_id, mine)
        .order_by(Call.started_at.desc())
        .limit(MOST)
    )
    return [
        Ring(
            c.missed_at or c.started_at, c.ended_at is not None, c.missed_at is not None, c.decision
        )
        for c in reversed(list(found))
    ]


async def texts(work: Work, phone: str) -> list[Text]:
    """What this phone sent and received, in order; of staff's phones the alerts, too."""
    found = list(
        await work.session.scalars(
            select(Message)
            .where(
                Message.business_id == work.business_id,
                or_(Message.from_phone == phone, Message.to_phone == phone),
            )
            .order_by(Message.seq.desc())
            .limit(MOST)
        )
    )
    missed = await _missed_at(work, found)
    return [
        _text(m, missed.get(m.cause or ""), secret=not work.test and _lets_in(m))
        for m in reversed(found)
    ]


def _lets_in(m: Message) -> bool:
    """Whether it holds a sign-in link."""
    return m.purpose == "staff_alert" and (m.cause or "").startswith(_SIGN_IN_PREFIX)


async def _missed_at(work: Work, messages: list[Message]) -> dict[str, datetime]:
    """When the calls were missed that caused these texts, by cause."""
    ids = [
        uuid.UUID(m.cause.removeprefix(_DECISION_PREFIX))
        for m in messages
        if m.purpose == "first_text" and m.cause and m.cause.startswith(_DECISION_PREFIX)
    ]
    if not ids:
        return {}
    found = await work.session.execute(
        select(Call.id, Call.missed_at).where(
            Call.business_id == work.business_id, Call.id.in_(ids)
        )
    )
    return {f"{_DECISION_PREFIX}{row[0]}": row[1] for row in found if row[1] is not None}


def _text(m: Message, missed_at: datetime | None, *, secret: bool) -> Text:
    after = None
    if missed_at is not None and m.sent_at is not None:
        after = max(0, round((m.sent_at - missed_at).total_seconds() * 1000))
    return Text(
        key=str(m.id),
        at=m.at,
        ours=m.direction == "outbound",
        author=m.author,
        body=_CONCEALED if secret else m.body,
        pictures=len(m.media),
        delivery=m.delivery,
        error_code=m.error_code,
        segments=m.segments,
        after_ms=after,
    )


async def conversation_of(work: Work, phone: str) -> uuid.UUID | None:
    """The conversation with this caller, if there is one."""
    found: uuid.UUID | None = await work.session.scalar(
        select(Conversation.id)
        .join(
            Caller,
            (Caller.business_id == Conversation.business_id)
            & (Caller.id == Conversation.caller_id),
        )
        .where(Conversation.business_id == work.business_id, Caller.phone == phone)
    )
    return found
