"""Names, zips, addresses, counts, free answers and services."""

import pytest

from agent.understand.fields import (
    answer_to,
    find_address,
    find_count,
    find_email,
    find_name,
    find_zip,
    listed_name,
)
from agent.understand.service import ServiceMatch, ServiceWords, find_service
from agent.understand.told import volunteered

SERVICES = (
    ServiceWords(
        "drain", "Drain cleaning", ("clogged sink", "clogged drain", "blocked toilet", "slow drain")
    ),
    ServiceWords(
        "water-heater", "Water heater repair", ("no hot water", "hot water tank", "pilot light")
    ),
    ServiceWords("leak", "Leak repair", ("dripping faucet", "leaking pipe")),
    ServiceWords("bath-small", "Bath and brush (small dog)", ("small dog bath",)),
    ServiceWords("bath-large", "Bath and brush (large dog)", ("big dog bath",)),
    ServiceWords("nails", "Nail trim", ("nails", "claws")),
    ServiceWords("full-groom", "Full groom", ("haircut", "trim", "the works")),
)


@pytest.mark.parametrize(
    ("text", "zip_code"),
    [
        ("04103", "04103"), ("no, 04103", "04103"), ("i'm in 78704 near the park", "78704"), ("zip 78704-1234", "78704"), ("04101 sorry 04102", "04102"),
        ("207-555-0134", None), ("2075550134", None), ("12345 Main Street", None), ("$12000", None), ("hello", None),
    ],
)  # fmt: skip
def test_zip(text: str, zip_code: str | None) -> None:
    assert find_zip(text) == zip_code


@pytest.mark.parametrize(
    ("text", "asked", "name"),
    [
        ("my name is jo park", False, "Jo Park"), ("it's Jo", False, "Jo"), ("this is Dana Ruiz, my sink leaks", False, "Dana Ruiz"), ("I'm Jordan", False, "Jordan"),
        ("me llamo Ana", False, "Ana"), ("soy Pedro García y necesito ayuda", False, "Pedro García"), ("MARIA LOPEZ", True, "Maria Lopez"), ("maria lopez 04103", True, "Maria Lopez"),
        ("sure, bob", True, "Bob"), ("its Jon without the h", True, "Jon"), ("O'Brien", True, "O'Brien"), ("Tom", True, "Tom"), ("call me jim", True, "Jim"),
        ("its leaking", False, None), ("it's Friday", False, None), ("I'm here", False, None), ("this is a landline for a church", False, None), ("call me", False, None),
        ("Maria", False, None), ("yes", True, None), ("friday", True, None), ("drain cleaning", True, None), ("how much is it", True, None), ("stop", True, None), ("I'm not sure", True, None),
    ],
)  # fmt: skip
def test_name(text: str, asked: bool, name: str | None) -> None:
    assert find_name(text, asked) == name


def test_address_is_taken_as_written() -> None:
    assert (
        find_address("im at 12 Wharf St, Portland, ME 04101 thanks")
        == "12 Wharf St, Portland, ME 04101"
    )
    assert find_address("480 cedar ave apt 3b") == "480 cedar ave apt 3b"
    assert find_address("see you at 4") is None


def test_email() -> None:
    assert find_email("its jo.park+home@mail.example.com thanks") == "jo.park+home@mail.example.com"
    assert find_email("2mrw @ 9") is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2 dogs", 2),
        ("just me", 1),
        ("3", 3),
        ("scratch that, 2 dogs", 2),
        ("we have 4 people", 4),
        ("dos perros", 2),
        ("at 3", None),
        ("4pm", None),
        ("$50", None),
        ("12 Wharf st", None),
    ],
)
def test_count(text: str, count: int | None) -> None:
    assert find_count(text) == count


@pytest.mark.parametrize(
    ("field", "text", "answer"),
    [
        ("breed", "she's a golden retriever", "golden retriever"), ("breed", "it's a poodle mix.", "poodle mix"), ("pet_name", "Her name is Bella", "Bella"), ("pet_name", "Max!", "Max"),
        ("breed", "es un chihuahua", "chihuahua"), ("insured", "yes", "yes"), ("new_or_returning", "new patient", "new patient"),
        ("breed", "do you take cats?", None), ("breed", "cancel", None), ("breed", "STOP", None), ("breed", "talk to a human", None), ("breed", "ok", None), ("breed", "x" * 61, None), ("breed", "???", None),
    ],
)  # fmt: skip
def test_a_free_answer_loses_its_lead_in(field: str, text: str, answer: str | None) -> None:
    assert answer_to(field, text) == answer


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("my kitchen sink is clogged", "drain"), ("leeking pipe", "leak"), ("no hot watter", "water-heater"), ("not a leak actually its the water heater", "water-heater"),
        ("big dog bath for my lab", "bath-large"), ("nail trim for 2 dogs saturday", "nails"), ("the works pls", "full-groom"), ("faucets dripping", "leak"),
    ],
)  # fmt: skip
def test_service_by_its_words(text: str, key: str) -> None:
    assert find_service(text, SERVICES) == ServiceMatch(key)


def test_a_service_that_fits_two_names_both() -> None:
    assert find_service("dog bath", SERVICES) == ServiceMatch(None, ("bath-small", "bath-large"))


@pytest.mark.parametrize("text", ["hello", "how much", "friday at 3", "", "do you take cards"])
def test_no_service(text: str) -> None:
    assert find_service(text, SERVICES) is None


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("breed", "anything saturday for my golden retriever?", "golden retriever"),
        ("breed", "our yorkie mix needs a trim", "yorkie mix"),
        ("breed", "my cat needs a bath", None),
        ("pet_name", "her name is Biscuit", "Biscuit"),
        ("pet_name", "my dog's name is Rex and he bites", "Rex"),
        ("pet_name", "a puppy named Luna", "Luna"),
        ("pet_name", "my name is Carla", None),
        ("new_or_returning", "I'm a new patient", "new patient"),
        ("new_or_returning", "i've been there before", "been there before"),
        ("new_or_returning", "i need a new crown", None),
    ],
)
def test_what_is_told_unasked_is_heard(field: str, text: str, value: str | None) -> None:
    told = volunteered(field, text)
    assert (told[0] if told else None) == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my kitchen sink is clogged, 23505, Ann Smith", "Ann Smith"),
        ("Leak repair, 04101, Dan O'Brien", "Dan O'Brien"),
        ("clogged sink, 04101", None),
        ("Tuesday, Wednesday", None),
    ],
)
def test_a_name_in_a_list_of_facts_is_heard(text: str, name: str | None) -> None:
    assert listed_name(text) == name
