"""One conversation: read it, take it over, answer, give it back, end it.

Each form is a plain POST that leads back to the page; what went wrong is told on the page itself,
with the words that were typed still there. A form's hidden key lets it be sent twice and act once.
"""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from api.console import reads
from api.console.door import AtDesk, Desk, OwnForm, PageRoute
from api.console.lists import shell
from api.console.views import page
from core.db import Work
from core.errors import BadInput, Conflict, IllegalMove, NotFound
from core.models import Conversation
from desk import handoff, inbox
from texting.segments import count, fold

router = APIRouter(prefix="/console/{slug}", include_in_schema=False, route_class=PageRoute)
Bar = Literal["agent", "queue", "mine", "theirs", "stopped"]
Words = Annotated[str, Form(max_length=2000)]


def bar_of(view: inbox.ConversationView, mine: str) -> Bar:
    """What the person of the key `mine` may do at the bottom of the page."""
    if view.owner == "staff":
        holder = view.handoff.claimed_by if view.handoff else view.staff_key
        if holder != mine:
            return "theirs"
        return "stopped" if view.opted_out else "mine"
    if view.opted_out:
        return "stopped"
    return "queue" if view.owner == "queue" else "agent"


def thread_of(view: inbox.ConversationView) -> list[inbox.MessageRow | inbox.CallRow]:
    """Texts and missed calls in order of time; a call comes before the text that it caused."""
    entries: list[inbox.MessageRow | inbox.CallRow] = [*view.calls, *view.messages]
    return sorted(
        entries, key=lambda e: (e.at, isinstance(e, inbox.MessageRow), getattr(e, "seq", 0))
    )


async def show(
    request: Request,
    desk: Desk,
    conversation_id: uuid.UUID,
    *,
    code: int = 200,
    problem: str | None = None,
    draft: str = "",
) -> Response:
    """The page as it is now, with what went wrong and what was typed."""
    async with desk.house.db.work(desk.business_id) as work:
        view = await inbox.conversation(work, conversation_id)
        return page(
            "conversation",
            request,
            code=code,
            **shell(work, desk, "conversation"),
            view=view,
            thread=thread_of(view),
            bar=bar_of(view, desk.who.key),
            visits=await reads.visits(work, conversation_id),
            problem=problem,
            draft=draft,
            key=str(uuid.uuid4()),
        )


@router.get("/conversations/{conversation_id}")
async def read(request: Request, desk: AtDesk, conversation_id: uuid.UUID) -> Response:
    """Who it is, what is known, every text, and what may be done."""
    return await show(request, desk, conversation_id)


@router.get("/segments")
async def segments(desk: AtDesk, text: str = "") -> Response:  # noqa: ARG001  signed in is enough
    """How many parts a text will cost once it is folded: the composer's counter asks."""
    told = fold(text).strip()
    if not told:
        return JSONResponse({"segments": 0, "encoding": "GSM-7", "characters": 0, "forced_by": []})
    found = count(told)
    return JSONResponse(
        {
            "segments": found.segments,
            "encoding": found.encoding,
            "characters": len(told),
            "forced_by": list(found.forces_ucs2[:3]),
        }
    )


async def _acted(
    request: Request,
    desk: Desk,
    conversation_id: uuid.UUID,
    act: Callable[[Work], Awaitable[object]],
    *,
    draft: str = "",
) -> Response:
    """Do it in one transaction and come back to the page, or stay on it and say why not."""
    try:
        async with desk.house.db.work(desk.business_id) as work:
            await act(work)
    except (Conflict, IllegalMove) as error:
        return await show(
            request, desk, conversation_id, code=409, problem=_said(error), draft=draft
        )
    except BadInput as error:
        return await show(
            request, desk, conversation_id, code=422, problem=_said(error), draft=draft
        )
    return RedirectResponse(f"{desk.base}/conversations/{conversation_id}", 303)


def _said(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


async def _row(work: Work, conversation_id: uuid.UUID) -> Conversation:
    found = await work.session.get(Conversation, (work.business_id, conversation_id))
    if found is None:
        raise NotFound("there is no such conversation")
    return found


@router.post("/conversations/{conversation_id}/take", dependencies=[OwnForm])
async def take(request: Request, desk: AtDesk, conversation_id: uuid.UUID) -> Response:
    """From now on I speak: the agent and the queue lose it in one statement."""

    async def act(work: Work) -> None:
        await handoff.take_over(work, await _row(work, conversation_id), desk.person)

    return await _acted(request, desk, conversation_id, act)


@router.post("/conversations/{conversation_id}/say", dependencies=[OwnForm])
async def say(
    request: Request,
    desk: AtDesk,
    conversation_id: uuid.UUID,
    key: Annotated[uuid.UUID, Form()],
    text: Words = "",
) -> Response:
    """Text the caller; the first words to somebody who waits claim them."""
    words = fold(text)

    async def act(work: Work) -> None:
        row = await _row(work, conversation_id)
        await handoff.staff_writes(work, row, desk.person, words, idempotency=str(key))

    return await _acted(request, desk, conversation_id, act, draft=text)


@router.post("/conversations/{conversation_id}/resolve", dependencies=[OwnForm])
async def resolve(
    request: Request,
    desk: AtDesk,
    conversation_id: uuid.UUID,
    handoff_id: Annotated[uuid.UUID, Form()],
    outcome: Annotated[str, Form(max_length=40)],
    note: Words = "",
) -> Response:
    """It is settled; the outcome is what the lead becomes."""

    async def act(work: Work) -> None:
        await handoff.resolve(work, handoff_id, desk.person, outcome, note.strip() or None)

    return await _acted(request, desk, conversation_id, act)


@router.post("/conversations/{conversation_id}/return", dependencies=[OwnForm])
async def give_back(
    request: Request,
    desk: AtDesk,
    conversation_id: uuid.UUID,
    handoff_id: Annotated[uuid.UUID, Form()],
    instruction: Words = "",
) -> Response:
    """The assistant answers again, with a word on what it should know."""

    async def act(work: Work) -> None:
        await handoff.return_to_agent(work, handoff_id, desk.person, instruction.strip() or None)

    return await _acted(request, desk, conversation_id, act)


@router.post("/conversations/{conversation_id}/release", dependencies=[OwnForm])
async def release(
    request: Request,
    desk: AtDesk,
    conversation_id: uuid.UUID,
    handoff_id: Annotated[uuid.UUID, Form()],
) -> Response:
    """Back into the queue, for a colleague."""

    async def act(work: Work) -> None:
        await handoff.release(work, handoff_id, desk.person)

    return await _acted(request, desk, conversation_id, act)
