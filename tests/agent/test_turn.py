"""A turn against the real database: one speaks at a time, and nobody is left unanswered."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from agent.brains import Proposes, Thinking, Thought
from agent.brains.offline import OfflineBrain
from agent.plan import Act, Do, TurnPlan, ask
from agent.turn import LEASE, take_turn_handler
from core.clock import TurnableClock
from core.db import Database
from core.errors import LeaseLost
from core.jobs import TakeTurn
from core.jobs.worker import Later
from core.models import Conversation, Handoff, Message
from desk.handoff import Person, staff_writes
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.inbound import IncomingText, text_came

ASK_ZIP = TurnPlan(language="en", heard=(), acts=(), say=(ask("zip"),))


@dataclass
class Interrupted:
    """A brain during whose thinking something happens."""

    meanwhile: Callable[[], Awaitable[None]]
    plan: TurnPlan = ASK_ZIP
    name: str = "interrupted"
    thought: int = field(default=0)

    async def think(self, thinking: Thinking) -> Thought:
        self.thought += 1
        if self.thought == 1:
            await self.meanwhile()
        return Proposes(self.plan)


@dataclass
class Shop:
    """A business with a caller who has just texted."""

    db: Database
    clock: TurnableClock
    business: uuid.UUID
    number: str
    caller: str

    async def text(self, body: str) -> None:
        async with self.db.work(self.business) as work:
            sid = f"SM{uuid.uuid4().hex}"
            await text_came(work, IncomingText(sid, self.caller, self.number, body, (), None))
        self.clock.advance(seconds=4)

    async def conversation(self) -> Conversation:
        async with self.db.work(self.business) as work:
            return (
                await work.session.scalars(
                    select(Conversation).where(Conversation.business_id == self.business)
                )
            ).one()

    async def said(self, author: str = "agent") -> list[str]:
        async with self.db.work(self.business) as work:
            rows = await work.session.scalars(
                select(Message.body).where(
                    Message.business_id == self.business, Message.author == author
                )
            )
            return list(rows)

    async def unanswered(self) -> int:
        async with self.db.work(self.business) as work:
            rows = await work.session.scalars(
                select(Message.id).where(
                    Message.business_id == self.business,
                    Message.direction == "inbound",
                    Message.answered_at.is_(None),
                )
            )
            return len(list(rows))


async def shop(db: Database, new_business: NewBusiness, clock: TurnableClock) -> Shop:
    business, profile = await new_business()
    made = Shop(db, clock, business, profile.phone_numbers[0].number, fresh_phone())
    await made.text("hi my drain is clogged")
    return made


async def nothing() -> None:
    return None


async def test_a_person_who_writes_meanwhile_silences_the_turn(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()

    async def staff_takes_over() -> None:
        async with db.work(here.business) as work:
            row = await work.session.get(
                Conversation, (here.business, conversation.id), with_for_update=True
            )
            assert row is not None
            await staff_writes(work, row, Person("dana", "Dana Ruiz"), "Dana here, one moment")

    take_turn = take_turn_handler(db, Interrupted(staff_takes_over))
    await take_turn(here.business, TakeTurn(conversation.id))
    assert await here.said() == []
    assert await here.said("staff") == ["Dana here, one moment"]


async def test_whoever_goes_on_writing_is_answered_once_for_all_of_it(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()

    async def more() -> None:
        await here.text("zip 04101 by the way")

    brain = Interrupted(more)
    take_turn = take_turn_handler(db, brain)
    first = await take_turn(here.business, TakeTurn(conversation.id))
    assert isinstance(first, Later)
    assert await here.said() == []
    clock.turn_to(first.at)
    await take_turn(here.business, TakeTurn(conversation.id))
    assert len(await here.said()) == 1
    assert await here.unanswered() == 0


async def test_a_worker_that_froze_past_its_lease_thinks_in_vain(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()
    other = take_turn_handler(db, OfflineBrain())

    async def freeze() -> None:
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert await other(here.business, TakeTurn(conversation.id)) is None

    frozen = take_turn_handler(db, Interrupted(freeze))
    try:
        await frozen(here.business, TakeTurn(conversation.id))
    except LeaseLost:
        lost = True
    else:
        lost = False
    assert lost
    assert len(await here.said()) == 1


async def test_a_second_worker_waits_while_the_lease_is_held(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()
    other = take_turn_handler(db, OfflineBrain())
    waits: list[Later | None] = []

    async def look() -> None:
        waits.append(await other(here.business, TakeTurn(conversation.id)))

    await take_turn_handler(db, Interrupted(look))(here.business, TakeTurn(conversation.id))
    assert isinstance(waits[0], Later)
    assert waits[0].at - clock.now() <= LEASE + timedelta(seconds=1)
    assert len(await here.said()) == 1


async def test_a_brain_that_breaks_ends_with_a_person(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()

    async def boom() -> None:
        raise ZeroDivisionError

    await take_turn_handler(db, Interrupted(boom))(here.business, TakeTurn(conversation.id))
    async with db.work(here.business) as work:
        reason = await work.session.scalar(
            select(Handoff.reason).where(Handoff.business_id == here.business)
        )
    assert reason == "model_down"
    assert len(await here.said()) == 1
    assert await here.unanswered() == 0


async def test_an_act_that_was_not_the_callers_is_not_done(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    """The model books what nobody chose; the offline brain takes the turn instead."""
    here = await shop(db, new_business, clock)
    conversation = await here.conversation()
    lie = TurnPlan(language="en", heard=(), acts=(Act.of(Do.BOOK, slot="S1"),), say=())
    brain = Interrupted(nothing, plan=lie)
    await take_turn_handler(db, brain)(here.business, TakeTurn(conversation.id))
    assert brain.thought == 2  # once, and once more for the repair
    texts = await here.said()
    assert len(texts) == 1
    assert "booked" not in texts[0].lower()
