import pytest
from hypothesis import given, strategies as st

from core.errors import IllegalMove
from core.leads import ENDED, Cause, Status, may_move, move

STORIES: list[tuple[str, list[Cause], str]] = [
    ("texted", [Cause.CALLER_TEXTED, Cause.BOOKED], "booked"),
    ("texted", [Cause.GAVE_UP], "no_response"),
    ("texted", [Cause.GAVE_UP, Cause.CALLER_TEXTED], "in_conversation"),
    ("texted", [Cause.UNDELIVERABLE], "follow_up_needed"),
    ("texted", [Cause.CALLER_TEXTED, Cause.HANDED_OFF, Cause.UNSETTLED], "follow_up_needed"),
    ("texted", [Cause.CALLER_TEXTED, Cause.HANDED_OFF, Cause.SETTLED], "closed"),
    ("texted", [Cause.CALLER_TEXTED, Cause.HANDED_OFF, Cause.RETURNED], "in_conversation"),
    ("in_conversation", [Cause.BOOKED, Cause.CANCELLED], "in_conversation"),
    ("in_conversation", [Cause.OPTED_OUT], "closed"),
    ("booked", [Cause.OPTED_OUT], "booked"),
    ("booked", [Cause.CALLER_TEXTED], "booked"),
]


@pytest.mark.parametrize(("start", "causes", "end"), STORIES)
def test_facts_move_a_lead(start: str, causes: list[Cause], end: str) -> None:
    status = start
    for cause in causes:
        status = move(status, cause).value
    assert status == end


@pytest.mark.parametrize(
    ("status", "cause"),
    [("booked", Cause.GAVE_UP), ("follow_up_needed", Cause.GAVE_UP), ("texted", Cause.CANCELLED)],
)
def test_what_cant_follow_is_refused(status: str, cause: Cause) -> None:
    assert not may_move(status, cause)
    with pytest.raises(IllegalMove):
        move(status, cause)


@given(st.sampled_from(Status), st.sampled_from(Cause))
def test_a_person_in_the_queue_never_becomes_no_response(status: Status, cause: Cause) -> None:
    if status is Status.FOLLOW_UP_NEEDED and may_move(status, cause):
        assert move(status, cause) is not Status.NO_RESPONSE
    assert Status.FOLLOW_UP_NEEDED not in ENDED
