"""Every instruction that can be given later, and how to give one.

An instruction is data: ids and codes, no words. `put` writes it in the caller's own transaction,
so a row and its job commit or vanish together. `core.jobs.worker` runs them; which function does
what is chosen in `api/wiring.py`.

A job's `due_at` is a column of ours, an instant of the business's clock; PgQueuer only wakes us.
A timer checks on firing whether it still applies, so nothing ever needs to be cancelled.
"""

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from core.db import Work
from core.jobs.queue import wake
from core.models import Job, new_id


@dataclass(frozen=True)
class SendText:
    """Hand a queued message to the carrier."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class ReconcileText:
    """Ask the carrier what became of a text whose sending ended in doubt."""

    message_id: uuid.UUID


@dataclass(frozen=True)
class DecideCall:
    """A call ended without a word from its Dial: decide whether it was missed."""

    call_id: uuid.UUID


@dataclass(frozen=True)
class TakeTurn:
    """The agent's turn in a conversation, once the caller has been silent for a moment."""

    conversation_id: uuid.UUID


@dataclass(frozen=True)
class NudgeLead:
    """One gentle text to a lead that never answered."""

    lead_id: uuid.UUID


@dataclass(frozen=True)
class GiveUpLead:
    """A lead that stayed quiet after its nudge becomes no_response."""

    lead_id: uuid.UUID


@dataclass(frozen=True)
class TellStaff:
    """A handoff waits: tell the staff, again and more widely each time nobody claims it."""

    handoff_id: uuid.UUID
    step: int


@dataclass(frozen=True)
class EndVisit:
    """A booking's time is over: it is done unless somebody said otherwise."""

    booking_id: uuid.UUID


Instruction = (
    SendText | ReconcileText | DecideCall | TakeTurn | NudgeLead | GiveUpLead | TellStaff | EndVisit
)
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        SendText,
        ReconcileText,
        DecideCall,
        TakeTurn,
        NudgeLead,
        GiveUpLead,
        TellStaff,
        EndVisit,
    )
}


async def put(
    work: Work, instruction: Instruction, *, at: datetime | None = None, dedupe: str | None = None
) -> None:
    """Give an instruction, due now or `at` an instant of the business's clock.

    With `dedupe`, the same kind and key is put once for ever: a redelivered webhook adds nothing.
    """
    due = max(at, work.now) if at is not None else work.now
    job_id = await work.session.scalar(
        insert(Job)
        .values(
            id=new_id(),
            business_id=work.business_id,
            kind=type(instruction).__name__,
            payload=to_payload(instruction),
            dedupe=dedupe,
            state="pending",
            due_at=due,
            attempts=0,
            put_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["business_id", "kind", "dedupe"])
        .returning(Job.id)
    )
    if job_id is not None:
        urgent = isinstance(instruction, SendText | DecideCall)
        await wake(
            work.session, work.business_id, job_id, after=due - work.now, priority=int(urgent)
        )


def to_payload(instruction: Instruction) -> dict[str, Any]:
    """The instruction as JSON."""
    return {
        k: str(v) if isinstance(v, uuid.UUID) else v
        for k, v in dataclasses.asdict(instruction).items()
    }


def from_payload(kind: str, payload: dict[str, Any]) -> Instruction:
    """The instruction that a row holds."""
    cls = _KINDS[kind]
    values = {
        f.name: uuid.UUID(payload[f.name]) if f.type is uuid.UUID else payload[f.name]
        for f in dataclasses.fields(cls)
    }
    instruction: Instruction = cls(**values)
    return instruction


__all__ = [
    "DecideCall",
    "EndVisit",
    "GiveUpLead",
    "Instruction",
    "NudgeLead",
    "ReconcileText",
    "SendText",
    "TakeTurn",
    "TellStaff",
    "from_payload",
    "put",
    "to_payload",
]
