"""In and out of the console. A link's page has a button: only pressing it signs in."""

import re
import uuid
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from api.auth import places_of
from api.console.door import (
    SIGN_IN,
    OwnForm,
    PageRoute,
    SignedIn,
    cookie_name,
    secure,
    wrong,
)
from api.console.views import page
from api.wiring import House, house_of
from core.db import Work
from core.errors import BadInput
from core.models import Business
from core.outbox import Draft, post
from core.phone import parse_phone
from core.profile import Person
from desk.staff import SESSION_LIFE, create_link, link_is_good, sign_in, sign_out

router = APIRouter(include_in_schema=False, route_class=PageRoute)
TheHouse = Annotated[House, Depends(house_of)]
_OWN_PAGE: Final = re.compile(r"/console(/[\w\-/]*)?")


def own_page(path: str | None) -> str | None:
    """The path if it is one of the console's own pages: nobody is sent anywhere else."""
    return path if path and _OWN_PAGE.fullmatch(path) else None


@router.get("/console")
async def home(request: Request, house: TheHouse, who: SignedIn) -> Response:
    """The queue of one's only business, or the list of an agency's."""
    places = await places_of(house, who)
    if len(places) == 1:
        return RedirectResponse(f"/console/{places[0].slug}", 303)
    async with house.db.directory() as session:
        found = await session.execute(
            select(Business.slug, Business.name)
            .where(Business.id.in_([p.id for p in places]))
            .order_by(Business.name)
        )
        return page("home", request, who=who, businesses=found.all())


@router.get(SIGN_IN)
async def ask(request: Request, go_to: str = "") -> Response:
    """How to get in."""
    return page("signed_out", request, slug="", go_to=own_page(go_to) or "", asked=False)


@router.get(f"{SIGN_IN}/{{secret}}")
async def show_link(request: Request, house: TheHouse, secret: str) -> Response:
    """The page behind a link: a button, because previews of texts open links, too."""
    if not await link_is_good(house.db, secret):
        return _spent(request)
    return page("sign_in", request, secret=secret)


@router.post(f"{SIGN_IN}/{{secret}}", dependencies=[OwnForm])
async def use_link(request: Request, house: TheHouse, secret: str) -> Response:
    """Use the link up, and go where it leads."""
    came = await sign_in(house.db, secret)
    if came is None:
        return _spent(request)
    answer = RedirectResponse(own_page(came.go_to) or "/console", 303)
    answer.set_cookie(
        cookie_name(house),
        came.secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=secure(house),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/console/sign-out", dependencies=[OwnForm])
async def leave(request: Request, house: TheHouse) -> Response:
    """End this browser's session."""
    name = cookie_name(house)
    if cookie := request.cookies.get(name):
        await sign_out(house.db, cookie)
    answer = RedirectResponse(SIGN_IN, 303)
    answer.delete_cookie(name, path="/", secure=secure(house), httponly=True, samesite="lax")
    return answer


def _spent(request: Request) -> Response:
    told = "It was used already, or it is older than 15 minutes. Ask for a fresh one."
    return wrong(request, 410, "This link is used up", told)


@router.post("/console/{slug}/send-link", dependencies=[OwnForm])
async def send_link(
    request: Request,
    house: TheHouse,
    slug: str,
    phone: Annotated[str, Form(max_length=40)],
    go_to: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Text a sign-in link to a phone of the staff's. The answer tells nobody whose phone it is."""
    async with house.db.directory() as session:
        business_id = await session.scalar(select(Business.id).where(Business.slug == slug))
    if business_id is not None:
        await _text_link(house, business_id, phone, own_page(go_to))
    return page("signed_out", request, slug=slug, go_to=own_page(go_to) or "", asked=True)


async def _text_link(house: House, business_id: uuid.UUID, phone: str, go_to: str | None) -> None:
    async with house.db.work(business_id) as work:
        profile, now = work.profile, work.now
    try:
        wanted = parse_phone(phone)
    except BadInput:
        return
    person = next((p for p in profile.staff if p.phone == wanted), None)
    if person is None or not profile.phone_numbers:
        return
    secret = await create_link(
        house.db, role=person.role, business_id=business_id, staff_key=person.key, go_to=go_to
    )
    async with house.db.work(business_id) as work:
        await post(work, _letter(work, person, f"{house.settings.base_url}{SIGN_IN}/{secret}", now))


def _letter(work: Work, person: Person, link: str, now: datetime) -> Draft:
    """One text a minute and person, however often somebody asks."""
    return Draft(
        to_phone=person.phone or "",
        from_phone=work.profile.phone_numbers[0].number,
        body=f"Your sign-in link, good for 15 minutes: {link}",
        author="system",
        purpose="staff_alert",
        cause=f"sign-in:{person.key}:{now:%Y-%m-%dT%H:%M}",
        basis="internal",
        staff_key=person.key,
    )
