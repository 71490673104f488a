"""Times put to a caller in a text: what a bare "2" means."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update

from booking.times import Time
from core.db import Work
from core.models import Offer, new_id


async def open_offers(work: Work, conversation_id: uuid.UUID) -> list[Offer]:
    """The times that our last offer put to this caller and that still lie ahead, in order."""
    rows = await work.session.scalars(
        select(Offer)
        .where(
            Offer.business_id == work.business_id,
            Offer.conversation_id == conversation_id,
            Offer.state == "open",
            Offer.starts_at > work.now,
        )
        .order_by(Offer.position)
    )
    return list(rows)


async def record_offers(work: Work, conversation_id: uuid.UUID, times: Sequence[Time]) -> None:
    """What a text has just offered: from now on a bare "2" means the second of these."""
    await withdraw_offers(work, conversation_id)
    for position, time in enumerate(times, start=1):
        work.session.add(
            Offer(
                business_id=work.business_id,
                id=new_id(),
                conversation_id=conversation_id,
                position=position,
                service_key=time.service_key,
                staff_key=time.staff_key,
                starts_at=time.starts_at,
                ends_at=time.ends_at,
                state="open",
                made_at=work.now,
            )
        )


async def withdraw_offers(work: Work, conversation_id: uuid.UUID) -> None:
    """The last offer is no longer what the caller chooses from."""
    await work.session.execute(
        update(Offer)
        .where(
            Offer.business_id == work.business_id,
            Offer.conversation_id == conversation_id,
            Offer.state == "open",
        )
        .values(state="withdrawn")
    )
