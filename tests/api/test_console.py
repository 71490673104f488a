"""The staff's pages: who gets in, what they see, and what a form does once and no more."""

import re
import uuid
from collections.abc import AsyncIterator

import pytest

from core.businesses import save
from core.clock import TurnableClock
from core.models import Callback, Conversation, Handoff, Lead, Message, new_id
from core.profile import Profile
from desk.handoff import claim
from desk.staff import Person, create_link
from tests.api.pages import ORIGIN, Browser, Pages, key_in, opened
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


@pytest.fixture
async def dana(pages: Pages, shop: Made) -> Browser:
    return await pages.signed_in(shop[0])


def at(shop: Made, rest: str = "") -> str:
    return f"/console/{shop[1].slug}{rest}"


# -- getting in ----------------------------------------------------------------------------------


async def test_looking_at_a_link_signs_nobody_in_and_pressing_its_button_does_once(
    pages: Pages, shop: Made
) -> None:
    link = await create_link(pages.house.db, role="owner", business_id=shop[0], staff_key="dana")
    preview, browser = pages.browser(), pages.browser()
    assert "<button" in (await preview.get(f"/console/sign-in/{link}")).text
    assert (await preview.get(at(shop))).status_code == 401
    answer = await browser.post(f"/console/sign-in/{link}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert (await browser.get("/console")).headers["location"] == at(shop)
    assert (await pages.browser().post(f"/console/sign-in/{link}")).status_code == 410


async def test_over_https_the_cookie_is_bound_to_its_host(
    database_url: str, clock: TurnableClock, shop: Made
) -> None:
    public = "https://text.example.com"
    async with opened(database_url, clock, public_url=public) as pages:
        link = await create_link(pages.house.db, role="owner", business_id=shop[0])
        cookie = (await pages.browser().post(f"/console/sign-in/{link}")).headers["set-cookie"]
        assert cookie.startswith("__Host-ringback=")
        assert "Secure" in cookie
        assert "Path=/" in cookie


async def test_a_link_leads_to_its_page_and_to_no_other_site(pages: Pages, shop: Made) -> None:
    for go_to, leads_to in (
        (at(shop, "/leads"), at(shop, "/leads")),
        ("https://evil.example/console", "/console"),
        ("//evil.example", "/console"),
    ):
        link = await create_link(pages.house.db, role="owner", business_id=shop[0], go_to=go_to)
        answer = await pages.browser().post(f"/console/sign-in/{link}")
        assert answer.headers["location"] == leads_to


async def test_signing_out_ends_the_session(pages: Pages, dana: Browser, shop: Made) -> None:
    kept = dict(dana.http.cookies)
    assert (await dana.post("/console/sign-out")).status_code == 303
    thief = pages.browser()
    thief.http.cookies.update(kept)
    assert (await thief.get(at(shop))).status_code == 401


async def test_staff_have_a_link_texted_to_them_and_strangers_learn_nothing(
    pages: Pages, shop: Made
) -> None:
    browser, page = pages.browser(), at(shop, "/leads")
    known = shop[1].staff[1].phone or ""
    answers = [
        await browser.post(at(shop, "/send-link"), phone=phone, go_to=page)
        for phone in (known, known, fresh_phone(), "nonsense")
    ]
    assert len({re.sub(r"\s+", " ", a.text) for a in answers}) == 1
    (text,) = await pages.rows(shop[0], Message)
    assert text.to_phone == known
    path = text.body.rpartition(ORIGIN)[2]
    assert (await pages.browser().post(path)).headers["location"] == page


# -- whose ---------------------------------------------------------------------------------------


async def test_another_business_is_not_there(
    dana: Browser, pages: Pages, new_business: NewBusiness
) -> None:
    other = await new_business()
    conversation_id, _ = await pages.caller_waits(*other)
    for path in ("", "/leads", "/calls", "/numbers", f"/conversations/{conversation_id}"):
        assert (await dana.get(at(other, path))).status_code == 404
    answer = await dana.post(at(other, f"/conversations/{conversation_id}/take"))
    assert answer.status_code == 404
    assert (await pages.rows(other[0], Handoff))[0].state == "open"


async def test_an_agency_chooses_among_its_businesses(pages: Pages) -> None:
    agency = f"agency-{uuid.uuid4().hex[:8]}"
    made = [
        (await save(pages.house.db, p)).business_id
        for p in (
            sample_profile(agency=agency, name="One of ours"),
            sample_profile(agency=agency, name="Another"),
        )
    ]
    from core.models import Business

    async with pages.house.db.directory() as session:
        business = await session.get_one(Business, made[0])
    link = await create_link(pages.house.db, role="agency", agency_id=business.agency_id)
    browser = pages.browser()
    await browser.post(f"/console/sign-in/{link}")
    home = (await browser.get("/console")).text
    assert "One of ours" in home
    assert "Another" in home
    assert (await browser.get(f"/console/{business.slug}")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({}, 403),
        ({"origin": ORIGIN}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
    ],
)
async def test_a_form_of_another_site_does_nothing(
    pages: Pages, shop: Made, dana: Browser, headers: dict[str, str], code: int
) -> None:
    conversation_id, _ = await pages.caller_waits(*shop)
    answer = await dana.post(at(shop, f"/conversations/{conversation_id}/take"), headers)
    assert answer.status_code == code
    claimed = (await pages.rows(shop[0], Handoff))[0].state == "claimed"
    assert claimed is (code == 303)


# -- the lists -----------------------------------------------------------------------------------


async def test_the_queue_says_why_who_and_what_they_last_said(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    await pages.caller_waits(*shop, words="My <b>boiler</b> is out")
    page = (await dana.get(at(shop))).text
    assert "Wants a person" in page
    assert "My &lt;b&gt;boiler&lt;/b&gt; is out" in page
    assert re.search(r"Needs you\s*<span class=\"n loud\">1<", page)


async def test_every_list_answers_whole_and_in_part(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    await pages.caller_waits(*shop)
    await pages.caller_texted(*shop, words="Do you fix taps?")
    tabs = [f"?tab={t}" for t in ("needs_you", "mine", "agent", "done")]
    for path in (*tabs, "/leads", "/leads?status=booked", "/calls", "/numbers?days=30"):
        whole = await dana.get(at(shop, path))
        assert whole.status_code == 200
        assert whole.text.startswith('<!doctype html>\n<html lang="en">')
        assert "<script>" not in whole.text
        assert "style=" not in whole.text
        assert "default-src 'self'" in whole.headers["content-security-policy"]
    part = await dana.get(at(shop, "?tab=agent&fragment=1"))
    assert "Do you fix taps?" in part.text
    assert "<html" not in part.text


async def test_a_call_owed_is_done_with_its_outcome(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    owed = new_id()
    async with pages.house.db.work(shop[0]) as work:
        work.session.add(
            Callback(
                business_id=shop[0], id=owed, reason="anonymous", created_at=work.now, state="open"
            )
        )
    assert "The number was withheld" in (await dana.get(at(shop, "/calls"))).text
    await dana.post(at(shop, f"/callbacks/{owed}/done"), outcome="reached")
    (row,) = await pages.rows(shop[0], Callback)
    assert (row.state, row.outcome, row.done_by) == ("done", "reached", "dana")


# -- one conversation ----------------------------------------------------------------------------


async def test_the_first_words_take_it_and_a_form_sent_twice_texts_once(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, phone = await pages.caller_waits(*shop)
    path = at(shop, f"/conversations/{conversation_id}")
    key = key_in((await dana.get(path)).text)
    for _ in range(2):
        answer = await dana.post(f"{path}/say", key=key, text="I\u2019ll call you at 3")
        assert answer.headers["location"] == path
    ours = [m for m in await pages.rows(shop[0], Message) if m.purpose == "staff_reply"]
    assert [(m.body, m.to_phone, m.staff_key) for m in ours] == [
        ("I'll call you at 3", phone, "dana")
    ]
    assert (await pages.rows(shop[0], Handoff))[0].claimed_by == "dana"
    page = (await dana.get(path)).text
    assert "Resolve" in page
    assert "You ·" in page


async def test_who_comes_second_is_told_who_was_first_and_keeps_their_words(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, _ = await pages.caller_waits(*shop)
    path = at(shop, f"/conversations/{conversation_id}")
    key = key_in((await dana.get(path)).text)
    async with pages.house.db.work(shop[0]) as work:
        (row,) = await pages.rows(shop[0], Handoff)
        await claim(work, row.id, Person("lee", "Lee Park"))
    answer = await dana.post(f"{path}/say", key=key, text="On my way")
    assert answer.status_code == 409
    assert "Lee Park has handoff #1." in answer.text
    assert "<strong>Lee Park</strong> has this conversation." in answer.text
    assert not [m for m in await pages.rows(shop[0], Message) if m.purpose == "staff_reply"]


async def test_words_that_can_not_be_sent_stay_in_the_box(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, _ = await pages.caller_waits(*shop)
    path = at(shop, f"/conversations/{conversation_id}")
    key = key_in((await dana.get(path)).text)
    answer = await dana.post(f"{path}/say", key=key, text="long " * 340)
    assert answer.status_code == 422
    assert "is longer than 1600 characters" in answer.text
    assert "long long long" in answer.text


async def test_the_agent_is_taken_over_and_given_back_with_a_word(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, _ = await pages.caller_texted(*shop, words="Hello")
    path = at(shop, f"/conversations/{conversation_id}")
    assert "The assistant is answering." in (await dana.get(path)).text
    await dana.post(f"{path}/take")
    (row,) = await pages.rows(shop[0], Handoff)
    assert (row.state, row.claimed_by) == ("claimed", "dana")
    await dana.post(f"{path}/return", handoff_id=str(row.id), instruction="Offer Friday")
    assert (await pages.rows(shop[0], Handoff))[0].instruction == "Offer Friday"
    assert (await pages.rows(shop[0], Conversation))[0].owner == "agent"


async def test_resolving_says_what_the_lead_became_and_twice_is_once(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, _ = await pages.caller_waits(*shop)
    path = at(shop, f"/conversations/{conversation_id}")
    await dana.post(f"{path}/take")
    (row,) = await pages.rows(shop[0], Handoff)
    form = {"handoff_id": str(row.id), "outcome": "closed", "note": "Wrong number"}
    for _ in range(2):
        assert (await dana.post(f"{path}/resolve", **form)).status_code == 303
    (row,) = await pages.rows(shop[0], Handoff)
    assert (row.outcome, row.note) == ("closed", "Wrong number")
    assert (await pages.rows(shop[0], Lead))[0].status == "closed"
    assert "Closed" in (await dana.get(at(shop, "?tab=done"))).text


async def test_releasing_puts_it_back_for_a_colleague(
    pages: Pages, shop: Made, dana: Browser
) -> None:
    conversation_id, _ = await pages.caller_waits(*shop)
    path = at(shop, f"/conversations/{conversation_id}")
    await dana.post(f"{path}/take")
    (row,) = await pages.rows(shop[0], Handoff)
    await dana.post(f"{path}/release", handoff_id=str(row.id))
    lee = await pages.signed_in(shop[0], "lee")
    assert "Waits for a person" in (await lee.get(path)).text


async def test_who_texted_stop_can_only_be_called(pages: Pages, shop: Made, dana: Browser) -> None:
    conversation_id, phone = await pages.caller_waits(*shop)
    await pages.text(*shop, phone, "STOP")
    page = (await dana.get(at(shop, f"/conversations/{conversation_id}"))).text
    assert "They texted STOP. Call instead." in page
    assert f'href="tel:{phone}"' in page
    assert "<textarea" not in page
    (row,) = await pages.rows(shop[0], Handoff)
    path = at(shop, f"/conversations/{conversation_id}/resolve")
    await dana.post(path, handoff_id=str(row.id), outcome="closed")
    assert (await pages.rows(shop[0], Handoff))[0].outcome == "closed"


async def test_the_counter_counts_what_would_be_sent(shop: Made, dana: Browser) -> None:
    async def counted(text: str) -> tuple[int, str]:
        found = (await dana.get(at(shop, "/segments"), params={"text": text})).json()
        return found["segments"], found["encoding"]

    assert await counted("") == (0, "GSM-7")
    assert await counted("“Smart” quotes" + "x" * 146) == (1, "GSM-7")
    assert await counted("x" * 161) == (2, "GSM-7")
    assert await counted("🙂" * 36) == (2, "UCS-2")


async def test_nothing_there_is_told_as_a_page(shop: Made, dana: Browser) -> None:
    for path in (f"/conversations/{uuid.uuid4()}", "/conversations/nonsense"):
        answer = await dana.get(at(shop, path))
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"].startswith("text/html")
