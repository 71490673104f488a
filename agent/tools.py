"""What a brain may ask: the calendar, the business's knowledge, the caller's own bookings.

READ only, typed, the same for both brains; code tells them which business and which caller. Each
opens a short transaction of its own, so that none is open while a brain thinks.
"""

import uuid
from dataclasses import dataclass

from agent.calls import FindTimes, LookUp, MyBookings, ToolCall
from agent.knowledge.search import search
from agent.state import BookingSeen, Ledger, Passage, TimeSeen
from agent.understand.service import ServiceWords, find_service
from booking.book import bookings_of
from booking.choose import Wish
from booking.times import find_times
from core.db import Database, Work


@dataclass(frozen=True)
class Tools:
    """The tools of one turn."""

    db: Database
    business_id: uuid.UUID
    caller_id: uuid.UUID
    conversation_id: uuid.UUID

    async def answer(self, calls: tuple[ToolCall, ...], ledger: Ledger) -> Ledger:
        """Run the calls one after the other; the ledger with what they found."""
        for call in calls:
            async with self.db.work(self.business_id) as work:
                match call:
                    case FindTimes():
                        ledger = await _find_times(work, call, ledger, self.conversation_id)
                    case LookUp():
                        ledger = ledger.with_passages(await look_up(work, call.question))
                    case MyBookings():
                        ledger = ledger.with_bookings(await my_bookings(work, self.caller_id))
        return ledger


async def _find_times(
    work: Work, call: FindTimes, ledger: Ledger, conversation_id: uuid.UUID
) -> Ledger:
    """READ: real times of the calendar, the few worth offering."""
    if work.profile.service(call.service_key) is None:
        return ledger
    wish = Wish(
        start=call.start,
        end=call.end,
        daypart=call.daypart,
        exact=call.exact,
        asap=call.soonest,
        weekdays=call.weekdays,
    )
    found = await find_times(
        work, call.service_key, wish, refused=call.exclude, mine=conversation_id
    )
    return ledger.with_times(
        [TimeSeen("", t.service_key, t.staff_key, t.starts_at, t.ends_at) for t in found.times],
        tuple(found.relaxed),
    )


async def look_up(work: Work, question: str) -> list[Passage]:
    """READ: the owner's answers, and the price of a service that the question names."""
    passages = await search(work, question)
    words = [ServiceWords(s.key, s.name, s.also_called) for s in work.profile.services]
    named = find_service(question, words)
    service = work.profile.service(named.key) if named is not None and named.key else None
    if service is not None and service.price:
        passages.append(Passage("", service.name, service.price, 1.0, service_key=service.key))
    return passages


async def my_bookings(work: Work, caller_id: uuid.UUID) -> list[BookingSeen]:
    """READ: this caller's bookings ahead, the next first."""
    return [
        BookingSeen("", str(b.id), b.service_key, b.staff_key, b.starts_at, b.status)
        for b in await bookings_of(work, caller_id)
    ]
