"""Twilio, and nothing of Twilio anywhere else: REST, webhook signatures, TwiML.

The SDK runs over an HTTP client of ours. Its own async client ignores its timeout and wraps aiohttp
in untyped errors; ours tells apart what was never sent from what may have been, sends no request
twice, and with `TWILIO_API_URL` set leads every twilio.com host to that one address.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from logging import getLogger
from urllib.parse import urlsplit

import httpx
from twilio.base import values
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from core.errors import CarrierAmbiguous, CarrierRefused, CarrierUnavailable
from core.settings import Carrier as Account
from texting.carriers import Accepted, Found, OutgoingText
from texting.carriers.errors import BACKOFF

TIMEOUT = 10.0  # seconds, each of connect, read and write; the SDK's own default is for ever
CONNECTIONS = 20
LISTED = 50  # texts to one number that are looked through
SKEW = timedelta(seconds=2)  # Twilio cuts date_created to whole seconds; clocks differ a little


class _Http(AsyncHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """One pool of connections, no retries, every fault typed by what may have happened."""

    def __init__(self, base: str | None, timeout: float) -> None:
        super().__init__(getLogger("twilio.http_client"), True, timeout)
        self.base = base.rstrip("/") if base else None
        self.client = httpx.AsyncClient(
            timeout=timeout,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            trust_env=base is None,  # a given address is meant literally, past any proxy
        )

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  the SDK's own signature
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request once.

        Raises:
            CarrierUnavailable: it never left, or Twilio answered 429.
            CarrierAmbiguous: it may have arrived: timeout, dropped connection, 5xx.
        """
        try:
            answer = await self.client.request(
                method,
                self._address(uri),
                params=_plain(params),
                data=_plain(data),
                headers=headers,
                auth=auth,
                timeout=timeout or self.timeout,
                follow_redirects=allow_redirects,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise CarrierUnavailable(f"Twilio was not reached: {type(error).__name__}") from error
        except httpx.TransportError as error:
            raise CarrierAmbiguous(f"Twilio did not answer: {type(error).__name__}") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise CarrierUnavailable("Twilio answered 429", retry_after=_retry_after(answer))
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise CarrierAmbiguous(f"Twilio answered {answer.status_code}")
        return Response(answer.status_code, answer.text, answer.headers)

    def _address(self, uri: str) -> str:
        if self.base is None:
            return uri
        parts = urlsplit(uri)
        if not (parts.hostname or "").endswith(".twilio.com"):
            raise CarrierRefused(None, f"not an address of Twilio's: {parts.hostname}")
        return f"{self.base}{parts.path}{'?' if parts.query else ''}{parts.query}"


class TwilioCarrier:
    """One account: an installation's own or a business's subaccount."""

    name = "twilio"

    def __init__(self, account: Account, *, timeout: float = TIMEOUT) -> None:
        key = account.api_secret and account.api_key
        secret = account.api_secret if key and account.api_secret else account.auth_token
        self.account_sid = account.account_sid
        self._http = _Http(account.api_url, timeout)
        self._client = Client(
            key or account.account_sid,
            secret.get_secret_value(),
            account.account_sid,
            http_client=self._http,
            # what the environment may say is in core/settings; {} would make the SDK read it
            environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
        )
        self._validator = RequestValidator(account.auth_token.get_secret_value())

    async def send(self, text: OutgoingText) -> Accepted:
        """Create the message, once. See `Carrier.send`."""
        pool = text.messaging_service_sid
        try:
            made = await self._client.messages.create_async(
                to=text.to_phone,
                from_=values.unset if pool else text.from_phone,
                messaging_service_sid=pool or values.unset,
                body=text.body,
                status_callback=text.status_callback,
                validity_period=text.validity_seconds or values.unset,
                smart_encoded=True,  # a belt: our own fold() came first
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise _refusal(error) from error
        except (TwilioException, ValueError, KeyError, TypeError) as error:
            raise CarrierAmbiguous("Twilio answered what the SDK can't read") from error
        if not made.sid:
            raise CarrierAmbiguous("Twilio answered without a Sid")
        return Accepted(str(made.sid), str(made.status), _segments(made.num_segments))

    async def find(
        self, text: OutgoingText, since: datetime, *, taken: Collection[str] = ()
    ) -> Found | None:
        """List what went to this number and compare. See `Carrier.find`.

        DateSent is no filter: it goes by day and is unset while a text is queued.
        """
        pool = text.messaging_service_sid
        try:
            listed = await self._client.messages.list_async(
                to=text.to_phone,
                from_=values.unset if pool else text.from_phone,
                limit=LISTED,
                page_size=LISTED,
            )
        except (CarrierAmbiguous, TwilioException, ValueError, KeyError, TypeError) as error:
            # a refused list is a plain TwilioException, without its code
            raise CarrierUnavailable("Twilio's list can't be had now") from error
        alike = [m for m in listed if m.sid not in taken and _is_it(m, text, since - SKEW)]
        if not alike:
            return None
        newest = max(alike, key=_created)
        return Found(str(newest.sid), str(newest.status), _code(newest.error_code))

    def signed(self, url: str, params: Mapping[str, object], signature: str | None) -> bool:
        """Whether Twilio signed it with this account's token; a missing signature is none."""
        return bool(signature) and bool(self._validator.validate(url, params, signature))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.client.aclose()


def _is_it(made: MessageInstance, text: OutgoingText, since: datetime) -> bool:
    outgoing = str(made.direction).startswith("outbound")
    return outgoing and made.body == text.body and _created(made) >= since


def _created(made: MessageInstance) -> datetime:
    at: datetime | None = made.date_created
    return at if at is not None else datetime.max.replace(tzinfo=UTC)


def _refusal(
    error: TwilioRestException | TwilioServiceException,
) -> CarrierRefused | CarrierUnavailable:
    code = _code(error.code)
    if code in BACKOFF:
        return CarrierUnavailable(f"Twilio answered {code}")
    return CarrierRefused(code, f"Twilio refused with {error.status}, code {code}")


def _code(value: object) -> int | None:
    return int(str(value)) if str(value).isdigit() else None


def _segments(value: object) -> int | None:
    """A sender pool answers 0 at first: it has not chosen a sender yet."""
    return _code(value) or None


def _retry_after(answer: httpx.Response) -> float | None:
    try:
        return max(0.0, float(answer.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _plain(fields: Mapping[str, object] | None) -> dict[str, str | list[str]] | None:
    if fields is None:
        return None
    return {k: _value(v) for k, v in fields.items()}


def _value(value: object) -> str | list[str]:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return str(value)


# -- signatures ----------------------------------------------------------------------------------


def sign(url: str, params: Mapping[str, object], token: str) -> str:
    """What `X-Twilio-Signature` says for a form posted to `url`: for the simulator and tests."""
    return str(RequestValidator(token).compute_signature(url, params))


# -- TwiML ---------------------------------------------------------------------------------------


def ring_staff(
    numbers: Iterable[str],
    *,
    timeout: int,
    action: str,
    screen_url: str | None = None,
    status_callback: str | None = None,
) -> str:
    """Ring several phones at once; the caller hears ringing until a person has taken the call.

    Args:
        numbers: E.164; the first ten, more Twilio refuses.
        timeout: Seconds to ring.
        action: Where Twilio says how it ended.
        screen_url: The whisper on the staff's leg; None connects whoever (or whatever) picks up.
        status_callback: Told of each leg's answer and end.
    """
    answer = VoiceResponse()
    dial = Dial(timeout=timeout, action=action, method="POST", answer_on_bridge=True)
    for number in list(numbers)[:10]:
        dial.number(
            number,
            url=screen_url,
            method="POST" if screen_url else None,
            status_callback=status_callback,
            status_callback_event="answered completed" if status_callback else None,
        )
    answer.append(dial)
    return str(answer)


def whisper(accept_url: str, caller_words: str, *, seconds: int = 5) -> str:
    """Ask who picked up to press 1; a voicemail box does not, and its leg is hung up."""
    answer = VoiceResponse()
    gather = Gather(num_digits=1, timeout=seconds, action=accept_url, method="POST")
    gather.say(f"{caller_words} Press 1 to take it.")
    answer.append(gather)
    answer.hangup()
    return str(answer)


def accepted() -> str:
    """Nothing more on the staff's leg: Twilio connects it with the caller."""
    return empty()


def hang_up() -> str:
    """End this leg."""
    answer = VoiceResponse()
    answer.hangup()
    return str(answer)


def say_and_hang_up(words: str) -> str:
    """Tell the caller something and end the call."""
    answer = VoiceResponse()
    answer.say(words)
    answer.hangup()
    return str(answer)


def empty() -> str:
    """Nothing to do; also the answer to an incoming text."""
    return str(VoiceResponse())
