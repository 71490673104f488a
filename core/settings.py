"""Everything the environment may say, read once, frozen, in groups.

The variables are the public surface. Each has a default or a clear error that names it; an absent
key chooses the built-in twin: embedded database, phone simulator, offline brain.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import BadSetting

_EXAMPLES = {
    "database_url": "postgresql://ringback:secret@db:5432/ringback",
    "database_admin_url": "postgresql://postgres:secret@db:5432/ringback",
    "port": "8000",
    "public_url": "https://text.example.com",
    "twilio_account_sid": "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "twilio_api_url": "http://127.0.0.1:4010",
    "openai_base_url": "http://127.0.0.1:11434/v1",
    "openai_api": "responses",
    "log_level": "info",
    "log_format": "json",
    "phone_simulator": "on",
}


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True)


class Carrier(_Group):
    """Twilio's account. Absent: the phone simulator."""

    account_sid: str
    auth_token: SecretStr
    api_key: str | None
    api_secret: SecretStr | None
    api_url: str | None


class Model(_Group):
    """Any OpenAI-compatible server. Absent: the offline brain."""

    api_key: SecretStr
    base_url: str | None
    name: str
    embedding_name: str
    api: Literal["responses", "chat"]


class Settings(BaseSettings):
    """The environment of one process."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: SecretStr | None = None
    database_admin_url: SecretStr | None = None
    ringback_home: Path = Path(".ringback")
    ringback_secret: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_api_key: str | None = None
    twilio_api_secret: SecretStr | None = None
    twilio_api_url: str | None = None
    phone_simulator: Literal["on", "off"] = "off"
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-6-luna"
    openai_embedding_model: str = "text-embedding-3-small"
    openai_api: Literal["responses", "chat"] = "responses"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            BadSetting: a variable is not usable; the message names it and gives an example.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "environment"
            raise BadSetting(name.upper(), _plain(first["msg"]), _EXAMPLES.get(name, "")) from None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name in ("database_url", "database_admin_url"):
            _check_database(name, getattr(self, name))
        for name in ("public_url", "twilio_api_url", "openai_base_url"):
            value = getattr(self, name)
            if value is not None and not value.startswith(("http://", "https://")):
                raise BadSetting(
                    name.upper(), "must begin with http:// or https://", _EXAMPLES[name]
                )
        if not 0 <= self.port <= 65535:
            raise BadSetting("PORT", "must lie between 0 and 65535", "8000")
        if self.twilio_account_sid and not self.twilio_auth_token:
            raise BadSetting(
                "TWILIO_AUTH_TOKEN", "is needed beside TWILIO_ACCOUNT_SID: it checks webhooks"
            )
        if self.twilio_auth_token and not self.twilio_account_sid:
            raise BadSetting(
                "TWILIO_ACCOUNT_SID",
                "is needed beside TWILIO_AUTH_TOKEN",
                _EXAMPLES["twilio_account_sid"],
            )
        if bool(self.twilio_api_key) != bool(self.twilio_api_secret):
            raise BadSetting("TWILIO_API_KEY", "goes with TWILIO_API_SECRET; give both or neither")
        return self

    @property
    def base_url(self) -> str:
        """The address that the carrier calls and signs, without a trailing slash."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def carrier(self) -> Carrier | None:
        """Twilio's account, or None for the phone simulator."""
        if not (self.twilio_account_sid and self.twilio_auth_token):
            return None
        return Carrier(
            account_sid=self.twilio_account_sid,
            auth_token=self.twilio_auth_token,
            api_key=self.twilio_api_key,
            api_secret=self.twilio_api_secret,
            api_url=self.twilio_api_url,
        )

    @property
    def model(self) -> Model | None:
        """The language model, or None for the offline brain."""
        if self.openai_api_key is None:
            return None
        return Model(
            api_key=self.openai_api_key,
            base_url=self.openai_base_url,
            name=self.openai_model,
            embedding_name=self.openai_embedding_model,
            api=self.openai_api,
        )

    @property
    def simulator(self) -> bool:
        """Whether `/phone` is served."""
        return self.carrier is None or self.phone_simulator == "on"


def _check_database(name: str, value: SecretStr | None) -> None:
    if value is None:
        return
    problem = BadSetting(name.upper(), "is not a PostgreSQL address", _EXAMPLES[name])
    try:
        url = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):  # the second for a port that is no number
        raise problem from None
    if not url.drivername.startswith("postgres"):
        raise problem


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:]
