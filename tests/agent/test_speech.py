"""The words: every clause in both languages, short, one question, never the same twice in a row."""

import re
from datetime import timedelta

import pytest

import prompts
from agent.guard import read_again
from agent.plan import Act, Clause, Do, Heard, ask, prose, say
from agent.speech import speak
from agent.speech.facts import called, hours, listed, possessive, times
from agent.speech.ways import Manner
from agent.state import Ledger, Outcome
from core.profile import Profile
from tests.agent import world
from texting.optout_rules import CARRIER_HELP, CARRIER_START, CARRIER_STOP
from texting.segments import count, fold

FILES = ("acts", "asks", "facts", "openers")
EVERY = [f"speech/{file}.{key}" for file in FILES for key in prompts.keys(f"speech/{file}")]
OFFERS = world.ledger(world.THREE)
ZONE = world.profile().zone


# -- the wordings themselves -----------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_each_thing_has_three_to_six_ways_with_the_same_facts(name: str) -> None:
    ways = prompts.variants(name)
    assert 3 <= len(ways) <= 6
    assert len(set(ways)) == len(ways)
    assert len({prompts.placeholders(way) for way in ways}) == 1
    assert all(fold(way) == way and way.count("?") <= 1 for way in ways)


def test_both_languages_say_the_same_things() -> None:
    for file in FILES:
        spoken = prompts.keys(f"speech/{file}")
        assert {k.removesuffix(".en") for k in spoken if k.endswith(".en")} == {
            k.removesuffix(".es") for k in spoken if k.endswith(".es")
        }


@pytest.mark.parametrize("name", EVERY)
def test_no_wording_invites_a_carrier_s_keyword(name: str) -> None:
    keywords = "|".join(CARRIER_STOP | CARRIER_START | CARRIER_HELP)
    for way in prompts.variants(name):
        assert not re.search(
            rf"\b(?:reply|text|send|say|answer|responda|escriba) (?:{keywords})\b",
            way,
            re.IGNORECASE,
        )
        assert way.strip(" .!?").casefold() not in CARRIER_STOP | CARRIER_START | CARRIER_HELP


def test_long_spanish_wordings_keep_to_the_cheap_alphabet() -> None:
    foreign = [
        w
        for n in EVERY
        if n.endswith(".es")
        for w in prompts.variants(n)
        if count(re.sub(r"[{}]", "", w)).encoding != "GSM-7"
    ]
    assert all(len(way) <= 30 for way in foreign), foreign


# -- facts in words --------------------------------------------------------------------------------


def test_times_of_one_day_name_it_once() -> None:
    seen = [world.time("S1", 31, 9), world.time("S2", 31, 11), world.time("S3", 31, 14, 30)]
    assert times(seen, world.NOW, ZONE, "en") == "Tue Dec 1 at 9:00 AM, 11:00 AM or 2:30 PM"
    assert times(seen[:1], world.NOW, ZONE, "en") == "Tue Dec 1 at 9:00 AM"
    assert (
        times(seen, world.NOW, ZONE, "es")
        == "mar 1 dic a las 9:00 AM, a las 11:00 AM o a las 2:30 PM"
    )


def test_times_of_several_days_name_each() -> None:
    assert times(world.THREE, world.NOW, ZONE, "en") == (
        "Tue Dec 1 at 9:00 AM or 11:00 AM, or Wed Dec 2 at 2:30 PM"
    )


def test_hours_are_compact_and_own_up_to_exceptions() -> None:
    assert hours(world.profile(), world.NOW, "en") == (
        "Mon 8-12 and 1-5, Tue-Thu 8-5, Fri 8-4 (closed Thu Nov 26, Sat Dec 5 9-1)"
    )
    assert hours(world.profile(), world.NOW + timedelta(days=30), "es") == (
        "lun 8-12 y 1-5, mar-jue 8-5, vie 8-4"
    )


@pytest.mark.parametrize(
    ("span", "said"),
    [("22:00-02:00", "Sat 10 PM-2 AM"), ("00:00-24:00", "Sat 24 hours"), ("07:30-16:30", "Sat 7:30-4:30"), ("12:00-18:00", "Sat 12 PM-6 PM"), ("05:00-11:00", "Sat 5 AM-11 AM")],
)  # fmt: skip
def test_unusual_hours_say_which_half_of_the_day(span: str, said: str) -> None:
    odd = world.profile(hours={"sat": [span]}, exceptions=[])
    assert hours(odd, world.NOW, "en") == said
    text = speak(
        world.plan(say(Clause.HOURS)), world.view("hi", profile=odd), Ledger(), (), voice="fixed"
    ).text
    assert read_again(text, world.view("hi", profile=odd), Ledger(), ()) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [("Lee Park", "Lee"), ("Dr. Osei", "Dr. Osei"), ("Hana (hygienist)", "Hana"), ("(x)", "(x)")],
)
def test_people_are_called_as_a_receptionist_would(name: str, said: str) -> None:
    assert called(name) == said


def test_names_take_their_genitive_and_lists_end() -> None:
    assert (possessive("Harbor Plumbing"), possessive("James")) == ("Harbor Plumbing's", "James'")
    assert listed(["A", "B", "C"], "en") == "A, B and C"
    assert listed(["x" * 70, "y" * 70], "en") == f"{'x' * 70} and more"


# -- whole texts -----------------------------------------------------------------------------------


def test_offers_remember_what_they_put_before_the_caller() -> None:
    speech = speak(
        world.plan(say("S1"), say("S2"), say("S3")),
        world.view("hi", of=OFFERS),
        OFFERS,
        (),
        voice="fixed",
    )
    assert (speech.asked, speech.offers, speech.read_back) == ("slot", world.THREE, None)
    assert "Tue Dec 1 at 9:00 AM or 11:00 AM, or Wed Dec 2 at 2:30 PM" in speech.text


def test_a_readback_remembers_its_time() -> None:
    speech = speak(
        world.plan(say("readback(S1)")), world.view("hi", of=OFFERS), OFFERS, (), voice="fixed"
    )
    assert (speech.asked, speech.read_back) == ("confirm", world.THREE[0])
    assert "Tue Dec 1 at 9:00 AM" in speech.text


def test_which_time_puts_the_offers_again() -> None:
    speech = speak(
        world.plan(say(Clause.WHICH_TIME)), world.view("ok", of=OFFERS), OFFERS, (), voice="fixed"
    )
    assert (speech.asked, speech.offers) == ("slot", world.THREE)


def test_whoever_loses_a_race_gets_fresh_times_in_the_same_text() -> None:
    fresh = (world.time("F1", 34, 8), world.time("F2", 34, 10))
    plan = world.plan(say(Clause.OUTCOME), acts=[Act.of(Do.BOOK, slot="S1")])
    speech = speak(
        plan,
        world.view("1", of=OFFERS),
        OFFERS,
        (Outcome("taken", "drain", fresh=fresh),),
        voice="fixed",
    )
    assert "Fri Dec 4 at 8:00 AM or 10:00 AM" in speech.text
    assert (speech.asked, speech.offers) == ("slot", fresh)


def test_a_promise_without_a_time_names_none() -> None:
    plan = world.plan(say(Clause.PROMISE), acts=[Act.of(Do.HAND_OFF, reason="asked")])
    timeless = speak(plan, world.view("hi"), Ledger(), (Outcome("handed_off"),), voice="fixed").text
    promised = speak(
        plan,
        world.view("hi"),
        Ledger(),
        (Outcome("handed_off", promise="today by 4:30 PM"),),
        voice="fixed",
    ).text
    assert not re.search(r"\d", timeless)
    assert "today by 4:30 PM." in promised


def test_the_first_text_says_what_it_is_and_only_the_first() -> None:
    first = speak(
        world.plan(ask("zip")), world.view("hi", disclosed=False), Ledger(), (), voice="fixed"
    ).text
    second = speak(world.plan(ask("zip")), world.view("hi"), Ledger(), (), voice="fixed").text
    assert "Harbor Plumbing's automated assistant" in first
    assert "automated" not in second


def test_the_owner_s_own_disclosure_is_used() -> None:
    own = world.profile(texting={"disclosure": "Hi, Otto here, Harbor\u2019s texting robot"})
    text = speak(
        world.plan(ask("zip")),
        world.view("hi", profile=own, disclosed=False),
        Ledger(),
        (),
        voice="fixed",
    ).text
    assert "Hi, Otto here, Harbor's texting robot." in text


def test_danger_is_spoken_of_first_even_when_nobody_planned_it() -> None:
    text = speak(
        world.plan(ask("zip")),
        world.view("i smell gas", disclosed=False),
        Ledger(),
        (),
        voice="fixed",
    ).text
    assert "911" in text.split(".")[0]


def test_only_the_composed_voice_is_the_brain_s() -> None:
    plan = world.plan(
        prose("Sorry to hear about the sink.", "open"), prose("Which sink is it?", "ask", "details")
    )
    view = world.view("my sink is clogged")
    composed = speak(plan, view, Ledger(), (), voice="composed")
    assert composed.text == "Sorry to hear about the sink. Which sink is it?"
    assert composed.asked == "details"
    fixed = speak(plan, view, Ledger(), (), voice="fixed")
    assert "sink" not in fixed.text
    assert fixed.asked == "details"


def test_a_way_is_never_the_one_just_used() -> None:
    view = world.view("hi")
    for seed in range(40):
        first = speak(
            world.plan(ask("zip")), world.view("hi", seed=seed), Ledger(), (), voice="fixed"
        ).text
        later = world.view("hi", seed=seed, transcript=(world.our_text(first),))
        assert speak(world.plan(ask("zip")), later, Ledger(), (), voice="fixed").text != first
    assert view.seed == 0


def test_the_same_turn_reads_the_same_twice_and_turns_differ() -> None:
    texts = {
        speak(world.plan(ask("name")), world.view("hi", seed=s), Ledger(), (), voice="fixed").text
        for s in range(30)
    }
    again = {
        speak(world.plan(ask("name")), world.view("hi", seed=s), Ledger(), (), voice="fixed").text
        for s in range(30)
    }
    assert texts == again
    assert len(texts) == len(prompts.variants("speech/asks.name.en"))


def test_the_owner_s_tone_chooses_among_the_ways() -> None:
    ways = {
        tone: {Manner("en", tone, seed, "").say("asks.zip").text for seed in range(50)}
        for tone in ("warm", "brisk", "formal")
    }
    assert not any("'" in text for text in ways["formal"])
    assert max(map(len, ways["brisk"])) <= max(map(len, ways["warm"]))
    plan = world.plan(ask("zip"), heard=[Heard(field="name", value="Ana Ruiz", words="Ana Ruiz")])
    formal = speak(
        plan,
        world.view("Ana Ruiz", profile=world.profile(tone="formal")),
        Ledger(),
        (),
        voice="fixed",
    ).text
    assert "!" not in formal
    assert "Ana" in formal


def test_a_question_comes_last_and_alone() -> None:
    speech = speak(
        world.plan(ask("zip"), say("K1"), ask("name")),
        world.view("hi"),
        world.ledger(passages=world.PASSAGES),
        (),
        voice="fixed",
    )
    assert speech.text.endswith("?")
    assert speech.text.count("?") == 1
    assert speech.asked == "zip"


def test_a_field_of_the_owner_s_own_is_asked_for_in_plain_words() -> None:
    own = world.profile(intake=["roof_age"])
    text = speak(
        world.plan(ask("roof_age")), world.view("hi", profile=own), Ledger(), (), voice="fixed"
    ).text
    assert "roof age" in text


def test_words_that_fit_two_services_are_asked_about() -> None:
    two = world.profile(
        services=[
            {"key": "a", "name": "Bath (small dog)", "minutes": 30},
            {"key": "b", "name": "Bath (large dog)", "minutes": 30},
        ]
    )
    text = speak(
        world.plan(ask("service")),
        world.view("a bath for my dog", profile=two),
        Ledger(),
        (),
        voice="fixed",
    ).text
    assert "Bath (small dog) or Bath (large dog)" in text


def test_two_bookings_are_told_apart_before_one_is_cancelled() -> None:
    ledger = world.ledger(bookings=[world.booking(), world.booking("B2", 30, 15)])
    assert (
        speak(world.plan(ask("cancel")), world.view("hi"), ledger, (), voice="fixed").asked
        == "booking"
    )
    one = speak(
        world.plan(ask("cancel")),
        world.view("hi"),
        world.ledger(bookings=[world.booking()]),
        (),
        voice="fixed",
    )
    assert one.asked == "cancel"
    assert "Fri Nov 27 at 10:00 AM" in one.text


def test_nothing_to_say_is_said_as_a_question() -> None:
    assert speak(world.plan(), world.view("hm"), Ledger(), (), voice="fixed").asked == "clarify"


# -- length ----------------------------------------------------------------------------------------

TIGHT = world.profile(
    name="The Very Long Named Harbor Plumbing and Heating Company of Portland",
    texting={"max_segments": 1},
)


def test_prose_gives_way_first_then_the_optional_then_the_last_time() -> None:
    slots = [world.time(f"S{n}", 24 + n, 9 + n) for n in range(1, 5)]
    ledger = world.ledger(slots, passages=world.PASSAGES, relaxed=("day",))
    plan = world.plan(
        prose("Thanks so much, that helps.", "open"), say("relaxed"), *(say(t.id) for t in slots)
    )
    view = world.view("hi", of=ledger, profile=TIGHT, disclosed=False)
    speech = speak(plan, view, ledger, (), voice="composed")
    assert count(speech.text).segments == 1
    assert "Thanks so much" not in speech.text
    assert 1 <= len(speech.offers) <= 4
    assert speech.offers == tuple(slots[: len(speech.offers)])
    assert speech.asked == "slot"


def test_an_answer_too_long_for_a_text_says_so() -> None:
    ledger = world.ledger(passages=world.PASSAGES)
    speech = speak(world.plan(say("K6")), world.view("hi"), ledger, (), voice="fixed")
    assert any(way.startswith("facts.too_long") for way in speech.ways)


@pytest.mark.parametrize("service", ["Drain cleaning", "X" * 80, "\u0160ukul\u0117 " * 9])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_booking_is_always_told_with_its_time(service: str, language: str) -> None:
    business: Profile = world.profile(
        texting={"max_segments": 1}, services=[{"key": "drain", "name": service, "minutes": 30}]
    )
    plan = world.plan(say(Clause.OUTCOME), acts=[Act.of(Do.BOOK, slot="S1")], language=language)
    view = world.view("1", of=OFFERS, profile=business, disclosed=False)
    speech = speak(plan, view, OFFERS, (world.booked(world.THREE[0]),), voice="fixed")
    assert "9:00 AM" in speech.text
    assert count(speech.text).segments == 1
    assert read_again(speech.text, view, OFFERS, (world.booked(world.THREE[0]),)) == ()


def test_curly_quotes_in_names_are_folded() -> None:
    rosa = world.profile(name="Rosa\u2019s")
    text = speak(
        world.plan(say(Clause.IDENTIFY)),
        world.view("hi", profile=rosa),
        Ledger(),
        (),
        voice="fixed",
    ).text
    assert "Rosa's" in text


@pytest.mark.parametrize("clause", list(Clause))
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_clause_has_words_that_pass_the_last_reading(clause: Clause, language: str) -> None:
    ledger = world.ledger(world.THREE, [world.booking()], world.PASSAGES, ("time",))
    done = (Outcome("handed_off", promise="within the hour"),) if clause is Clause.PROMISE else ()
    for seed in range(12):
        view = world.view("leaking pipe", of=ledger, seed=seed, disclosed=False)
        speech = speak(
            world.plan(say(clause), language=language), view, ledger, done, voice="fixed"
        )
        assert read_again(speech.text, view, ledger, done) == (), speech.text
