import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from core.clock import TurnableClock
from core.errors import CarrierAmbiguous, CarrierRefused, CarrierUnavailable
from core.settings import Carrier as Account
from tests.twins.carrier import CarrierTwin, Kind
from tests.twins.twilio_spec import SPEC, problems_with_message
from texting.carriers import Carrier, OutgoingText
from texting.carriers.errors import ACTIONS, Kind as Meaning, action_for
from texting.carriers.simulator import Simulator, default_callback
from texting.carriers.twilio import (
    TwilioCarrier,
    accepted,
    hang_up,
    ring_staff,
    say_and_hang_up,
    sign,
    whisper,
)

TOKEN = "a token of the tests"
BASE = "https://text.example.com"
MOBILE = "+12075550142"


def outgoing(to: str = MOBILE, body: str = "Sorry we missed your call.") -> OutgoingText:
    message, business = uuid.uuid4(), uuid.uuid4()
    return OutgoingText(
        message_id=message,
        business_id=business,
        to_phone=to,
        from_phone="+12075550100",
        body=body,
        status_callback=f"{BASE}/twilio/sms/status?message={message}&business={business}",
    )


class Rig(Protocol):
    carrier: Carrier

    def refuse(self, code: int) -> str:
        """A number that is refused with that code."""
        ...


class TwilioRig:
    def __init__(self, twin: CarrierTwin) -> None:
        self.twin = twin
        self.carrier: Carrier = TwilioCarrier(account(twin), timeout=0.5)

    def refuse(self, code: int) -> str:
        self.twin.behave("refuse", code=code)
        return "+12075550199"


class SimulatorRig:
    def __init__(self, simulator: Simulator) -> None:
        self.carrier: Carrier = simulator

    def refuse(self, code: int) -> str:
        return {21211: "+15005550001", 21614: "+15005550009", 21610: "+15005550004"}[code]


def account(twin: CarrierTwin) -> Account:
    return Account(
        account_sid=twin.account_sid,
        auth_token=SecretStr(twin.auth_token),
        api_key=None,
        api_secret=None,
        api_url=twin.url,
    )


@pytest.fixture
async def twin(clock: TurnableClock) -> AsyncIterator[CarrierTwin]:
    async with CarrierTwin(auth_token=TOKEN, clock=clock) as twin:
        yield twin
        assert twin.problems == []


@pytest.fixture
async def twilio(twin: CarrierTwin) -> AsyncIterator[TwilioCarrier]:
    carrier = TwilioCarrier(account(twin), timeout=0.5)
    yield carrier
    await carrier.close()


@pytest.fixture(params=["twilio", "simulator"])
async def rig(
    request: pytest.FixtureRequest, twin: CarrierTwin, clock: TurnableClock
) -> AsyncIterator[Rig]:
    async def nowhere(_path: str, _params: dict[str, str]) -> None:
        return None

    made: Rig = (
        TwilioRig(twin)
        if request.param == "twilio"
        else SimulatorRig(Simulator(nowhere, clock, TOKEN, pauses=(0, 0)))
    )
    yield made
    await made.carrier.close()


# -- both ----------------------------------------------------------------------------------------


async def test_an_accepted_text_has_a_sid_of_its_own(rig: Rig) -> None:
    first, second = await rig.carrier.send(outgoing()), await rig.carrier.send(outgoing())
    assert first.sid.startswith("SM")
    assert len(first.sid) == 34
    assert first.sid != second.sid
    assert (first.status, first.segments) == ("queued", 1)


@pytest.mark.parametrize("code", [21211, 21614, 21610])
async def test_a_refusal_carries_its_code(rig: Rig, code: int) -> None:
    number = rig.refuse(code)
    with pytest.raises(CarrierRefused) as refused:
        await rig.carrier.send(outgoing(number))
    assert refused.value.code == code


async def test_a_text_never_sent_is_not_found(rig: Rig, clock: TurnableClock) -> None:
    assert await rig.carrier.find(outgoing(), clock.now()) is None


async def test_only_its_own_signature_is_taken(rig: Rig) -> None:
    url, params = f"{BASE}/twilio/sms?a=1", {"Body": " hi \u263a ", "From": MOBILE, "Empty": ""}
    good = sign(url, params, TOKEN)
    assert rig.carrier.signed(url, params, good)
    assert not rig.carrier.signed(url, params, None)
    assert not rig.carrier.signed(url, params, "")
    assert not rig.carrier.signed(url, params, "f\u00fcr")
    assert not rig.carrier.signed(url, params, sign(url, params, "another token"))
    assert not rig.carrier.signed(url, {**params, "Body": "hi"}, good)
    assert not rig.carrier.signed(f"{BASE}/twilio/sms?a=2", params, good)


# -- Twilio --------------------------------------------------------------------------------------


async def test_what_is_sent_keeps_to_twilios_description(
    twin: CarrierTwin, twilio: TwilioCarrier
) -> None:
    text = replace(outgoing(), validity_seconds=900)
    await twilio.send(text)
    fields = twin.texts[0].fields
    assert fields == {
        "To": MOBILE,
        "From": "+12075550100",
        "Body": text.body,
        "StatusCallback": text.status_callback,
        "ValidityPeriod": "900",
        "SmartEncoded": "true",
    }


@pytest.mark.skipif(not SPEC.exists(), reason="Twilio's description is not beside the product")
async def test_the_twin_keeps_to_twilios_description(
    twin: CarrierTwin, twilio: TwilioCarrier
) -> None:
    await twilio.send(outgoing())
    assert problems_with_message(twin.texts[0].as_json()) == []
    url = f"{twin.url}/2010-04-01/Accounts/{twin.account_sid}/Messages.json"
    async with httpx.AsyncClient(auth=(twin.account_sid, twin.auth_token)) as client:
        answer = await client.post(url, data={"Body": "no number", "Nonsense": "1"})
    assert answer.status_code == 400
    assert len(twin.problems) == 2
    twin.problems.clear()


async def test_a_pool_of_senders_takes_the_place_of_the_number(
    twin: CarrierTwin, twilio: TwilioCarrier, clock: TurnableClock
) -> None:
    text = replace(outgoing(), messaging_service_sid="MG" + "1" * 32)
    taken = await twilio.send(text)
    assert taken.segments is None
    assert "From" not in twin.texts[0].fields
    found = await twilio.find(text, clock.now())
    assert found is not None
    assert found.sid == taken.sid


@pytest.mark.parametrize("kind", ["hang", "drop", "error", "drop_before", "error_before"])
async def test_a_lost_answer_leaves_doubt_and_is_not_tried_again(
    twin: CarrierTwin, twilio: TwilioCarrier, kind: Kind
) -> None:
    twin.behave(kind)
    with pytest.raises(CarrierAmbiguous):
        await twilio.send(outgoing())
    assert len(twin.requests) == 1


async def test_too_many_requests_say_when_to_come_back(
    twin: CarrierTwin, twilio: TwilioCarrier
) -> None:
    twin.behave("busy", retry_after=7)
    twin.behave("refuse", code=63017)
    with pytest.raises(CarrierUnavailable) as first:
        await twilio.send(outgoing())
    assert first.value.retry_after == 7
    with pytest.raises(CarrierUnavailable):
        await twilio.send(outgoing())
    assert twin.texts == []


async def test_a_refused_connection_sent_nothing(twin: CarrierTwin) -> None:
    async with CarrierTwin() as gone:
        away = account(twin).model_copy(update={"api_url": gone.url})
    carrier = TwilioCarrier(away)
    with pytest.raises(CarrierUnavailable):
        await carrier.send(outgoing())
    with pytest.raises(CarrierUnavailable):
        await carrier.find(outgoing(), TurnableClock().now())
    await carrier.close()


async def test_wrong_credentials_are_refused(twin: CarrierTwin) -> None:
    wrong = account(twin).model_copy(update={"auth_token": SecretStr("wrong")})
    carrier = TwilioCarrier(wrong)
    with pytest.raises(CarrierRefused) as refused:
        await carrier.send(outgoing())
    assert refused.value.code == 20003
    with pytest.raises(CarrierUnavailable):
        await carrier.find(outgoing(), TurnableClock().now())
    await carrier.close()


async def test_an_api_key_sends_while_the_token_checks_webhooks(twin: CarrierTwin) -> None:
    twin.keys["SK1"] = "secret"
    keyed = account(twin).model_copy(
        update={"api_key": "SK1", "api_secret": SecretStr("secret"), "auth_token": SecretStr("t")}
    )
    carrier = TwilioCarrier(keyed)
    assert (await carrier.send(outgoing())).sid == twin.texts[0].sid
    assert carrier.signed(BASE, {}, sign(BASE, {}, "t"))
    await carrier.close()


async def test_with_an_address_of_our_own_no_other_host_is_spoken_to(
    twilio: TwilioCarrier, twin: CarrierTwin
) -> None:
    with pytest.raises(CarrierRefused):
        await twilio._http.request("GET", "https://example.com/2010-04-01")
    answer = await twilio._http.request("GET", "https://lookups.twilio.com/v2/PhoneNumbers")
    assert answer.status_code == 404
    assert [asked.path for asked in twin.requests] == ["/v2/PhoneNumbers"]


async def test_a_text_whose_answer_was_lost_is_found(
    twin: CarrierTwin, twilio: TwilioCarrier, clock: TurnableClock
) -> None:
    since = clock.now()
    await twilio.send(outgoing(body="Another text."))
    twin.behave("drop")
    text = outgoing()
    with pytest.raises(CarrierAmbiguous):
        await twilio.send(text)
    found = await twilio.find(text, since)
    assert found is not None
    assert (found.sid, found.status) == (twin.texts[1].sid, "queued")
    assert await twilio.find(text, since, taken={found.sid}) is None
    assert await twilio.find(text, since + timedelta(minutes=1)) is None


# -- the simulator -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "last"),
    [
        (MOBILE, ("delivered", None)),
        ("+12075553006", ("undelivered", "30006")),
        ("+12075553003", ("undelivered", "30003")),
    ],
)
async def test_the_simulator_reports_by_the_number(
    number: str, last: tuple[str, str | None]
) -> None:
    reports: list[tuple[str, dict[str, str]]] = []

    async def keep(path: str, params: dict[str, str]) -> None:
        reports.append((path, params))

    simulator = Simulator(keep, TurnableClock(), TOKEN, pauses=(0, 0))
    text = outgoing(number)
    taken = await simulator.send(text)
    await simulator.settle()
    assert [(p["MessageStatus"], p.get("ErrorCode")) for _, p in reports] == [("sent", None), last]
    assert {p["MessageSid"] for _, p in reports} == {taken.sid}
    query = parse_qs(urlsplit(reports[0][0]).query)
    assert query["message"] == [str(text.message_id)]


async def test_the_simulators_reports_are_signed_for_the_public_address() -> None:
    async with CarrierTwin() as listener:  # any server will do
        simulator = Simulator(
            default_callback(BASE, TOKEN, reach=listener.url), TurnableClock(), TOKEN, pauses=(0, 0)
        )
        text = outgoing()
        await simulator.send(text)
        await simulator.settle()
    assert len(listener.requests) == 2
    for asked in listener.requests:
        signature = asked.headers["x-twilio-signature"]
        assert simulator.signed(text.status_callback, asked.form, signature)


async def test_a_report_that_reaches_nobody_breaks_nothing() -> None:
    async with CarrierTwin() as gone:
        pass
    simulator = Simulator(default_callback(gone.url, TOKEN), TurnableClock(), TOKEN, pauses=(0, 0))
    await simulator.send(outgoing())
    await simulator.settle()
    await simulator.close()


# -- the codes -----------------------------------------------------------------------------------


def test_every_code_of_the_table_has_its_meaning() -> None:
    assert {code for code, action in ACTIONS.items() if action.again_after} == {30003}
    assert {code for code, action in ACTIONS.items() if action.kind is Meaning.OPTED_OUT} == {21610}
    assert action_for(30034).reason == "not_registered"
    assert all(action_for(code).no_sms for code in (21211, 21614, 30005, 30006))
    assert not action_for(30003).no_sms
    assert action_for(99999) == action_for(None)


# -- TwiML ---------------------------------------------------------------------------------------


def test_staff_are_rung_together_and_screened() -> None:
    twiml = ring_staff(
        ["+12075550101", "+12075550102"],
        timeout=20,
        action="https://x.example/dialed",
        screen_url="https://x.example/screen",
    )
    assert 'answerOnBridge="true"' in twiml
    assert twiml.count('url="https://x.example/screen">') == 2
    assert "url=" not in ring_staff(["+12075550101"], timeout=20, action="https://x.example/d")


def test_a_leg_that_presses_nothing_is_hung_up() -> None:
    assert whisper("https://x.example/accepted", "Call for Harbor.").endswith(
        "</Gather><Hangup /></Response>"
    )
    assert accepted().endswith("<Response />")
    assert hang_up().endswith("<Response><Hangup /></Response>")
    assert "Tom &amp; Sons" in say_and_hang_up("Tom & Sons will call back.")
