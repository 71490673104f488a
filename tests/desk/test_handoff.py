"""Who may speak: one person at a time, and never the agent over them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest

from core.clock import TurnableClock
from core.db import Database
from core.errors import BadInput, Conflict, NotFound
from core.journal import Fact
from core.leads import Status
from core.models import Handoff, Message
from desk.handoff import (
    Person,
    claim,
    release,
    reply,
    resolve,
    return_to_agent,
    staff_writes,
    take_over,
)
from tests.conftest import NewBusiness
from tests.desk.story import (
    DANA,
    LEE,
    begin,
    facts,
    jobs,
    outgoing,
    owner_of,
    says_stop,
    status_of,
    texts,
    waits,
)

Step = Callable[[Database, uuid.UUID, uuid.UUID, Person], Awaitable[object]]


async def claims(db: Database, business: uuid.UUID, handoff: uuid.UUID, who: Person) -> object:
    async with db.work(business) as work:
        return await claim(work, handoff, who)


async def releases(db: Database, business: uuid.UUID, handoff: uuid.UUID, who: Person) -> object:
    async with db.work(business) as work:
        return await release(work, handoff, who)


async def replies(db: Database, business: uuid.UUID, handoff: uuid.UUID, who: Person) -> object:
    async with db.work(business) as work:
        return await reply(work, handoff, who, "I will call you at 3:00 PM.")


async def resolves(db: Database, business: uuid.UUID, handoff: uuid.UUID, who: Person) -> object:
    async with db.work(business) as work:
        return await resolve(work, handoff, who, "closed", "sorted out")


async def returns(db: Database, business: uuid.UUID, handoff: uuid.UUID, who: Person) -> object:
    async with db.work(business) as work:
        return await return_to_agent(work, handoff, who, "offer Thursday")


async def handoff_row(db: Database, business: uuid.UUID, handoff: uuid.UUID) -> Handoff:
    async with db.work(business) as work:
        return await work.session.get_one(Handoff, (business, handoff))


async def test_opening_puts_the_conversation_into_the_queue(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business, Status.IN_CONVERSATION)
    first = await waits(db, story)
    row = await handoff_row(db, business, first)
    assert (row.no, row.state, row.reason, row.urgency) == (1, "open", "asked", "normal")
    assert row.due_at is not None
    assert await owner_of(db, story) == ("queue", None, 1)
    assert await status_of(db, story) == "follow_up_needed"
    assert [j.payload["step"] for j in await jobs(db, business, "TellStaff")] == [0]
    assert (await facts(db, business, Fact.HANDOFF_OPENED))[0]["reason"] == "asked"


async def test_numbers_rise_within_a_business(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    other, _ = await new_business()
    stories = [await begin(db, business) for _ in range(4)]
    opened = await asyncio.gather(*(waits(db, s) for s in stories))
    numbers = [(await handoff_row(db, business, h)).no for h in opened]
    assert sorted(numbers) == [1, 2, 3, 4]
    apart = await waits(db, await begin(db, other))
    assert (await handoff_row(db, other, apart)).no == 1


async def test_a_live_handoff_is_kept_and_grows_more_urgent(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    first = await waits(db, story)
    assert await waits(db, story, urgency="life", reason="emergency") == first
    assert await waits(db, story, urgency="normal") == first
    row = await handoff_row(db, business, first)
    assert (row.urgency, row.reason) == ("life", "asked")
    assert len(await jobs(db, business, "TellStaff")) == 2
    assert (await owner_of(db, story))[2] == 1


async def test_of_two_who_claim_at_once_one_wins(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)
    results = await asyncio.gather(
        claims(db, business, handoff, DANA),
        claims(db, business, handoff, LEE),
        return_exceptions=True,
    )
    lost = [r for r in results if isinstance(r, Conflict)]
    assert len(lost) == 1
    row = await handoff_row(db, business, handoff)
    winner = {"dana": "Dana Ruiz", "lee": "Lee Park"}[row.claimed_by or ""]
    assert str(lost[0]) == f"{winner} has handoff #1"
    assert await owner_of(db, story) == ("staff", row.claimed_by, 2)


async def test_claiming_again_what_one_holds_changes_nothing(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)
    await claims(db, business, handoff, DANA)
    await claims(db, business, handoff, DANA)
    assert await owner_of(db, story) == ("staff", "dana", 2)
    assert len(await facts(db, business, Fact.HANDOFF_CLAIMED)) == 1


@pytest.mark.parametrize(
    ("step", "from_open", "mine", "anothers", "over"),
    [
        (claims, "claimed", "claimed", Conflict, Conflict),
        (releases, "open", "open", Conflict, Conflict),
        (replies, "claimed", "claimed", Conflict, Conflict),
        (resolves, "resolved", "resolved", Conflict, "resolved"),
        (returns, "resolved", "resolved", Conflict, Conflict),
    ],
)
async def test_each_step_from_each_state(
    db: Database,
    new_business: NewBusiness,
    step: Step,
    from_open: str,
    mine: str,
    anothers: type[Exception],
    over: str | type[Exception],
) -> None:
    business, _ = await new_business()

    async def after(*before: tuple[Step, Person]) -> str:
        story = await begin(db, business)
        handoff = await waits(db, story)
        for done, who in before:
            await done(db, business, handoff, who)
        await step(db, business, handoff, DANA)
        owner = {"open": "queue", "claimed": "staff", "resolved": "agent"}
        state = (await handoff_row(db, business, handoff)).state
        assert (await owner_of(db, story))[0] == owner[state]
        return state

    assert await after() == from_open
    assert await after((claims, DANA)) == mine
    with pytest.raises(anothers):
        await after((claims, LEE))
    if isinstance(over, str):
        assert await after((resolves, LEE)) == over
    else:
        with pytest.raises(over):
            await after((resolves, LEE))


async def test_what_is_not_ours_is_not_found(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    other, _ = await new_business()
    handoff = await waits(db, await begin(db, business))
    for step in (claims, releases, replies, resolves, returns):
        with pytest.raises(NotFound):
            await step(db, other, handoff, DANA)


async def test_every_change_of_the_owner_fences_the_agent(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)
    seen = [await owner_of(db, story)]
    for step in (claims, releases, replies, returns):
        await step(db, business, handoff, DANA)
        seen.append(await owner_of(db, story))
    assert [owner for owner, _, _ in seen] == ["queue", "staff", "queue", "staff", "agent"]
    assert [epoch for _, _, epoch in seen] == [1, 2, 3, 4, 5]


async def test_a_reply_answers_what_waited(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=6, minutes=50)  # 16:50 in New York, ten minutes before closing
    first = await texts(db, story)
    handoff = await waits(db, story)
    clock.advance(hours=15, minutes=20)  # 8:10 the next morning
    await texts(db, story, "Hello?")
    await replies(db, business, handoff, LEE)
    [sent] = await outgoing(db, business, "staff_reply")
    assert (sent.author, sent.staff_key, sent.to_phone) == ("staff", "lee", story.phone)
    [fact] = await facts(db, business, Fact.ANSWERED)
    assert (fact["by"], fact["seconds"], fact["open_seconds"]) == ("staff", 55_200, 20 * 60)
    assert (fact["lead"], fact["message"]) == (story.lead_id, sent.id)
    async with db.work(business) as work:
        answered = await work.session.get_one(Message, (business, first))
        assert answered.answered_at == clock.now()
        assert (await story.lead(work)).answered_at == clock.now()


async def test_one_key_posts_once(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)

    async def send(text: str) -> uuid.UUID:
        async with db.work(business) as work:
            return await reply(work, handoff, DANA, text, idempotency="form-1")

    first = await send("On my way.")
    await resolves(db, business, handoff, DANA)
    assert await send("On my way.") == first
    assert len(await outgoing(db, business, "staff_reply")) == 1


async def test_a_key_of_another_conversation_is_refused(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    for expected in (None, Conflict):
        handoff = await waits(db, await begin(db, business))
        async with db.work(business) as work:
            if expected is None:
                await reply(work, handoff, DANA, "Hello.", idempotency="same")
            else:
                with pytest.raises(expected):
                    await reply(work, handoff, DANA, "Hello.", idempotency="same")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 1601])
async def test_a_reply_has_words_and_an_end(
    db: Database, new_business: NewBusiness, text: str
) -> None:
    business, _ = await new_business()
    handoff = await waits(db, await begin(db, business))
    async with db.work(business) as work:
        with pytest.raises(BadInput, match="text"):
            await reply(work, handoff, DANA, text)


async def test_whoever_texted_stop_is_not_written_to(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)
    await says_stop(db, story)
    await says_stop(db, story, "help")  # asks; does not take the stop back
    with pytest.raises(Conflict, match="they texted STOP"):
        await replies(db, business, handoff, DANA)
    assert (await handoff_row(db, business, handoff)).state == "open"
    await says_stop(db, story, "start")
    await replies(db, business, handoff, DANA)
    assert len(await outgoing(db, business, "staff_reply")) == 1


async def test_a_persons_words_take_the_conversation_from_the_agent(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    story = await begin(db, business, Status.IN_CONVERSATION)
    async with db.work(business) as work:
        await staff_writes(work, await story.conversation(work), DANA, "Dana here.")
    assert (await owner_of(db, story))[:2] == ("staff", "dana")
    assert (await facts(db, business, Fact.HANDOFF_OPENED))[0]["reason"] == "other"
    assert await jobs(db, business, "TellStaff") == []
    async with db.work(business) as work:
        conversation = await story.conversation(work)
        with pytest.raises(Conflict, match="Dana Ruiz has handoff #1"):
            await staff_writes(work, conversation, LEE, "Lee here.")


async def test_taking_over_needs_no_words(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    async with db.work(business) as work:
        taken = await take_over(work, await story.conversation(work), LEE)
        assert (taken.state, taken.claimed_by) == ("claimed", "lee")
    assert await outgoing(db, business, "staff_reply") == []


@pytest.mark.parametrize("outcome", ["booked", "follow_up_needed", "closed"])
async def test_the_outcome_is_what_the_lead_becomes(
    db: Database, new_business: NewBusiness, outcome: str
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    await texts(db, story)
    handoff = await waits(db, story)
    async with db.work(business) as work:
        await resolve(work, handoff, DANA, outcome, "by phone")
    assert await status_of(db, story) == outcome
    assert (await owner_of(db, story))[:2] == ("agent", None)
    assert await jobs(db, business, "TakeTurn") == []
    async with db.work(business) as work:
        with pytest.raises(Conflict):
            other = {"booked": "closed"}.get(outcome, "booked")
            await resolve(work, handoff, DANA, other)


async def test_an_unknown_outcome_is_refused(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    handoff = await waits(db, await begin(db, business))
    async with db.work(business) as work:
        with pytest.raises(BadInput, match="outcome"):
            await resolve(work, handoff, DANA, "sold")


async def test_what_was_settled_is_not_the_agents_to_answer(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    asked = await texts(db, story)
    await resolves(db, business, await waits(db, story), DANA)
    async with db.work(business) as work:
        message = await work.session.get_one(Message, (business, asked))
        assert message.answered_at == clock.now()
    assert await facts(db, business, Fact.ANSWERED) == []


@pytest.mark.parametrize("unanswered", [True, False])
async def test_returned_the_agent_answers_what_waits(
    db: Database, new_business: NewBusiness, clock: TurnableClock, unanswered: bool
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    handoff = await waits(db, story)
    if unanswered:
        await texts(db, story)
    async with db.work(business) as work:
        (await story.conversation(work)).memory = {"asked": "zip", "lost": 2, "disclosed": True}
    await returns(db, business, handoff, DANA)
    await returns(db, business, handoff, DANA)
    assert len(await jobs(db, business, "TakeTurn")) == int(unanswered)
    assert await status_of(db, story) == "in_conversation"
    row = await handoff_row(db, business, handoff)
    assert (row.state, row.outcome, row.instruction) == ("resolved", None, "offer Thursday")
    async with db.work(business) as work:
        memory = (await story.conversation(work)).memory
    assert (memory["asked"], memory["lost"], memory["disclosed"]) == (None, 0, True)
    assert memory["staff_stretch"] == {
        "who": "Dana Ruiz",
        "at": clock.now().isoformat(),
        "instruction": "offer Thursday",
    }


async def test_a_second_handoff_follows_a_first(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    await returns(db, business, await waits(db, story), DANA)
    second = await waits(db, story)
    assert (await handoff_row(db, business, second)).no == 2
    assert await owner_of(db, story) == ("queue", None, 4)
