"""The carrier's webhooks through the whole door: signatures, TwiML, replays, faults."""

import asyncio
import uuid
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from api.routes.twilio import router
from api.wiring import ChosenCarriers
from core.clock import TurnableClock
from core.db import Database
from core.models import Base, Call, Message
from core.profile import Profile
from core.settings import Carrier as Account, Settings
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.carriers.simulator import Simulator
from texting.carriers.twilio import TwilioCarrier, sign

PUBLIC = "https://text.example.com"
TOKEN, SUB_TOKEN, SIM_TOKEN = "the installation's", "a subaccount's", "the simulator's"


async def _lost(_path: str, _params: dict[str, str]) -> None:
    """No delivery reports in these tests."""


class Door:
    """The webhooks of one installation, and a carrier that signs what it posts."""

    def __init__(self, db: Database, clock: TurnableClock) -> None:
        settings = Settings.model_validate(
            {
                "public_url": PUBLIC,
                "twilio_account_sid": "AC" + "a" * 32,
                "twilio_auth_token": SecretStr(TOKEN),
                "phone_simulator": "on",
            }
        )
        account = Account(
            account_sid="AC" + "a" * 32,
            auth_token=SecretStr(TOKEN),
            api_key=None,
            api_secret=None,
            api_url=None,
        )
        self.carriers = ChosenCarriers(
            simulator=Simulator(_lost, clock, SIM_TOKEN),
            installation=TwilioCarrier(account),
            settings=settings,
        )
        app = FastAPI()
        app.include_router(router)
        app.state.house = SimpleNamespace(settings=settings, db=db, carriers=self.carriers)
        self.app, self.db = app, db
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://inside:8000"
        )

    async def post(
        self, path: str, params: Mapping[str, str], *, token: str | None = TOKEN, **headers: str
    ) -> httpx.Response:
        """Post a form as the carrier does; `token` None leaves the signature out."""
        if token is not None:
            headers["X-Twilio-Signature"] = sign(PUBLIC + path, params, token)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self.client.post(path, content=urlencode(params), headers=headers)

    async def rows(self, business: uuid.UUID, table: type[Base]) -> list[Any]:
        async with self.db.work(business) as work:
            return list((await work.session.scalars(select(table))).all())


@pytest.fixture
async def door(db: Database, clock: TurnableClock) -> AsyncIterator[Door]:
    door = Door(db, clock)
    yield door
    await door.client.aclose()
    await door.carriers.close()


Made = tuple[uuid.UUID, Profile]


@pytest.fixture
async def shop(new_business: NewBusiness) -> Made:
    return await new_business()


def call_of(profile: Profile, **more: str) -> dict[str, str]:
    return {
        "CallSid": f"CA{uuid.uuid4().hex}",
        "AccountSid": "AC" + "a" * 32,
        "From": fresh_phone(),
        "To": profile.phone_numbers[0].number,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "CallerName": "",
        **more,
    }


def text_of(profile: Profile, body: str = "Hi", **more: str) -> dict[str, str]:
    return {
        "MessageSid": f"SM{uuid.uuid4().hex}",
        "From": fresh_phone(),
        "To": profile.phone_numbers[0].number,
        "Body": body,
        "NumMedia": "0",
        **more,
    }


def path_of(address: str | None) -> str:
    assert address is not None
    assert address.startswith(PUBLIC)
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def twiml(answer: httpx.Response) -> ET.Element:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(answer.text)
    assert root.tag == "Response"
    return root


# -- who may knock -------------------------------------------------------------------------------

PATHS = [
    "/twilio/voice",
    "/twilio/voice/screen",
    "/twilio/voice/accepted",
    "/twilio/voice/dialed",
    "/twilio/voice/status",
    "/twilio/voice/recording",
    "/twilio/sms",
    "/twilio/sms/status",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", [None, "a forger's", SUB_TOKEN, SIM_TOKEN])
async def test_without_a_valid_signature_nothing_is_stored(
    door: Door, shop: Made, path: str, token: str | None
) -> None:
    business, profile = shop
    for params in (call_of(profile), text_of(profile), {}):
        answer = await door.post(path, params, token=token)
        assert answer.status_code == 403
        assert answer.headers["content-type"].startswith("text/plain")
    assert await door.rows(business, Call) == await door.rows(business, Message) == []


@pytest.mark.parametrize("signature", ["", " ", "x", "é", "A" * 5000])
async def test_a_strange_signature_is_a_wrong_one(door: Door, shop: Made, signature: str) -> None:
    answer = await door.client.post(
        "/twilio/sms",
        content=urlencode(text_of(shop[1])),
        headers=[(b"X-Twilio-Signature", signature.encode())],
    )
    assert answer.status_code == 403


async def test_a_changed_parameter_breaks_the_signature(door: Door, shop: Made) -> None:
    params = text_of(shop[1])
    signature = sign(PUBLIC + "/twilio/sms", params, TOKEN)
    changed = urlencode({**params, "Body": "Hi!"})
    answer = await door.client.post(
        "/twilio/sms", content=changed, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 403


async def test_the_public_address_is_signed_whatever_the_proxy_says(door: Door, shop: Made) -> None:
    answer = await door.post(
        "/twilio/sms?a=%2Fb&empty=",
        text_of(shop[1], "  blanks, ümlauts and 👍 \n", CallerCity="", Made="up, later"),
        **{"Host": "elsewhere", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"},
    )
    assert list(twiml(answer)) == []
    (message,) = await door.rows(shop[0], Message)
    assert message.body == "  blanks, ümlauts and 👍 \n"


async def test_a_subaccount_signs_for_its_own_business_alone(
    door: Door, new_business: NewBusiness
) -> None:
    account = {"account_sid": "AC" + "b" * 32, "auth_token": SUB_TOKEN}
    (_, own), (_, other) = await new_business(carrier=account), await new_business()
    assert (await door.post("/twilio/sms", text_of(own), token=SUB_TOKEN)).status_code == 200
    assert (await door.post("/twilio/sms", text_of(other), token=SUB_TOKEN)).status_code == 403


async def test_the_simulator_signs_for_test_businesses(
    door: Door, new_business: NewBusiness
) -> None:
    _, profile = await new_business(test=True)
    assert (await door.post("/twilio/sms", text_of(profile), token=SIM_TOKEN)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_a_number_that_is_nobodys_is_answered_and_not_stored(door: Door, path: str) -> None:
    params = {
        "CallSid": "CA0",
        "MessageSid": "SM0",
        "From": "+12075550123",
        "To": "+12075550199",
        "ParentCallSid": "CA-of-nobody",
        "CallStatus": "ringing",
    }
    assert list(twiml(await door.post(path, params))) == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/twilio/voice", "CallSid"),
        ("/twilio/voice/dialed", "CallSid"),
        ("/twilio/voice/status", "CallSid"),
        ("/twilio/sms", "MessageSid"),
    ],
)
async def test_a_missing_sid_is_named(door: Door, shop: Made, path: str, field: str) -> None:
    params = {**call_of(shop[1]), "DialCallStatus": "busy"}
    del params["CallSid"]
    answer = await door.post(path, params)
    assert answer.status_code == 400
    assert field in answer.text


async def test_while_the_database_is_away_the_carrier_is_asked_to_try_again(
    door: Door, shop: Made, clock: TurnableClock
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", clock)
    door.app.state.house.db = away
    answer = await door.post("/twilio/sms", text_of(shop[1]))
    await away.close()
    assert answer.status_code == 503


# -- calls ---------------------------------------------------------------------------------------


async def test_a_call_rings_all_staff_phones_with_a_whisper(door: Door, shop: Made) -> None:
    business, profile = shop
    params = call_of(profile)
    (dial,) = twiml(await door.post("/twilio/voice", params))
    assert (dial.tag, dial.get("timeout"), dial.get("answerOnBridge")) == ("Dial", "20", "true")
    assert [n.text for n in dial] == list(profile.phone_numbers[0].ring)
    assert path_of(dial.get("action")).startswith("/twilio/voice/dialed?")
    assert all(path_of(n.get("url")).startswith("/twilio/voice/screen?") for n in dial)
    (call,) = await door.rows(business, Call)
    assert (call.sid, call.phone, call.decision) == (params["CallSid"], params["From"], None)


async def test_without_screening_there_is_no_whisper(door: Door, new_business: NewBusiness) -> None:
    number = {"number": fresh_phone(), "ring": [fresh_phone()], "screening": "none"}
    _, profile = await new_business(phone_numbers=[number])
    (dial,) = twiml(await door.post("/twilio/voice", call_of(profile)))
    assert [n.get("url") for n in dial] == [None]


@pytest.mark.parametrize("told", [True, False])
async def test_pressing_1_takes_the_call(door: Door, shop: Made, told: bool) -> None:
    """`told`: the leg's webhooks come to the addresses of our TwiML, else to the bare paths."""
    business, profile = shop
    params = call_of(profile)
    (dial,) = twiml(await door.post("/twilio/voice", params))
    leg = {
        "CallSid": f"CA{uuid.uuid4().hex}",
        "ParentCallSid": params["CallSid"],
        "From": params["From"],
        "To": profile.phone_numbers[0].ring[1],
    }
    screen = path_of(dial[0].get("url")) if told else "/twilio/voice/screen"
    gather, hang_up = twiml(await door.post(screen, leg))
    assert (gather.tag, hang_up.tag) == ("Gather", "Hangup")
    accept = path_of(gather.get("action")) if told else "/twilio/voice/accepted"
    assert [e.tag for e in twiml(await door.post(accept, {**leg, "Digits": "2"}))] == ["Hangup"]
    assert list(twiml(await door.post(accept, {**leg, "Digits": "1"}))) == []
    ended = {"DialCallStatus": "completed", "DialBridged": "true", "CallStatus": "in-progress"}
    await door.post(path_of(dial.get("action")), {**params, **ended})
    (call,) = await door.rows(business, Call)
    assert (call.decision, call.accepted_by) == (None, leg["To"])
    assert await door.rows(business, Message) == []


async def test_a_missed_call_is_texted_and_the_caller_told_so(door: Door, shop: Made) -> None:
    business, profile = shop
    params = call_of(profile)
    (dial,) = twiml(await door.post("/twilio/voice", params))
    ended = {**params, "DialCallStatus": "no-answer"}
    say, hang_up = twiml(await door.post(path_of(dial.get("action")), ended))
    assert (say.tag, hang_up.tag) == ("Say", "Hangup")
    assert "text" in str(say.text)
    (call,), (message,) = await door.rows(business, Call), await door.rows(business, Message)
    assert (call.decision, message.to_phone) == ("texted", params["From"])


async def test_a_forwarded_call_hears_a_sentence_and_is_missed_at_once(
    door: Door, new_business: NewBusiness
) -> None:
    numbers = [{"number": fresh_phone(), "mode": "forwarded"}]
    business, profile = await new_business(phone_numbers=numbers)
    for sender, decision, heard in ((fresh_phone(), "texted", "text"), ("", "anonymous", "noted")):
        params = call_of(profile, From=sender, ForwardedFrom=fresh_phone())
        say, hang_up = twiml(await door.post("/twilio/voice", params))
        assert heard in str(say.text)
        assert hang_up.tag == "Hangup"
        calls = await door.rows(business, Call)
        assert next(c for c in calls if c.sid == params["CallSid"]).decision == decision


async def test_a_caller_who_hangs_up_first_is_missed_by_the_status_alone(
    door: Door, shop: Made
) -> None:
    business, profile = shop
    params = call_of(profile)
    await door.post("/twilio/voice", params)
    await door.post("/twilio/voice/status", {**params, "CallStatus": "no-answer"})
    (call,) = await door.rows(business, Call)
    assert call.decision == "texted"


async def test_a_legs_own_status_decides_nothing(door: Door, shop: Made) -> None:
    business, profile = shop
    params = call_of(profile, ParentCallSid="CA-parent", CallStatus="no-answer")
    twiml(await door.post("/twilio/voice/status", params))
    assert await door.rows(business, Call) == []


async def test_a_recording_is_accepted_and_not_kept(door: Door, shop: Made) -> None:
    params = call_of(shop[1], RecordingSid="RE1", RecordingUrl="https://api.twilio.com/re1")
    twiml(await door.post("/twilio/voice/recording", params))
    assert await door.rows(shop[0], Call) == []


# -- texts ---------------------------------------------------------------------------------------


async def test_twenty_deliveries_of_one_text_are_one_row(door: Door, shop: Made) -> None:
    params = text_of(shop[1])
    answers = await asyncio.gather(*(door.post("/twilio/sms", params) for _ in range(20)))
    assert {a.status_code for a in answers} == {200}
    assert len(await door.rows(shop[0], Message)) == 1


async def test_twenty_deliveries_of_one_call_are_one_row_and_one_text(
    door: Door, shop: Made
) -> None:
    params = {**call_of(shop[1]), "DialCallStatus": "busy"}
    answers = await asyncio.gather(
        *(
            door.post(path, params)
            for path in ("/twilio/voice", "/twilio/voice/dialed")
            for _ in range(10)
        )
    )
    assert {a.status_code for a in answers} == {200}
    assert len(await door.rows(shop[0], Call)) == len(await door.rows(shop[0], Message)) == 1


async def test_a_picture_without_words_is_kept(door: Door, shop: Made) -> None:
    media = {f"MediaUrl{i}": f"https://api.twilio.com/m{i}" for i in range(3)}
    twiml(await door.post("/twilio/sms", text_of(shop[1], "", NumMedia="3", **media)))
    (message,) = await door.rows(shop[0], Message)
    assert (message.body, len(message.media)) == ("", 3)


async def test_no_body_and_no_sender_are_survived(door: Door, shop: Made) -> None:
    params = {"SmsSid": "SM-bare", "To": shop[1].phone_numbers[0].number}
    twiml(await door.post("/twilio/sms", params))
    (message,) = await door.rows(shop[0], Message)
    assert message.conversation_id is None


async def test_a_number_that_lost_its_plus_is_still_found(door: Door, shop: Made) -> None:
    params = text_of(shop[1])
    params["To"], params["From"] = " " + params["To"][1:], " " + params["From"][1:]
    twiml(await door.post("/twilio/sms", params))
    assert len(await door.rows(shop[0], Message)) == 1


@pytest.mark.parametrize("routed", ["by our query", "by number"])
async def test_a_delivery_report_reaches_its_text(door: Door, shop: Made, routed: str) -> None:
    business, profile = shop
    params = call_of(profile, DialCallStatus="no-answer")
    await door.post("/twilio/voice/dialed", params)
    (message,) = await door.rows(business, Message)
    path = f"/twilio/sms/status?message={message.id}"
    if routed == "by our query":
        path += f"&business={quote(str(business))}"
    said = {
        "MessageSid": f"SM{uuid.uuid4().hex}",
        "MessageStatus": "delivered",
        "From": message.from_phone,
        "To": message.to_phone,
    }
    for _ in range(2):
        twiml(await door.post(path, said))
    (message,) = await door.rows(business, Message)
    assert (message.delivery, message.carrier_sid) == ("delivered", said["MessageSid"])
