"""A turn's own time: lease, load, think (offline brain), act, speak, guard, post, commit.

    python -m benchmarks.turn [--turns 200]

The model's time is left out by having none; the ceiling printed beside it is the same number of
bare transactions that a turn makes (each one SELECT), on the same database in the same run.
"""

import argparse
import asyncio
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import select, text

from agent.brains.offline import OfflineBrain
from agent.turn import take_turn_handler
from benchmarks.figures import quantiles
from core.businesses import save
from core.clock import TurnableClock
from core.db import Database
from core.db.embedded import acquire
from core.db.migrate import migrate
from core.jobs import TakeTurn
from core.models import Conversation
from tests.sample import fresh_phone, sample_profile
from texting.inbound import IncomingText, text_came

SAY = ("hi my kitchen sink is clogged", "04101", "Ana Diaz", "the first one")
TRANSACTIONS = 3  # lease and load, one tool on average, commit


async def main(turns: int) -> None:
    """Take turns in fresh conversations and print how long each took."""
    with tempfile.TemporaryDirectory(prefix="ringback-bench-") as folder:
        server = await asyncio.to_thread(acquire, Path(folder), create=True)
        await migrate(server.dsn())
        clock = TurnableClock()
        db = Database(server.dsn(user="ringback"), clock)
        await db.open()
        profile = sample_profile()
        business = (await save(db, profile)).business_id
        took = await _take_turns(db, business, profile.phone_numbers[0].number, clock, turns)
        bare = await _bare(db, turns)
        await db.close()
        await asyncio.to_thread(server.release)
    p50, p99 = quantiles(took)
    floor, _ = quantiles(bare)
    print(f"a turn's own time: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms ({turns} turns)")
    print(
        f"{TRANSACTIONS} bare transactions: p50 {floor * 1000:.1f} ms; a turn is {p50 / floor:.1f} times that"
    )


async def _take_turns(
    db: Database, business: uuid.UUID, number: str, clock: TurnableClock, turns: int
) -> list[float]:
    handler = take_turn_handler(db, OfflineBrain())
    took: list[float] = []
    while len(took) < turns:
        phone = fresh_phone()
        for body in SAY:
            async with db.work(business) as work:
                sid = f"SM{uuid.uuid4().hex}"
                await text_came(work, IncomingText(sid, phone, number, body, (), None))
            clock.advance(seconds=10)
            async with db.work(business) as work:
                conversation = await work.session.scalar(
                    select(Conversation.id)
                    .where(Conversation.business_id == business)
                    .order_by(Conversation.last_message_at.desc())
                    .limit(1)
                )
            began = time.perf_counter()
            await handler(business, TakeTurn(conversation or uuid.UUID(int=0)))
            took.append(time.perf_counter() - began)
    return took


async def _bare(db: Database, rounds: int) -> list[float]:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(TRANSACTIONS):
            async with db.directory() as session:
                await session.execute(text("SELECT 1"))
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    asyncio.run(main(parser.parse_args().turns))
