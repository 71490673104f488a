"""The lists: what needs a person, the leads by status, missed calls, calls owed."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.console import reads
from api.console.door import AtDesk, Desk, OwnForm, PageRoute
from api.console.views import page
from core.db import Work
from core.leads import Status
from desk import callbacks, inbox

router = APIRouter(prefix="/console/{slug}", include_in_schema=False, route_class=PageRoute)
Tab = Literal["needs_you", "mine", "agent", "done"]


def shell(work: Work, desk: Desk, here: str) -> dict[str, Any]:
    """What every page of a business shows around its content."""
    return {
        "base": desk.base,
        "here": here,
        "profile": work.profile,
        "now": work.now,
        "who": desk.who,
        "several": len(desk.places) > 1,
    }


@router.get("")
async def queue(request: Request, desk: AtDesk, tab: Tab = "needs_you") -> Response:
    """What waits for a person, the most urgent first; what is mine; what the agent does; what was."""
    async with desk.house.db.work(desk.business_id) as work:
        rows, talks = await _behind(work, desk, tab)
        return page(
            "queue",
            request,
            **shell(work, desk, "queue"),
            tab=tab,
            tabs=await reads.tabs(work, desk.who.key),
            rows=rows,
            talks=talks,
            last=await reads.last_words(work, [r.conversation_id for r in rows]),
        )


async def _behind(
    work: Work, desk: Desk, tab: Tab
) -> tuple[list[inbox.QueueRow], list[reads.Talk]]:
    if tab == "agent":
        return [], await reads.with_agent(work)
    if tab == "done":
        return list((await inbox.resolved(work)).items), []
    live = await inbox.queue(work)
    if tab == "mine":
        return [r for r in live if r.claimed_by == desk.who.key], []
    return [r for r in live if r.claimed_by != desk.who.key], []


@router.get("/leads")
async def leads(
    request: Request, desk: AtDesk, status: Status | None = None, before: str | None = None
) -> Response:
    """The leads of one status, or of all; a board's columns are tabs on every screen."""
    async with desk.house.db.work(desk.business_id) as work:
        found = await inbox.leads(work, status, cursor=before)
        return page(
            "leads",
            request,
            **shell(work, desk, "leads"),
            status=status.value if status else None,
            counts=await inbox.counts(work),
            found=found,
        )


@router.get("/calls")
async def calls(request: Request, desk: AtDesk, before: str | None = None) -> Response:
    """Calls that a person owes, then every missed call with what was decided about it."""
    async with desk.house.db.work(desk.business_id) as work:
        return page(
            "calls",
            request,
            **shell(work, desk, "calls"),
            owed=(await callbacks.owed(work)).items,
            missed=await inbox.missed_calls(work, cursor=before),
        )


@router.post("/callbacks/{callback_id}/done", dependencies=[OwnForm])
async def called_back(
    desk: AtDesk, callback_id: uuid.UUID, outcome: Annotated[str, Form(max_length=200)]
) -> Response:
    """A call that was owed is made; a second time changes nothing."""
    async with desk.house.db.work(desk.business_id) as work:
        await callbacks.done(work, callback_id, desk.person, outcome)
    return RedirectResponse(f"{desk.base}/calls", 303)
