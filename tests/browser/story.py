"""The two stories of the product, as people play them in the browser."""

import re

from playwright.async_api import expect

from tests.browser.rig import SLOW, Visitor

SLUG = "tidewater-plumbing"
BOOKER = "+12075550142"
ASKER = "+12075550164"
LANDLINE = "+12075553006"
_BOOKED = re.compile(r"booked|confirmed|all set|you're set|see you", re.IGNORECASE)
_MOST_TEXTS = 6


async def miss_a_call(caller: Visitor, number: str) -> None:
    """Ring the business from this number until nobody has answered; the first text comes."""
    await caller.go(f"/phone?business={SLUG}&caller={number.replace('+', '%2B')}")
    await caller.press("Call and let it ring")
    await expect(caller.bubbles("system").last).to_be_visible(timeout=SLOW)


async def book_by_text(caller: Visitor, number: str = BOOKER) -> str:
    """Miss a call, say what is needed, take the first time that is offered; the last answer."""
    await miss_a_call(caller, number)
    said = await caller.asks("Hi, my kitchen sink is clogged. I'm Maya, zip 23510")
    for _ in range(_MOST_TEXTS):
        if _BOOKED.search(said):
            return said
        said = await caller.asks(_reply_to(said))
    raise AssertionError(f"no booking came about: {said}")


def _reply_to(said: str) -> str:
    lower = said.casefold()
    if "zip" in lower:
        return "23510"
    if "name" in lower:
        return "Maya"
    return "The first one please" if " or " in lower else "Yes"


async def ask_for_a_person(caller: Visitor, number: str = ASKER) -> str:
    """Miss a call and ask for a person; what was promised."""
    await miss_a_call(caller, number)
    return await caller.asks("Can I talk to a real person please?")


async def sign_in(staff: Visitor, link: str) -> None:
    """Open the one-time link and press its button."""
    await staff.go(link)
    await staff.press("Sign in")
    await expect(staff.page.get_by_role("navigation", name="Pages")).to_be_visible(timeout=SLOW)
