"""The line: what the phone company would tell us when a caller rings, hangs up or texts.

Each event is a signed webhook to this very application, in this process: several web processes
need not know of one another, and what answers is exactly what answers Twilio.
"""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI

from api.wiring import House, simulator_token
from core.errors import Conflict
from texting.carriers.simulator import ACCOUNT_SID
from texting.carriers.twilio import sign

PICTURE: Final = "https://api.twilio.com/simulated/picture.jpg"
"""Nothing is behind it: that a picture came is all that we store of it."""


@dataclass(frozen=True)
class Line:
    """A caller's phone, connected with one number of a business. `caller` as Twilio writes it."""

    http: httpx.AsyncClient
    house: House
    caller: str
    number: str

    async def ring(self, key: uuid.UUID) -> None:
        """Call, let it ring, and nobody answers."""
        sid = f"CA{key.hex}"
        dial = await self._call(sid)
        if dial is not None:
            await self.post(dial.action, {**self._of(sid), "DialCallStatus": "no-answer"})
        await self._ended(sid, "completed")

    async def hang_up(self, key: uuid.UUID) -> None:
        """Call, and give up while it rings."""
        sid = f"CA{key.hex}"
        await self._call(sid)
        await self._ended(sid, "no-answer")

    async def answered(self, key: uuid.UUID) -> None:
        """Call; one of the staff picks up and presses 1.

        Raises:
            Conflict: nobody is rung at this business: its missed calls are forwarded to us.
        """
        sid = f"CA{key.hex}"
        dial = await self._call(sid)
        if dial is None or not dial.numbers:
            raise Conflict("nobody's phone rings for this call, so nobody can answer it")
        person, screen = dial.numbers[0]
        leg = {
            "CallSid": f"CA{uuid.uuid5(key, 'leg').hex}",
            "ParentCallSid": sid,
            "From": self.caller,
            "To": person,
            "CallStatus": "in-progress",
        }
        if screen is not None:
            whisper = await self.post(screen, leg)
            gather = whisper.find("Gather")
            if gather is not None:
                await self.post(gather.attrib["action"], {**leg, "Digits": "1"})
        done = {"DialCallStatus": "completed", "DialBridged": "true", "DialCallDuration": "42"}
        await self.post(dial.action, {**self._of(sid), **done})
        await self._ended(sid, "completed")

    async def text(self, key: uuid.UUID, words: str, *, picture: bool = False) -> None:
        """Text the business."""
        sid = f"SM{key.hex}"
        params = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": ACCOUNT_SID,
            "From": self.caller,
            "To": self.number,
            "Body": words,
            "NumMedia": "1" if picture else "0",
            "NumSegments": "1",
        }
        if picture:
            params |= {"MediaUrl0": PICTURE, "MediaContentType0": "image/jpeg"}
        await self.post("/twilio/sms", params)

    async def post(self, address: str, params: Mapping[str, str]) -> ET.Element:
        """Post as the carrier does; the TwiML that came back."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        signed = sign(
            self.house.settings.base_url + path, params, simulator_token(self.house.secret)
        )
        answer = await self.http.post(path, data=params, headers={"X-Twilio-Signature": signed})
        answer.raise_for_status()
        return ET.fromstring(answer.text)  # noqa: S314  our own answer, not a stranger's

    async def _call(self, sid: str) -> "_Dial | None":
        twiml = await self.post("/twilio/voice", {**self._of(sid), "CallStatus": "ringing"})
        dial = twiml.find("Dial")
        if dial is None:
            return None
        numbers = [(n.text or "", n.get("url")) for n in dial.findall("Number")]
        return _Dial(dial.attrib["action"], tuple(numbers))

    async def _ended(self, sid: str, status: str) -> None:
        await self.post("/twilio/voice/status", {**self._of(sid), "CallStatus": status})

    def _of(self, sid: str) -> dict[str, str]:
        return {
            "CallSid": sid,
            "AccountSid": ACCOUNT_SID,
            "From": self.caller,
            "To": self.number,
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }


@dataclass(frozen=True)
class _Dial:
    """What a Dial verb says: where to report, whom to ring, and what to ask on their leg."""

    action: str
    numbers: tuple[tuple[str, str | None], ...]


@asynccontextmanager
async def line(app: FastAPI, house: House, caller: str, number: str) -> AsyncIterator[Line]:
    """A line into this application."""
    inside = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=inside, base_url=house.settings.base_url) as http:
        yield Line(http, house, caller, number)
