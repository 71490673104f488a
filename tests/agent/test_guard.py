"""The last reading: everything that speech can say passes, everything that nobody may say does not."""

import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from agent.checks import lawful
from agent.guard import read_again
from agent.plan import Act, Clause, Do, Heard, TurnPlan, prose, say
from agent.speech import speak
from agent.state import Ledger, Line, Outcome, TurnView
from tests.agent import world
from texting.segments import count

TIMES = (*world.THREE, world.time("S4", 34, 13, 30, offered=False, staff_key="dana"))
FULL = world.ledger(
    TIMES,
    (world.booking(), world.booking("B2", 30, 15, service_key="leak", status="requested")),
    world.PASSAGES,
)
VIEW = world.view("hi, my sink is clogged, it's Ana in 04101", of=FULL, known=world.KNOWN)

LIES = [
    # times and dates
    "We can be there tomorrow at 9:15 AM.",
    "Tue Dec 1 at 2:30 PM works.",  # 2:30 is another day's
    "Tue Dec 8 at 9:00 AM is open.",
    "The tech is 20 minutes away.",
    "We're open until midnight.",
    "Nos vemos el martes a las 3.",
    "Someone can come Thursday.",
    "How about 4 o'clock?",
    "We're open Mon-Fri 7-7.",
    "We're open Sat 9-1.",
    "We have an opening tonight.",
    "He's on his way.",
    # money
    "That's $49 all in.",
    "You get 20% off.",
    "The visit is free.",
    "It's about two hundred dollars.",
    "There's no charge for that.",
    "Drain cleaning costs little.",
    # digits, links, names
    "Text 90210 for a code.",
    "Your confirmation number is 48213.",
    "Book at bit.ly/3xYz.",
    "Go to acme[dot]co/book.",
    "Mail info@acme.example please.",
    "We're at 1420 W Oak Street.",
    "You'll like our helper Dave a lot.",
    "Our colleague, Dr. Patel, says hello.",
    "Dave is lovely.",
    # acts and promises
    "You're all set!",
    "You're booked.",
    "Your spot is saved.",
    "I've cancelled it.",
    "I've told the team.",
    "Your visit has been moved.",
    "They'll be right with you.",
    "Someone will call you.",
    "We'll get back to you.",
    "I've passed this to our team.",
    "We guarantee it'll be fixed.",
    "We're licensed and insured, no worries.",
    # identity, safety, manner
    "No, I'm Amy at the front desk.",
    "I'm a real person.",
    "It's safe to keep using the stove.",
    "Don't worry, it's fine to stay inside.",
    "Take some ibuprofen.",
    "LAST CHANCE to book!!!",
    "As an AI language model I cannot say.",
    "Reply YES to confirm.",
    "Text STOP if you like.",
    "**Great** news for you.",
    "Hi {name}, how are you?",
    "Nice \U0001f600 day.",
    "Which one? Or what else? Hm?",
    "Your slot S1 is open.",
    "stop",
    "",
    "Hello\x07 there.",
    "Thank you so much. " * 20,
]


def test_lies_are_caught(capsys: pytest.CaptureFixture[str]) -> None:
    passed = [lie for lie in LIES if not read_again(lie, VIEW, FULL, ())]
    with capsys.disabled():
        sys.stdout.write(f"\nguard: lies caught {len(LIES) - len(passed)} of {len(LIES)}")
    assert passed == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("You're booked: Drain cleaning, Tue Dec 1 at 9:00 AM with Lee.", "booked"),
        ("Moved to Tue Dec 1 at 9:00 AM.", "moved"),
        ("That's cancelled.", "cancelled"),
        ("I've passed this to a person on our team.", "handed_off"),
        ("I've put you on our call list.", "callback"),
        ("Sorry, that time was just taken.", "taken"),
        ("Requested: Tue Dec 1 at 9:00 AM, to be confirmed.", "requested"),
    ],
)
def test_an_act_is_said_only_from_its_outcome(text: str, kind: str) -> None:
    every = (
        "booked",
        "moved",
        "cancelled",
        "handed_off",
        "callback",
        "taken",
        "requested",
        "closed",
    )
    assert read_again(text, VIEW, FULL, (Outcome(kind),)) == ()  # type: ignore[arg-type]
    alike = {"handed_off": {"callback"}, "callback": {"handed_off"}, "requested": set[str]()}.get(
        kind, set()
    )
    for other in set(every) - {kind} - alike:
        assert read_again(text, VIEW, FULL, (Outcome(other),)), other  # type: ignore[arg-type]


def test_a_promise_names_its_time_only_as_computed() -> None:
    promised = (Outcome("handed_off", promise="by Tue Nov 24 at 9:00 AM"),)
    text = "A person from our team will text you back by Tue Nov 24 at {}."
    assert read_again(text.format("9:00 AM"), VIEW, FULL, promised) == ()
    assert read_again(text.format("8:00 AM"), VIEW, FULL, promised)


def test_hours_are_the_business_s_own() -> None:
    right = "We're open Mon 8-12 and 1-5, Tue-Thu 8-5, Fri 8-4 (closed Thu Nov 26)."
    assert read_again(right, VIEW, FULL, ()) == ()
    assert read_again(right.replace("8-4", "8-5"), VIEW, FULL, ())
    assert read_again(right.replace("Nov 26", "Nov 27"), VIEW, FULL, ())


def test_the_caller_s_own_number_may_be_said_and_no_other() -> None:
    assert read_again("So that's 04101, right?", VIEW, FULL, ()) == ()
    assert read_again("So that's 04106, right?", VIEW, FULL, ())


# -- whatever speech renders passes ----------------------------------------------------------------

_FACTS = [
    *(str(c) for c in Clause),
    *("S1", "S2", "S3", "S4", "B1", "B2", "K1", "K2", "K3", "K4", "K5", "K6", "S9", "K9", "nonsense"),
    *("price(K5)", "price(drain)", "price(leak)", "price(advice)", "readback(S1)", "readback(S4)"),
    *(f"ask({f})" for f in ("zip", "name", "service", "address", "when", "slot", "cancel", "booking", "email", "x_y", "details", "breed", "pet_name", "new_or_returning", "count")),
]  # fmt: skip
_PROSE = [
    "Thanks for that.",
    "Sorry to hear about the sink.",
    "You're booked.",
    "Is it the kitchen sink?",
    "All set!",
]
PIECES = st.one_of(
    st.sampled_from(_FACTS).map(say),
    st.sampled_from(_PROSE).map(lambda words: prose(words, "open")),
    st.sampled_from(_PROSE).map(lambda words: prose(words, "ask", "details")),
)
ACTS = st.builds(
    lambda do, slot, booking, reason: Act.of(
        do, slot=slot, booking=booking, reason=reason, window="friday"
    ),
    st.sampled_from(list(Do)),
    st.sampled_from(["S1", "S2", "S4", "S9", None]),
    st.sampled_from(["B1", "B2", "B9", None]),
    st.sampled_from(["asked", "emergency", "lost", None]),
)
HEARD = st.builds(
    lambda name, value: Heard(field=name, value=value, words=value),
    st.sampled_from(["name", "zip", "service", "note", "shoe_size"]),
    st.sampled_from(["Ana", "04101", "drain", "99999", "my sink"]),
)
PLANS = st.builds(
    lambda say_, acts, heard, language: world.plan(
        *say_, acts=acts, heard=heard, language=language
    ),
    st.lists(PIECES, max_size=6),
    st.lists(ACTS, max_size=3),
    st.lists(HEARD, max_size=3),
    st.sampled_from(["en", "es"]),
)
TEXTS = st.sampled_from(
    [
        "2", "yes", "yes please", "hi my sink is clogged, i'm Ana, 04101", "i smell gas", "burst pipe, water everywhere",
        "are you a robot?", "please cancel my appointment", "can i move it to another day", "no", "not sure", "thanks, bye",
        "this is unacceptable", "call me on friday", "quiero hablar con una persona", "what do you charge?", "1 or 2?", "",
        "Tue Dec 1 at 11:00 AM", "the last one, and are you licensed?", "\U0001f600\u202e\x00",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "Harbor Plumbing",
        "Paws & Claws Grooming",
        "James' Caf\u00e9 \u201cRosa\u2019s\u201d",
        "\u0160ukul\u0117 \u2014 " + "Long Name " * 6,
        "A",
    ]
)


def outcomes_of(
    plan: TurnPlan, ledger: Ledger, *, taken: bool, promise: str | None
) -> tuple[Outcome, ...]:
    """What the acts of a lawful plan would have done."""
    done: list[Outcome] = []
    kinds = {Do.BOOK: "booked", Do.REQUEST: "requested", Do.MOVE: "moved", Do.CANCEL: "cancelled"}
    for act in plan.acts:
        slot, booking = ledger.times.get(act.slot or ""), ledger.bookings.get(act.booking or "")
        if act.do is Do.HAND_OFF:
            done.append(Outcome("handed_off", promise=promise))
        elif act.do is Do.CALL_BACK:
            done.append(Outcome("callback", promise=promise))
        elif act.do is Do.CLOSE:
            done.append(Outcome("closed"))
        elif taken and slot:
            done.append(
                Outcome("taken", slot.service_key, fresh=tuple(t for t in TIMES if t.id != slot.id))
            )
        elif row := slot or booking:
            done.append(Outcome(kinds[act.do], row.service_key, row.staff_key, row.starts_at))  # type: ignore[arg-type]
    return tuple(done)


VIEWS = st.builds(
    lambda text, name, tone, segments, seed, asked, before, disclosed: world.view(
        *([text] if text else []),
        of=FULL,
        profile=world.profile(name=name, tone=tone, texting={"max_segments": segments}),
        seed=seed,
        asked=asked,
        known=world.KNOWN,
        disclosed=disclosed,
        transcript=(world.their_text("my drain is clogged"), world.our_text(before)),
    ),
    TEXTS,
    NAMES,
    st.sampled_from([None, "warm", "brisk", "formal"]),
    st.integers(1, 4),
    st.integers(0, 2**63),
    st.sampled_from([None, "zip", "name", "confirm", "slot", "cancel"]),
    st.sampled_from(["Thanks!", "Which one would you like?", "What's your zip code?"]),
    st.booleans(),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    PLANS,
    VIEWS,
    st.booleans(),
    st.sampled_from([None, "by Tue Nov 24 at 9:00 AM"]),
    st.sampled_from(["fixed", "composed"]),
)
def test_all_that_speech_renders_passes(
    plan: TurnPlan, view: TurnView, taken: bool, promise: str | None, voice: str
) -> None:
    checked = lawful(plan, view, FULL)
    outcomes = outcomes_of(checked.plan, FULL, taken=taken, promise=promise)
    speech = speak(checked.plan, view, FULL, outcomes, voice=voice)  # type: ignore[arg-type]
    if not speech.text:
        assert view.needs_no_answer
        return
    assert read_again(speech.text, view, FULL, outcomes) == (), speech.text
    assert count(speech.text).segments <= view.profile.texting.max_segments
    assert speech.text.count("?") <= 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS, VIEWS, st.sampled_from(["fixed", "composed"]))
def test_unchecked_plans_can_break_neither_length_nor_question(
    plan: TurnPlan, view: TurnView, voice: str
) -> None:
    speech = speak(plan, view, FULL, (), voice=voice)  # type: ignore[arg-type]
    assert speech.text or view.needs_no_answer
    if not speech.text:
        return
    assert count(speech.text).segments <= view.profile.texting.max_segments


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reading(text: str) -> None:
    strange = replace(VIEW, texts=(text,), transcript=(Line("caller", text, world.NOW),))
    read_again(text, strange, FULL, ())
