"""Twilio's error codes as data: what each means, and so what follows.

Source: Twilio's error pages as gathered for the house; the marks there say which were read and
which remembered. A code that is not here is not tried again and a person follows up.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a failure is about."""

    NO_MOBILE = "no_mobile"  # this number takes no texts
    UNREACHABLE = "unreachable"  # the handset, for now
    BLOCKED = "blocked"  # the person or their carrier blocks us
    FILTERED = "filtered"  # this text looked like spam
    OPTED_OUT = "opted_out"  # the person said stop to the carrier
    NOT_REGISTERED = "not_registered"  # our number may not text, until the owner acts
    SET_UP = "set_up"  # account, number or permission is wrong
    CONGESTED = "congested"  # a limit or a full queue
    EXPIRED = "expired"  # not delivered in the time that it was worth something
    UNFIT = "unfit"  # our text can't be sent: too long, too large
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Action:
    """What follows a code.

    Attributes:
        kind: What it is about.
        reason: The code that callbacks and the journal carry.
        no_sms: The number is remembered as one that takes no texts.
        again_after: One second try after that pause, while nothing else has happened.
    """

    kind: Kind
    reason: str
    no_sms: bool = False
    again_after: timedelta | None = None


BACKOFF: Final = frozenset({20429, 63017})
"""Too many requests: nothing was created, so these are `CarrierUnavailable`, not refusals."""

_LANDLINE = Action(Kind.NO_MOBILE, "landline", no_sms=True)
_UNDELIVERABLE = Action(Kind.NO_MOBILE, "undeliverable", no_sms=True)
_BLOCKED = Action(Kind.BLOCKED, "blocked", no_sms=True)
_NOT_REGISTERED = Action(Kind.NOT_REGISTERED, "not_registered")
_SET_UP = Action(Kind.SET_UP, "carrier_set_up")
_CONGESTED = Action(Kind.CONGESTED, "carrier_limit")
_UNFIT = Action(Kind.UNFIT, "unfit_text")
_UNKNOWN = Action(Kind.UNKNOWN, "undeliverable")

ACTIONS: Final[dict[int, Action]] = {
    # refused when handed over
    21211: _UNDELIVERABLE,  # not a valid number
    21612: _UNDELIVERABLE,  # no route to it
    21614: _LANDLINE,  # not a mobile number
    21635: _LANDLINE,  # a landline abroad
    21610: Action(Kind.OPTED_OUT, "opted_out"),
    21408: _SET_UP,  # region not enabled
    21401: _SET_UP,  # sender not valid
    21601: _SET_UP,  # sender can't text
    21606: _SET_UP,  # sender not ours
    21608: _SET_UP,  # trial account, recipient not verified
    572005: _SET_UP,
    20003: _SET_UP,  # credentials
    21611: _CONGESTED,  # the sender's queue is full
    21617: _UNFIT,  # more than 1600 characters
    # told afterwards
    30001: _CONGESTED,  # queue overflow
    30003: Action(Kind.UNREACHABLE, "unreachable", again_after=timedelta(minutes=15)),
    30004: _BLOCKED,
    30005: _UNDELIVERABLE,  # unknown or inactive handset
    30006: _LANDLINE,  # landline or unreachable carrier
    30007: Action(Kind.FILTERED, "filtered"),
    30008: _UNKNOWN,  # the carrier does not say why
    30019: _UNFIT,  # picture too large
    30022: _CONGESTED,
    30023: _CONGESTED,  # daily cap
    30036: Action(Kind.EXPIRED, "expired"),
    30450: Action(Kind.FILTERED, "filtered"),  # pumping protection
    60728: _CONGESTED,  # hourly limit of the account
    63038: _CONGESTED,  # daily limit of the account
    # this sender may not text until its owner has registered it
    30024: _NOT_REGISTERED,
    30032: _NOT_REGISTERED,
    30033: _NOT_REGISTERED,
    30034: _NOT_REGISTERED,
    30035: _NOT_REGISTERED,
    30037: _NOT_REGISTERED,
}


def action_for(code: int | None) -> Action:
    """What follows this code; an unknown one or none: no second try, a person follows up."""
    return _UNKNOWN if code is None else ACTIONS.get(code, _UNKNOWN)
