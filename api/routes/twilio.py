"""What the carrier calls: verified, routed by number, one transaction, answered in TwiML.

The signature comes first, over the public address and every parameter as it came; nothing is
stored without one. No handler calls the model or the carrier. When the database is away the answer
is 503, so that the carrier asks again.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.datastructures import ImmutableMultiDict

import prompts
from api.wiring import House, house_of
from core.businesses import whose_number
from core.db import Work
from core.errors import BadInput, DatabaseUnavailable, NotAllowed, NotFound
from core.log import get_logger
from core.models import Call
from core.phone import parse_phone
from texting.carriers import twilio as twiml
from texting.delivery import DeliveryReport, report
from texting.inbound import IncomingText, text_came
from texting.missed_call import (
    IncomingCall,
    call_began,
    call_ended,
    dial_ended,
    rings,
    rings_staff,
    staff_accepted,
    whose_call,
)

log = get_logger("api.routes.twilio")
router = APIRouter(prefix="/twilio", include_in_schema=False)

LARGEST: Final = 1_000_000
"""Bytes of a webhook; the carrier's own are a few thousand."""


@dataclass(frozen=True)
class Webhook:
    """One request of the carrier's, read but not yet trusted."""

    house: House
    url: str
    params: ImmutableMultiDict[str, str]
    query: ImmutableMultiDict[str, str]
    signature: str | None

    def get(self, *names: str) -> str:
        """The first of these fields that is not empty, else an empty text."""
        found = (str(self.params.get(name, "")) for name in names)
        return next((value.replace("\x00", "") for value in found if value), "")

    def need(self, *names: str) -> str:
        """The same.

        Raises:
            BadInput: none of them is there.
        """
        value = self.get(*names).strip()
        if not value:
            raise BadInput(names[0], "is missing")
        return value

    def address(self, path: str, work: Work) -> str:
        """One of our own addresses for the carrier to call; it tells whose call it is."""
        base = self.house.settings.base_url
        return f"{base}{path}?{urlencode({'business': str(work.business_id)})}"

    @property
    def our_number(self) -> str:
        """The number of ours that was called or texted, E.164; empty when it is no number."""
        return _e164(self.get("To", "Called"))


async def webhook(request: Request, house: Annotated[House, Depends(house_of)]) -> Webhook:
    """Read a request as the carrier signed it: public address, raw path and query, all fields."""
    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            break  # cut off, its signature can't be right
    return Webhook(
        house=house,
        url=f"{house.settings.base_url}{path}{'?' if query else ''}{query}",
        params=_fields(body.decode("utf-8", "replace")),
        query=_fields(query),
        signature=request.headers.get("X-Twilio-Signature"),
    )


Hook = Annotated[Webhook, Depends(webhook)]
Act = Callable[[Work, Webhook], Awaitable[str]]
Whose = Callable[[Webhook], Awaitable[uuid.UUID | None]]


async def _take(hook: Webhook, whose: Whose, act: Act) -> Response:
    """Verify, find whose it is, act in one transaction, answer."""
    try:
        if not hook.signature:
            raise NotAllowed("no signature")
        answer = await _act(hook, await whose(hook), act)
    except NotAllowed:
        log.warning("api.twilio.refused", signed=bool(hook.signature))
        return PlainTextResponse("The signature is not right for this address.", 403)
    except BadInput as error:
        return PlainTextResponse(str(error), 400)
    except DatabaseUnavailable:
        return PlainTextResponse("Not now; please try again.", 503, {"Retry-After": "2"})
    return Response(answer, media_type="application/xml")


async def _act(hook: Webhook, business: uuid.UUID | None, act: Act) -> str:
    installation = hook.house.carriers.installation
    by_installation = installation.signed(hook.url, hook.params, hook.signature)
    entered = False
    try:
        if business is not None:
            async with hook.house.db.work(business) as work:
                entered = True
                carrier = await hook.house.carriers.of(work)
                if not (by_installation or carrier.signed(hook.url, hook.params, hook.signature)):
                    raise NotAllowed("not signed by the carrier")
                return await act(work, hook)
    except NotFound:
        if entered:
            raise  # something of the business's, not the business itself
    if not by_installation:
        raise NotAllowed("not signed by the carrier")
    return twiml.empty()


# -- whose it is ---------------------------------------------------------------------------------


async def _by_number(hook: Webhook) -> uuid.UUID | None:
    number = hook.our_number
    return await whose_number(hook.house.db, number) if number else None


async def _by_call(hook: Webhook) -> uuid.UUID | None:
    """A leg's own numbers are staff's: our address says whose it is, else the caller's call."""
    told = _uuid(hook.query.get("business"))
    if told is not None:
        return told
    parent = hook.get("ParentCallSid")
    return await whose_call(hook.house.db, parent) if parent else None


async def _by_sender(hook: Webhook) -> uuid.UUID | None:
    told = _uuid(hook.query.get("business"))
    if told is not None:
        return told
    number = _e164(hook.get("From"))
    return await whose_number(hook.house.db, number) if number else None


# -- calls ---------------------------------------------------------------------------------------


@router.post("/voice")
async def voice(hook: Hook) -> Response:
    """An incoming call: ring the staff, or tell the caller of a forwarded one what follows."""
    return await _take(hook, _by_number, _voice)


async def _voice(work: Work, hook: Webhook) -> str:
    call = await call_began(work, _incoming(hook))
    if call.decision is not None or call.ended_at is not None:
        return _spoken(work, call)
    ours = work.profile.number(call.number)
    if ours is None or not rings_staff(work.profile, call.number):
        return twiml.hang_up()
    screened = ours.screening == "press_1"
    return twiml.ring_staff(
        ours.ring,
        timeout=ours.ring_seconds,
        action=hook.address("/twilio/voice/dialed", work),
        screen_url=hook.address("/twilio/voice/screen", work) if screened else None,
    )


@router.post("/voice/screen")
async def screen(hook: Hook) -> Response:
    """Somebody or something picked up on the staff's side: ask for the key press."""
    return await _take(hook, _by_call, _screen)


async def _screen(work: Work, hook: Webhook) -> str:
    if not await rings(work, hook.need("ParentCallSid")):
        return twiml.hang_up()
    return twiml.whisper(hook.address("/twilio/voice/accepted", work), _said(work, "whisper"))


@router.post("/voice/accepted")
async def accepted(hook: Hook) -> Response:
    """The key press: 1 takes the call, anything else hangs up that leg."""
    return await _take(hook, _by_call, _accepted)


async def _accepted(work: Work, hook: Webhook) -> str:
    parent = hook.need("ParentCallSid")
    if hook.get("Digits").strip() != "1":
        return twiml.hang_up()
    by = _e164(hook.get("To", "Called")) or None
    return twiml.accepted() if await staff_accepted(work, parent, by) else twiml.hang_up()


@router.post("/voice/dialed")
async def dialed(hook: Hook) -> Response:
    """Dial's action: was the call answered or missed?"""
    return await _take(hook, _by_number, _dialed)


async def _dialed(work: Work, hook: Webhook) -> str:
    status = hook.need("DialCallStatus")
    call = await call_began(work, _incoming(hook))
    bridged = {"true": True, "false": False}.get(hook.get("DialBridged").casefold())
    await dial_ended(work, call.sid, status, bridged)
    return _spoken(work, call)


@router.post("/voice/status")
async def status(hook: Hook) -> Response:
    """The whole call's status; that of a single leg means nothing by itself."""
    return await _take(hook, _by_number, _status)


async def _status(work: Work, hook: Webhook) -> str:
    if hook.get("ParentCallSid"):
        return twiml.empty()
    said = hook.need("CallStatus")
    call = await call_began(work, _incoming(hook))
    await call_ended(work, call.sid, said)
    return twiml.empty()


@router.post("/voice/recording")
async def recording(hook: Hook) -> Response:
    """A voicemail was recorded or written out: verified, and not kept by this version."""
    return await _take(hook, _by_number, _nothing)


async def _nothing(_work: Work, _hook: Webhook) -> str:
    return twiml.empty()


def _incoming(hook: Webhook) -> IncomingCall:
    return IncomingCall(
        sid=hook.need("CallSid"),
        from_raw=_plus(hook.get("From", "Caller")),
        to_number=hook.our_number,
        forwarded_from=_e164(hook.get("ForwardedFrom")) or None,
        status=hook.get("CallStatus"),
    )


def _spoken(work: Work, call: Call) -> str:
    """What a caller hears whom nobody answered; nothing when the call was taken or is open."""
    if call.decision is None:
        return twiml.hang_up()
    key = "spoken_texted" if call.decision == "texted" else "spoken_noted"
    return twiml.say_and_hang_up(_said(work, key))


def _said(work: Work, key: str) -> str:
    language = work.profile.languages[0]
    return prompts.load(f"first_texts/clauses.{key}.{language}", business=work.profile.name)


# -- texts ---------------------------------------------------------------------------------------


@router.post("/sms")
async def sms(hook: Hook) -> Response:
    """An incoming text; whatever follows is sent later, so the answer is empty."""
    return await _take(hook, _by_number, _sms)


async def _sms(work: Work, hook: Webhook) -> str:
    await text_came(
        work,
        IncomingText(
            sid=hook.need("MessageSid", "SmsMessageSid", "SmsSid"),
            from_phone_raw=_plus(hook.get("From")),
            to_number=hook.our_number,
            body=str(hook.params.get("Body", "")),
            media=_media(hook),
            opt_out_type=hook.get("OptOutType") or None,
        ),
    )
    return twiml.empty()


@router.post("/sms/status")
async def sms_status(hook: Hook) -> Response:
    """What became of a text of ours."""
    return await _take(hook, _by_sender, _sms_status)


async def _sms_status(work: Work, hook: Webhook) -> str:
    code = hook.get("ErrorCode")
    await report(
        work,
        DeliveryReport(
            sid=hook.need("MessageSid", "SmsSid"),
            status=hook.need("MessageStatus", "SmsStatus").casefold(),
            error_code=int(code) if code.isascii() and code.isdigit() else None,
            our_message_id=_uuid(hook.query.get("message")),
        ),
    )
    return twiml.empty()


def _media(hook: Webhook) -> tuple[str, ...]:
    addresses: list[str] = []
    while address := hook.get(f"MediaUrl{len(addresses)}"):
        addresses.append(address)
    return tuple(addresses)


# -- fields --------------------------------------------------------------------------------------


def _fields(encoded: str) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(parse_qsl(encoded, keep_blank_values=True))


def _plus(raw: str) -> str:
    """A number whose + a careless client sent as a blank."""
    return f"+{raw.strip()}" if raw.startswith(" ") and raw.strip()[:1].isdigit() else raw


def _e164(raw: str) -> str:
    try:
        return parse_phone(raw) if raw else ""
    except BadInput:
        return ""


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
