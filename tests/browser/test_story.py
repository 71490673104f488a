"""The whole story in a real browser: a call is missed, booked by text; another ends with a person."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, StorageState, expect

from tests.browser.rig import (
    DESKTOP,
    PHONE,
    SLOW,
    Served,
    Visitor,
    chromium,
    serve,
    there_is_chromium,
    visitor,
)
from tests.browser.story import SLUG, ask_for_a_person, book_by_text, miss_a_call, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not there_is_chromium(), reason="there is no /usr/bin/chromium"),
]
A11Y = """() => {
  const wrong = [];
  if (!document.documentElement.lang) wrong.push("html without lang");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  if (!document.querySelector("main")) wrong.push("no main");
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!field.labels.length) wrong.push("no label: " + field.outerHTML.slice(0, 80));
  for (const one of document.querySelectorAll("a, button, summary"))
    if (!(one.textContent.trim() || one.ariaLabel)) wrong.push("no name: " + one.outerHTML.slice(0, 80));
  for (const one of document.querySelectorAll("a.button, button, summary, input:not([type=hidden]), select, .tabs a, .room")) {
    const box = one.getBoundingClientRect();
    if (box.height && box.height < 43.5) wrong.push("only " + box.height + " px: " + one.outerHTML.slice(0, 80));
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    folder: Path = tmp_path_factory.mktemp("served")
    async with serve(folder) as running:
        yield running


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def texted_link(staff: Visitor, phone: str) -> str:
    """The last sign-in link that this phone of the staff's got, as a path."""
    await staff.go(f"/phone?business={SLUG}&caller=%2B{phone.removeprefix('+')}")
    link = staff.page.locator("a[href*='/console/sign-in/']").last
    return (await link.get_attribute("href") or "").removeprefix(staff.base)


@pytest.fixture(scope="module")
async def rosa(served: Served, browser: Browser) -> StorageState:
    """The owner's browser, signed in by a link that was texted to her."""
    async with visitor(browser, served.base, PHONE) as staff:
        await staff.go(f"/console/{SLUG}")
        await staff.page.get_by_label("Your phone number").fill("+17575550121")
        await staff.press("Text me a link")
        await sign_in(staff, await texted_link(staff, "+17575550121"))
        return await staff.page.context.storage_state()


async def test_two_callers_are_played_one_books_and_one_gets_a_person(
    served: Served, browser: Browser
) -> None:
    async with (
        visitor(browser, served.base, DESKTOP) as caller,
        visitor(browser, served.base, PHONE) as asker,
        visitor(browser, served.base, PHONE) as staff,
    ):
        assert re.search("booked", await book_by_text(caller), re.IGNORECASE)
        await caller.sees(re.compile(r"after the missed call"))

        await ask_for_a_person(asker)
        await sign_in(staff, served.sign_in)
        await staff.sees("Can I talk to a real person please?")
        await staff.page.locator("a.row").first.click()
        await staff.sees("They asked to speak with a person.")
        await staff.press("Take over")
        await staff.page.get_by_label("Your text to").fill("Hi, Rosa here. How can I help?")
        await staff.press("Send")
        await expect(staff.bubbles("staff")).to_have_text(["Hi, Rosa here. How can I help?"])

        await asker.sees("Hi, Rosa here. How can I help?")  # it comes by itself
        await asker.texts("The tap drips, can you come on Friday?")
        await staff.sees("The tap drips, can you come on Friday?")
        await staff.sees("Delivered")
        await staff.page.locator("summary", has_text="Resolve").click()
        await staff.page.get_by_label("How did it end?").select_option("follow_up_needed")
        await staff.page.locator("form[action$=resolve] button").click()
        await staff.sees("The assistant is answering.")

        await staff.go(f"/console/{SLUG}/leads?status=booked")
        await staff.sees("Maya")
        await staff.go(f"/console/{SLUG}/numbers")
        await staff.sees("2 of 2 missed calls got a text")
        assert [caller.faults, asker.faults, staff.faults] == [[], [], []]


async def test_staff_sign_in_by_a_link_texted_to_their_own_phone(
    served: Served, browser: Browser
) -> None:
    async with visitor(browser, served.base, PHONE) as staff:
        await staff.go(f"/console/{SLUG}/calls")
        await staff.page.get_by_label("Your phone number").fill("(757) 555-0122")
        await staff.press("Text me a link")
        await staff.sees(re.compile("a sign-in link is on its way"))
        await staff.go(await texted_link(staff, "+17575550122"))
        await staff.press("Sign in")
        await expect(staff.page).to_have_url(f"{served.base}/console/{SLUG}/calls")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "1280"])
async def test_every_page_fits_its_window_and_can_be_named(
    served: Served, browser: Browser, rosa: StorageState, size: dict[str, int]
) -> None:
    async with visitor(browser, served.base, size, storage_state=rosa) as staff:
        await staff.go(f"/phone?business={SLUG}")
        pages = [("phone", await staff.overflow(), await staff.page.evaluate(A11Y))]
        conversation = await _some_conversation(staff)
        for path in ("", "?tab=agent", "?tab=done", "/leads", "/calls", "/numbers", conversation):
            await staff.go(f"/console/{SLUG}{path}")
            pages.append((path, await staff.overflow(), await staff.page.evaluate(A11Y)))
        assert [p for p in pages if p[1] > 0 or p[2]] == []
        assert staff.faults == []


async def _some_conversation(staff: Visitor) -> str:
    await staff.go(f"/console/{SLUG}/leads")
    if not await staff.page.locator("a.row").count():
        await miss_a_call(staff, "+12075550187")
        await staff.go(f"/console/{SLUG}/leads")
    href = await staff.page.locator("a.row").first.get_attribute("href")
    return (href or "").removeprefix(f"/console/{SLUG}")


async def test_taking_over_answering_and_resolving_work_without_scripts(
    served: Served, browser: Browser, rosa: StorageState
) -> None:
    async with (
        visitor(browser, served.base, PHONE) as asker,
        visitor(
            browser, served.base, PHONE, storage_state=rosa, java_script_enabled=False
        ) as staff,
    ):
        await miss_a_call(asker, "+12075550155")
        await staff.go(f"/console/{SLUG}?tab=agent")
        await staff.page.get_by_role("link", name=re.compile("555-0155")).click()
        await staff.press("Take over")
        await staff.page.get_by_label("Your text to").fill("A person here, what can I do?")
        await staff.press("Send")
        await staff.sees("A person here, what can I do?")
        await staff.page.locator("summary", has_text="Resolve").click()
        await staff.page.get_by_label("How did it end?").select_option("closed")
        await staff.page.locator("form[action$=resolve] button").click()
        await staff.sees("Closed")
        await expect(asker.bubbles("staff")).to_have_count(1, timeout=SLOW)


async def test_what_somebody_types_stays_while_texts_come_in(
    served: Served, browser: Browser, rosa: StorageState
) -> None:
    async with (
        visitor(browser, served.base, DESKTOP) as asker,
        visitor(browser, served.base, DESKTOP, storage_state=rosa) as staff,
    ):
        await ask_for_a_person(asker, "+12075550166")
        await staff.go(f"/console/{SLUG}")
        await staff.page.get_by_role("link", name=re.compile("555-0166")).click()
        box = staff.page.get_by_label("Your text to")
        await box.fill("I am still thinking")
        await staff.sees("19 characters, 1 text")
        await asker.texts("Are you there?")
        await staff.sees("Are you there?")
        await expect(box).to_have_value("I am still thinking")
        await staff.page.reload()
        await expect(box).to_have_value("I am still thinking")
