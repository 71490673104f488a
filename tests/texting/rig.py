"""A business with one missed call, its first text in the outbox, and a carrier that is a twin."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core import episodes
from core.clock import TurnableClock
from core.db import Database, Work
from core.jobs import GiveUpLead, NudgeLead, ReconcileText, SendText
from core.jobs.worker import Worker
from core.models import Call, Callback, Caller, Job, JournalEntry, Lead, Message, new_id
from core.outbox import Draft, post
from core.profile import Profile
from tests.sample import fresh_phone
from tests.twins.carrier import CarrierTwin
from texting.carriers import Carrier
from texting.sender import reconcile_text_handler, send_text_handler

BASE = "https://text.example.com"


@dataclass
class One:
    """Carries every business's texts."""

    carrier: Carrier

    async def of(self, work: Work) -> Carrier:
        return self.carrier


@dataclass
class Story:
    db: Database
    clock: TurnableClock
    worker: Worker
    twin: CarrierTwin
    business: uuid.UUID
    profile: Profile
    caller: str
    call_id: uuid.UUID
    lead_id: uuid.UUID
    conversation_id: uuid.UUID

    async def post(
        self, purpose: str = "first_text", cause: str | None = None, body: str = "We\u2019re sorry."
    ) -> uuid.UUID:
        async with self.db.work(self.business) as work:
            message_id = await post(work, self.draft(purpose, cause, body))
        assert message_id is not None
        return message_id

    def draft(self, purpose: str, cause: str | None, body: str) -> Draft:
        to_staff = purpose == "staff_alert"
        return Draft(
            to_phone=self.profile.staff[0].phone or "" if to_staff else self.caller,
            from_phone=self.profile.phone_numbers[0].number,
            body=body,
            author="system",
            purpose=purpose,
            cause=cause or f"call:{self.call_id}",
            basis="missed_call",
            conversation_id=None if to_staff else self.conversation_id,
            lead_id=None if to_staff else self.lead_id,
        )

    async def caller_texts(self, body: str = "Hello") -> None:
        async with self.db.work(self.business) as work:
            work.session.add(
                Message(
                    business_id=self.business,
                    id=new_id(),
                    conversation_id=self.conversation_id,
                    lead_id=self.lead_id,
                    direction="inbound",
                    author="caller",
                    body=body,
                    segments=1,
                    delivery="received",
                    carrier_sid=f"SM{uuid.uuid4().hex}",
                    from_phone=self.caller,
                    to_phone=self.profile.phone_numbers[0].number,
                    at=work.now,
                )
            )

    async def run(self, **ahead: float) -> int:
        """Let time pass: run all texting jobs that fall due by then (timers of leads stay)."""
        until = self.clock.now() + timedelta(**ahead)
        return await self.worker.run_due(self.business, until, self.clock.turn_to)

    async def message(self, message_id: uuid.UUID) -> Message:
        async with self.db.work(self.business) as work:
            return (
                await work.session.scalars(
                    select(Message).where(
                        Message.business_id == self.business, Message.id == message_id
                    )
                )
            ).one()

    async def messages(self) -> Sequence[Message]:
        async with self.db.work(self.business) as work:
            return (
                await work.session.scalars(
                    select(Message)
                    .where(Message.business_id == self.business)
                    .order_by(Message.seq)
                )
            ).all()

    async def lead(self) -> Lead:
        async with self.db.work(self.business) as work:
            return (
                await work.session.scalars(
                    select(Lead).where(Lead.business_id == self.business, Lead.id == self.lead_id)
                )
            ).one()

    async def sms_capable(self) -> bool | None:
        async with self.db.work(self.business) as work:
            return await work.session.scalar(
                select(Caller.sms_capable).where(
                    Caller.business_id == self.business, Caller.phone == self.caller
                )
            )

    async def callbacks(self) -> Sequence[Callback]:
        async with self.db.work(self.business) as work:
            return (
                await work.session.scalars(
                    select(Callback).where(Callback.business_id == self.business)
                )
            ).all()

    async def facts(self, *of: str) -> list[JournalEntry]:
        async with self.db.work(self.business) as work:
            entries = await work.session.scalars(
                select(JournalEntry)
                .where(JournalEntry.business_id == self.business, JournalEntry.fact.in_(of))
                .order_by(JournalEntry.seq)
            )
            return list(entries)

    async def timers(self, kind: type) -> list[datetime]:
        async with self.db.work(self.business) as work:
            due = await work.session.scalars(
                select(Job.due_at).where(
                    Job.business_id == self.business,
                    Job.kind == kind.__name__,
                    Job.state == "pending",
                )
            )
            return list(due)


async def begin(
    db: Database,
    clock: TurnableClock,
    carrier: Carrier,
    twin: CarrierTwin,
    business: uuid.UUID,
    profile: Profile,
) -> Story:
    caller_phone = fresh_phone()
    async with db.work(business) as work:
        caller = await episodes.caller_of(work, caller_phone)
        number = profile.phone_numbers[0].number
        conversation = await episodes.conversation_of(work, caller, number)
        call = Call(
            business_id=business,
            id=new_id(),
            sid=f"CA{uuid.uuid4().hex}",
            caller_id=caller.id,
            phone=caller_phone,
            number=number,
            started_at=work.now,
            missed_at=work.now,
            decision="texted",
        )
        work.session.add(call)
        await work.session.flush()
        lead = await episodes.open_lead(work, conversation, opened_by="call", call_id=call.id)
        call.lead_id = lead.id
        ids = call.id, lead.id, conversation.id
    carriers = One(carrier)
    worker = Worker(
        db,
        {
            SendText: send_text_handler(db, carriers, BASE),
            ReconcileText: reconcile_text_handler(db, carriers, BASE),
            NudgeLead: _nothing,
            GiveUpLead: _nothing,
        },
    )
    return Story(db, clock, worker, twin, business, profile, caller_phone, *ids)


async def _nothing(_business: uuid.UUID, _instruction: object) -> None:
    return None
