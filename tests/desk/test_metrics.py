"""The five figures, counted by hand and by a plain reading of the same facts."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from core import journal
from core.clock import TurnableClock
from core.db import Database, Work
from core.journal import Fact
from core.models import new_id
from desk.metrics import Figure, figures
from tests.conftest import NewBusiness

START = datetime(2026, 12, 1, tzinfo=UTC)
END = datetime(2026, 12, 8, tzinfo=UTC)


@dataclass
class Call:
    """A missed call as the journal tells it."""

    id: uuid.UUID = field(default_factory=new_id)
    lead: uuid.UUID | None = field(default_factory=new_id)
    text: uuid.UUID | None = field(default_factory=new_id)


def missed(work: Work, call: Call, decision: str = "texted") -> None:
    journal.record(work, Fact.CALL_MISSED, call_id=call.id)
    journal.record(
        work,
        Fact.CALL_DECIDED,
        call_id=call.id,
        lead_id=call.lead,
        message_id=call.text,
        decision=decision,
    )


def sent(work: Work, call: Call) -> None:
    journal.record(work, Fact.TEXT_SENT, call_id=call.id, message_id=call.text)


def failed(work: Work, call: Call) -> None:
    journal.record(work, Fact.TEXT_FAILED, message_id=call.text, purpose="first_text", code=30003)


def texted(work: Work, call: Call) -> None:
    journal.record(work, Fact.CALLER_TEXTED, lead_id=call.lead, message_id=new_id())


def answered(
    work: Work, call: Call, by: str = "agent", seconds: int = 4, open_seconds: int | None = None
) -> None:
    journal.record(
        work,
        Fact.ANSWERED,
        lead_id=call.lead,
        message_id=new_id(),
        by=by,
        seconds=seconds,
        open_seconds=open_seconds,
    )


def moved(work: Work, call: Call, after: str = "booked") -> None:
    journal.record(work, Fact.LEAD_MOVED, lead_id=call.lead, before="texted", after=after)


async def read(db: Database, business: uuid.UUID) -> dict[str, Figure]:
    async with db.work(business) as work:
        return await figures(work, START, END)


def counted(found: dict[str, Figure]) -> dict[str, tuple[float | None, int]]:
    return {k: (f.numerator, f.denominator) for k, f in found.items()}


async def test_nothing_to_count_is_null(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    found = await read(db, business)
    assert [f.value for f in found.values()] == [None] * 5
    assert [f.denominator for f in found.values()] == [0] * 5
    assert list(found) == [
        "send_rate",
        "reply_rate",
        "recovery_rate",
        "call_to_booking_rate",
        "response_time_seconds",
    ]


async def test_a_week_counted_by_hand(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    calls = [Call() for _ in range(5)]
    booked, chatted, silent, failing, bare = calls
    stopped = Call(lead=None, text=None)
    async with db.work(business) as work:
        for call in (booked, chatted, silent, failing):
            missed(work, call)
            sent(work, call)
        missed(work, bare)  # posted, never taken by the carrier
        missed(work, stopped, "opted_out")
        texted(work, booked)
        answered(work, booked, seconds=3)
        moved(work, booked)
        texted(work, chatted)
        answered(work, chatted, seconds=5)
        texted(work, chatted)
        answered(work, chatted, by="staff", seconds=7200, open_seconds=600)
        moved(work, chatted, "follow_up_needed")
        failed(work, failing)
    found = await read(db, business)
    assert counted(found) == {
        "send_rate": (3, 6),
        "reply_rate": (2, 3),
        "recovery_rate": (2, 6),
        "call_to_booking_rate": (1, 2),
        "response_time_seconds": (5, 3),
    }
    times = found["response_time_seconds"]
    assert (times.value, times.agent, times.staff) == (5, 4, 600)
    assert found["reply_rate"].words == "2 of 3 missed callers replied"
    assert found["send_rate"].value == pytest.approx(0.5)
    assert found["send_rate"].as_json("send_rate").keys() == {
        "value",
        "numerator",
        "denominator",
        "words",
    }
    assert times.as_json("response_time_seconds")["staff"] == 600


async def test_a_text_that_failed_days_later_was_not_sent(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    call = Call()
    async with db.work(business) as work:
        missed(work, call)
        sent(work, call)
    assert (await read(db, business))["send_rate"].value == 1
    clock.advance(days=30)
    async with db.work(business) as work:
        failed(work, call)
    found = await read(db, business)
    assert counted(found)["send_rate"] == (0, 1)
    assert found["reply_rate"].value is None


async def test_a_lead_that_staff_booked_counts(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    call = Call()
    async with db.work(business) as work:
        missed(work, call)
        sent(work, call)
        texted(work, call)
        answered(work, call, by="staff", seconds=60, open_seconds=60)
        moved(work, call, "follow_up_needed")
        moved(work, call, "booked")
    assert (await read(db, business))["call_to_booking_rate"].value == 1


async def test_what_came_before_the_call_recovers_nothing(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    call = Call()
    async with db.work(business) as work:
        texted(work, call)
        answered(work, call)
        moved(work, call)
    async with db.work(business) as work:
        missed(work, call)
        sent(work, call)
    found = await read(db, business)
    assert counted(found)["reply_rate"] == (0, 1)
    assert counted(found)["recovery_rate"] == (0, 1)
    assert found["response_time_seconds"].value is None


async def test_only_calls_of_the_span_count_whenever_the_answer_came(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    inside, outside = Call(), Call()
    clock.turn_to(END - timedelta(seconds=1))
    async with db.work(business) as work:
        missed(work, inside)
        sent(work, inside)
    clock.turn_to(END)
    async with db.work(business) as work:
        missed(work, outside)
        sent(work, outside)
        texted(work, inside)
        answered(work, inside)
    found = await read(db, business)
    assert counted(found)["recovery_rate"] == (1, 1)


async def test_another_business_counts_for_itself(db: Database, new_business: NewBusiness) -> None:
    mine, _ = await new_business()
    other, _ = await new_business()
    call = Call()
    async with db.work(mine) as work:
        missed(work, call)
        sent(work, call)
    async with db.work(other) as work:
        texted(work, call)
        answered(work, call)
    assert counted(await read(db, mine))["recovery_rate"] == (0, 1)
    assert (await read(db, other))["send_rate"].value is None


@pytest.mark.parametrize("seed", range(6))
async def test_random_weeks_agree_with_a_plain_reading(
    db: Database, new_business: NewBusiness, seed: int
) -> None:
    business, _ = await new_business()
    dice = random.Random(seed)
    leads = [new_id() for _ in range(6)]
    told: list[tuple[str, Call, int]] = []
    calls: list[Call] = []
    async with db.work(business) as work:
        for _ in range(80):
            what = dice.choice(["call", "sent", "failed", "texted", "answered", "booked"])
            if what == "call" or not calls:
                what = "call"
                textable = dice.random() < 0.8
                call = Call(lead=dice.choice(leads), text=new_id() if textable else None)
                calls.append(call)
            else:
                call = dice.choice(calls)
            seconds = dice.randrange(100)
            if what in ("sent", "failed") and call.text is None:
                continue
            told.append((what, call, seconds))
            write(work, what, call, seconds)
            await work.session.flush()
    assert counted(await read(db, business)) == plainly(told, calls)


def write(work: Work, what: str, call: Call, seconds: int) -> None:
    match what:
        case "call":
            missed(work, call)
        case "sent":
            sent(work, call)
        case "failed":
            failed(work, call)
        case "texted":
            texted(work, call)
        case "answered":
            answered(work, call, seconds=seconds)
        case _:
            moved(work, call)


def plainly(
    told: list[tuple[str, Call, int]], calls: list[Call]
) -> dict[str, tuple[float | None, int]]:
    """The same five, one call after the other."""

    def after(call: Call, what: str, since: int | None) -> int | None:
        """The place of the first such fact of the call's lead beyond `since`."""
        if since is None:
            return None
        places = range(since + 1, len(told))
        return next(
            (i for i in places if told[i][0] == what and told[i][1].lead == call.lead), None
        )

    taken, replied, recovered, booked, seconds = [], [], [], [], dict[int, int]()
    for call in calls:
        began = told.index(next(t for t in told if t[0] == "call" and t[1] is call))
        kinds = {w for w, c, _ in told if c is call}
        reply = after(call, "texted", began)
        answer = after(call, "answered", reply)
        if "sent" in kinds and "failed" not in kinds:
            taken.append(call)
            replied += [call] if reply is not None else []
        if answer is not None:
            recovered.append(call)
            booked += [call] if after(call, "booked", began) is not None else []
        for place in range(began, len(told)):
            if told[place][0] == "answered" and told[place][1].lead == call.lead:
                seconds[place] = told[place][2]
    return {
        "send_rate": (len(taken), len(calls)),
        "reply_rate": (len(replied), len(taken)),
        "recovery_rate": (len(recovered), len(calls)),
        "call_to_booking_rate": (len(booked), len(recovered)),
        "response_time_seconds": (median(seconds.values()) if seconds else None, len(seconds)),
    }
