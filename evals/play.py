"""Play one case through the webhooks, on a clock that is turned. Everything else is the product."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import select

from api.app import create_app
from api.wiring import House, build, simulator_token
from core.businesses import save
from core.clock import TurnableClock
from core.models import Booking, Call, Callback, Caller, Conversation, Handoff, Lead, Message, Turn
from core.profile import Profile
from core.settings import Settings
from desk.handoff import Person, claim, reply, resolve
from evals.callers import ScriptedCaller
from evals.cases import Case, load_business
from texting.carriers.simulator import Simulator
from texting.carriers.twilio import sign

EPOCH = datetime(2026, 11, 1, tzinfo=UTC)  # every case begins later than this


@dataclass(frozen=True)
class Said:
    """One text of the story, as it was stored."""

    author: str
    body: str
    segments: int
    delivery: str
    at: datetime
    purpose: str | None


@dataclass
class Played:
    """What came of a case."""

    case: Case
    profile: Profile
    texts: list[Said] = field(default_factory=list)
    decision: str | None = None
    lead: str | None = None
    owner: str | None = None
    bookings: list[Booking] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)
    callbacks: int = 0
    brains: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def ours(self) -> list[Said]:
        """The texts that went to the caller."""
        return [t for t in self.texts if t.author in ("agent", "system", "staff")]


@dataclass
class Stage:
    """The product, wired for a play: its own database, the simulator, a turnable clock."""

    house: House
    clock: TurnableClock
    http: httpx.AsyncClient
    token: str
    base_url: str

    async def post(self, path: str, params: dict[str, str]) -> httpx.Response:
        """A webhook as the carrier would send it, signed."""
        signature = sign(f"{self.base_url}{path}", params, self.token)
        answer = await self.http.post(path, data=params, headers={"X-Twilio-Signature": signature})
        answer.raise_for_status()
        return answer


@asynccontextmanager
async def stage(home: Path | None = None) -> AsyncIterator[Stage]:
    """Open a stage; without `home` in a folder of its own that is gone afterwards."""
    with TemporaryDirectory(prefix="ringback-eval-") as folder:
        clock = TurnableClock(EPOCH)
        settings = Settings.load().model_copy(
            update={
                "ringback_home": home or Path(folder),
                "database_url": None,
                "twilio_account_sid": None,
                "twilio_auth_token": None,
                "public_url": None,
            }
        )
        posts: list[Stage] = []

        async def callback(path: str, params: dict[str, str]) -> None:
            await posts[0].post(path, params)

        house = await build(settings, clock=clock, create=True, carrier_callback=callback)
        app = create_app(house, jobs=False)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
            opened = Stage(house, clock, http, simulator_token(house.secret), settings.base_url)
            posts.append(opened)
            try:
                yield opened
            finally:
                await house.close()


class Player:
    """One case on a stage."""

    def __init__(self, on: Stage, case: Case) -> None:
        self.on = on
        self.case = case
        self.profile = load_business(case)
        self.caller = ScriptedCaller(case.caller)
        self.worker = on.house.worker()
        self.business_id = uuid.UUID(int=0)
        self.sent = 0

    async def play(self) -> Played:
        """From the call to the end state."""
        self.on.clock.at = self.case.at.replace(tzinfo=self.profile.zone).astimezone(UTC)
        fresh = self.profile.model_copy(update={"slug": f"{self.case.id}-{uuid.uuid4().hex[:6]}"})
        await self._free_numbers()
        self.business_id = (await save(self.on.house.db, fresh)).business_id
        if self.case.how == "call":
            await self._miss_a_call()
        await self._converse()
        if self.case.staff is not None:
            await self._staff_answers()
        await self._pass(hours=self.case.wait_hours)
        return await self._end_state()

    async def _free_numbers(self) -> None:
        """Cases share the shipped businesses' numbers, one after the other."""
        mine = {n.number for n in self.profile.phone_numbers}
        retired: list[Profile] = []
        for business_id in await _owners(self.on.house, mine):
            async with self.on.house.db.work(business_id) as work:
                retired.append(work.profile.model_copy(update={"phone_numbers": ()}))
        for profile in retired:
            await save(self.on.house.db, profile)

    async def _miss_a_call(self) -> None:
        sid = f"CA{uuid.uuid4().hex}"
        call = {
            "CallSid": sid,
            "AccountSid": "AC" + "0" * 32,
            "From": self.case.caller.phone,
            "To": self.profile.phone_numbers[0].number,
            "CallStatus": "ringing",
            "Direction": "inbound",
        }
        await self.on.post("/twilio/voice", call)
        self.on.clock.advance(seconds=20)
        if self.profile.phone_numbers[0].mode == "front":
            await self.on.post("/twilio/voice/dialed", call | {"DialCallStatus": "no-answer"})
        await self.on.post("/twilio/voice/status", call | {"CallStatus": "completed"})
        await self._pass(seconds=30)

    async def _converse(self) -> None:
        says = self.caller.opening()
        while says is not None:
            before = len(await self._texts())
            await self._text(says)
            await self._pass(seconds=30)
            texts = await self._texts()
            answers = [t for t in texts[before:] if t.author in ("agent", "system")]
            says = self.caller.answer(answers[-1].body) if answers else None

    async def _text(self, body: str) -> None:
        self.sent += 1
        await self.on.post(
            "/twilio/sms",
            {
                "MessageSid": f"SM{uuid.uuid4().hex}",
                "AccountSid": "AC" + "0" * 32,
                "From": self.case.caller.phone,
                "To": self.profile.phone_numbers[0].number,
                "Body": body,
                "NumMedia": "0",
            },
        )

    async def _staff_answers(self) -> None:
        sheet = self.case.staff
        if sheet is None:
            return
        staff = self.profile.staff[0]
        who = Person(staff.key, staff.name)
        async with self.on.house.db.work(self.business_id) as work:
            handoff = await work.session.scalar(
                select(Handoff).where(
                    Handoff.business_id == self.business_id, Handoff.state == "open"
                )
            )
            if handoff is None:
                return
            await claim(work, handoff.id, who)
            await reply(work, handoff.id, who, sheet.reply, idempotency=uuid.uuid4().hex)
        await self._pass(seconds=30)
        async with self.on.house.db.work(self.business_id) as work:
            await resolve(work, handoff.id, who, sheet.outcome, "")

    async def _pass(self, *, seconds: float = 0, hours: float = 0) -> None:
        """Let time pass: every job that falls due runs at its own instant."""
        until = self.on.clock.now() + timedelta(seconds=seconds, hours=hours)
        while True:
            ran = await self.worker.run_due(self.business_id, until, self.on.clock.turn_to)
            if isinstance(self.on.house.carriers.simulator, Simulator):
                await self.on.house.carriers.simulator.settle()
            if not ran:
                return

    async def _texts(self) -> list[Said]:
        async with self.on.house.db.work(self.business_id) as work:
            rows = await work.session.scalars(
                select(Message)
                .where(
                    Message.business_id == self.business_id, Message.conversation_id.is_not(None)
                )
                .order_by(Message.seq)
            )
            return [Said(m.author, m.body, m.segments, m.delivery, m.at, m.purpose) for m in rows]

    async def _end_state(self) -> Played:
        played = Played(self.case, self.profile, await self._texts())
        async with self.on.house.db.work(self.business_id) as work:
            here = work.session

            async def every(model: type[Booking] | type[Handoff]) -> list[object]:
                return list(
                    await here.scalars(select(model).where(model.business_id == self.business_id))
                )

            played.decision = await here.scalar(
                select(Call.decision).where(Call.business_id == self.business_id)
            )
            played.lead = await here.scalar(
                select(Lead.status)
                .join(Caller, Caller.id == Lead.caller_id)
                .where(Lead.business_id == self.business_id, Caller.phone == self.case.caller.phone)
                .order_by(Lead.opened_at.desc())
            )
            played.owner = await here.scalar(
                select(Conversation.owner).where(Conversation.business_id == self.business_id)
            )
            played.bookings = [
                b
                for b in await every(Booking)
                if isinstance(b, Booking) and b.status in ("requested", "confirmed", "done")
            ]
            played.handoffs = [h for h in await every(Handoff) if isinstance(h, Handoff)]
            played.callbacks = len(
                list(
                    await here.scalars(
                        select(Callback.id).where(Callback.business_id == self.business_id)
                    )
                )
            )
            turns = list(
                await here.scalars(
                    select(Turn).where(Turn.business_id == self.business_id).order_by(Turn.at)
                )
            )
            played.brains = [t.brain for t in turns]
            played.refusals = [c for t in turns for c in t.refusals.get("codes", ())]
        return played


async def _owners(house: House, numbers: set[str]) -> list[uuid.UUID]:
    from core.businesses import whose_number

    found = [await whose_number(house.db, number) for number in numbers]
    return list({one for one in found if one is not None})
