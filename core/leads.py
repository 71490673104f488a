"""A lead's life: which status may follow which, and what caused it.

    texted ──caller_texted──► in_conversation ──booked──► booked
      │                          │      ▲                    │ cancelled
      │ undeliverable            │      └────────────────────┘
      ▼                          ▼ handed_off, unsettled
    follow_up_needed ◄───────────┘
      texted/in_conversation ──gave_up──► no_response;  opted_out, settled ──► closed

Only recorded facts move a lead; nobody sets a status by hand. `booked`, `no_response` and
`closed` end the episode; a late reply to `no_response` opens it again.
"""

from enum import StrEnum

from core.errors import IllegalMove


class Status(StrEnum):
    """Where a lead is."""

    TEXTED = "texted"
    IN_CONVERSATION = "in_conversation"
    BOOKED = "booked"
    FOLLOW_UP_NEEDED = "follow_up_needed"
    NO_RESPONSE = "no_response"
    CLOSED = "closed"


class Cause(StrEnum):
    """The facts that move a lead."""

    CALLER_TEXTED = "caller_texted"
    BOOKED = "booked"
    CANCELLED = "cancelled"  # its only booking was cancelled
    HANDED_OFF = "handed_off"
    RETURNED = "returned"  # given back to the agent
    UNSETTLED = "unsettled"  # resolved by a person, still to be followed up
    SETTLED = "settled"  # resolved by a person or closed by the agent
    UNDELIVERABLE = "undeliverable"
    GAVE_UP = "gave_up"
    OPTED_OUT = "opted_out"


ENDED = frozenset({Status.BOOKED, Status.NO_RESPONSE, Status.CLOSED})

_ANY_OPEN = (Status.TEXTED, Status.IN_CONVERSATION, Status.FOLLOW_UP_NEEDED)

_MOVES: dict[tuple[Status, Cause], Status] = {
    **{(s, Cause.BOOKED): Status.BOOKED for s in Status},
    **{(s, Cause.OPTED_OUT): Status.CLOSED for s in _ANY_OPEN},
    (Status.BOOKED, Cause.OPTED_OUT): Status.BOOKED,
    (Status.NO_RESPONSE, Cause.OPTED_OUT): Status.CLOSED,
    (Status.CLOSED, Cause.OPTED_OUT): Status.CLOSED,
    **{(s, Cause.HANDED_OFF): Status.FOLLOW_UP_NEEDED for s in _ANY_OPEN},
    (Status.BOOKED, Cause.HANDED_OFF): Status.BOOKED,
    **{(s, Cause.UNSETTLED): Status.FOLLOW_UP_NEEDED for s in _ANY_OPEN},
    (Status.BOOKED, Cause.UNSETTLED): Status.FOLLOW_UP_NEEDED,
    **{(s, Cause.SETTLED): Status.CLOSED for s in _ANY_OPEN},
    (Status.BOOKED, Cause.SETTLED): Status.BOOKED,
    **{(s, Cause.UNDELIVERABLE): Status.FOLLOW_UP_NEEDED for s in _ANY_OPEN},
    (Status.BOOKED, Cause.UNDELIVERABLE): Status.BOOKED,
    (Status.TEXTED, Cause.CALLER_TEXTED): Status.IN_CONVERSATION,
    (Status.IN_CONVERSATION, Cause.CALLER_TEXTED): Status.IN_CONVERSATION,
    (Status.NO_RESPONSE, Cause.CALLER_TEXTED): Status.IN_CONVERSATION,
    (Status.FOLLOW_UP_NEEDED, Cause.CALLER_TEXTED): Status.FOLLOW_UP_NEEDED,
    (Status.BOOKED, Cause.CALLER_TEXTED): Status.BOOKED,
    (Status.FOLLOW_UP_NEEDED, Cause.RETURNED): Status.IN_CONVERSATION,
    (Status.IN_CONVERSATION, Cause.RETURNED): Status.IN_CONVERSATION,
    (Status.TEXTED, Cause.RETURNED): Status.IN_CONVERSATION,
    (Status.BOOKED, Cause.RETURNED): Status.BOOKED,
    (Status.BOOKED, Cause.CANCELLED): Status.IN_CONVERSATION,
    (Status.TEXTED, Cause.GAVE_UP): Status.NO_RESPONSE,
    (Status.IN_CONVERSATION, Cause.GAVE_UP): Status.NO_RESPONSE,
}


def move(status: str, cause: Cause) -> Status:
    """The status that follows.

    Raises:
        IllegalMove: that cause can't follow in this status.
    """
    following = _MOVES.get((Status(status), cause))
    if following is None:
        raise IllegalMove(f"a lead that is {status} can't be moved by {cause}")
    return following


def may_move(status: str, cause: Cause) -> bool:
    """Whether that cause may follow in this status."""
    return (Status(status), cause) in _MOVES
