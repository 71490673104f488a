"""What every brain must do, with rules or with a model behind either form of the API."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr
from typing_extensions import override

from agent.brains import Brain, Fails, FindTimes, LookUp, MyBookings, Proposes, Thought, WantsTools
from agent.brains.offline import OfflineBrain
from agent.brains.openai import OpenAIBrain
from agent.plan import Act, Do, TurnPlan
from agent.speech import speak
from agent.state import Ledger, Outcome
from core.settings import Model
from tests.agent.brains.talk import Answer, Talk
from tests.agent.brains.turns import NOW, PROFILE, Room, offered, open_room, thinking
from tests.twins.model import BEHAVIOURS

READY = {"service": "drain", "zip": "04103", "name": "Maria"}
BRAINS = ("offline", "responses", "chat")


@dataclass
class Composed(Talk):
    """A talk whose texts are also said in the model's own words."""

    outcomes: list[Outcome] = field(default_factory=list)

    @override
    def _run(self, act: Act, ledger: Ledger) -> Outcome:
        self.outcomes.append(super()._run(act, ledger))
        return self.outcomes[-1]

    async def hear(self, *texts: str) -> tuple[Answer, str]:
        """The answer, and its text in the composed voice."""
        self.outcomes = []
        answer = await self.text(*texts)
        mind = answer.mind
        told = speak(
            answer.plan, mind["view"], mind["ledger"], tuple(self.outcomes), voice="composed"
        )
        return answer, told.text


@pytest.fixture(scope="module", params=BRAINS)
async def brain(request: pytest.FixtureRequest) -> AsyncIterator[Brain]:
    async with AsyncExitStack() as stack:
        if request.param == "offline":
            yield OfflineBrain()
        else:
            room: Room = await stack.enter_async_context(open_room(request.param))
            yield room.brain


@pytest.fixture
def talk(brain: Brain) -> Composed:
    return Composed(PROFILE, now=NOW, brain=brain)


# -- one round -----------------------------------------------------------------------------------


async def test_times_are_found_in_the_calendar_before_they_are_offered(brain: Brain) -> None:
    got = await brain.think(thinking("friday afternoon?", known=READY))
    assert isinstance(got, WantsTools)
    (call,) = [c for c in got.calls if isinstance(c, FindTimes)]
    assert call.service_key == "drain"
    assert call.start is not None
    assert call.start.astimezone(PROFILE.zone).date() == datetime(2026, 11, 27).date()  # noqa: DTZ001


async def test_a_question_is_looked_up_before_it_is_answered(brain: Brain) -> None:
    got = await brain.think(thinking("do you take cards?"))
    assert isinstance(got, WantsTools)
    assert any(isinstance(c, LookUp) for c in got.calls)


async def test_bookings_are_looked_up_before_they_are_spoken_of(brain: Brain) -> None:
    got = await brain.think(thinking("i need to cancel my appointment"))
    assert isinstance(got, WantsTools)
    assert MyBookings() in got.calls


@pytest.mark.parametrize(
    "text", ["friday afternoon?", "do you take cards?", "cancel my visit", "", "asdf"]
)
async def test_the_last_round_brings_a_plan_and_no_more_tools(brain: Brain, text: str) -> None:
    got = await brain.think(thinking(text, known=READY, round=2, last=True))
    assert isinstance(got, Proposes)
    assert TurnPlan.model_validate_json(got.plan.model_dump_json()) == got.plan


async def test_only_ids_of_this_turn_are_named(brain: Brain) -> None:
    given = thinking("the second one", ledger=offered(9, 11, 14), known=READY)
    got = await brain.think(given)
    assert isinstance(got, Proposes)
    assert [(a.do, a.slot) for a in got.plan.acts] == [(Do.BOOK, "S2")]


async def test_a_refused_plan_is_not_proposed_again(brain: Brain) -> None:
    given = thinking("the second one", ledger=offered(9, 11, 14), known=READY)
    again = thinking(
        "the second one",
        ledger=offered(9, 11, 14),
        known=READY,
        critique=("consent:S2",),
        last=True,
        round=1,
    )
    first, second = await brain.think(given), await brain.think(again)
    assert isinstance(first, Proposes)
    assert isinstance(second, Proposes)
    assert second.plan.acts != first.plan.acts


# -- whole stories -------------------------------------------------------------------------------


async def test_a_caller_is_booked(talk: Composed) -> None:
    for text in ("hi my sink is clogged", "04103", "Maria", "friday afternoon?"):
        await talk.hear(text)
    answer, said = await talk.hear("the second one")
    assert answer.acts == ["book"]
    assert len(talk.tools.bookings) == 1
    assert "Fri Nov 27 at 2:00 PM" in said


async def test_a_model_asks_in_its_own_words_and_rules_in_ours(talk: Composed) -> None:
    _, said = await talk.hear("hi my sink is clogged")
    own = said.endswith("What's your zip code?")
    assert own or talk.brain.name == "offline"


async def test_who_wants_a_person_gets_one(talk: Composed) -> None:
    answer, said = await talk.hear("can i talk to a real person please")
    assert answer.acts == ["hand_off:asked"]
    assert "11:00 AM" in said


async def test_a_question_and_a_wish_in_one_text_are_both_answered(talk: Composed) -> None:
    talk.known = dict(READY)
    answer, said = await talk.hear("do you take cards? and friday at 2 would be great")
    assert "cards" in said
    assert "Fri Nov 27 at 2:00 PM" in said
    assert not answer.acts


async def test_a_booking_is_moved_and_cancelled(talk: Composed) -> None:
    talk.known = dict(READY)
    talk.have("drain", datetime.fromisoformat("2026-11-27T14:00-05:00"), "dana")
    await talk.hear("can we move my appointment to tuesday at 10am?")
    answer, _ = await talk.hear("yes")
    assert answer.acts == ["move"]
    answer, _ = await talk.hear("sorry, please cancel my appointment")
    assert answer.acts == ["cancel"]
    assert talk.tools.bookings == []


async def test_spanish_is_answered_in_spanish(brain: Brain) -> None:
    bilingual = PROFILE.model_copy(update={"languages": ("en", "es")})
    talk = Composed(bilingual, now=NOW, brain=brain)
    answer, _ = await talk.hear("hola, tengo el desague tapado, pueden venir?")
    assert answer.plan.language == "es"


# -- nothing outside is ever raised --------------------------------------------------------------


@pytest.fixture(scope="module", params=("responses", "chat"))
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    async with open_room(request.param) as opened:
        yield opened


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_server_may_do_what_it_likes(behaviour: str, room: Room) -> None:
    seconds = 0.3 if behaviour == "hang" else 8.0
    given = thinking("the second one", ledger=offered(9, 11, 14), known=READY, seconds_left=seconds)
    got = await room.think(behaviour, given=given)
    assert isinstance(got, Fails | Proposes | WantsTools)
    assert got.used.calls == len(room.twin.served) <= 3


# -- transport, judged by somebody else's server -------------------------------------------------


async def _against(llmock: Any, api: Any) -> Thought:
    model = Model(
        api_key=SecretStr("k"),
        base_url=llmock.base_url("openai"),
        name="gpt-4.1",
        embedding_name="text-embedding-3-small",
        api=api,
    )
    brain = OpenAIBrain(model)
    try:
        return await brain.think(thinking("hi, my sink is clogged", last=True))
    finally:
        await brain.close()


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize("retry_after", [0.3, 30.0])
async def test_a_rate_limit_is_respected(llmock: Any, api: str, retry_after: float) -> None:
    llmock.rate_limit(times=1, retry_after=retry_after)
    got = await _against(llmock, api)
    llmock.assert_resilient()
    assert (got == Fails("rate_limited", got.used)) is (retry_after > 1)


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500, 503])
async def test_an_outage_is_left_alone(llmock: Any, api: str, status: int) -> None:
    llmock.fail(status, times=None)
    got = await _against(llmock, api)
    llmock.assert_resilient()
    assert isinstance(got, Fails)
    assert got.used.calls == 1


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_its_made_up_answers_are_plans_or_faults(llmock: Any, api: str) -> None:
    got = await _against(llmock, api)
    llmock.assert_resilient()
    assert isinstance(got, Proposes | Fails)
