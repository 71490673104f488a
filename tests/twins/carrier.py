"""Twilio as the product sees it: REST over a real socket, a memory, signed webhooks, bad days.

    async with CarrierTwin() as twin:
        settings: TWILIO_ACCOUNT_SID=twin.account_sid TWILIO_AUTH_TOKEN=twin.auth_token
                  TWILIO_API_URL=twin.url
        twin.behave("hang", to="+12075550123")     # takes the next text, never answers
        await twin.text(base_url, caller, number, "Do you fix sinks?")
        await twin.report_all(shuffled=random.Random(7), twice=True)

`twin.texts` is everything it ever took, in order; `twin.problems` what Twilio's own description of
its API has against our requests (nothing, where that description is not at hand).
"""

import asyncio
import base64
import random
import re
import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal, Self

import httpx

from core.clock import Clock, SystemClock
from tests.twins.twilio_spec import MESSAGES, problems_with_form
from tests.twins.wire import Answer, Asked, Reply, WireServer
from texting.carriers.twilio import sign
from texting.segments import count

Kind = Literal["hang", "drop", "drop_before", "error", "error_before", "busy", "refuse"]
_RESOURCE = re.compile(r"^/2010-04-01/Accounts/(AC\w{32})/(Messages|Calls)(?:/(\w+))?\.json$")
_TAKES_FIRST = ("hang", "drop", "error")


@dataclass
class TwinText:
    """One text that the carrier took."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    status_callback: str | None
    created: datetime
    fields: dict[str, str]
    status: str = "queued"
    error_code: int | None = None
    reported: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        at = format_datetime(self.created.replace(microsecond=0))
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": at,
            "date_sent": None if self.status == "queued" else at,
            "date_updated": at,
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": self.fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": str(count(self.body).segments) if self.from_ else "0",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


@dataclass
class _Behaviour:
    kind: Kind
    to: str | None
    left: int
    code: int
    retry_after: int | None


class CarrierTwin:
    """A stateful Twilio. Numbers in `landlines`, `off`, `stopped` behave as such."""

    def __init__(
        self,
        account_sid: str = "AC" + "7" * 32,
        auth_token: str = "the twin's auth token",
        *,
        clock: Clock | None = None,
        reports: bool = False,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """Make one.

        Args:
            account_sid: The installation's account.
            auth_token: Checks REST requests and signs webhooks.
            clock: Dates what it takes; give it the product's when that one is turned.
            reports: Whether every text is reported sent and delivered (or not) by itself.
            client: Posts webhooks; give one to reach an application without a socket.
        """
        self.account_sid, self.auth_token = account_sid, auth_token
        self.accounts = {account_sid: auth_token}
        self.keys: dict[str, str] = {}  # API keys of the first account: SK... -> secret
        self.clock = clock or SystemClock()
        self.reports = reports
        self.texts: list[TwinText] = []
        self.calls: list[dict[str, Any]] = []
        self.requests: list[Asked] = []
        self.problems: list[str] = []
        self.landlines: set[str] = set()
        self.off: set[str] = set()
        self.stopped: set[str] = set()
        self._behaviours: deque[_Behaviour] = deque()
        self._client = client or httpx.AsyncClient(timeout=20, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._wire = WireServer(self._answer)

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.__aexit__()
        await self._client.aclose()

    @property
    def url(self) -> str:
        """For TWILIO_API_URL."""
        return f"http://127.0.0.1:{self._wire.port}"

    def behave(
        self,
        kind: Kind,
        *,
        to: str | None = None,
        times: int = 1,
        code: int = 21211,
        retry_after: int | None = None,
    ) -> None:
        """Misbehave for the next `times` texts (to that number).

        `hang`, `drop` and `error` (a 500) take the text first; `drop_before` and `error_before`
        do not. `busy` is 429, `refuse` 400 with `code`.
        """
        self._behaviours.append(_Behaviour(kind, to, times, code, retry_after))

    def to(self, number: str) -> list[TwinText]:
        """What it took for that number, in order."""
        return [t for t in self.texts if t.to == number]

    # -- REST ------------------------------------------------------------------------------------

    async def _answer(self, asked: Asked) -> Reply:
        self.requests.append(asked)
        match = _RESOURCE.match(asked.path)
        if match is None:
            return _refusal(404, 20404, f"The requested resource {asked.path} was not found")
        account, kind, sid = match.groups()
        if not self._knows(account, asked.headers.get("authorization", "")):
            return _refusal(401, 20003, "Authenticate")
        if kind == "Calls":
            return Answer(200, {"calls": self.calls, "next_page_uri": None, "page": 0})
        if sid is not None:
            return self._one(sid)
        return self._create(account, asked) if asked.method == "POST" else self._list(asked)

    def _knows(self, account: str, authorization: str) -> bool:
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        name, _, secret = base64.b64decode(rest).decode().partition(":")
        if name.startswith("SK"):
            return account == self.account_sid and self.keys.get(name) == secret
        return name == account and self.accounts.get(account) == secret

    def _create(self, account: str, asked: Asked) -> Reply:
        found = problems_with_form(MESSAGES, asked.forms)
        if found:
            self.problems.extend(found)
            return _refusal(400, 20001, "; ".join(found))
        form = asked.form
        bad = self._next_behaviour(form.get("To", ""))
        if bad is not None and bad.kind not in _TAKES_FIRST:
            return _before(bad)
        code = self._fault(form)
        if code is not None:
            return _refusal(400, code, f"refused with {code}")
        text = self._take(account, form)
        if bad is not None:
            return _after(bad)
        return Answer(201, text.as_json())

    def _next_behaviour(self, to: str) -> _Behaviour | None:
        for behaviour in self._behaviours:
            if behaviour.left > 0 and behaviour.to in (None, to):
                behaviour.left -= 1
                return behaviour
        return None

    def _fault(self, form: dict[str, str]) -> int | None:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")):
            return 21211
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return 21603
        if not form.get("Body"):
            return 21602
        if len(form["Body"]) > 1600:
            return 21617
        return 21610 if form["To"] in self.stopped else None

    def _take(self, account: str, form: dict[str, str]) -> TwinText:
        text = TwinText(
            sid=f"SM{uuid.uuid4().hex}",
            account_sid=account,
            to=form["To"],
            from_=form.get("From"),
            body=form["Body"],
            status_callback=form.get("StatusCallback"),
            created=self.clock.now(),
            fields=form,
        )
        self.texts.append(text)
        if self.reports:
            task = asyncio.create_task(self.report_all([text]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return text

    def _list(self, asked: Asked) -> Reply:
        wanted = [
            t.as_json()
            for t in reversed(self.texts)
            if asked.query.get("To", t.to) == t.to and asked.query.get("From", t.from_) == t.from_
        ]
        size = int(asked.query.get("PageSize", "50"))
        page = {"page": 0, "page_size": size, "next_page_uri": None, "first_page_uri": asked.path}
        return Answer(200, {"messages": wanted[:size], **page})

    def _one(self, sid: str) -> Reply:
        text = next((t for t in self.texts if t.sid == sid), None)
        return Answer(200, text.as_json()) if text else _refusal(404, 20404, "not found")

    # -- webhooks --------------------------------------------------------------------------------

    async def report(
        self, text: TwinText, status: str, error_code: int | None = None
    ) -> httpx.Response | None:
        """Send one signed delivery report; None when the text asked for none."""
        if text.status not in ("delivered", "undelivered", "failed"):
            text.status, text.error_code = status, error_code
        text.reported.append(status)
        if text.status_callback is None:
            return None
        params = {
            "AccountSid": text.account_sid,
            "ApiVersion": "2010-04-01",
            "From": text.from_ or "",
            "MessageSid": text.sid,
            "MessageStatus": status,
            "SmsSid": text.sid,
            "SmsStatus": status,
            "To": text.to,
        }
        if error_code is not None:
            params["ErrorCode"] = str(error_code)
        return await self._post(text.status_callback, params, text.account_sid)

    async def report_all(
        self,
        texts: Iterable[TwinText] | None = None,
        *,
        shuffled: random.Random | None = None,
        twice: bool = False,
    ) -> None:
        """Report on texts (all that were not reported on yet) to their end."""
        due: list[tuple[TwinText, str, int | None]] = []
        for text in list(texts) if texts is not None else [t for t in self.texts if not t.reported]:
            code = 30006 if text.to in self.landlines else 30003 if text.to in self.off else None
            last = "delivered" if code is None else "undelivered"
            due += [(text, "sent", None), (text, last, code)] * (2 if twice else 1)
        if shuffled is not None:
            shuffled.shuffle(due)
        for text, status, code in due:
            await self.report(text, status, code)

    async def webhook(
        self,
        base_url: str,
        path: str,
        params: dict[str, str],
        *,
        account_sid: str | None = None,
        signature: str | None = None,
    ) -> httpx.Response:
        """Post a signed form to the product; `signature` puts another one in its place."""
        account = account_sid or self.account_sid
        fields = {"AccountSid": account, "ApiVersion": "2010-04-01", **params}
        return await self._post(base_url.rstrip("/") + path, fields, account, signature)

    async def _post(
        self, url: str, params: dict[str, str], account: str, signature: str | None = None
    ) -> httpx.Response:
        signed = sign(url, params, self.accounts[account]) if signature is None else signature
        return await self._client.post(url, data=params, headers={"X-Twilio-Signature": signed})

    async def ring(
        self, base_url: str, caller: str, number: str, *, sid: str | None = None, **more: str
    ) -> tuple[str, httpx.Response]:
        """A call comes in: its Sid and the TwiML answer."""
        call = sid or f"CA{uuid.uuid4().hex}"
        params = {"CallSid": call, "From": caller, "To": number, "CallStatus": "ringing"}
        params |= {"Direction": "inbound", **more}
        return call, await self.webhook(base_url, "/twilio/voice", params)

    async def dialed(
        self, base_url: str, sid: str, caller: str, number: str, status: str = "no-answer"
    ) -> httpx.Response:
        """The Dial ended: nobody took the call, unless `status` says so."""
        bridged = {"DialBridged": "true" if status == "completed" else "false"}
        params = {"CallSid": sid, "From": caller, "To": number, "CallStatus": "in-progress"}
        params |= {"DialCallStatus": status, "DialCallSid": f"CA{uuid.uuid4().hex}", **bridged}
        return await self.webhook(base_url, "/twilio/voice/dialed", params)

    async def missed_call(self, base_url: str, caller: str, number: str) -> str:
        """Ring and let nobody answer; the call's Sid."""
        sid, _ = await self.ring(base_url, caller, number)
        (await self.dialed(base_url, sid, caller, number)).raise_for_status()
        return sid

    async def text(
        self,
        base_url: str,
        caller: str,
        number: str,
        body: str,
        *,
        sid: str | None = None,
        media: Iterable[str] = (),
        **more: str,
    ) -> httpx.Response:
        """A caller texts; the same `sid` again is Twilio's redelivery."""
        message, pictures = sid or f"SM{uuid.uuid4().hex}", list(media)
        params = {"MessageSid": message, "SmsSid": message, "From": caller, "To": number}
        params |= {"Body": body, "NumMedia": str(len(pictures)), "NumSegments": "1", **more}
        params |= {f"MediaUrl{i}": url for i, url in enumerate(pictures)}
        return await self.webhook(base_url, "/twilio/sms", params)


def _before(bad: _Behaviour) -> Reply:
    if bad.kind == "busy":
        headers = {} if bad.retry_after is None else {"Retry-After": str(bad.retry_after)}
        return _refusal(429, 20429, "Too many requests", headers)
    if bad.kind == "refuse":
        return _refusal(400, bad.code, f"refused with {bad.code}")
    return "drop" if bad.kind == "drop_before" else Answer(500)


def _after(bad: _Behaviour) -> Reply:
    if bad.kind == "hang":
        return "hang"
    return "drop" if bad.kind == "drop" else Answer(500)


def _refusal(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Answer(status, body, headers or {})
