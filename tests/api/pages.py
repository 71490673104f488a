"""The pages' own house: the product wired for tests, a browser without scripts, people at it."""

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from api.app import create_app
from api.wiring import House, build
from core.clock import TurnableClock
from core.models import Base, Conversation, Lead
from core.profile import Profile
from core.settings import Settings
from desk.handoff import open_handoff
from desk.staff import create_link
from tests.sample import fresh_phone
from texting.inbound import IncomingText, text_came

ORIGIN = "http://127.0.0.1:8000"
SAME = {"sec-fetch-site": "same-origin"}
_KEY = re.compile(r'name="key" value="([0-9a-f-]{36})"')


@dataclass
class Browser:
    """Follows no redirects and keeps cookies, as the tests look at each answer."""

    http: httpx.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, **more)

    async def post(
        self, path: str, sent_by: dict[str, str] | None = None, /, **form: str
    ) -> httpx.Response:
        """Send a form; `sent_by` are the headers by which browsers tell whose page it was."""
        headers = SAME if sent_by is None else sent_by
        return await self.http.post(path, data=form, headers=headers)


@dataclass
class Pages:
    """One installation's pages."""

    house: House
    app: FastAPI
    clock: TurnableClock

    def browser(self) -> Browser:
        base = self.house.settings.base_url
        return Browser(httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=base))

    async def signed_in(self, business_id: uuid.UUID, key: str = "dana") -> Browser:
        """A browser of this member of the staff."""
        role = "owner" if key == "dana" else "staff"
        link = await create_link(self.house.db, role=role, business_id=business_id, staff_key=key)
        browser = self.browser()
        answer = await browser.post(f"/console/sign-in/{link}")
        assert answer.status_code == 303
        return browser

    async def caller_waits(
        self, business_id: uuid.UUID, profile: Profile, words: str = "Can someone call me?"
    ) -> tuple[uuid.UUID, str]:
        """A caller who texted and waits for a person: conversation and phone."""
        conversation_id, phone = await self.caller_texted(business_id, profile, words)
        async with self.house.db.work(business_id) as work:
            conversation = await work.session.get_one(
                Conversation, (business_id, conversation_id), with_for_update=True
            )
            lead = await work.session.scalar(
                select(Lead).where(Lead.conversation_id == conversation_id)
            )
            await open_handoff(work, conversation, lead, reason="asked", summary=f'"{words}"')
        return conversation_id, phone

    async def caller_texted(
        self, business_id: uuid.UUID, profile: Profile, words: str
    ) -> tuple[uuid.UUID, str]:
        """A caller whom the agent has not answered yet."""
        phone = fresh_phone()
        await self.text(business_id, profile, phone, words)
        conversation = (await self.rows(business_id, Conversation))[-1]
        return conversation.id, phone

    async def text(self, business_id: uuid.UUID, profile: Profile, phone: str, words: str) -> None:
        async with self.house.db.work(business_id) as work:
            await text_came(
                work,
                IncomingText(
                    sid=f"SM{uuid.uuid4().hex}",
                    from_phone_raw=phone,
                    to_number=profile.phone_numbers[0].number,
                    body=words,
                    media=(),
                    opt_out_type=None,
                ),
            )

    async def rows(self, business_id: uuid.UUID, table: type[Base]) -> list[Any]:
        async with self.house.db.work(business_id) as work:
            order: Any = table.__table__.c.id
            return list(await work.session.scalars(select(table).order_by(order)))


def key_in(page: str) -> str:
    """The hidden key of the page's composer."""
    found = _KEY.search(page)
    assert found is not None, page
    return found[1]


async def _lost(_path: str, _params: dict[str, str]) -> None:
    """No delivery reports here."""


@asynccontextmanager
async def opened(
    database_url: str, clock: TurnableClock, **settings: object
) -> AsyncIterator[Pages]:
    """An installation on the run's database; it has the simulator unless `settings` say more."""
    given = {"database_url": database_url, "ringback_secret": "a secret of the tests", **settings}
    house = await build(Settings.model_validate(given), clock=clock, carrier_callback=_lost)
    try:
        yield Pages(house, create_app(house, jobs=False), clock)
    finally:
        await house.close()
