"""Calls over the real database: which are missed, and what follows from each."""

import asyncio
import itertools
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core.clock import TurnableClock
from core.db import Database
from core.episodes import caller_of
from core.jobs import DecideCall, NudgeLead, SendText
from core.jobs.worker import Worker
from core.models import (
    Base,
    Call,
    Callback,
    Caller,
    Conversation,
    JournalEntry,
    Lead,
    Message,
)
from core.profile import Profile
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.missed_call import (
    IncomingCall,
    call_began,
    call_ended,
    decide_call_handler,
    dial_ended,
    staff_accepted,
    whose_call,
)
from texting.optout import record_opt_out

OPEN = {
    "hours": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
}


class Line:
    """One business's telephone line, as the carrier tells of it."""

    def __init__(self, db: Database, business: uuid.UUID, profile: Profile) -> None:
        self.db, self.business, self.profile = db, business, profile
        self.number = profile.phone_numbers[0].number

    def incoming(self, sid: str, phone: str, **more: Any) -> IncomingCall:
        return IncomingCall(sid, phone, self.number, **more)

    async def signal(self, signal: str, sid: str, phone: str) -> None:
        async with self.db.work(self.business) as work:
            match signal.split():
                case ["accepted"]:
                    await staff_accepted(work, sid, self.profile.phone_numbers[0].ring[0])
                case ["dialed", status, *bridged]:
                    await call_began(work, self.incoming(sid, phone))
                    said = {"true": True, "false": False}.get("".join(bridged))
                    await dial_ended(work, sid, status, said)
                case ["status", status]:
                    await call_began(work, self.incoming(sid, phone))
                    await call_ended(work, sid, status)
                case _:
                    await call_began(work, self.incoming(sid, phone))

    async def play(self, signals: Sequence[str], phone: str, clock: TurnableClock) -> Call:
        """All signals of one call, then ten minutes of waiting; the call as it was left."""
        sid = f"CA{uuid.uuid4().hex}"
        for signal in signals:
            await self.signal(signal, sid, phone)
        await self.wait(clock, minutes=10)
        return await self.call(sid)

    async def wait(self, clock: TurnableClock, **by: float) -> None:
        later = TurnableClock(clock.now())
        later.advance(**by)
        worker = Worker(self.db, {DecideCall: decide_call_handler(self.db)})
        await self.decide_all(worker, later, clock)

    async def decide_all(self, worker: Worker, later: TurnableClock, clock: TurnableClock) -> None:
        async def nothing(_business: uuid.UUID, _instruction: object) -> None:
            """Leave what other rooms do out of this."""

        worker.handlers = {**worker.handlers, SendText: nothing, NudgeLead: nothing}
        await worker.run_due(self.business, later.now(), clock.turn_to)

    async def call(self, sid: str) -> Call:
        async with self.db.work(self.business) as work:
            return (await work.session.scalars(select(Call).where(Call.sid == sid))).one()

    async def missed(self, phone: str, clock: TurnableClock) -> Call:
        return await self.play(["voice", "dialed no-answer"], phone, clock)

    async def rows(self, table: type[Base]) -> list[Any]:
        async with self.db.work(self.business) as work:
            ordered = select(table).order_by(*table.__table__.primary_key)  # ids rise with time
            return list((await work.session.scalars(ordered)).all())


@pytest.fixture
async def line(db: Database, new_business: NewBusiness) -> Line:
    return Line(db, *(await new_business(**OPEN)))


# -- answered or missed --------------------------------------------------------------------------

ANSWERED = [
    ["voice", "accepted", "dialed completed true", "status completed"],
    ["voice", "accepted", "dialed answered true", "status completed"],
    ["voice", "accepted", "status completed"],
    ["voice", "accepted"],
]
MISSED = [
    ["voice", "dialed no-answer", "status completed"],
    ["voice", "dialed busy", "status completed"],
    ["voice", "dialed failed", "status failed"],
    ["voice", "dialed canceled", "status canceled"],
    ["voice", "dialed completed", "status completed"],  # a voicemail box picked up
    ["voice", "dialed completed false", "status completed"],
    ["voice", "dialed completed true", "status completed"],  # nobody pressed 1
    ["voice", "status completed"],  # the caller hung up first, and Dial said nothing
    ["voice", "status no-answer"],
    ["voice", "accepted", "dialed canceled", "status canceled"],  # hung up in that moment
    ["voice"],  # no other word ever came
]


@pytest.mark.parametrize("signals", ANSWERED, ids=" ".join)
async def test_a_call_that_a_person_took_is_not_missed_in_any_order(
    line: Line, clock: TurnableClock, signals: list[str]
) -> None:
    for order in itertools.permutations(signals[1:]):
        call = await line.play([signals[0], *order], fresh_phone(), clock)
        assert (call.decision, call.missed_at) == (None, None), order
        assert call.accepted_by == line.profile.phone_numbers[0].ring[0]


@pytest.mark.parametrize("signals", MISSED, ids=" ".join)
async def test_any_other_call_is_missed_in_any_order(
    line: Line, clock: TurnableClock, signals: list[str]
) -> None:
    fixed = [s for s in signals if s == "accepted"]
    free = [s for s in signals if s not in ("voice", "accepted")]
    for order in itertools.permutations(free):
        call = await line.play(["voice", *fixed, *order, *order], fresh_phone(), clock)
        assert call.decision == "texted", order
        assert call.missed_at is not None


async def test_a_call_that_was_taken_is_left_to_dials_word(
    line: Line, clock: TurnableClock
) -> None:
    signals = ["voice", "accepted", "status no-answer", "dialed completed true"]
    assert (await line.play(signals, fresh_phone(), clock)).decision is None


async def test_signals_at_once_decide_once(line: Line) -> None:
    sid, phone = f"CA{uuid.uuid4().hex}", fresh_phone()
    await line.signal("voice", sid, phone)
    signals = ["dialed busy", "status busy"] * 4
    await asyncio.gather(*(line.signal(signal, sid, phone) for signal in signals))
    facts = [j.fact for j in sorted(await line.rows(JournalEntry), key=lambda j: j.seq)]
    assert facts.count("call.missed") == facts.count("call.decided") == 1


async def test_the_first_webhook_may_be_any(line: Line, clock: TurnableClock) -> None:
    call = await line.play(["status canceled", "dialed canceled", "voice"], fresh_phone(), clock)
    assert call.decision == "texted"


@pytest.mark.parametrize(
    ("signals", "decision"),
    [
        (["voice", "dialed completed true"], None),
        (["voice", "dialed completed"], None),
        (["voice", "dialed completed false"], "texted"),
        (["voice", "dialed no-answer"], "texted"),
        (["voice", "status completed"], "texted"),
    ],
)
async def test_without_screening_a_bridged_call_is_answered(
    db: Database,
    new_business: NewBusiness,
    clock: TurnableClock,
    signals: list[str],
    decision: str | None,
) -> None:
    number = {"number": fresh_phone(), "ring": [fresh_phone()], "screening": "none"}
    line = Line(db, *(await new_business(**OPEN, phone_numbers=[number])))
    assert (await line.play(signals, fresh_phone(), clock)).decision == decision


@pytest.mark.parametrize("number", [{"mode": "forwarded"}, {"mode": "front", "ring": []}])
async def test_a_forwarded_call_is_missed_at_the_first_webhook(
    db: Database, new_business: NewBusiness, number: dict[str, Any]
) -> None:
    line = Line(
        db, *(await new_business(**OPEN, phone_numbers=[{"number": fresh_phone(), **number}]))
    )
    async with db.work(line.business) as work:
        assert (await call_began(work, line.incoming("CA1", fresh_phone()))).decision == "texted"


async def test_completed_waits_two_seconds_for_dial(line: Line, clock: TurnableClock) -> None:
    sid, phone = f"CA{uuid.uuid4().hex}", fresh_phone()
    for signal in ("voice", "status completed"):
        await line.signal(signal, sid, phone)
    await line.wait(clock, seconds=1.9)
    assert (await line.call(sid)).decision is None
    await line.wait(clock, seconds=0.2)
    assert (await line.call(sid)).decision == "texted"


async def test_a_call_is_decided_once(line: Line, clock: TurnableClock) -> None:
    await line.play(["voice", "dialed no-answer", "accepted", *MISSED[0]], fresh_phone(), clock)
    facts = [j.fact for j in sorted(await line.rows(JournalEntry), key=lambda j: j.seq)]
    assert facts.count("call.missed") == facts.count("call.decided") == 1
    assert facts.index("call.missed") < facts.index("call.decided")
    assert len(await line.rows(Message)) == 1


async def test_a_ringing_call_is_found_by_its_sid_alone(line: Line) -> None:
    await line.signal("voice", "CA-ringing-" + line.number, fresh_phone())
    assert await whose_call(line.db, "CA-ringing-" + line.number) == line.business
    assert await whose_call(line.db, "CA-nobody") is None


# -- what follows --------------------------------------------------------------------------------


async def test_a_missed_caller_gets_the_first_text_and_a_lead(
    line: Line, clock: TurnableClock
) -> None:
    phone = fresh_phone()
    call = await line.missed(phone, clock)
    (lead,), (text,) = await line.rows(Lead), await line.rows(Message)
    assert (lead.status, lead.opened_by, call.lead_id) == ("texted", "call", lead.id)
    assert (text.to_phone, text.from_phone, text.author) == (phone, line.number, "system")
    assert (text.purpose, text.cause, text.basis) == (
        "first_text",
        f"call:{call.id}",
        "missed_call",
    )
    assert text.body.startswith("Hi, this is Harbor Plumbing.")
    assert text.body.endswith("Reply STOP to opt out.")
    assert text.template is not None
    assert "@" in text.template


async def test_after_hours_the_text_says_when_we_open(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    line = Line(db, *(await new_business(booking_link=None)))
    clock.advance(hours=10)  # Tuesday, 8 pm
    await line.missed(fresh_phone(), clock)
    (text,) = await line.rows(Message)
    assert "We open Wed Dec 2 at 8:00 AM." in text.body


async def test_a_business_without_hours_never_says_that_it_is_closed(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    line = Line(db, *(await new_business(hours=None)))
    await line.missed(fresh_phone(), clock)
    (text,) = await line.rows(Message)
    assert "closed" not in text.body
    assert "open" not in text.body


async def test_a_spanish_caller_is_texted_in_spanish(line: Line, clock: TurnableClock) -> None:
    phone = fresh_phone()
    await line.missed(phone, clock)
    async with line.db.work(line.business) as work:
        await work.session.execute(update(Caller).values(language="es"))
    clock.advance(hours=30)
    await line.missed(phone, clock)
    assert "Responda STOP" in (await line.rows(Message))[1].body


@pytest.mark.parametrize(
    "caller", ["", "anonymous", "Restricted", "+266696687", "+86282452253", "sip:x@y.example"]
)
async def test_a_withheld_number_is_a_callback_and_no_lead(
    line: Line, clock: TurnableClock, caller: str
) -> None:
    call = await line.missed(caller, clock)
    (callback,) = await line.rows(Callback)
    assert (call.decision, call.phone, callback.reason) == ("anonymous", None, "anonymous")
    assert callback.call_id == call.id
    assert await line.rows(Lead) == await line.rows(Message) == await line.rows(Caller) == []


async def test_the_business_own_number_as_caller_is_a_stranger(
    line: Line, clock: TurnableClock
) -> None:
    assert (await line.missed(line.number, clock)).decision == "own_number"
    async with line.db.work(line.business) as work:
        forwarded = line.incoming("CA-f", "+12075559999", forwarded_from="+12075559999")
        call = await call_began(work, forwarded)
        await dial_ended(work, call.sid, "no-answer", None)
        assert call.decision == "own_number"
    assert len(await line.rows(Callback)) == 2
    assert await line.rows(Lead) == []


async def test_staff_short_codes_and_unwanted_numbers_are_left_alone(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    supplier = fresh_phone()
    line = Line(db, *(await new_business(**OPEN, do_not_text=[supplier])))
    staff = line.profile.staff[0].phone
    assert staff is not None
    decisions = [(await line.missed(p, clock)).decision for p in (staff, supplier, "72345")]
    assert decisions == ["staff_number", "do_not_text", "short_code"]
    for table in (Callback, Lead, Message, Caller):
        assert await line.rows(table) == []


async def test_whoever_opted_out_is_called_not_texted(line: Line, clock: TurnableClock) -> None:
    phone = fresh_phone()
    async with line.db.work(line.business) as work:
        await record_opt_out(work, phone, "stop", "keyword")
    calls = [await line.missed(phone, clock) for _ in range(2)]
    (callback,) = await line.rows(Callback)
    assert {c.decision for c in calls} == {"opted_out"}
    assert (callback.phone, callback.reason) == (phone, "opted_out")
    assert await line.rows(Lead) == await line.rows(Message) == []


async def test_a_landline_is_followed_up_by_phone(line: Line, clock: TurnableClock) -> None:
    phone = fresh_phone()
    async with line.db.work(line.business) as work:
        (await caller_of(work, phone)).sms_capable = False
    call = await line.missed(phone, clock)
    (lead,), (callback,) = await line.rows(Lead), await line.rows(Callback)
    assert (call.decision, lead.status, callback.reason) == (
        "landline",
        "follow_up_needed",
        "landline",
    )
    assert call.lead_id == callback.lead_id == lead.id
    assert await line.rows(Message) == []


async def test_a_second_missed_call_joins_the_lead_and_sends_nothing(
    line: Line, clock: TurnableClock
) -> None:
    phone = fresh_phone()
    first = await line.missed(phone, clock)
    second = await line.missed(phone, clock)
    (lead,) = await line.rows(Lead)
    assert (first.decision, second.decision) == ("texted", "cooldown")
    assert second.lead_id == lead.id
    assert lead.last_activity_at == second.missed_at
    assert len(await line.rows(Message)) == 1


async def test_a_short_cooldown_ends(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    line = Line(db, *(await new_business(**OPEN, texting={"cooldown_hours": 0.25})))
    phone = fresh_phone()
    decisions = []
    for _ in range(3):
        decisions.append((await line.missed(phone, clock)).decision)
        clock.advance(minutes=4)
    assert decisions == ["texted", "cooldown", "texted"]
    assert len(await line.rows(Lead)) == 1


async def test_an_open_conversation_goes_on_without_a_first_text(
    line: Line, clock: TurnableClock
) -> None:
    phone = fresh_phone()
    await line.missed(phone, clock)
    async with line.db.work(line.business) as work:
        await work.session.execute(update(Conversation).values(owner="queue"))
    call = await line.missed(phone, clock)
    (lead,) = await line.rows(Lead)
    assert (call.decision, call.lead_id) == ("open_conversation", lead.id)


async def test_a_later_call_opens_the_next_episode(line: Line, clock: TurnableClock) -> None:
    phone = fresh_phone()
    await line.missed(phone, clock)
    async with line.db.work(line.business) as work:
        await work.session.execute(update(Lead).values(status="no_response", ended_at=work.now))
    again = await line.missed(phone, clock)
    assert again.decision == "cooldown"
    assert [c.reason for c in await line.rows(Callback)] == ["called_again"]
    clock.advance(hours=25)
    later = await line.missed(phone, clock)
    assert later.decision == "texted"
    assert len(await line.rows(Lead)) == 2


async def test_two_calls_at_once_get_one_first_text(line: Line) -> None:
    phone = fresh_phone()
    sids = [f"CA{uuid.uuid4().hex}" for _ in range(4)]
    await asyncio.gather(*(line.signal("dialed busy", sid, phone) for sid in sids))
    decisions = sorted([str((await line.call(sid)).decision) for sid in sids])
    assert decisions == ["cooldown", "cooldown", "cooldown", "texted"]
    async with line.db.work(line.business) as work:
        assert await work.session.scalar(select(func.count(Message.id))) == 1
