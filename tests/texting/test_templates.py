import pytest

import prompts
from texting.segments import count
from texting.templates import (
    DAYPARTS,
    KEYS,
    LANGUAGES,
    VERTICALS,
    Rendered,
    is_key,
    lint,
    pick,
    render,
)

NAME_28 = "Harbor Plumbing & Heating Co"
NAME_40 = "Northern Harbor Plumbing and Heating Inc"
LINK = "https://book.harborplumbing.example/new"
REOPENS = "We open Tue at 8:00 AM"
GOOD = "Hi, this is {business}. Sorry we missed your call. How can we help? Reply here. Reply STOP to opt out."


def rendered(key: str, language: str = "en", business: str = NAME_28, **more: str) -> Rendered:
    return render(key, language=language, business=business, phone="(207) 555-0100", **more)  # type: ignore[arg-type]


def codes(text: str, name: str = NAME_40) -> list[str]:
    return [problem.code for problem in lint(text, longest_name=name)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("vertical", VERTICALS)
def test_every_built_in_first_text_passes_its_own_lint(vertical: str, language: str) -> None:
    for name in prompts.keys(f"first_texts/{vertical}"):
        if name.endswith(f".{language}"):
            for form in prompts.variants(f"first_texts/{vertical}.{name}"):
                assert codes(form) == [], form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_template_fits_two_segments_with_a_long_name(key: str, language: str) -> None:
    text = rendered(key, language, NAME_40, link=LINK, reopens=REOPENS)
    assert text.segments <= 2
    assert count(text.text).encoding == "GSM-7"
    assert NAME_40 in text.text


@pytest.mark.parametrize("vertical", VERTICALS)
def test_the_plain_english_first_text_costs_one_segment(vertical: str) -> None:
    for daypart in DAYPARTS:
        key = pick(vertical, daypart, False, {})
        assert rendered(key, reopens=REOPENS).segments == 1


def test_the_first_text_says_it_in_order() -> None:
    text = rendered("first_text.general.open").text
    parts = (
        NAME_28,
        "Sorry we missed your call",
        "How can we help",
        "Just reply",
        "Reply STOP to opt out.",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_after_hours_says_when_somebody_answers() -> None:
    assert REOPENS in rendered("first_text.home_services.after_hours", reopens=REOPENS).text
    assert "closed" in rendered("first_text.general.after_hours").text


def test_the_link_is_there_when_there_is_one() -> None:
    key = pick("home_services", "open", True, {})
    assert LINK in rendered(key, link=LINK).text
    assert "http" not in rendered(key).text


def test_an_unknown_vertical_is_general() -> None:
    assert pick("astrology", "open", False, {}) == "first_text.general.open"


def test_the_owners_wording_wins() -> None:
    own = {"first_text.open": "{business}! Sorry, we\u2019re out. Text us. Reply STOP to opt out."}
    key = pick("home_services", "open", True, own)
    assert key == "first_text.open"
    text = rendered(key, overrides=own)  # type: ignore[arg-type]
    assert text.text == f"{NAME_28}! Sorry, we're out. Text us. Reply STOP to opt out."
    assert (
        pick("home_services", "after_hours", False, own) == "first_text.home_services.after_hours"
    )


@pytest.mark.parametrize("own", ["{bussiness} sorry", "Book at {link}", "long " * 100])
def test_an_override_that_cannot_go_gives_way_to_ours(own: str) -> None:
    text = rendered("first_text.open", overrides={"first_text.open": own})  # type: ignore[arg-type]
    assert text.key == "first_text.general.open"


def test_an_override_may_be_for_one_language() -> None:
    assert is_key("first_text.open.es")
    assert not is_key("first_text.opne")
    own = {"first_text.open.es": "Hola de {business}. STOP para darse de baja."}
    assert rendered("first_text.open", "es", overrides=own).text.startswith("Hola de")  # type: ignore[arg-type]
    assert rendered("first_text.open", "en", overrides=own).key == "first_text.general.open"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Peluquería " + "y Spa " * 12, "N" * 400, "\u6f22\u5b57" * 40])
def test_no_name_breaks_the_budget(name: str) -> None:
    for budget in (1, 2):
        text = render("first_text.open", language="es", business=name, max_segments=budget)
        assert text.segments <= budget


def test_the_sign_off_stands_before_the_way_out_when_there_is_room() -> None:
    text = rendered("first_text.general.open", sign_off="- Dana").text
    assert text.endswith("- Dana Reply STOP to opt out.")
    long = rendered("first_text.general.open", sign_off="x" * 400)
    assert "xxx" not in long.text


def test_a_new_wording_is_a_new_version() -> None:
    ours = rendered("first_text.open")
    own = rendered("first_text.open", overrides={"first_text.open": GOOD})  # type: ignore[arg-type]
    assert ours.version != own.version


def test_help_names_business_phone_cost_and_way_out() -> None:
    text = rendered("keyword.help").text
    for part in (NAME_28, "(207) 555-0100", "Msg & data rates may apply", "Reply STOP to opt out."):
        assert part in text
    assert "Reply here" in render("keyword.help", language="en", business="A").text


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError, match="opne"):
        rendered("first_text.opne")


def test_a_good_template_has_no_problem() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("missing_business", GOOD.replace("{business}", "us")),
        ("missing_apology", GOOD.replace("Sorry we missed your call. ", "")),
        ("missing_offer", GOOD.replace("How can we help? ", "")),
        ("missing_next_step", GOOD.replace("Reply here. ", "")),
        ("missing_opt_out", GOOD.replace("Reply STOP to opt out.", "")),
        ("unknown_placeholder", GOOD.replace("{business}", "{business} {city}")),
        ("unknown_placeholder", GOOD.replace("{business}", "{business} {Business Name}")),
        ("too_long", GOOD.replace("How", "We are so very glad that you called us. " * 6 + "How")),
        ("shouting", GOOD.replace("Sorry", "SORRY")),
        ("shouting", GOOD.replace("call.", "call!!")),
        ("keyword_reply", GOOD.replace("Reply here.", "Reply YES to book.")),
        ("keyword_reply", GOOD.replace("Reply here.", "Reply 'end' when done.")),
        ("keyword_reply", GOOD.replace("Reply here.", "Reply CANCEL to cancel.")),
        ("keyword_reply", GOOD.replace("Reply here.", "reply yes to book")),
        ("keyword_reply", GOOD.replace("Reply here.", "Reply STOP to cancel your visit.")),
        ("ucs2", GOOD.replace("Hi", "Hola, aquí")),
        ("empty", "  "),
    ],
)
def test_lint_names_what_is_wrong(code: str, text: str) -> None:
    assert codes(text, "Ana") == [code]


def test_a_costly_character_is_a_hint_that_names_it() -> None:
    (problem,) = lint(GOOD.replace("Hi", "¡Aquí"), longest_name="Ana")
    assert "í" in problem.sentence
    assert not problem.blocks


def test_smart_punctuation_is_no_problem() -> None:
    assert codes(GOOD.replace("Reply here", "We\u2019re here \u2013 reply")) == []


def test_a_written_out_name_will_do() -> None:
    assert codes(GOOD.replace("{business}", "Harbor Plumbing"), "Harbor Plumbing") == []
