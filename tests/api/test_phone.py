"""The phone simulator: a caller is played through the signed webhooks, test businesses alone."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from core.businesses import save
from core.clock import TurnableClock
from core.models import Business, Call, Callback, Message
from core.profile import Profile
from tests.api.pages import Browser, Pages, opened
from tests.conftest import NewBusiness
from tests.sample import fresh_phone, sample_profile

Made = tuple[uuid.UUID, Profile]


@pytest.fixture
async def pages(database_url: str, clock: TurnableClock) -> AsyncIterator[Pages]:
    async with opened(database_url, clock) as made:
        yield made


@pytest.fixture
async def shop(new_business: NewBusiness) -> Made:
    return await new_business()


class Caller:
    """Somebody with a phone in their hand."""

    def __init__(self, pages: Pages, shop: Made, phone: str | None = None) -> None:
        self.browser: Browser = pages.browser()
        self.phone = phone or fresh_phone()
        self.slug = shop[1].slug

    async def does(self, what: str, key: str | None = None, **form: str) -> int:
        answer = await self.browser.post(
            f"/phone/{what}",
            business=self.slug,
            caller=self.phone,
            key=key or str(uuid.uuid4()),
            **form,
        )
        return answer.status_code

    async def sees(self) -> str:
        query = {"business": self.slug, "caller": self.phone}
        return (await self.browser.get("/phone", params=query)).text


@pytest.mark.parametrize("how", ["ring", "hang-up"])
async def test_a_call_that_nobody_takes_is_texted_back(pages: Pages, shop: Made, how: str) -> None:
    caller = Caller(pages, shop)
    key = str(uuid.uuid4())
    for _ in range(2):  # a form sent twice is one call
        assert await caller.does(how, key) == 303
    (call,) = await pages.rows(shop[0], Call)
    assert (call.phone, call.decision) == (caller.phone, "texted")
    page = await caller.sees()
    assert "nobody answered: texted back" in page
    assert "Harbor Plumbing" in page
    assert "Queued" in page


async def test_a_forwarded_call_is_missed_without_ringing_anybody(
    pages: Pages, new_business: NewBusiness
) -> None:
    number = {"number": fresh_phone(), "mode": "forwarded"}
    shop = await new_business(phone_numbers=[number])
    caller = Caller(pages, shop)
    assert await caller.does("ring") == 303
    assert [c.decision for c in await pages.rows(shop[0], Call)] == ["texted"]
    assert await caller.does("answer") == 409


async def test_a_call_that_a_person_takes_is_not_missed(pages: Pages, shop: Made) -> None:
    caller = Caller(pages, shop)
    assert await caller.does("answer") == 303
    (call,) = await pages.rows(shop[0], Call)
    assert call.accepted_at is not None
    assert (call.missed_at, call.decision) == (None, None)
    assert "You called and talked" in await caller.sees()
    assert await pages.rows(shop[0], Message) == []


async def test_who_withholds_the_number_is_owed_a_call_and_can_not_text(
    pages: Pages, shop: Made
) -> None:
    caller = Caller(pages, shop, "anonymous")
    assert await caller.does("ring") == 303
    assert await caller.does("text", words="Hi") == 422
    assert len(await pages.rows(shop[0], Callback)) == 1
    page = await caller.sees()
    assert "a call is owed" in page
    assert "can&#39;t text" in page or "can't text" in page


async def test_texts_and_pictures_arrive_once(pages: Pages, shop: Made) -> None:
    caller = Caller(pages, shop)
    key = str(uuid.uuid4())
    for _ in range(2):
        assert await caller.does("text", key, words="Do you fix taps? 🙂") == 303
    assert await caller.does("text", quick="picture") == 303
    assert await caller.does("text", words="  ") == 422
    found = await pages.rows(shop[0], Message)
    assert [(m.body, len(m.media)) for m in found] == [("Do you fix taps? 🙂", 0), ("", 1)]


async def test_stop_is_one_press_away(pages: Pages, shop: Made) -> None:
    caller = Caller(pages, shop)
    await caller.does("ring")
    await caller.does("text", quick="STOP")
    await caller.does("ring")
    assert "open" not in {c.decision for c in await pages.rows(shop[0], Call)}
    assert "opted out, no text" in await caller.sees()


@pytest.mark.parametrize("test", [True, False])
async def test_a_sign_in_link_is_shown_for_test_businesses_alone(
    pages: Pages, new_business: NewBusiness, test: bool
) -> None:
    shop = await new_business(test=test)
    phone = shop[1].staff[0].phone
    await pages.browser().post(f"/console/{shop[1].slug}/send-link", phone=phone or "")
    page = await Caller(pages, shop, phone).sees()
    assert ('href="http://127.0.0.1:8000/console/sign-in/' in page) is test
    assert ("shown here for test businesses only" in page) is not test


# -- time ----------------------------------------------------------------------------------------


async def offset(pages: Pages, shop: Made) -> timedelta:
    async with pages.house.db.directory() as session:
        business = await session.get_one(Business, shop[0])
    return timedelta(seconds=business.clock_offset_seconds)


async def test_a_day_later_the_nudge_has_gone_out_at_its_own_time(
    pages: Pages, shop: Made, clock: TurnableClock
) -> None:
    caller = Caller(pages, shop)
    await caller.does("ring")
    missed = clock.now()
    assert await caller.does("clock", step="day") == 303
    assert await offset(pages, shop) == timedelta(days=1)
    first, nudge = await pages.rows(shop[0], Message)
    assert (first.purpose, nudge.purpose) == ("first_text", "nudge")
    assert timedelta(hours=20) <= nudge.at - missed < timedelta(hours=24)
    await caller.does("clock", step="now")
    assert await offset(pages, shop) == timedelta(0)


async def test_tonight_is_nine_in_the_evening_there(pages: Pages, shop: Made) -> None:
    caller = Caller(pages, shop)
    await caller.does("clock", step="tonight")  # 10:00 in New York
    assert await offset(pages, shop) == timedelta(hours=11)
    assert "9:00 PM" in await caller.sees()


# -- whose ---------------------------------------------------------------------------------------


async def test_beside_a_real_carrier_only_test_businesses_can_be_played(
    database_url: str, clock: TurnableClock
) -> None:
    account = {
        "twilio_account_sid": "AC" + "a" * 32,
        "twilio_auth_token": SecretStr("the installation's"),
        "phone_simulator": "on",
    }
    async with opened(database_url, clock, **account) as pages:
        real = sample_profile(name="Real Plumbing")
        made = (await save(pages.house.db, real)).business_id, real
        test = sample_profile(name="Test Plumbing", test=True)
        await save(pages.house.db, test)
        caller = Caller(pages, made)
        for what in ("ring", "clock"):
            assert await caller.does(what, step="day") == 404
        assert "Real Plumbing" not in await caller.sees()
        page = (await pages.browser().get("/phone", params={"business": test.slug})).text
        assert "Test Plumbing" in page
        assert "Real Plumbing" not in page
        assert await pages.rows(made[0], Call) == []


async def test_without_a_simulator_there_is_no_phone(
    database_url: str, clock: TurnableClock
) -> None:
    account = {
        "twilio_account_sid": "AC" + "a" * 32,
        "twilio_auth_token": SecretStr("the installation's"),
    }
    async with opened(database_url, clock, **account) as pages:
        assert (await pages.browser().get("/phone")).status_code == 404


async def test_a_form_of_another_site_rings_nobody(pages: Pages, shop: Made) -> None:
    form = {"business": shop[1].slug, "caller": fresh_phone(), "key": str(uuid.uuid4())}
    answer = await pages.browser().post("/phone/ring", {"origin": "https://evil.example"}, **form)
    assert answer.status_code == 403
    assert await pages.rows(shop[0], Call) == []
