"""Business files over HTTP: the same document as the YAML, as JSON, secrets concealed."""

from fastapi import APIRouter, Body, Response
from sqlalchemy import select

from api import business_file
from api.auth import Asking, InScope, OwnersOnly, Scope, agency_slug, places_of
from core.errors import BadInput, NotFound
from core.models import Business, Json
from core.profile import Profile
from desk.staff import Who

router = APIRouter(tags=["businesses"])


@router.get("/businesses")
async def list_businesses(scope: InScope) -> Json:
    """The businesses that this token may see, by slug."""
    items = []
    for business_id in scope.ids:
        async with scope.house.db.work(business_id) as work:
            items.append(
                {
                    "id": str(business_id),
                    "slug": work.slug,
                    "name": work.profile.name,
                    "vertical": work.profile.vertical,
                    "timezone": work.profile.timezone,
                    "agency": work.profile.agency,
                    "test": work.test,
                    "phone_numbers": [n.number for n in work.profile.phone_numbers],
                }
            )
    return {"items": items, "next": None}


@router.get("/businesses/{slug}")
async def read_business(scope: InScope, slug: str) -> Json:
    """The business file, every key with its value, secrets concealed."""
    place = next((p for p in scope.places if p.slug == slug), None)
    if place is None:
        raise NotFound(f'there is no business "{slug}"')
    async with scope.house.db.work(place.id) as work:
        return business_file.as_json(work.profile)


@router.put("/businesses/{slug}", dependencies=[OwnersOnly])
async def write_business(
    scope: InScope, who: Asking, slug: str, document: Json = Body(), *, response: Response
) -> Json:
    """Replace a business file; an agency's token makes a new business of its own (201).

    Concealed secrets stay what they are. Nothing is saved when any key is wrong.
    """
    if who.business_id is not None and slug not in {p.slug for p in scope.places}:
        raise NotFound(f'there is no business "{slug}"')
    if document.setdefault("slug", slug) != slug:
        raise BadInput("slug", "is not the one in the address", slug)
    await _not_anothers(scope, who, slug)
    document["agency"] = await _agency_of(scope, who, slug, document.get("agency"))
    saved = await business_file.keep(scope.house.db, business_file.check(document))
    response.status_code = 201 if saved.created else 200
    return business_file.as_json(await _stored(scope, slug))


async def _not_anothers(scope: Scope, who: Who, slug: str) -> None:
    mine = {p.slug for p in await places_of(scope.house, who)}
    async with scope.house.db.directory() as session:
        taken = await session.scalar(select(Business.id).where(Business.slug == slug))
    if taken is not None and slug not in mine:
        raise NotFound(f'there is no business "{slug}"')


async def _agency_of(scope: Scope, who: Who, slug: str, wished: object) -> str | None:
    """Whose business it is stays as it is: a token can't move one to another agency."""
    if who.agency_id is not None:
        present: str | None = await agency_slug(scope.house, who.agency_id)
    else:
        present = (await _stored(scope, slug)).agency
    if wished is not None and wished != present:
        raise BadInput("agency", "can't be changed here", present or "")
    return present


async def _stored(scope: Scope, slug: str) -> Profile:
    return await business_file.stored(scope.house.db, slug)
