"""The phone simulator: a carrier without keys, of the same shape as Twilio.

It takes every text and then reports on it by signed webhooks to the same address that Twilio would
call, so that whatever runs behind it can't tell the difference. It keeps nothing: web and worker
are different processes, and what was said is in our own tables. What happens goes by the number
that is texted, as with Twilio's magic numbers:

    +1 500 555 0001      refused, 21211 (not a valid number)
    +1 500 555 0009      refused, 21614 (not a mobile)
    +1 500 555 0004      refused, 21610 (said STOP to the carrier)
    ...555 3006          taken, then undelivered with 30006 (a landline), e.g. +1 207 555 3006
    ...555 3003          taken, then undelivered with 30003 (phone switched off)
    any other            taken, sent, delivered
"""

import asyncio
import hmac
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx

from core.clock import Clock
from core.errors import CarrierRefused
from core.log import get_logger
from texting.carriers import Accepted, Found, OutgoingText
from texting.carriers.twilio import sign
from texting.segments import count

log = get_logger("texting.carriers.simulator")

Callback = Callable[[str, dict[str, str]], Awaitable[None]]
"""Posts a form to a path (with its query) of our own service, signed."""

ACCOUNT_SID: Final = "AC" + "0" * 31 + "5"
REFUSED: Final = {"+15005550001": 21211, "+15005550009": 21614, "+15005550004": 21610}
LOST: Final = {"5553006": 30006, "5553003": 30003}
"""By the last seven digits."""


class Simulator:
    """A carrier that answers like Twilio and needs no network of its own."""

    name = "simulator"

    def __init__(
        self,
        callback: Callback,
        clock: Clock,
        token: str,
        *,
        pauses: tuple[float, float] = (0.1, 0.1),
    ) -> None:
        """Make one.

        Args:
            callback: Where delivery reports go; see `default_callback`.
            clock: Dates the reports.
            token: Signs webhooks, as an account's auth token does.
            pauses: Seconds before `sent` and before the last report.
        """
        self._callback, self._clock, self._token, self._pauses = callback, clock, token, pauses
        self._reports: set[asyncio.Task[None]] = set()

    async def send(self, text: OutgoingText) -> Accepted:
        """Take the text, or refuse it by its number; reports follow in the background."""
        code = REFUSED.get(text.to_phone)
        if code is not None:
            raise CarrierRefused(code)
        sid = f"SM{uuid.uuid4().hex}"
        report = asyncio.create_task(self._report(text, sid))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)
        return Accepted(sid, "queued", count(text.body).segments)

    async def find(
        self,
        text: OutgoingText,  # noqa: ARG002  the protocol's shape
        since: datetime,  # noqa: ARG002
        *,
        taken: Collection[str] = (),  # noqa: ARG002
    ) -> Found | None:
        """Nothing: it keeps no list. What it took it reports with our own id."""
        return None

    def signed(self, url: str, params: Mapping[str, object], signature: str | None) -> bool:
        """Whether the simulator's token signed it."""
        if not signature:
            return False
        expected = sign(url, params, self._token)
        return hmac.compare_digest(expected.encode(), signature.encode())

    async def settle(self) -> None:
        """Wait until every report of what was sent so far is in: for evals and tests."""
        while self._reports:
            await asyncio.gather(*self._reports)

    async def close(self) -> None:
        """Drop the reports that are still to come."""
        for report in tuple(self._reports):
            report.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)

    async def _report(self, text: OutgoingText, sid: str) -> None:
        address = urlsplit(text.status_callback)
        path = f"{address.path}?{address.query}" if address.query else address.path
        code = LOST.get(text.to_phone[-7:])
        last = "delivered" if code is None else "undelivered"
        for pause, status in zip(self._pauses, ("sent", last), strict=True):
            await asyncio.sleep(pause)
            params = self._params(text, sid, status)
            if status == "undelivered":
                params["ErrorCode"] = str(code)
            try:
                await self._callback(path, params)
            except (httpx.HTTPError, OSError) as error:
                log.warning("simulator.report.lost", sid=sid, error=type(error).__name__)

    def _params(self, text: OutgoingText, sid: str, status: str) -> dict[str, str]:
        return {
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": "2010-04-01",
            "From": text.from_phone,
            "MessageSid": sid,
            "MessageStatus": status,
            "RawDlrDoneDate": self._clock.now().strftime("%y%m%d%H%M"),
            "SmsSid": sid,
            "SmsStatus": status,
            "To": text.to_phone,
        }


def default_callback(base_url: str, token: str, *, reach: str | None = None) -> Callback:
    """Post reports over HTTP.

    Args:
        base_url: The address that is signed (`Settings.base_url`).
        token: The simulator's.
        reach: Where the service listens, when the signed address does not lead there from here.
    """
    signed_base, reached_base = base_url.rstrip("/"), (reach or base_url).rstrip("/")

    async def post(path_and_query: str, params: dict[str, str]) -> None:
        signature = sign(signed_base + path_and_query, params, token)
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            await client.post(
                reached_base + path_and_query,
                data=params,
                headers={"X-Twilio-Signature": signature},
            )

    return post
