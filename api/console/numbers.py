"""The five figures as a page: each with the words that say what it counts."""

from datetime import datetime, time, timedelta
from typing import Final, Literal

from fastapi import APIRouter, Request, Response

from api.console.door import AtDesk, PageRoute
from api.console.lists import shell
from api.console.views import page
from core.profile import Profile
from desk import metrics

router = APIRouter(prefix="/console/{slug}", include_in_schema=False, route_class=PageRoute)
Days = Literal["7", "30", "90"]
TITLES: Final = {
    "send_rate": "Missed calls texted",
    "reply_rate": "Callers who replied",
    "recovery_rate": "Calls recovered",
    "call_to_booking_rate": "Recovered and booked",
    "response_time_seconds": "Time to an answer",
}


@router.get("/numbers")
async def numbers(request: Request, desk: AtDesk, days: Days = "7") -> Response:
    """The figures of the last days, today with them."""
    async with desk.house.db.work(desk.business_id) as work:
        start = first_instant(work.profile, work.now, int(days))
        found = await metrics.figures(work, start, work.now + timedelta(seconds=1))
        return page(
            "numbers",
            request,
            **shell(work, desk, "numbers"),
            days=days,
            start=start,
            titles=TITLES,
            figures=found,
        )


def first_instant(profile: Profile, now: datetime, days: int) -> datetime:
    """Local midnight with which the last `days` days begin."""
    today = now.astimezone(profile.zone).date()
    return datetime.combine(today - timedelta(days=days - 1), time(), profile.zone)
