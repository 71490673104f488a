"""The one secret of an installation: keyed hashes, and what must be kept encrypted.

It comes from RINGBACK_SECRET, or is made once and kept in the database. Changing it signs
everybody out, forgets opt-out hashes and locks subaccount credentials, so keep it.
"""

import base64
import hashlib
import hmac
import secrets
import uuid

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import BadSetting
from core.models import ServiceSecret

_NAME = "ringback_secret"


class Secret:
    """Keyed by the installation's secret; a key of its own for each use."""

    def __init__(self, value: str) -> None:
        self._value = value.encode()

    def key(self, use: str) -> bytes:
        """32 bytes for one use."""
        return hmac.new(self._value, use.encode(), hashlib.sha256).digest()

    def hash(self, use: str, text: str) -> str:
        """A keyed hash, hexadecimal, of something that must not be kept itself."""
        return hmac.new(self.key(use), text.encode(), hashlib.sha256).hexdigest()

    def phone_hash(self, business_id: uuid.UUID, phone: str) -> str:
        """What the opt-out ledger keeps of an E.164 number, apart for each business."""
        return self.hash("phone", f"{business_id}:{phone}")

    def lock(self, text: str) -> str:
        """Encrypt what must be read again."""
        return Fernet(base64.urlsafe_b64encode(self.key("lock"))).encrypt(text.encode()).decode()

    def unlock(self, locked: str) -> str:
        """Decrypt.

        Raises:
            BadSetting: it was locked under another RINGBACK_SECRET.
        """
        try:
            return (
                Fernet(base64.urlsafe_b64encode(self.key("lock"))).decrypt(locked.encode()).decode()
            )
        except InvalidToken:
            raise BadSetting(
                "RINGBACK_SECRET", "is not the one under which this database's secrets were kept"
            ) from None


def new_token() -> str:
    """256 random bits for a person or a browser to hold; only their hash is kept."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """A token is random enough that its plain hash can't be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


async def installed(session: AsyncSession, given: str | None) -> Secret:
    """The secret given by the environment, or the database's own, made on the first use."""
    if given is not None:
        return Secret(given)
    await session.execute(
        insert(ServiceSecret)
        .values(name=_NAME, value=secrets.token_urlsafe(32))
        .on_conflict_do_nothing()
    )
    value = await session.scalar(select(ServiceSecret.value).where(ServiceSecret.name == _NAME))
    return Secret(str(value))
