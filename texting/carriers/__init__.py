"""A phone company that takes texts: the protocol that Twilio and the simulator both keep.

Three ways to fail say what may follow. `CarrierUnavailable`: nothing was taken, try again.
`CarrierAmbiguous`: it may have been taken, so `find` it before anything is sent again.
`CarrierRefused`: it was refused for good, with the carrier's code (`errors.py` says what it means).
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.db import Work


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text as the carrier gets it.

    Attributes:
        message_id: Our own id, also in the query of `status_callback`.
        business_id: Whose text it is.
        to_phone: E.164.
        from_phone: E.164, one of the business's own numbers.
        body: Folded already: what is stored is what is sent.
        status_callback: The full address for delivery reports.
        validity_seconds: How long the carrier may try; None leaves it to the carrier.
        messaging_service_sid: The business's own sender pool, used instead of `from_phone`.
    """

    message_id: uuid.UUID
    business_id: uuid.UUID
    to_phone: str
    from_phone: str
    body: str
    status_callback: str
    validity_seconds: int | None = None
    messaging_service_sid: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took a text; `segments` as it counts them, None when it does not say yet."""

    sid: str
    status: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A text that the carrier turned out to have taken, and what became of it so far."""

    sid: str
    status: str
    error_code: int | None = None


class Carrier(Protocol):
    """One account at a phone company. Never called inside a transaction."""

    name: str

    async def send(self, text: OutgoingText) -> Accepted:
        """Hand a text over; never tried twice in here.

        Raises:
            CarrierUnavailable: nothing was taken.
            CarrierAmbiguous: it may have been taken.
            CarrierRefused: it was refused, with the carrier's code.
        """
        ...

    async def find(
        self, text: OutgoingText, since: datetime, *, taken: Collection[str] = ()
    ) -> Found | None:
        """The newest text to this number with this very body since then.

        `taken` are the carrier's ids that belong to other texts of ours.

        Raises:
            CarrierUnavailable: it can't be known now, for whatever reason.
        """
        ...

    def signed(self, url: str, params: Mapping[str, object], signature: str | None) -> bool:
        """Whether this account signed a request to `url` (the public address, with its query)."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Carriers(Protocol):
    """Which account speaks for a business; chosen in `api/wiring.py`."""

    async def of(self, work: Work) -> Carrier:
        """The business's own subaccount, else the installation's, else the simulator."""
        ...


__all__ = ["Accepted", "Carrier", "Carriers", "Found", "OutgoingText"]
