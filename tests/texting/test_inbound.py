"""Texts over the real database: stored once, the law first, then whoever speaks."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import Range

from core.clock import TurnableClock
from core.db import Database
from core.episodes import opted_out
from core.models import (
    Base,
    Booking,
    Caller,
    Conversation,
    Job,
    JournalEntry,
    Lead,
    Message,
    OptOut,
    new_id,
)
from core.profile import Profile
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.inbound import IncomingText, text_came, turn_due
from texting.missed_call import IncomingCall, call_began, dial_ended


class Phone:
    """One caller's phone, and what our side of it holds."""

    def __init__(self, db: Database, business: uuid.UUID, profile: Profile) -> None:
        self.db, self.business, self.profile = db, business, profile
        self.number, self.phone = profile.phone_numbers[0].number, fresh_phone()

    async def text(
        self, body: str, *, sid: str = "", sender: str | None = None, **more: Any
    ) -> str:
        incoming = IncomingText(
            sid or f"SM{uuid.uuid4().hex}",
            self.phone if sender is None else sender,
            self.number,
            body,
            **more,
        )
        async with self.db.work(self.business) as work:
            return await text_came(work, incoming)

    async def call(self) -> None:
        async with self.db.work(self.business) as work:
            sid = f"CA{uuid.uuid4().hex}"
            await call_began(work, IncomingCall(sid, self.phone, self.number))
            await dial_ended(work, sid, "no-answer", None)

    async def rows(self, table: type[Base]) -> list[Any]:
        async with self.db.work(self.business) as work:
            return list((await work.session.scalars(select(table))).all())

    async def messages(self, **having: str) -> list[Message]:
        async with self.db.work(self.business) as work:
            query = select(Message).filter_by(**having).order_by(Message.seq)
            return list((await work.session.scalars(query)).all())

    async def jobs(self, kind: str) -> list[Job]:
        async with self.db.work(self.business) as work:
            query = select(Job).where(Job.business_id == self.business, Job.kind == kind)
            return list((await work.session.scalars(query.order_by(Job.due_at))).all())

    async def set(self, table: type[Base], **values: Any) -> None:
        async with self.db.work(self.business) as work:
            await work.session.execute(update(table).values(**values))

    async def is_out(self) -> bool:
        async with self.db.work(self.business) as work:
            return await opted_out(work, self.phone)

    async def facts(self) -> list[str]:
        return [j.fact for j in sorted(await self.rows(JournalEntry), key=lambda j: j.seq)]


@pytest.fixture
async def phone(db: Database, new_business: NewBusiness) -> Phone:
    return Phone(db, *(await new_business()))


@pytest.fixture
async def ours(db: Database, new_business: NewBusiness) -> Phone:
    """The same where we, not the carrier, answer bare keywords."""
    return Phone(db, *(await new_business(texting={"keyword_replies": "ours"})))


# -- stored --------------------------------------------------------------------------------------


async def test_a_text_out_of_the_blue_opens_a_lead_and_asks_for_a_turn(
    phone: Phone, clock: TurnableClock
) -> None:
    assert await phone.text("Do you fix sinks?") == "turn"
    (lead,), (message,) = await phone.rows(Lead), await phone.rows(Message)
    assert (lead.status, lead.opened_by, lead.replied_at) == ("in_conversation", "text", clock.at)
    assert (message.author, message.direction, message.delivery) == (
        "caller",
        "inbound",
        "received",
    )
    assert message.lead_id == lead.id
    (turn,) = await phone.jobs("TakeTurn")
    assert turn.due_at == clock.at + timedelta(seconds=3)
    assert "caller.texted" in await phone.facts()


async def test_a_reply_moves_the_lead_of_the_missed_call(phone: Phone) -> None:
    await phone.call()
    await phone.text("Hi, yes, my sink is clogged")
    (lead,) = await phone.rows(Lead)
    assert (lead.status, lead.opened_by) == ("in_conversation", "call")


async def test_the_same_sid_at_once_is_stored_once(phone: Phone) -> None:
    outcomes = await asyncio.gather(*(phone.text("hello", sid="SM-same") for _ in range(20)))
    assert sorted(outcomes) == ["duplicate"] * 19 + ["turn"]
    assert len(await phone.rows(Message)) == len(await phone.jobs("TakeTurn")) == 1


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ("", ""),
        ("x" * 5000, "x" * 5000),
        ("a\x00b", "ab"),
        ("  spaces \n and 👩‍👩‍👧 ", "  spaces \n and 👩‍👩‍👧 "),
    ],
)
async def test_any_body_survives_and_gets_a_turn(phone: Phone, body: str, stored: str) -> None:
    assert await phone.text(body, media=("https://api.twilio.com/a.jpg",)) == "turn"
    (message,) = await phone.rows(Message)
    assert (message.body, message.media) == (stored, ["https://api.twilio.com/a.jpg"])


@pytest.mark.parametrize("sender", ["", "72345", "anonymous", "+266696687"])
async def test_a_sender_who_cannot_be_answered_is_kept_and_ignored(
    phone: Phone, sender: str
) -> None:
    assert await phone.text("Your code is 1234", sender=sender) == "ignored"
    (message,) = await phone.rows(Message)
    assert message.conversation_id is None
    assert await phone.rows(Lead) == []


async def test_the_business_own_number_is_no_caller(phone: Phone) -> None:
    assert await phone.text("loop", sender=phone.number) == "ignored"
    assert await phone.rows(Lead) == []


async def test_a_text_of_staff_is_nobodys_lead(phone: Phone) -> None:
    dana = phone.profile.staff[0].phone
    assert await phone.text("On my way", sender=dana) == "staff"
    (message,) = await phone.rows(Message)
    assert (message.author, message.staff_key) == ("staff", "dana")
    assert (message.conversation_id, message.purpose) == (None, None)
    assert await phone.rows(Lead) == await phone.jobs("TakeTurn") == []


async def test_an_unwanted_number_is_kept_and_not_answered(
    db: Database, new_business: NewBusiness
) -> None:
    spam = fresh_phone()
    phone = Phone(db, *(await new_business(do_not_text=[spam])))
    assert await phone.text("Cheap ads!", sender=spam) == "do_not_text"
    (message,) = await phone.rows(Message)
    assert message.answered_at is not None
    assert await phone.rows(Lead) == await phone.jobs("TakeTurn") == []


async def test_whoever_texts_can_be_texted(phone: Phone) -> None:
    await phone.call()
    await phone.set(Caller, sms_capable=False)
    await phone.text("I do get texts")
    (caller,) = await phone.rows(Caller)
    assert caller.sms_capable is True


# -- whose turn ----------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", ["queue", "staff"])
async def test_while_a_person_speaks_the_agent_gets_no_turn(phone: Phone, owner: str) -> None:
    await phone.text("hello")
    await phone.set(Conversation, owner=owner)
    assert await phone.text("are you there?") == "person"
    assert len(await phone.jobs("TakeTurn")) == 1
    assert (await phone.facts()).count("caller.texted") == 2


async def test_a_burst_is_due_after_silence_and_eight_seconds_at_most(
    phone: Phone, clock: TurnableClock
) -> None:
    began, due = clock.at, []
    for _ in range(5):
        await phone.text("and")
        async with phone.db.work(phone.business) as work:
            (conversation,) = (await work.session.scalars(select(Conversation))).all()
            at = await turn_due(work, conversation.id)
            assert at is not None
            due.append((at - began).total_seconds())
        clock.advance(seconds=2)
    assert due == [3, 5, 7, 8, 8]


async def test_an_answered_burst_owes_no_turn(phone: Phone, clock: TurnableClock) -> None:
    await phone.text("hello")
    await phone.set(Message, answered_at=clock.at)
    async with phone.db.work(phone.business) as work:
        (conversation,) = (await work.session.scalars(select(Conversation))).all()
        assert await turn_due(work, conversation.id) is None


async def test_a_text_after_the_visit_was_booked_stays_with_that_lead(
    phone: Phone, clock: TurnableClock
) -> None:
    await phone.text("hello")
    (lead,) = await phone.rows(Lead)
    await phone.set(Lead, status="booked", ended_at=clock.at)
    start = clock.at + timedelta(days=1)
    async with phone.db.work(phone.business) as work:
        work.session.add(
            Booking(
                business_id=phone.business,
                id=new_id(),
                resource_no=1_000_000 + int(phone.phone[-6:]),
                staff_key="dana",
                service_key="drain",
                caller_id=lead.caller_id,
                lead_id=lead.id,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                during=Range(start, start + timedelta(hours=1)),
                status="confirmed",
                created_at=clock.at,
            )
        )
    assert await phone.text("Is parking free?") == "turn"
    (same,) = await phone.rows(Lead)
    assert (same.id, same.status) == (lead.id, "booked")


async def test_a_late_reply_wakes_a_quiet_lead(phone: Phone, clock: TurnableClock) -> None:
    await phone.call()
    await phone.set(Lead, status="no_response", ended_at=clock.at)
    await phone.text("Sorry, just saw this")
    (lead,) = await phone.rows(Lead)
    assert (lead.status, lead.ended_at) == ("in_conversation", None)


# -- stop ----------------------------------------------------------------------------------------


async def test_a_bare_stop_is_the_carriers_to_answer(phone: Phone) -> None:
    await phone.call()
    assert await phone.text("STOP") == "stop"
    (lead,), (first,) = await phone.rows(Lead), await phone.messages(direction="outbound")
    assert (lead.status, first.delivery, await phone.is_out()) == ("closed", "failed", True)
    assert await phone.jobs("TakeTurn") == []
    assert {"caller.opted_out", "text.failed", "lead.moved"} <= set(await phone.facts())


@pytest.mark.parametrize("body", ["Please take me off your list", "no me manden mas mensajes"])
async def test_a_stop_in_other_words_is_confirmed_once(phone: Phone, body: str) -> None:
    await phone.call()
    assert [await phone.text(body) for _ in range(3)] == ["stop"] * 3
    (confirmation,) = await phone.messages(purpose="keyword_answer")
    assert "START" in confirmation.body
    assert (confirmation.author, confirmation.delivery) == ("system", "queued")
    assert await phone.is_out()


async def test_a_bare_stop_is_ours_to_confirm_where_the_owner_says_so(ours: Phone) -> None:
    assert await ours.text("stop") == "stop"
    assert len(await ours.messages(purpose="keyword_answer")) == 1
    assert await ours.rows(Lead) == []


async def test_what_the_carrier_reports_it_has_answered(ours: Phone) -> None:
    outcomes = [
        await ours.text("anything", opt_out_type=kind) for kind in ("STOP", "HELP", "START")
    ]
    assert outcomes == ["stop", "help", "start"]
    assert await ours.messages(direction="outbound") == []
    assert {o.source for o in await ours.rows(OptOut)} == {"carrier"}


async def test_while_opted_out_texts_are_kept_and_nothing_is_said(phone: Phone) -> None:
    await phone.text("STOP")
    assert await phone.text("What time do you open?") == "opted_out"
    assert await phone.text("HELP") == "help"
    assert len(await phone.messages(direction="inbound")) == 3
    assert await phone.messages(direction="outbound") == []
    assert await phone.rows(Lead) == await phone.jobs("TakeTurn") == []


async def test_a_stop_takes_back_the_turn_that_was_owed(phone: Phone) -> None:
    await phone.text("I need a plumber")
    await phone.text("stop texting me")
    assert all(m.answered_at for m in await phone.messages(direction="inbound"))


@pytest.mark.parametrize("body", ["START", "unstop", "yes", "please text me again"])
async def test_a_start_opens_the_line_again(phone: Phone, body: str) -> None:
    await phone.text("STOP")
    assert await phone.text(body) == "start"
    assert not await phone.is_out()
    assert "caller.opted_in" in await phone.facts()
    by_us = body == "please text me again"
    assert len(await phone.messages(purpose="keyword_answer")) == by_us
    assert await phone.text("Do you have time on Tuesday?") == "turn"


async def test_a_stop_after_a_start_is_confirmed_again(phone: Phone) -> None:
    for body in ("stop texting me", "START", "stop texting me"):
        await phone.text(body)
    assert len(await phone.messages(purpose="keyword_answer")) == 2
    assert await phone.is_out()


async def test_yes_and_start_are_plain_words_while_nobody_opted_out(phone: Phone) -> None:
    await phone.text("hello")
    assert await phone.text("Yes") == "turn"
    assert await phone.text("please text me again") == "turn"


async def test_a_staff_members_bare_stop_is_written_down(phone: Phone) -> None:
    lee = phone.profile.staff[1].phone
    assert await phone.text("Stop", sender=lee) == "staff"
    assert len(await phone.rows(OptOut)) == 1


# -- help and doubt ------------------------------------------------------------------------------


async def test_help_is_answered_by_the_carrier_or_by_us(phone: Phone, ours: Phone) -> None:
    assert [await phone.text("HELP"), await ours.text("help")] == ["help", "help"]
    assert await phone.messages(direction="outbound") == []
    (answer,) = await ours.messages(purpose="keyword_answer")
    assert "Reply STOP to opt out" in answer.body
    assert await ours.jobs("TakeTurn") == []


async def test_asking_who_we_are_is_a_reply_too(phone: Phone) -> None:
    await phone.call()
    assert await phone.text("who is this?") == "help"
    (lead,), (answer,) = await phone.rows(Lead), await phone.messages(purpose="keyword_answer")
    assert lead.status == "in_conversation"
    assert "Harbor Plumbing" in answer.body
    assert await phone.jobs("TakeTurn") == []


async def test_a_doubtful_text_gets_one_question_and_no_turn(phone: Phone) -> None:
    await phone.call()
    assert await phone.text("not interested") == "scope"
    (question,) = await phone.messages(purpose="scope_question")
    assert "STOP" in question.body
    assert await phone.jobs("TakeTurn") == []
    assert not await phone.is_out()
    assert await phone.text("not interested in the gold plan, the basic one") == "turn"
    assert len(await phone.messages(purpose="scope_question")) == 1


@pytest.mark.parametrize("answer", ["yes", "STOP", "Si."])
async def test_after_the_question_a_yes_is_a_stop(phone: Phone, answer: str) -> None:
    await phone.text("not interested")
    assert await phone.text(answer) == "stop"
    assert await phone.is_out()
