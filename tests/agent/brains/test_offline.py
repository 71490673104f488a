"""Whole conversations with the offline brain, as tables of acts and clauses; wordings are speech's affair."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from agent.brains import FindTimes, MyBookings, Proposes, Thinking, WantsTools
from agent.brains.offline import OfflineBrain
from agent.checks import lawful
from agent.plan import Do
from agent.state import StaffStretch, TimeSeen
from booking.diary import Busy
from core.profile import Profile
from tests.agent.brains.people import plumber
from tests.agent.brains.talk import Talk
from tests.agent.brains.talks import TALKS, Turn


@pytest.mark.parametrize(("make", "turns"), [t[1:] for t in TALKS], ids=[t[0] for t in TALKS])
async def test_conversation(make: Callable[[], Profile], turns: list[Turn]) -> None:
    talk = Talk(make())
    for text, acts, says, heard in turns:
        answer = await talk.text(text)
        assert (answer.acts, answer.says) == (acts, says), text
        assert heard.items() <= answer.heard.items(), text


async def test_a_burst_is_one_turn() -> None:
    answer = await Talk(plumber()).text("Hi", "my sink is clogged", "04101")
    assert answer.heard == {"service": "drain", "zip": "04101"}
    assert answer.says == ["ask(name)"]


async def test_a_picture_is_acknowledged_and_the_next_question_asked() -> None:
    answer = await Talk(plumber()).text("", pictures=1)
    assert answer.says == ["picture", "ask(service)"]


async def test_a_second_thanks_needs_no_answer() -> None:
    talk = Talk(plumber())
    await talk.all(["drain cleaning 04101 my name is Al", "1", "thanks"])
    thought = await OfflineBrain().think(_thinking(talk, "thanks again", asked_bookings=True))
    assert isinstance(thought, Proposes)
    assert thought.plan.say == ()


async def test_a_taken_time_is_said_and_another_can_be_had() -> None:
    talk = Talk(plumber())
    await talk.text("drain cleaning 04101 my name is Al")
    lost = talk.offers[0].starts_at
    talk.taken = {lost}
    assert (await talk.text("the first one")).acts == ["book"]
    assert talk.tools.bookings == []
    talk.tools.busy.append(Busy("*", lost, lost + timedelta(hours=1)))
    assert (await talk.text("what about tomorrow at 10am?")).says == ["readback"]
    assert (await talk.text("yes")).acts == ["book"]
    assert len(talk.tools.bookings) == 1


async def test_a_calendar_without_room_is_a_person() -> None:
    talk = Talk(plumber().model_copy(update={"hours": {}}))
    answer = await talk.text("drain cleaning 04101 my name is Al")
    assert answer.acts == ["hand_off:no_slot"]
    assert answer.says == ["no_times", "promise"]


async def test_times_turned_down_are_not_offered_again() -> None:
    talk = Talk(plumber())
    await talk.text("drain cleaning 04101 my name is Al")
    first = {t.starts_at for t in talk.offers}
    await talk.text("none of those work")
    assert not first & {t.starts_at for t in talk.offers}


async def test_given_back_by_staff_the_thread_goes_on() -> None:
    talk = Talk(plumber(), known={"service": "drain", "zip": "90210"})
    view = talk.view(["ok"])
    given = StaffStretch("Dana", talk.now, "we do go there, please book them")
    changed = Thinking(replace(view, staff_stretch=given, caller_name="Al"), talk.ledger())
    thought = await OfflineBrain().think(changed)
    assert isinstance(thought, WantsTools)
    assert isinstance(thought.calls[-1], FindTimes)


async def test_it_takes_over_in_mid_conversation() -> None:
    talk = Talk(plumber(), known={"service": "drain", "zip": "04101", "name": "Al"}, asked="slot")
    at = datetime(2026, 11, 24, 9, tzinfo=talk.profile.zone)
    talk.offers = (TimeSeen("S1", "drain", "dana", at, at + timedelta(hours=1), offered=True),)
    answer = await talk.text("yes please")
    assert answer.acts == ["book"]


async def test_a_choice_made_before_the_name_is_known_is_read_back_after_it() -> None:
    talk = Talk(plumber(), known={"service": "drain", "zip": "04101"}, asked="slot")
    at = datetime(2026, 11, 24, 9, tzinfo=talk.profile.zone)
    talk.offers = tuple(
        TimeSeen(
            f"S{n}",
            "drain",
            "dana",
            at + timedelta(hours=n),
            at + timedelta(hours=n + 1),
            offered=True,
        )
        for n in (1, 2, 3)
    )
    assert (await talk.text("the second one")).says == ["ask(name)"]
    assert [p.fact for p in (await talk.text("Al Poe")).plan.say] == ["readback(S2)"]
    assert (await talk.text("yes")).acts == ["book"]
    assert talk.tools.bookings[0].starts_at == at + timedelta(hours=2)


async def test_after_a_refusal_the_plan_is_another_and_safe() -> None:
    talk = Talk(plumber(), known={"service": "drain", "zip": "04101", "name": "Al"})
    at = datetime(2026, 11, 24, 9, tzinfo=talk.profile.zone)
    talk.offers = (TimeSeen("S1", "drain", "dana", at, at + timedelta(hours=1), offered=True),)
    thinking = Thinking(talk.view(["yes"]), talk.ledger(), last=True, critique=("service:S1",))
    thought = await OfflineBrain().think(thinking)
    assert isinstance(thought, Proposes)
    assert not thought.plan.does(Do.BOOK)
    assert [p.fact for p in thought.plan.say] == ["readback(S1)"]


async def test_in_the_last_round_no_tool_is_asked_for_knowledge() -> None:
    talk = Talk(plumber())
    thinking = Thinking(talk.view(["do you take cards?"]), talk.ledger(), last=True)
    assert isinstance(await OfflineBrain().think(thinking), Proposes)


def _thinking(talk: Talk, text: str, *, asked_bookings: bool) -> Thinking:
    view = talk.view([text])
    ledger = talk.ledger().with_bookings(talk.tools.bookings)
    return Thinking(view, ledger, asked=(MyBookings(),) if asked_bookings else ())


# -- whatever comes -------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["yes", "no", "2", "friday", "at 3", "drain", "04101", "my name is Al", "how much", "?", "cancel", "move it", "stop", "later",
     "neither", "thanks", "call me", "person", "are you a bot", "wait", "actually", "leak", "tomorrow", "si", "\U0001f44d", "ok", "bye", "it's", "\n", "asap", "not"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=80), st.lists(_WORDS, min_size=1, max_size=7).map(" ".join))


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=4))
async def test_it_never_raises_and_nothing_is_refused(texts: list[str]) -> None:
    talk = Talk(plumber())
    for text in texts:
        answer = await talk.text(text)
        refused = [
            c for c in answer.mind.get("refusals", ()) if not c.startswith(("question:", "empty:"))
        ]
        assert not refused, (text, refused)
        again = (
            lawful(answer.plan, talk.view([text]), answer.mind["ledger"])
            if not answer.plan.acts
            else None
        )
        assert again is None or not again.refused or again.refused == ("empty:say",)
