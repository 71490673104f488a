"""Whatever a model says, nothing false leaves and nothing happens that the caller did not choose.

Each behaviour at each stage of a conversation, through the graph, said in the composed voice.
"""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from agent.guard import read_again
from agent.nodes import MOST_MODEL_CALLS
from agent.plan import Do
from tests.agent.brains.turns import NOW, PROFILE, Room, offered, open_room
from tests.contracts.test_brains import READY, Composed
from tests.twins.model import CONTENT
from tests.twins.model_lies import LIES

HARMLESS = {"curly_quotes"}
"""Oddly written, and true: folded, not refused."""
STAGES = {
    "open": "hi, my sink is clogged",
    "question": "do you take cards?",
    "times": "hmm ok, let me think about those",
    "confirm": "hm, not sure yet",
    "booked": "will someone text me before they come?",
}
"""What the caller texts at each stage; in none of them is anything chosen."""


@pytest.fixture(scope="module")
async def room() -> AsyncIterator[Room]:
    async with open_room("responses") as opened:
        yield opened


def at_stage(stage: str, room: Room) -> Composed:
    talk = Composed(PROFILE, now=NOW, brain=room.brain, disclosed=True)
    if stage != "open":
        talk.known = dict(READY)
    if stage == "times":
        talk.offers, talk.asked = tuple(offered(9, 11, 14).times.values()), "slot"
    if stage == "confirm":
        talk.offers = tuple(offered(14, offered=True, read_back=True).times.values())
        talk.asked = "confirm"
    if stage == "booked":
        talk.have("drain", datetime.fromisoformat("2026-11-27T14:00-05:00"), "dana")
    return talk


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("behaviour", CONTENT)
async def test_nothing_false_leaves(behaviour: str, stage: str, room: Room) -> None:
    room.now(behaviour)
    talk = at_stage(stage, room)
    before = list(talk.tools.bookings)
    answer, said = await talk.hear(STAGES[stage])
    mind = answer.mind
    assert said
    assert read_again(said, mind["view"], mind["ledger"], tuple(talk.outcomes)) == ()
    assert talk.tools.bookings == before
    assert not answer.plan.does(Do.BOOK, Do.REQUEST, Do.MOVE, Do.CANCEL)
    assert len(room.twin.served) <= MOST_MODEL_CALLS
    if behaviour in LIES and behaviour not in HARMLESS:
        assert not [lie for lie in LIES[behaviour] if _in(lie, said)]


def _in(lie: str, said: str) -> bool:
    plain = " ".join(lie.split()).casefold().rstrip(".! ")
    return plain in " ".join(said.split()).casefold()


@pytest.mark.parametrize("behaviour", ["drop", "down", "busy_for_long", "refusal", "cut_json"])
async def test_a_model_that_fails_costs_the_caller_nothing(behaviour: str, room: Room) -> None:
    room.now(behaviour)
    talk = at_stage("times", room)
    answer, said = await talk.hear("the second one")
    assert answer.mind["brain"] == "offline"
    assert answer.acts == ["book"]
    assert "Tue Nov 24 at 11:00 AM" in said


async def test_the_offline_brain_goes_on_with_what_the_tools_had_brought(room: Room) -> None:
    room.now("sensible", "down")
    talk = at_stage("question", room)
    answer, said = await talk.hear(STAGES["question"])
    assert answer.mind["brain"] == "offline"
    assert "all major cards" in said
    assert len(answer.mind["ledger"].passages) == 1
