"""A served demo and headless Chromium: what the browser tests and the screenshots share."""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SLOW = 20_000  # milliseconds that a shared machine may take for what a person sees at once
READY = 90.0

_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/console/sign-in/\S+)")


@dataclass
class Served:
    """A running demo. `sign_in` is the path of the owner's one-time link."""

    base: str
    sign_in: str
    log: Path


@asynccontextmanager
async def serve(folder: Path) -> AsyncIterator[Served]:
    """Serve the example businesses on a free port, from a database in `folder`."""
    log = folder / "serve.log"
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("TWILIO", "OPENAI", "DATABASE"))
    }
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "serve", "--demo", "--port", "0"),
            cwd=ROOT,
            env={**kept, "RINGBACK_HOME": str(folder / "home")},
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        base, path = await _ready(process, log)
        yield Served(base, path, log)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 30)


def _said(log: Path) -> str:
    return log.read_text()


async def _ready(process: asyncio.subprocess.Process, log: Path) -> tuple[str, str]:
    end = asyncio.get_running_loop().time() + READY
    while asyncio.get_running_loop().time() < end:
        found = _LINK.search(_said(log))
        if found:
            return found[1], found[2]
        if process.returncode is not None:
            break
        await asyncio.sleep(0.1)
    raise RuntimeError(f"it never answered:\n{_said(log)}")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        await browser.close()


def there_is_chromium() -> bool:
    return CHROMIUM.exists() and shutil.which(str(CHROMIUM)) is not None


@dataclass
class Visitor:
    """A person at a browser. `faults` are the page's own errors and failed requests."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def listen(self) -> "Visitor":
        self.page.set_default_timeout(SLOW)
        self.page.on("pageerror", lambda e: self.faults.append(f"page: {e}"))
        self.page.on(
            "console",
            lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None,
        )
        return self

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.base}{path}")

    async def press(self, name: str, *, exact: bool = True) -> None:
        await self.page.get_by_role("button", name=name, exact=exact).first.click()

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=SLOW)

    def bubbles(self, author: str) -> Locator:
        return self.page.locator(f".text.{author} .bubble")

    async def texts(self, words: str) -> None:
        """Send a text from the simulator's phone, and wait until it is in the thread."""
        before = await self.bubbles("caller").count()
        await self.page.get_by_label("Your text", exact=True).fill(words)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await expect(self.bubbles("caller")).to_have_count(before + 1, timeout=SLOW)

    async def asks(self, words: str) -> str:
        """Send a text from the simulator's phone; the assistant's answer."""
        answers = self.bubbles("agent")
        before = await answers.count()
        await self.texts(words)
        await expect(answers).not_to_have_count(before, timeout=SLOW)
        return await answers.last.inner_text()

    async def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(
            await self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@asynccontextmanager
async def visitor(
    browser: Browser, base: str, size: dict[str, int], **more: object
) -> AsyncIterator[Visitor]:
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        **more,  # type: ignore[arg-type]
    )
    try:
        yield Visitor(await context.new_page(), base).listen()
    finally:
        await context.close()
