"""The opt-out ledger: who said stop, start or help to this business, by a keyed hash of the number.

It is only ever added to and survives the erasure of a person. The last stop or start is the present
state; a help changes nothing and is kept because carriers may ask for it.
"""

import uuid
from typing import Literal

from core.db import Work
from core.models import OptOut, new_id

Kind = Literal["stop", "start", "help"]
Source = Literal["keyword", "meaning", "carrier", "staff"]
"""How it came: a bare keyword, other words, the carrier's own report, or a person's entry."""


async def record_opt_out(
    work: Work, phone: str, kind: Kind, source: Source, message_id: uuid.UUID | None = None
) -> None:
    """Write down a stop, start or help; `message_id` is the text that said so."""
    work.session.add(
        OptOut(
            business_id=work.business_id,
            id=new_id(),
            phone_hash=work.secret.phone_hash(work.business_id, phone),
            kind=kind,
            source=source,
            message_id=message_id,
            at=work.now,
        )
    )
    await work.session.flush()
