"""Three workers, 200 conversations, one worker killed half-way, then the database restarted.

    python -m benchmarks.crash [--conversations 200] [--texts 3]

Prints, from the tables and from the carrier's own memory: texts stored once, answered, answered
twice, turns that overlapped, texts sent twice. Every line but the first two figures must be 0.
"""

import argparse
import asyncio
import random
import signal
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select

from benchmarks.stack import Stack, stack
from core.businesses import find
from core.models import Job, Message, Turn
from core.profile import Profile

SAY = (
    "hi my kitchen sink is clogged",
    "04101",
    "Ana Diaz",
    "are you licensed?",
    "the first one",
    "tomorrow morning would be good",
    "how much is it?",
)


async def main(conversations: int, texts: int) -> None:
    """Run the storm and print what came of it."""
    async with stack(workers=3, reports=False, texting={"reply_after_seconds": 0.5}) as (
        on,
        profile,
    ):
        callers = [f"+1208{n:07d}" for n in range(1000000, 1000000 + conversations)]
        began = time.monotonic()
        sending = asyncio.create_task(_send_all(on, profile, callers, texts))
        await _until_sent(on, profile, conversations * texts // 2)
        victim = next(p for p in on.processes[3:] if p.returncode is None)
        victim.send_signal(signal.SIGKILL)
        print(f"worker {victim.pid} killed after {time.monotonic() - began:.1f} s")
        await _until_sent(on, profile, conversations * texts * 3 // 4)
        await _restart_database(on)
        print(f"database restarted after {time.monotonic() - began:.1f} s")
        sids = await sending
        await _settle(on, profile)
        print(f"settled after {time.monotonic() - began:.1f} s")
        await _report(on, profile, sids)


async def _send_all(on: Stack, profile: Profile, callers: list[str], texts: int) -> list[str]:
    rng = random.Random(7265)
    limit = asyncio.Semaphore(8)
    number = profile.phone_numbers[0].number

    async def one(caller: str) -> list[str]:
        sids = []
        for n in range(texts):
            sid = f"SM{uuid.uuid4().hex}"
            body = SAY[n] if n < 3 else rng.choice(SAY)
            async with limit:
                await _deliver(on, caller, number, body, sid)
                if rng.random() < 0.1:
                    await _deliver(on, caller, number, body, sid)  # the carrier delivers again
            sids.append(sid)
            await asyncio.sleep(rng.uniform(0.2, 2.5))
        return sids

    return [sid for sids in await asyncio.gather(*(one(c) for c in callers)) for sid in sids]


async def _deliver(on: Stack, caller: str, number: str, body: str, sid: str) -> None:
    """As the carrier does with retries on: again until we take it."""
    for attempt in range(60):
        try:
            answer = await on.twin.text(on.base_url, caller, number, body, sid=sid)
        except (OSError, httpx.HTTPError):
            await asyncio.sleep(0.5)
            continue
        if answer.status_code == 200:
            return
        await asyncio.sleep(min(0.2 * (attempt + 1), 1.0))
    raise RuntimeError("the product never took a text")


async def _until_sent(on: Stack, profile: Profile, count: int) -> None:
    business = await find(on.db, profile.slug)
    while True:
        async with on.db.work(business) as work:
            stored = await work.session.scalar(
                select(func.count()).where(
                    Message.business_id == business, Message.direction == "inbound"
                )
            )
        if (stored or 0) >= count:
            return
        await asyncio.sleep(0.2)


async def _restart_database(on: Stack) -> None:
    """An immediate shutdown, as a crash would be; whoever holds the server starts it again."""
    pid = int((_data(on.home) / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    import os

    os.kill(pid, signal.SIGQUIT)
    await asyncio.sleep(1.5)
    await asyncio.to_thread(on.embedded.revive)


def _data(home: Path) -> Path:
    return next(p.parent for p in home.rglob("postmaster.pid"))


async def _settle(on: Stack, profile: Profile) -> None:
    """Until no job is due within the minute and nothing waits for an answer."""
    business = await find(on.db, profile.slug)
    for _ in range(240):
        await asyncio.sleep(0.5)
        try:
            async with on.db.work(business) as work:
                due = await work.session.scalar(
                    select(func.count()).where(
                        Job.business_id == business,
                        Job.state == "pending",
                        Job.due_at < work.now + timedelta(seconds=30),
                    )
                )
        except Exception as error:  # noqa: BLE001  the database may still be coming up
            print("waiting:", type(error).__name__)
            continue
        if due == 0:
            return


async def _report(on: Stack, profile: Profile, sids: list[str]) -> None:
    business = await find(on.db, profile.slug)
    async with on.db.work(business) as work:
        inbound = list(
            await work.session.scalars(
                select(Message).where(
                    Message.business_id == business, Message.direction == "inbound"
                )
            )
        )
        outbound = list(
            await work.session.scalars(
                select(Message).where(
                    Message.business_id == business,
                    Message.direction == "outbound",
                    Message.conversation_id.is_not(None),
                )
            )
        )
        turns = list(await work.session.scalars(select(Turn).where(Turn.business_id == business)))
        failed = await work.session.scalar(
            select(func.count()).where(Job.business_id == business, Job.state == "failed")
        )
    stored = Counter(m.carrier_sid for m in inbound)
    waiting = [m for m in inbound if m.answered_at is None]
    in_queue = await _with_people(on, profile)
    sent = Counter((t.to, t.body, _our_id(t.status_callback or "")) for t in on.twin.texts)
    causes = Counter(m.cause for m in outbound)
    print(f"texts delivered to us            {len(sids)}")
    print(
        f"texts stored                     {len(inbound)}, turns {len(turns)}, answers {len(outbound)}"
    )
    print(f"lost                             {len(set(sids) - set(stored))}")
    print(f"stored twice                     {sum(n > 1 for n in stored.values())}")
    print(
        f"unanswered while the agent speaks {len([m for m in waiting if m.conversation_id not in in_queue])}"
    )
    print(
        f"waiting for a person             {len([m for m in waiting if m.conversation_id in in_queue])}"
    )
    print(f"answered twice                   {sum(n > 1 for n in causes.values())}")
    print(f"sent twice                       {sum(n > 1 for n in sent.values())}")
    print(
        f"posted, never at the carrier     {sum(m.delivery not in ('sent', 'delivered') for m in outbound)}"
    )
    print(f"overlapping turns                {_overlaps(turns)}")
    print(f"jobs failed for good             {failed}")


def _our_id(callback: str) -> str:
    return callback.partition("message=")[2].partition("&")[0]


async def _with_people(on: Stack, profile: Profile) -> set[uuid.UUID]:
    from core.models import Conversation

    business = await find(on.db, profile.slug)
    async with on.db.work(business) as work:
        return set(
            await work.session.scalars(
                select(Conversation.id).where(
                    Conversation.business_id == business, Conversation.owner != "agent"
                )
            )
        )


def _overlaps(turns: list[Turn]) -> int:
    """Turns of one conversation whose thinking times, start to commit, overlap."""
    spans: dict[uuid.UUID, list[tuple[float, float]]] = {}
    for turn in turns:
        end = turn.at.timestamp()
        spans.setdefault(turn.conversation_id, []).append((end - turn.milliseconds / 1000, end))
    return sum(
        later[0] < earlier[1]
        for times in spans.values()
        for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=200)
    parser.add_argument("--texts", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.conversations, given.texts))
