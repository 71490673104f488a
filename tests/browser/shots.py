"""Screenshots of every page in states that matter: `python -m tests.browser.shots FOLDER`.

Plays two stories on a fresh demo: one caller books, another wants a person. FOLDER lies outside the
repository; with `--readme` the two pictures of the README are renewed, too.
"""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Page

from tests.browser.rig import DESKTOP, PHONE, ROOT, Visitor, chromium, serve, visitor
from tests.browser.story import SLUG, ask_for_a_person, book_by_text, sign_in

README = ROOT / "docs" / "img"
SIZES = {"390": PHONE, "1280": DESKTOP}


async def shoot(page: Page, to: Path) -> None:
    """A picture of what is on the screen, once nothing moves any more."""
    await page.wait_for_timeout(300)
    await page.screenshot(path=str(to), animations="disabled")


async def main(folder: Path, readme: Path | None) -> None:
    """Play, look, and keep the pictures."""
    with TemporaryDirectory(prefix="ringback-shots-") as home:
        async with serve(Path(home)) as served, chromium() as browser:
            async with visitor(browser, served.base, DESKTOP) as caller:
                await caller.go("/phone")
                await shoot(caller.page, folder / "phone-empty-1280.png")
                await book_by_text(caller)
                await caller.page.wait_for_timeout(3500)
                await shoot(caller.page, folder / "phone-booked-1280.png")
                if readme:
                    await caller.page.set_viewport_size({"width": 900, "height": 900})
                    await shoot(caller.page, readme / "phone.png")
            async with visitor(browser, served.base, PHONE) as caller:
                await ask_for_a_person(caller)
                await caller.page.wait_for_timeout(3500)
                await shoot(caller.page, folder / "phone-asked-390.png")
                await caller.page.screenshot(
                    path=str(folder / "phone-whole-390.png"), full_page=True
                )
            await desk(browser, served.base, served.sign_in, folder, readme)


async def desk(browser: Browser, base: str, link: str, folder: Path, readme: Path | None) -> None:
    """The console's pages, at both sizes, light and dark."""
    async with visitor(browser, base, PHONE) as staff:
        await staff.go(f"/console/{SLUG}")
        await shoot(staff.page, folder / "signed-out-390.png")
        await staff.go(link)
        await shoot(staff.page, folder / "sign-in-390.png")
        await sign_in(staff, link)
        state = await staff.page.context.storage_state()
        await every_list(staff, folder, "390")
        await staff.go(f"/console/{SLUG}")
        await staff.page.locator("a.row").first.click()
        await shoot(staff.page, folder / "conversation-queue-390.png")
        await staff.page.get_by_label("Your text to").fill(
            "Hi, this is Rosa. I can come by on Wednesday at 10. Does that work?"
        )
        await staff.page.wait_for_timeout(800)
        await shoot(staff.page, folder / "conversation-typing-390.png")
        await staff.press("Send")
        await staff.page.wait_for_timeout(4000)
        await shoot(staff.page, folder / "conversation-mine-390.png")
        if readme:
            await shoot(staff.page, readme / "console.png")
        await staff.page.locator("summary", has_text="Resolve").click()
        await shoot(staff.page, folder / "conversation-resolve-390.png")
    for scheme in ("light", "dark"):
        async with visitor(
            browser, base, DESKTOP, storage_state=state, color_scheme=scheme
        ) as staff:
            await every_list(staff, folder, f"1280-{scheme}")
            await staff.go(f"/console/{SLUG}?tab=mine")
            await staff.page.locator("a.row").first.click()
            await shoot(staff.page, folder / f"conversation-1280-{scheme}.png")


async def every_list(staff: Visitor, folder: Path, size: str) -> None:
    """Inbox, leads, calls and numbers."""
    for name, path in (
        ("inbox", ""),
        ("inbox-mine", "?tab=mine"),
        ("inbox-agent", "?tab=agent"),
        ("inbox-done", "?tab=done"),
        ("leads", "/leads"),
        ("calls", "/calls"),
        ("numbers", "/numbers"),
    ):
        await staff.go(f"/console/{SLUG}{path}")
        await shoot(staff.page, folder / f"{name}-{size}.png")


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--readme", action="store_true")
    given = reader.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(given.folder, README if given.readme else None))
