"""The YAML of a business: lines in errors, YAML's traps, and back again unchanged."""

from pathlib import Path

import pytest

from api.business_file import BadBusinessFile, check, dump, read
from cli.demo import examples
from core.profile import Profile
from tests.sample import sample_profile

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
GOOD = """\
slug: harbor
name: Harbor Plumbing
timezone: America/New_York
phone_numbers:
  - number: "+12075550100"
    mode: front
hours:
  mon: ["08:00-12:00", "13:00-17:00"]
  fri: ["08:00-16:00"]
staff:
  - {key: dana, name: Dana Ruiz, role: owner}
services:
  - key: drain
    name: Drain cleaning
    minutes: 60
    staff: [dana]
service_area: {zips: [04101, 04102]}
exceptions:
  - {date: 2026-11-26, closed: true, note: no}
texting:
  reply_after_seconds: 3
handoff: {notify: [dana]}
"""

WRONG = [
    ("reply_after_seconds: 3", "reply_afer_seconds: 3", "line 21: texting.reply_afer_seconds: "
     "unknown key (did you mean reply_after_seconds?)"),
    ("reply_after_seconds: 3", "reply_after_seconds: 9", "line 21: texting.reply_after_seconds: "
     "must be at most 8 (for example 3)"),
    ("minutes: 60", "minutes: long", "line 15: services[0].minutes: must be a whole number "
     "(for example 60)"),
    ("fri: [", "friday: [", "line 9: hours.friday: unknown key (did you mean fri?)"),
    ('"08:00-16:00"', '"8-4"', 'line 9: hours.fri[0]: is not a span of local time, write it '
     'like "08:00-17:00"'),
    ("timezone: America/New_York", "timezone: New York", "line 3: timezone: is not a time zone, "
     "write it like America/New_York"),
    ("notify: [dana]", "notify: [bob]", 'line 22: handoff.notify: names "bob", who is not in '
     "staff"),
    ("    staff: [dana]", "    staff: [bo]", 'line 16: services.drain.staff: names "bo", who is '
     "not in staff"),
    ("mode: front", "mode: behind", "line 6: phone_numbers[0].mode: must be 'front' or "
     "'forwarded'"),
    ("name: Harbor Plumbing", "slug: twice", "line 2: slug: is given twice, first in line 1"),
    ("name: Drain cleaning", "nam: Drain", "line 13: services[0].name: is missing (for example "
     "Drain cleaning); line 14: services[0].nam: unknown key (did you mean name?)"),
    ("name: Harbor Plumbing", "name: 12", "line 2: name: must be text: put it in quotes "
     "(for example Harbor Plumbing)"),
    ("2026-11-26", "tomorrow", "line 19: exceptions[0].date: must be a date (for example "
     "2026-11-26)"),
    ("handoff: {notify: [dana]}", "handoff: {notify: [dana]", "this is not YAML"),
    ("handoff: {notify: [dana]}", "handoff: *rules", "alias"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "wrong", "told"), WRONG, ids=[w for _, w, _ in WRONG])
def test_what_is_wrong_is_told_with_its_line(good: str, wrong: str, told: str) -> None:
    assert good in GOOD
    with pytest.raises(BadBusinessFile) as caught:
        read(GOOD.replace(good, wrong, 1), "harbor.yaml")
    assert str(caught.value).startswith("harbor.yaml")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_yaml_is_read_as_the_owner_means_it() -> None:
    profile = read(GOOD).profile
    assert profile.service_area.zips == ("04101", "04102")
    assert profile.exceptions[0].note == "no"


@pytest.mark.parametrize("text", ["", "- a", "just words", "null", "\t- x"])
def test_what_is_no_business_file_is_refused(text: str) -> None:
    with pytest.raises(BadBusinessFile):
        read(text, "x.yaml")


def test_another_businesses_number_is_told_with_its_line() -> None:
    error = read(GOOD, "harbor.yaml").refused("phone_numbers[0].number", "is another's")
    assert str(error) == "harbor.yaml line 5: phone_numbers[0].number: is another's"


@pytest.mark.parametrize(
    "profile", [*examples(), sample_profile()], ids=["plumber", "dentist", "groomer", "sample"]
)
def test_what_is_written_reads_back_the_same(profile: Profile) -> None:
    assert read(dump(profile)).profile == profile


def test_an_export_holds_no_secret() -> None:
    carrier = {"account_sid": "AC" + "a" * 32, "auth_token": "hush", "api_secret": "hush too"}
    assert "hush" not in dump(sample_profile(carrier=carrier))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder is not part of the product")
def test_the_schema_by_example_is_read() -> None:
    files = sorted((SHARED / "examples").glob("*.yaml"))
    assert files
    for file in files:
        profile = read(file.read_text(encoding="utf-8"), file.name).profile
        assert check(profile.model_dump(mode="json")) == profile


def test_three_examples_ship_marked_as_tests() -> None:
    found = examples()
    assert len(found) == 3
    assert all(p.test for p in found)
    assert found[0].slug == "tidewater-plumbing"
