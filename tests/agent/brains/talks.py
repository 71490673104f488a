"""Conversations as tables: what the caller texts -> acts, clauses, facts heard."""

from collections.abc import Callable

from core.profile import Profile
from tests.agent.brains.people import dentist, groomer, plumber

Turn = tuple[str, list[str], list[str], dict[str, str]]
NONE: list[str] = []

TALKS: list[tuple[str, Callable[[], Profile], list[Turn]]] = [
    (
        "qualify_offer_book_thank",
        plumber,
        [
            ("Hi", NONE, ["ask(service)"], {}),
            ("my sink is clogged", NONE, ["ask(zip)"], {"service": "drain"}),
            ("04101", NONE, ["ask(name)"], {"zip": "04101"}),
            ("Sam Park", NONE, ["S"], {"name": "Sam Park"}),
            ("the second one", ["book"], ["outcome"], {}),
            ("thanks", NONE, ["thanks"], {}),
        ],
    ),
    (
        "all_facts_at_once_are_never_asked_again",
        plumber,
        [
            (
                "drain cleaning 04101 my name is Al",
                NONE,
                ["S"],
                {"service": "drain", "zip": "04101", "name": "Al"},
            ),
            ("1", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "a_wish_for_a_time_is_remembered_until_the_facts_are_known",
        plumber,
        [
            ("need a drain cleaning friday at 10am", NONE, ["ask(zip)"], {"service": "drain"}),
            ("04101", NONE, ["ask(name)"], {"zip": "04101"}),
            ("it's Ann", NONE, ["readback"], {"name": "Ann"}),
            ("yes", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "an_exact_time_that_is_closed_brings_the_nearest",
        plumber,
        [("drain, 04101, I'm Al, friday at 7pm", NONE, ["relaxed", "S"], {"service": "drain"})],
    ),
    (
        "neither_then_later_then_another_day_then_an_hour",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("neither", NONE, ["S"], {}),
            ("anything after that?", NONE, ["S"], {}),
            ("what about friday?", NONE, ["S"], {"when": "what about friday?"}),
            ("make it 2pm", NONE, ["readback"], {}),
            ("yes", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "two_wishes_in_one_text_are_both_served",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("friday, and do you take cards?", NONE, ["K", "S"], {"when": "friday"}),
            ("2", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "a_question_while_qualifying_is_answered_and_the_thread_goes_on",
        plumber,
        [
            ("clogged sink", NONE, ["ask(zip)"], {"service": "drain"}),
            ("are you licensed?", NONE, ["K", "ask(zip)"], {}),
            ("04102", NONE, ["ask(name)"], {"zip": "04102"}),
        ],
    ),
    (
        "an_unknown_question_gets_a_person_and_keeps_the_thread",
        plumber,
        [
            ("clogged sink", NONE, ["ask(zip)"], {"service": "drain"}),
            (
                "do you train apprentices?",
                ["hand_off:unknown_answer"],
                ["unknown_answer", "promise", "ask(zip)"],
                {},
            ),
        ],
    ),
    (
        "where_and_when_are_answered_from_the_file",
        plumber,
        [
            (
                "where are you located and are you open sunday",
                NONE,
                ["address", "hours", "ask(service)"],
                {},
            )
        ],
    ),
    (
        "a_price_on_the_list_is_said_in_the_owners_words",
        plumber,
        [("how much is drain cleaning?", NONE, ["price(drain)", "ask(zip)"], {"service": "drain"})],
    ),
    (
        "a_price_that_is_not_on_the_list_is_not_made_up",
        plumber,
        [
            (
                "how much is water heater repair?",
                NONE,
                ["no_price", "ask(zip)"],
                {"service": "water-heater"},
            )
        ],
    ),
    (
        "a_price_asked_before_the_service_is_told_after_it",
        plumber,
        [
            ("how much is it?", NONE, ["ask(service)"], {}),
            ("drain cleaning", NONE, ["price(drain)", "ask(zip)"], {"service": "drain"}),
        ],
    ),
    (
        "a_haggle_goes_to_a_person",
        plumber,
        [
            (
                "will you knock off 20% for a senior?",
                ["hand_off:unknown_answer"],
                ["unknown_answer", "promise"],
                {},
            )
        ],
    ),
    (
        "a_correction_of_the_zip_overrides",
        plumber,
        [
            ("drain", NONE, ["ask(zip)"], {"service": "drain"}),
            ("04102", NONE, ["ask(name)"], {"zip": "04102"}),
            ("no, 04103", NONE, ["ask(name)"], {"zip": "04103"}),
        ],
    ),
    (
        "a_correction_of_the_service_after_offers_brings_new_offers",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("not a drain actually its the water heater", NONE, ["S"], {"service": "water-heater"}),
            ("the first one", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "outside_the_area_is_said_and_a_person_told",
        plumber,
        [
            ("drain", NONE, ["ask(zip)"], {"service": "drain"}),
            ("90210", ["hand_off:other"], ["out_of_area", "promise"], {"zip": "90210"}),
        ],
    ),
    (
        "a_yes_to_three_times_is_no_choice",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("ok", NONE, ["which_time"], {}),
            ("hmm", ["hand_off:lost"], ["promise"], {}),
        ],
    ),
    (
        "yes_but_later_is_no_yes",
        plumber,
        [
            ("drain, 04101, I'm Al. tomorrow at 10am", NONE, ["readback"], {}),
            ("yes but later", NONE, ["S"], {}),
        ],
    ),
    (
        "a_booking_is_moved_on_the_callers_choice",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("1", ["book"], ["outcome"], {}),
            ("actually can I move it to friday", NONE, ["S"], {}),
            ("the second one", ["move"], ["outcome"], {}),
            ("am i booked?", NONE, ["B"], {}),
        ],
    ),
    (
        "a_booking_is_cancelled_by_a_clear_wish",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("1", ["book"], ["outcome"], {}),
            ("cancel my appointment please", ["cancel"], ["outcome"], {}),
            ("what time is my appointment?", NONE, ["no_booking"], {}),
        ],
    ),
    (
        "no_booking_is_said",
        plumber,
        [("I need to cancel my appointment", NONE, ["no_booking"], {})],
    ),
    (
        "a_person_when_asked",
        plumber,
        [("can I talk to a person", ["hand_off:asked"], ["promise"], {})],
    ),
    (
        "a_person_for_the_upset",
        plumber,
        [("you ruined my floor, worst service ever", ["hand_off:upset"], ["promise"], {})],
    ),
    (
        "urgent_gets_first_aid_and_a_person",
        plumber,
        [
            (
                "pipe burst in my kitchen, 04101",
                ["hand_off:urgent"],
                ["first_aid", "promise"],
                {"service": "leak", "zip": "04101"},
            )
        ],
    ),
    (
        "danger_is_screened",
        plumber,
        [("I smell gas in the basement", ["hand_off:emergency"], ["safety", "promise"], {})],
    ),
    ("call_me", plumber, [("call me tomorrow after 5", ["call_back"], ["promise"], {})]),
    (
        "the_truth_about_what_we_are",
        plumber,
        [("are you a bot?", NONE, ["disclosure", "ask(service)"], {})],
    ),
    ("wrong_number", plumber, [("wrong number", ["close"], ["wrong_number"], {})]),
    ("who_is_this", plumber, [("who is this", NONE, ["identify"], {})]),
    (
        "lost_twice_is_a_person",
        plumber,
        [("asdf qwer", NONE, ["clarify"], {}), ("zxcv", ["hand_off:lost"], ["promise"], {})],
    ),
    (
        "the_same_question_twice_and_then_a_person",
        plumber,
        [
            ("clogged sink", NONE, ["ask(zip)"], {}),
            ("hmm hmm", NONE, ["ask(zip)"], {}),
            ("hmm hmm", ["hand_off:lost"], ["promise"], {}),
        ],
    ),
    (
        "who_does_not_know_is_told_the_services",
        plumber,
        [
            ("need a plumber", NONE, ["ask(service)"], {}),
            ("not sure", NONE, ["services", "ask(service)"], {}),
            ("the leak", NONE, ["ask(zip)"], {"service": "leak"}),
        ],
    ),
    (
        "spanish_from_end_to_end",
        plumber,
        [
            ("Hola, necesito drain cleaning", NONE, ["ask(zip)"], {"service": "drain"}),
            ("04101", NONE, ["ask(name)"], {"zip": "04101"}),
            ("Me llamo Rosa Vega", NONE, ["S"], {"name": "Rosa Vega"}),
            ("el viernes por la tarde", NONE, ["S"], {"when": "el viernes por la tarde"}),
            ("la segunda", ["book"], ["outcome"], {}),
            ("gracias", NONE, ["thanks"], {}),
        ],
    ),
    (
        "a_person_in_spanish",
        plumber,
        [("necesito hablar con una persona", ["hand_off:asked"], ["promise"], {})],
    ),
    (
        "free_fields_of_a_groomer",
        groomer,
        [
            ("nail trim", NONE, ["ask(breed)"], {"service": "nails"}),
            ("golden retriever", NONE, ["ask(pet_name)"], {"breed": "golden retriever"}),
            ("Bo, and do dogs need shots?", NONE, ["K", "ask(name)"], {"pet_name": "Bo"}),
            ("Jim", NONE, ["S"], {"name": "Jim"}),
            ("saturday", NONE, ["S"], {"when": "saturday"}),
            ("9am", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "an_ambiguous_service_is_asked_about",
        groomer,
        [
            ("I need a bath for my dog", NONE, ["ask(service)"], {}),
            ("small dog bath", NONE, ["ask(breed)"], {"service": "bath-small"}),
        ],
    ),
    (
        "a_correction_of_the_field_before",
        groomer,
        [
            ("nails", NONE, ["ask(breed)"], {}),
            ("beagle", NONE, ["ask(pet_name)"], {}),
            ("Max", NONE, ["ask(name)"], {"pet_name": "Max"}),
            ("no wait, Maxi", NONE, ["ask(name)"], {"pet_name": "Maxi"}),
            ("Sue", NONE, ["S"], {"name": "Sue"}),
        ],
    ),
    (
        "staff_confirm_the_dentists_bookings",
        dentist,
        [
            ("teeth cleaning", NONE, ["ask(name)"], {"service": "cleaning"}),
            ("Bob Hill", NONE, ["ask(new_or_returning)"], {"name": "Bob Hill"}),
            ("new patient", NONE, ["S"], {"new_or_returning": "new patient"}),
            ("first one", ["request"], ["outcome"], {}),
        ],
    ),
    (
        "medical_advice_is_off_limits",
        dentist,
        [
            (
                "can i take ibuprofen before the cleaning",
                ["hand_off:off_limits"],
                ["off_limits", "promise"],
                {},
            )
        ],
    ),
    (
        "coming_late_is_noted_and_a_person_told",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("1", ["book"], ["outcome"], {}),
            (
                "I'm running late",
                ["hand_off:other"],
                ["noted", "promise"],
                {"note": "I'm running late"},
            ),
        ],
    ),
    (
        "a_time_taken_back_after_booking_makes_no_second_booking",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("tomorrow at 8am", ["book"], ["outcome"], {}),
            ("no wait 9am", ["hand_off:other"], ["B", "promise"], {}),
        ],
    ),
    (
        "a_goodbye_ends_the_offer",
        plumber,
        [("drain, 04101, I'm Al", NONE, ["S"], {}), ("nevermind, bye", NONE, ["goodbye"], {})],
    ),
    (
        "which_of_two_bookings_is_asked",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("1", ["book"], ["outcome"], {}),
            (
                "I need a second visit for a leak repair thursday at 9am",
                NONE,
                ["readback"],
                {"service": "leak"},
            ),
            ("yes", ["book"], ["outcome"], {}),
            ("cancel my appointment", NONE, ["B", "ask(booking)"], {}),
            ("the leak one", ["cancel"], ["outcome"], {}),
        ],
    ),
    (
        "days_ruled_out_stay_ruled_out",
        plumber,
        [
            ("drain, 04101, I'm Al", NONE, ["S"], {}),
            ("not tuesday", NONE, ["S"], {}),
            ("mornings are best", NONE, ["S"], {}),
            ("the last one", ["book"], ["outcome"], {}),
        ],
    ),
    (
        "an_address_that_is_private_is_declined_and_the_task_goes_on",
        plumber,
        [("what's the owner's personal mobile?", NONE, ["off_limits", "ask(service)"], {})],
    ),
    (
        "two_questions_get_two_answers",
        dentist,
        [("do you take delta dental and where do I park?", NONE, ["K", "ask(service)"], {})],
    ),
    (
        "a_price_without_a_list",
        dentist,
        [("how much is a crown?", NONE, ["no_price", "ask(name)"], {"service": "crown"})],
    ),
]
