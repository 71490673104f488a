"""What callers want, by the texts they really send."""

import pytest

from agent.understand.intents import Intent, read_intents

WANTS = [
    ("can i get an appt for tmrw", "book"), ("need someone to fix my sink", "book"), ("my toilet is clogged", "book"), ("u got anything friday?", "book"),
    ("quiero hacer una cita", "book"), ("can you squeeze me in", "book"), ("when can you come out", "book"), ("I need a plumber", "book"),
    ("need to resched", "change_booking"), ("can we move it to friday", "change_booking"), ("gotta change my appointment", "change_booking"),
    ("running 10 min late", "change_booking"), ("quiero cambiar mi cita", "change_booking"),
    ("cancel my appt pls", "cancel_booking"), ("cancel", "cancel_booking"), ("i need to cancle tomorrow", "cancel_booking"), ("can't make it", "cancel_booking"),
    ("what time is my appt", "booking_status"), ("am i booked?", "booking_status"), ("where is your guy", "booking_status"), ("is my appointment still on", "booking_status"),
    ("do you take cards?", "question"), ("where are you located", "question"), ("r u open sundays", "question"), ("aceptan tarjetas?", "question"),
    ("how much for a cleaning", "price"), ("whats the cheapest u can go", "price"), ("do you charge for estimates", "price"), ("cuanto cuesta", "price"),
    ("talk to a human pls", "human_handoff"), ("can i speak w someone", "human_handoff"), ("get me a real person", "human_handoff"), ("agent", "human_handoff"),
    ("let me talk to the owner", "human_handoff"), ("quiero hablar con una persona", "human_handoff"), ("i dont want to talk to a bot", "human_handoff"),
    ("transfer me to the front desk", "human_handoff"), ("this bot is useless", "human_handoff"),
    ("call me", "call_me"), ("can someone give me a call", "call_me"), ("can u call instead", "call_me"), ("llámame por favor", "call_me"),
    ("ok", "affirm"), ("yes please", "affirm"), ("yep", "affirm"), ("sounds good", "affirm"), ("sí", "affirm"), ("\U0001f44d", "affirm"), ("that works", "affirm"), ("k", "affirm"),
    ("no", "deny"), ("nope", "deny"), ("nah", "deny"), ("no thanks", "deny"), ("that doesn't work", "deny"), ("\U0001f44e", "deny"), ("no gracias", "deny"),
    ("not sure", "unsure"), ("idk", "unsure"), ("maybe", "unsure"), ("i'll have to check w my wife, let me check", "unsure"), ("no sé", "unsure"),
    ("2", "choose"), ("the second one", "choose"), ("10 works", "choose"), ("either", "choose"), ("wed works", "choose"),
    ("wait i meant PM", "correction"), ("scratch that, 2 dogs", "correction"), ("no, 04103", "correction"), ("actually thursday", "correction"),
    ("hi", "greet"), ("Hello!", "greet"), ("hola", "greet"), ("thx", "thanks"), ("ty!", "thanks"), ("gracias", "thanks"), ("bye", "goodbye"), ("ttyl", "goodbye"),
    ("are you a bot?", "are_you_a_bot"), ("is this a real person", "are_you_a_bot"), ("am i talking to a human", "are_you_a_bot"), ("r u a robot", "are_you_a_bot"),
    ("worst service ever i want my money back", "complaint"), ("nobody showed up", "complaint"), ("this is ridiculous", "complaint"),
    ("wrong number", "wrong_number"), ("who is this", "wrong_number"), ("i didn't call you", "wrong_number"), ("número equivocado", "wrong_number"),
    ("i smell gas", "emergency"), ("my kitchen is on fire", "emergency"), ("co alarm going off", "emergency"), ("chest pain", "emergency"), ("he cant breathe", "emergency"),
    ("i want to kill myself", "emergency"), ("911", "emergency"), ("outlet is sparking", "emergency"), ("ceiling collapsed", "emergency"), ("huele a gas", "emergency"),
    ("she took too many pills, overdose", "emergency"), ("my dad is unconscious", "emergency"), ("smoke coming from the panel", "emergency"),
    ("pipe burst!!", "urgent"), ("basement flooding", "urgent"), ("locked out of my house", "urgent"), ("no heat", "urgent"), ("water everywhere", "urgent"),
    ("severe toothache", "urgent"), ("its an emergency", "urgent"), ("tubería rota", "urgent"),
    ("who won the super bowl", "out_of_scope"), ("what is the capital of france", "out_of_scope"), ("how do i compute the median", "out_of_scope"), ("tell me a joke", "out_of_scope"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wish"), WANTS)
def test_a_wish_is_read(text: str, wish: str) -> None:
    assert Intent(wish) in read_intents(text)


NOT = [
    ("smoke detector battery replacement", "emergency"), ("gas water heater install", "emergency"), ("had to fire the last guy", "emergency"), ("it's killing me", "emergency"),
    ("dying to get in", "emergency"), ("that price is a killer haha", "emergency"), ("we're on fire this week", "emergency"), ("is the gas line install something you do?", "emergency"),
    ("911 main st", "emergency"), ("can you install a carbon monoxide detector", "emergency"), ("my phone died", "emergency"), ("fireplace cleaning", "emergency"),
    ("not an emergency", "urgent"), ("no rush", "urgent"), ("do you have an emergency fee?", "urgent"), ("slow drain", "urgent"),
    ("can I bring my gun", "book"), ("yes but later", "goodbye"), ("wrong number", "deny"), ("are you a real person", "human_handoff"), ("there are 4 people", "human_handoff"), ("can i book with dana", "human_handoff"), ("how many people work there", "human_handoff"),
    ("do you take cards?", "out_of_scope"), ("where are you located", "out_of_scope"), ("how late can I drop off?", "out_of_scope"), ("what are your hours", "out_of_scope"),
    ("is my tooth supposed to hurt", "out_of_scope"), ("do dogs need shots?", "out_of_scope"), ("how long does a cleaning take", "out_of_scope"),
    ("can you come tomorrow", "affirm"), ("no problem", "deny"), ("no hot water", "deny"), ("yes but later", "affirm"), ("yes?", "affirm"),
    ("i already booked", "book"), ("cancel my appointment", "book"), ("thanks", "goodbye"), ("i need no help", "affirm"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wish"), NOT)
def test_a_look_alike_is_not(text: str, wish: str) -> None:
    assert Intent(wish) not in read_intents(text)


def test_two_wishes_are_both_read() -> None:
    assert read_intents("book tuesday, also how much is it and do you do crowns") >= {
        Intent.BOOK,
        Intent.PRICE,
        Intent.QUESTION,
    }
    assert read_intents("call me back, or just book me whenever") >= {Intent.BOOK, Intent.CALL_ME}
    assert read_intents("thanks bye") == {Intent.THANKS, Intent.GOODBYE}


def test_a_bare_zip_that_was_asked_for_is_no_choice() -> None:
    assert Intent.CHOOSE not in read_intents("2", asked="count")
