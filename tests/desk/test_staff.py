"""Tokens, one-time links, sessions: who somebody is, and when they are nobody any more."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from core.businesses import save
from core.clock import TurnableClock
from core.db import Database
from core.errors import BadInput, NotFound
from core.models import Agency, Business, Session, Token
from desk.staff import (
    create_link,
    create_token,
    link_is_good,
    revoke_token,
    sign_in,
    sign_out,
    who_is,
    who_is_signed_in,
)
from tests.conftest import NewBusiness


async def agency(db: Database, business: uuid.UUID) -> uuid.UUID:
    async with db.directory() as session:
        found = await session.scalar(
            select(Agency.id)
            .join(Business, Business.agency_id == Agency.id)
            .where(Business.id == business)
        )
    assert found is not None
    return found


async def test_a_token_is_a_person_of_its_own(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    tokens = [await create_token(db, business_id=business, role="staff") for _ in range(3)]
    people = [await who_is(db, t) for t in tokens]
    assert len({p.key for p in people if p}) == 3
    first = people[0]
    assert first is not None
    assert first.key.startswith("token-")
    assert (first.role, first.name, first.business_id) == ("staff", "staff", business)


async def test_a_token_may_name_one_of_the_staff(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    token = await create_token(db, business_id=business, role="owner", staff_key="dana")
    who = await who_is(db, token)
    assert who is not None
    assert (who.person.key, who.person.name, who.agency_id) == ("dana", "Dana Ruiz", None)


async def test_a_token_of_an_agency(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business(agency="bright-agency")
    mine = await agency(db, business)
    who = await who_is(db, await create_token(db, agency_id=mine, role="agency", name="Ann"))
    assert who is not None
    assert (who.agency_id, who.business_id, who.role, who.name) == (mine, None, "agency", "Ann")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "boss"}, "role"),
        ({"role": "agency"}, "role"),
        ({"staff_key": "nobody"}, "staff"),
        ({"business_id": None}, "business"),
        ({"business_id": None, "agency_id": uuid.uuid4()}, "role"),
    ],
)
async def test_what_does_not_fit_is_refused(
    db: Database, new_business: NewBusiness, changes: dict[str, Any], field: str
) -> None:
    business, _ = await new_business()
    with pytest.raises(BadInput) as refused:
        asked: dict[str, Any] = {"business_id": business, "role": "staff", **changes}
        await create_token(db, **asked)
    assert refused.value.field == field
    with pytest.raises(NotFound):
        await create_token(db, business_id=uuid.uuid4(), role="staff", staff_key="dana")


async def test_only_hashes_are_kept(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    token = await create_token(db, business_id=business, role="owner")
    link = await create_link(db, business_id=business, role="owner")
    async with db.directory() as session:
        hashes = {
            *await session.scalars(select(Token.token_hash)),
            *await session.scalars(select(Session.secret_hash)),
        }
    assert not hashes & {token, link}


async def test_what_is_unknown_or_revoked_is_nobody(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    token = await create_token(db, business_id=business, role="owner")
    assert await who_is(db, token + "x") is None
    assert await revoke_token(db, token)
    assert not await revoke_token(db, token)
    assert await who_is(db, token) is None


async def test_who_left_the_business_is_nobody(db: Database, new_business: NewBusiness) -> None:
    business, profile = await new_business()
    token = await create_token(db, business_id=business, role="staff", staff_key="lee")
    link = await create_link(db, business_id=business, role="staff", staff_key="lee")
    signed = await sign_in(db, link)
    assert signed is not None
    document = profile.model_dump(mode="json")
    document["staff"] = [p for p in document["staff"] if p["key"] != "lee"]
    document["services"] = []
    await save(db, type(profile).model_validate(document))
    assert await who_is(db, token) is None
    assert await who_is_signed_in(db, signed.secret) is None


async def test_a_link_lets_one_browser_in_once(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    link = await create_link(
        db, business_id=business, role="owner", staff_key="dana", go_to="/console"
    )
    assert await link_is_good(db, link)
    assert await link_is_good(db, link)  # looking uses nothing up
    came = await asyncio.gather(*(sign_in(db, link) for _ in range(4)))
    inside = [c for c in came if c is not None]
    assert len(inside) == 1
    assert (inside[0].go_to, inside[0].who.key) == ("/console", "dana")
    assert not await link_is_good(db, link)
    who = await who_is_signed_in(db, inside[0].secret)
    assert who == inside[0].who
    assert await who_is_signed_in(db, link) is None
    assert await who_is(db, inside[0].secret) is None


async def test_a_link_is_good_for_a_quarter_of_an_hour(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    link = await create_link(db, business_id=business, role="owner")
    clock.advance(minutes=15)
    assert not await link_is_good(db, link)
    assert await sign_in(db, link) is None


async def test_a_session_slides_and_ends(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    signed = await sign_in(db, await create_link(db, business_id=business, role="owner"))
    assert signed is not None
    for _ in range(4):
        clock.advance(days=20)
        assert await who_is_signed_in(db, signed.secret) == signed.who
    clock.advance(days=30)
    assert await who_is_signed_in(db, signed.secret) is None


async def test_signing_out_ends_it(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    signed = await sign_in(db, await create_link(db, business_id=business, role="owner"))
    assert signed is not None
    await sign_out(db, signed.secret)
    assert await who_is_signed_in(db, signed.secret) is None
