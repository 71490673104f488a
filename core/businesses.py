"""A business is saved whole, from its checked file, in one transaction."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.db import Database
from core.errors import BadInput, NotFound
from core.models import (
    Agency,
    Business,
    Json,
    KnowledgeRow,
    Number,
    ProfileRow,
    Staff,
    new_id,
)
from core.profile import CarrierAccount, Profile


@dataclass(frozen=True)
class Saved:
    """What saving did."""

    business_id: uuid.UUID
    created: bool
    changed: bool


async def save(db: Database, profile: Profile) -> Saved:
    """Create the business of that slug, or update it; the same file twice changes nothing.

    Raises:
        BadInput: one of its numbers belongs to another business.
    """
    async with db.directory() as session:
        business = await session.scalar(select(Business).where(Business.slug == profile.slug))
        created = business is None
        if business is None:
            business = Business(
                id=new_id(), slug=profile.slug, name=profile.name, created_at=db.clock.now()
            )
            session.add(business)
        business.name = profile.name
        business.test = profile.test
        business.agency_id = await _agency(db, session, profile.agency)
        await session.flush()
        await session.execute(
            text("SELECT set_config('ringback.business', :id, true)"), {"id": str(business.id)}
        )
        changed = await _save_document(db, session, business.id, profile)
        if created or changed:
            await _save_numbers(session, business.id, profile)
            await _save_staff(session, business.id, profile)
            await _save_knowledge(db, session, business.id, profile)
        return Saved(business.id, created, created or changed)


async def _agency(db: Database, session: AsyncSession, slug: str | None) -> uuid.UUID | None:
    if slug is None:
        return None
    await session.execute(
        insert(Agency)
        .values(id=new_id(), slug=slug, name=slug, created_at=db.clock.now())
        .on_conflict_do_nothing(index_elements=["slug"])
    )
    found: uuid.UUID | None = await session.scalar(select(Agency.id).where(Agency.slug == slug))
    return found


async def _save_document(
    db: Database, session: AsyncSession, business_id: uuid.UUID, profile: Profile
) -> bool:
    document = to_document(profile)
    row = await session.scalar(
        select(ProfileRow).where(ProfileRow.business_id == business_id).with_for_update()
    )
    opened = _credentials(profile.carrier)
    if row is None:
        session.add(
            ProfileRow(
                business_id=business_id,
                document=document,
                carrier=db.secret.lock(opened) if opened else None,
                version=1,
                updated_at=db.clock.now(),
            )
        )
        return True
    before = db.secret.unlock(row.carrier) if row.carrier else None
    if profile.carrier is not None and opened is None:
        opened = before  # an export conceals the secrets: importing it keeps them
    if row.document == document and before == opened:
        return False
    row.document = document
    row.carrier = db.secret.lock(opened) if opened else None
    row.version += 1
    row.updated_at = db.clock.now()
    return True


def to_document(profile: Profile) -> Json:
    """The profile as JSON, secrets concealed, defaults left out."""
    document: Json = profile.model_dump(mode="json", exclude_defaults=True)
    return document


def _credentials(carrier: CarrierAccount | None) -> str | None:
    if carrier is None or carrier.auth_token.get_secret_value() == "**********":
        return None
    return json.dumps(
        {
            "account_sid": carrier.account_sid,
            "auth_token": carrier.auth_token.get_secret_value(),
            "api_key": carrier.api_key,
            "api_secret": carrier.api_secret.get_secret_value() if carrier.api_secret else None,
            "messaging_service_sid": carrier.messaging_service_sid,
        }
    )


async def _save_numbers(session: AsyncSession, business_id: uuid.UUID, profile: Profile) -> None:
    for place, number in enumerate(profile.phone_numbers):
        owner = await session.scalar(
            select(Number.business_id).where(Number.number == number.number)
        )
        if owner is not None and owner != business_id:
            raise BadInput(
                f"phone_numbers[{place}].number", f"{number.number} belongs to another business"
            )
    await session.execute(delete(Number).where(Number.business_id == business_id))
    for number in profile.phone_numbers:
        session.add(
            Number(
                number=number.number,
                business_id=business_id,
                account_sid=profile.carrier.account_sid if profile.carrier else None,
            )
        )


async def _save_staff(session: AsyncSession, business_id: uuid.UUID, profile: Profile) -> None:
    await session.execute(
        update(Staff).where(Staff.business_id == business_id).values(active=False)
    )
    for person in profile.staff:
        values = {
            "name": person.name,
            "phone": person.phone,
            "email": person.email,
            "role": person.role,
            "active": True,
        }
        await session.execute(
            insert(Staff)
            .values(business_id=business_id, id=new_id(), key=person.key, **values)
            .on_conflict_do_update(index_elements=["business_id", "key"], set_=values)
        )


async def _save_knowledge(
    db: Database, session: AsyncSession, business_id: uuid.UUID, profile: Profile
) -> None:
    await session.execute(
        delete(KnowledgeRow).where(
            KnowledgeRow.business_id == business_id,
            KnowledgeRow.question.not_in([k.q for k in profile.knowledge]),
        )
    )
    for entry in profile.knowledge:
        await session.execute(
            insert(KnowledgeRow)
            .values(
                business_id=business_id,
                id=new_id(),
                question=entry.q,
                answer=entry.a,
                updated_at=db.clock.now(),
            )
            .on_conflict_do_update(
                index_elements=["business_id", "question"],
                set_={"answer": entry.a, "updated_at": db.clock.now()},
            )
        )


async def find(db: Database, slug: str) -> uuid.UUID:
    """The id of the business of that slug.

    Raises:
        NotFound: there is none.
    """
    async with db.directory() as session:
        found: uuid.UUID | None = await session.scalar(
            select(Business.id).where(Business.slug == slug)
        )
    if found is None:
        raise NotFound(f'there is no business "{slug}"')
    return found


async def whose_number(db: Database, number: str) -> uuid.UUID | None:
    """The business that this E.164 number belongs to."""
    async with db.directory() as session:
        found: uuid.UUID | None = await session.scalar(
            select(Number.business_id).where(Number.number == number)
        )
    return found
