"""The page itself: choose a business and a phone, ring, text, look, and let time pass."""

import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from api.phone import reads, time
from api.phone.line import Line, line
from api.phone.views import page
from api.wiring import House, house_of
from core.errors import BadInput, NotAllowed, NotFound, Retryable, RingbackError


class _Page(APIRoute):
    """Answers what goes wrong in words."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                return page("wrong", request, code=422, detail="That form is not complete.")
            except RingbackError as error:
                return page("wrong", request, code=_code(error), detail=_sentence(error))

        return told


router = APIRouter(prefix="/phone", include_in_schema=False, route_class=_Page)
TheHouse = Annotated[House, Depends(house_of)]
Slug = Annotated[str, Form(max_length=63)]
Phone = Annotated[str, Form(max_length=40)]
Key = Annotated[uuid.UUID, Form()]


def _code(error: RingbackError) -> int:
    kinds = ((NotFound, 404), (NotAllowed, 403), (BadInput, 422), (Retryable, 503))
    return next((code for kind, code in kinds if isinstance(error, kind)), 409)


def _sentence(error: RingbackError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def own_form(request: Request) -> None:
    """Refuse a form that another site sent.

    Raises:
        NotAllowed: its origin is not ours.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("this form was not sent from the simulator's own page")


OwnForm = Depends(own_form)


@router.get("")
async def show(
    request: Request, house: TheHouse, business: str = "", caller: str = "", other: str = ""
) -> Response:
    """One phone as its owner sees it, and what can be done with it."""
    shops = await reads.shops(house)
    if not shops:
        return page("nobody", request)
    chosen = await reads.shop(house, business) if business else shops[0]
    phone = reads.caller_from(other or caller)
    async with house.db.work(chosen.id) as work:
        people = reads.callers(work.profile)
        return page(
            "phone",
            request,
            shops=shops,
            shop=chosen,
            profile=work.profile,
            now=work.now,
            callers=people,
            from_phone=phone,
            named=dict(people).get(phone),
            withheld=phone == reads.WITHHELD,
            thread=_in_order(await reads.rings(work, phone), await reads.texts(work, phone)),
            conversation=await reads.conversation_of(work, phone),
            key=str(uuid.uuid4()),
        )


def _in_order(
    rings: list[reads.Ring], texts: list[reads.Text]
) -> list[tuple[str, reads.Ring | reads.Text]]:
    """Calls and texts by time; a call comes before the text that it caused."""
    entries: list[tuple[str, reads.Ring | reads.Text]] = [
        *(("ring", r) for r in rings),
        *(("text", t) for t in texts),
    ]
    return sorted(entries, key=lambda e: (e[1].at, e[0]))


@router.post("/ring", dependencies=[OwnForm])
async def ring(
    request: Request, house: TheHouse, business: Slug, caller: Phone, key: Key
) -> Response:
    """Call and let it ring until nobody has answered."""
    return await _on_the_line(request, house, business, caller, lambda on: on.ring(key))


@router.post("/hang-up", dependencies=[OwnForm])
async def hang_up(
    request: Request, house: TheHouse, business: Slug, caller: Phone, key: Key
) -> Response:
    """Call and give up while it rings."""
    return await _on_the_line(request, house, business, caller, lambda on: on.hang_up(key))


@router.post("/answer", dependencies=[OwnForm])
async def answer(
    request: Request, house: TheHouse, business: Slug, caller: Phone, key: Key
) -> Response:
    """Call, and one of the staff takes it."""
    return await _on_the_line(request, house, business, caller, lambda on: on.answered(key))


@router.post("/text", dependencies=[OwnForm])
async def text(
    request: Request,
    house: TheHouse,
    business: Slug,
    caller: Phone,
    key: Key,
    words: Annotated[str, Form(max_length=1600)] = "",
    quick: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Send a text; `quick` is what a chip says, "picture" sends one."""
    if caller == reads.WITHHELD:
        raise BadInput("caller", "is withheld: such a phone can't text")
    picture = quick == "picture"
    said = words if picture or not quick else quick
    if not said.strip() and not picture:
        raise BadInput("text", "is empty")
    return await _on_the_line(
        request, house, business, caller, lambda on: on.text(key, said, picture=picture)
    )


@router.post("/clock", dependencies=[OwnForm])
async def clock(
    house: TheHouse, business: Slug, caller: Phone, step: Annotated[time.Step, Form()]
) -> Response:
    """Let time pass at this business, or come back to now."""
    chosen = await reads.shop(house, business)
    await time.move(house, chosen.id, step)
    return _back(chosen.slug, reads.caller_from(caller))


async def _on_the_line(
    request: Request,
    house: House,
    slug: str,
    caller: str,
    act: Callable[[Line], Awaitable[None]],
) -> Response:
    """Do something on this caller's line and come back to the phone."""
    chosen = await reads.shop(house, slug)
    phone = reads.caller_from(caller)
    async with house.db.work(chosen.id) as work:
        numbers = work.profile.phone_numbers
    if not numbers:
        raise BadInput("business", "has no number that could be called")
    async with line(request.app, house, phone, numbers[0].number) as on:
        await act(on)
    return _back(chosen.slug, phone)


def _back(slug: str, phone: str) -> Response:
    return RedirectResponse(f"/phone?{urlencode({'business': slug, 'caller': phone})}#handset", 303)
