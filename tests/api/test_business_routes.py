"""Business files over HTTP: what is read can be written, what is wrong is named, secrets stay."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from core.businesses import find
from core.db import Database
from core.models import Agency, ProfileRow
from desk.staff import create_token
from tests.api.conftest import Client, Owner
from tests.conftest import NewBusiness
from tests.sample import fresh_phone, sample_profile

CARRIER = {"account_sid": "AC" + "b" * 32, "auth_token": "the real token"}


async def test_what_is_read_can_be_written_unchanged(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, profile = await new_business()
    api = await owner(business)
    file = (await api.get(f"/businesses/{profile.slug}")).json()
    assert file["texting"]["reply_after_seconds"] == 3
    answer = await api.put(f"/businesses/{profile.slug}", json=file)
    assert (answer.status_code, answer.json()) == (200, file)
    async with db.work(business) as work:
        version = await work.session.scalar(
            select(ProfileRow.version).where(ProfileRow.business_id == business)
        )
    assert version == 1
    changed = {**file, "texting": {**file["texting"], "reply_after_seconds": 0.5}}
    answer = await api.put(f"/businesses/{profile.slug}", json=changed)
    assert answer.json()["texting"]["reply_after_seconds"] == 0.5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"texting": {"reply_afer_seconds": 3}}, "texting.reply_afer_seconds"),
        ({"timezone": "Mars"}, "timezone"),
        ({"slug": "another"}, "slug"),
        ({"agency": "not-mine"}, "agency"),
        ({"services": [{"key": "x", "name": "X", "minutes": "long"}]}, "services[0].minutes"),
        ({"templates": {"first_text.open": "Hi"}}, "templates.first_text.open"),
    ],
)
async def test_what_is_wrong_is_named_by_its_key(
    new_business: NewBusiness, owner: Owner, change: dict[str, Any], field: str
) -> None:
    business, profile = await new_business()
    api = await owner(business)
    file = (await api.get(f"/businesses/{profile.slug}")).json()
    answer = await api.put(f"/businesses/{profile.slug}", json={**file, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [e["field"] for e in answer.json()["errors"]]
    assert (await api.get(f"/businesses/{profile.slug}")).json() == file


async def test_anothers_number_is_refused_by_its_key(
    new_business: NewBusiness, owner: Owner
) -> None:
    _, other = await new_business()
    business, profile = await new_business()
    api = await owner(business)
    file = (await api.get(f"/businesses/{profile.slug}")).json()
    file["phone_numbers"] = [{"number": other.phone_numbers[0].number}]
    answer = await api.put(f"/businesses/{profile.slug}", json=file)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "phone_numbers[0].number"


async def test_secrets_are_concealed_and_survive_being_written_back(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, profile = await new_business(carrier=CARRIER)
    api = await owner(business)
    answer = await api.get(f"/businesses/{profile.slug}")
    assert "the real token" not in answer.text
    file = answer.json()
    file["name"] = "Harbor and Sons"
    assert (await api.put(f"/businesses/{profile.slug}", json=file)).status_code == 200
    assert await _kept(db, business) == "the real token"
    file["carrier"]["account_sid"] = "AC" + "c" * 32
    refused = await api.put(f"/businesses/{profile.slug}", json=file)
    assert refused.json()["errors"][0]["field"] == "carrier.auth_token"
    assert await _kept(db, business) == "the real token"


async def _kept(db: Database, business: uuid.UUID) -> str:
    async with db.work(business) as work:
        locked = await work.session.scalar(
            select(ProfileRow.carrier).where(ProfileRow.business_id == business)
        )
    opened = db.secret.unlock(str(locked))
    return "the real token" if "the real token" in opened else opened


async def test_an_agency_makes_businesses_of_its_own(
    db: Database, new_business: NewBusiness, client: Client
) -> None:
    _, first = await new_business(agency=f"agency-{fresh_phone()[1:]}")
    async with db.directory() as session:
        agency_id = await session.scalar(select(Agency.id).where(Agency.slug == first.agency))
    agency = client(await create_token(db, role="agency", agency_id=agency_id))
    fresh = sample_profile().model_dump(mode="json")
    answer = await agency.put(f"/businesses/{fresh['slug']}", json=fresh)
    assert (answer.status_code, answer.json()["agency"]) == (201, first.agency)
    assert isinstance(await find(db, fresh["slug"]), uuid.UUID)
    slugs = {b["slug"] for b in (await agency.get("/businesses")).json()["items"]}
    assert slugs == {first.slug, fresh["slug"]}


async def test_an_agency_can_not_take_a_business_that_is_anothers(
    db: Database, new_business: NewBusiness, client: Client
) -> None:
    _, first = await new_business(agency=f"agency-{fresh_phone()[1:]}")
    _, foreign = await new_business()
    async with db.directory() as session:
        agency_id = await session.scalar(select(Agency.id).where(Agency.slug == first.agency))
    agency = client(await create_token(db, role="agency", agency_id=agency_id))
    answer = await agency.put(f"/businesses/{foreign.slug}", json=foreign.model_dump(mode="json"))
    assert answer.status_code == 404
