"""The verbs that work on a database, as processes of their own."""

import json
from pathlib import Path

import pytest
import yaml

from api.business_file import dump
from tests.cli.conftest import Ringback
from tests.sample import sample_profile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A business file of the test's own."""
    profile = sample_profile(agency="north")
    path = tmp_path / f"{profile.slug}.yaml"
    path.write_text(dump(profile), encoding="utf-8")
    return path


def test_importing_creates_then_changes_nothing_then_updates(
    ringback: Ringback, database_url: str, file: Path
) -> None:
    slug = file.stem
    for outcome in ("created", "unchanged"):
        done = ringback("business", "import", file.name, DATABASE_URL=database_url)
        assert (done.code, done.out, done.err) == (0, f"{slug}: {outcome}\n", "")
    file.write_text(file.read_text().replace("Harbor Plumbing", "Harbor and Sons"))
    done = ringback("business", "import", file.name, "--json", DATABASE_URL=database_url)
    assert json.loads(done.out) == {"slug": slug, "outcome": "updated"}


def test_an_export_imports_back_unchanged(
    ringback: Ringback, database_url: str, file: Path, tmp_path: Path
) -> None:
    document = yaml.safe_load(file.read_text())
    document["carrier"] = {"account_sid": "AC" + "d" * 32, "auth_token": "hush-hush"}
    file.write_text(yaml.safe_dump(document))
    ringback("business", "import", file.name, DATABASE_URL=database_url)
    exported = ringback("business", "export", file.stem, DATABASE_URL=database_url)
    assert exported.code == 0
    assert "hush-hush" not in exported.out
    (tmp_path / "again.yaml").write_text(exported.out)
    done = ringback("business", "import", "again.yaml", DATABASE_URL=database_url)
    assert done.out == f"{file.stem}: unchanged\n"
    listed = json.loads(ringback("business", "list", "--json", DATABASE_URL=database_url).out)
    assert file.stem in {b["slug"] for b in listed}


def test_a_mistake_in_a_file_is_one_line_with_its_place(
    ringback: Ringback, database_url: str, file: Path
) -> None:
    file.write_text(file.read_text() + "texting_: {}\n")
    done = ringback("business", "import", file.name, DATABASE_URL=database_url)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert f"{file.name} line " in done.err
    assert "texting_: unknown key (did you mean texting?)" in done.err


def test_a_number_of_another_business_is_refused_with_its_line(
    ringback: Ringback, database_url: str, file: Path, tmp_path: Path
) -> None:
    ringback("business", "import", file.name, DATABASE_URL=database_url)
    document = yaml.safe_load(file.read_text()) | {"slug": f"{file.stem}-two"}
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = ringback("business", "import", "two.yaml", DATABASE_URL=database_url)
    assert done.code == 1
    assert "two.yaml line " in done.err
    assert "phone_numbers[0].number" in done.err
    assert "another business" in done.err


def test_a_token_is_the_last_line(ringback: Ringback, database_url: str, file: Path) -> None:
    ringback("business", "import", file.name, DATABASE_URL=database_url)
    make = ("token", "create", "--role")
    owner = ringback(
        *make, "owner", "--business", file.stem, "--staff", "dana", DATABASE_URL=database_url
    )
    agency = ringback(*make, "agency", "--agency", "north", DATABASE_URL=database_url)
    for done in (owner, agency):
        assert done.code == 0
        assert len(done.out.splitlines()[-1]) >= 40
        assert " " not in done.out.splitlines()[-1]
    unknown = ringback(
        *make, "staff", "--business", file.stem, "--staff", "bob", DATABASE_URL=database_url
    )
    assert unknown.code == 1
    assert "bob" in unknown.err


def test_understand_knows_a_businesss_services(
    ringback: Ringback, database_url: str, file: Path
) -> None:
    ringback("business", "import", file.name, DATABASE_URL=database_url)
    done = ringback(
        *("understand", "my sink is clogged, tomorrow at 9am?", "--business", file.stem),
        *("--at", "2026-12-01T10:00"),
        DATABASE_URL=database_url,
    )
    found = json.loads(done.out)
    assert found["service"] == "drain"
    assert found["when"]["start"] == "2026-12-02T09:00:00-05:00"


def test_the_demo_imports_three_businesses_once(ringback: Ringback, database_url: str) -> None:
    first = json.loads(ringback("demo", "--json", DATABASE_URL=database_url).out)
    again = json.loads(ringback("demo", "--json", DATABASE_URL=database_url).out)
    assert len(first) == 3
    assert set(again.values()) == {"unchanged"}


def test_the_doctor_finds_a_healthy_house(ringback: Ringback, own_database: str) -> None:
    done = ringback("doctor", "--json", DATABASE_URL=own_database)
    found = {f["check"]: f for f in json.loads(done.out)}
    assert done.code == 0, done.out
    for check in ("settings", "database", "role", "migrations", "clock", "zone data", "model"):
        assert found[check]["state"] == "ok", found[check]


def test_the_doctor_says_what_to_do(ringback: Ringback) -> None:
    done = ringback("doctor")
    assert done.code == 1
    (line,) = [x for x in done.out.splitlines() if x.startswith("fail")]
    assert "ringback migrate" in line
