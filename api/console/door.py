"""The console's door: who this browser is, which business the page is of, and whose form it was."""

import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from typing_extensions import override

from api.auth import Place, places_of
from api.console.views import page
from api.wiring import House, house_of
from core.errors import BadInput, NotAllowed, NotFound, Retryable, RingbackError
from core.log import get_logger
from desk.staff import Person, Who, who_is_signed_in

log = get_logger("api.console")
SIGN_IN: Final = "/console/sign-in"


class SignedOut(RingbackError):
    """This browser is not signed in."""


@dataclass(frozen=True)
class Desk:
    """One request at the desk of one business, by somebody who may be there."""

    house: House
    who: Who
    places: tuple[Place, ...]
    business_id: uuid.UUID
    slug: str

    @property
    def person(self) -> Person:
        """Who acts, as the handoffs know people."""
        return self.who.person

    @property
    def base(self) -> str:
        """Where this business's pages begin."""
        return f"/console/{self.slug}"


def cookie_name(house: House) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http can't have it."""
    return "__Host-ringback" if secure(house) else "ringback"


def secure(house: House) -> bool:
    """Whether browsers come over https."""
    return house.settings.base_url.startswith("https://")


async def signed_in(request: Request, house: Annotated[House, Depends(house_of)]) -> Who:
    """Who this browser is.

    Raises:
        SignedOut: nobody that we know.
    """
    cookie = request.cookies.get(cookie_name(house))
    who = await who_is_signed_in(house.db, cookie) if cookie else None
    if who is None:
        raise SignedOut
    return who


async def at_desk(
    slug: str,
    house: Annotated[House, Depends(house_of)],
    who: Annotated[Who, Depends(signed_in)],
) -> Desk:
    """The business of this address, checked on each request.

    Raises:
        NotFound: it is not this person's, or there is none.
    """
    places = await places_of(house, who)
    for place in places:
        if place.slug == slug:
            return Desk(house, who, places, place.id, slug)
    raise NotFound("there is no such business here")


def own_form(request: Request, house: Annotated[House, Depends(house_of)]) -> None:
    """Refuse a form that another site sent with this browser's cookie.

    Raises:
        NotAllowed: the browser says that it came from elsewhere, or does not say.
    """
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        if fetch_site == "same-origin":
            return
    elif origin := request.headers.get("origin"):
        ours = {urlsplit(house.settings.base_url).netloc, request.headers.get("host")}
        if urlsplit(origin).netloc in ours:
            return
    log.warning("console.form.refused", site=fetch_site)
    raise NotAllowed("this form was not sent from our own page: go back, reload and try again")


class PageRoute(APIRoute):
    """Answers what goes wrong with a page in words, not with JSON."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except SignedOut:
                return _signed_out(request)
            except RequestValidationError:
                return wrong(request, 422, "That form is not complete.", "Go back and try again.")
            except RingbackError as error:
                return _wrong(request, error)

        return told


def _signed_out(request: Request) -> Response:
    slug = str(request.path_params.get("slug", ""))
    return page("signed_out", request, code=401, slug=slug, go_to=request.url.path, asked=False)


def _wrong(request: Request, error: RingbackError) -> Response:
    if isinstance(error, NotFound):
        return wrong(request, 404, "Not here", "There is no such page, or it is not yours.")
    if isinstance(error, NotAllowed):
        return wrong(request, 403, "Not allowed", str(error))
    if isinstance(error, BadInput):
        return wrong(request, 422, "That does not fit", str(error))
    if isinstance(error, Retryable):
        log.warning("console.unavailable", error=str(error)[:200])
        return wrong(request, 503, "Not now", "Try again in a moment: nothing was lost.")
    return wrong(request, 409, "That did not work", str(error))


def wrong(request: Request, code: int, title: str, words: str) -> Response:
    """A page that says what went wrong."""
    return page("wrong", request, code=code, title=title, detail=words)


AtDesk = Annotated[Desk, Depends(at_desk)]
SignedIn = Annotated[Who, Depends(signed_in)]
OwnForm = Depends(own_form)
