"""A business as its owner would describe it: the business file, checked.

The keys are the public surface (docs: README, `evals/businesses`); unknown keys are refused.
Durations may be fractions. Local times are the business's. Nothing here reads a file or a table:
`api/business_file.py` brings YAML and JSON, `core/models` keeps the document.
"""

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_serializer,
    field_validator,
    model_validator,
)

import core.clock  # noqa: F401  (pins the zone data before any zone is read)
from core.errors import BadInput
from core.phone import parse_phone

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)$")


def _phone(value: Any) -> str:
    try:
        return parse_phone(str(value))
    except BadInput as error:
        raise ValueError(f"{error.problem}, write it like {error.example}") from None


def _span(value: str) -> str:
    match = _SPAN.match(value)
    if not match or match[1] == "24" or (match[3] == "24" and match[4] != "00"):
        raise ValueError('is not a span of local time, write it like "08:00-17:00"')
    if match[1] == match[3] and match[2] == match[4]:
        raise ValueError("starts and ends at the same minute")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not a time zone, write it like America/New_York") from None
    return value


Phone = Annotated[str, BeforeValidator(_phone)]
Span = Annotated[str, AfterValidator(_span)]
Zone = Annotated[str, AfterValidator(_zone)]
Link = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=200)]


class Part(BaseModel):
    """A section of the business file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhoneNumber(Part):
    """One of the business's own numbers."""

    number: Phone
    mode: Literal["front", "forwarded"] = "front"
    ring: tuple[Phone, ...] = ()
    ring_seconds: int = Field(20, ge=5, le=120)
    screening: Literal["press_1", "none"] = "press_1"
    voicemail: bool = False


class HoursException(Part):
    """One date that differs from the week."""

    date: dt.date
    closed: bool = False
    hours: tuple[Span, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _closed_or_open(self) -> Self:
        if self.closed == bool(self.hours):
            raise ValueError('needs either "closed: true" or "hours"')
        return self


class Person(Part):
    """Someone who works there. A number makes them reachable by text and callable."""

    key: Key
    name: str = Field(min_length=1, max_length=80)
    phone: Phone | None = None
    email: str | None = None
    role: Literal["owner", "staff"] = "staff"
    bookable: bool = True


class Service(Part):
    """What can be booked. `price` is the owner's own wording, never computed with."""

    key: Key
    name: str = Field(min_length=1, max_length=80)
    also_called: tuple[str, ...] = ()
    minutes: int = Field(ge=5, le=24 * 60)
    buffer_before_minutes: int = Field(0, ge=0, le=24 * 60)
    buffer_after_minutes: int = Field(0, ge=0, le=24 * 60)
    price: str | None = Field(None, max_length=80)
    staff: tuple[Key, ...] = ()
    urgent: bool = False
    intake: tuple[Key, ...] = ()
    first_aid: str | None = Field(None, max_length=160)


class ServiceArea(Part):
    """Where the business goes. Empty: everywhere."""

    zips: tuple[str, ...] = ()


class BookingRules(Part):
    """How times are offered."""

    min_notice_minutes: float = Field(60, ge=0)
    max_days_ahead: int = Field(30, ge=1, le=730)
    slot_minutes: Literal[5, 10, 15, 20, 30, 60] = 30
    offer: int = Field(3, ge=1, le=4)
    hold_minutes: float = Field(15, gt=0, le=24 * 60)
    confirm: Literal["agent", "staff"] = "agent"


class Knowledge(Part):
    """A question and the owner's own answer to it."""

    q: str = Field(min_length=1, max_length=300)
    a: str = Field(min_length=1, max_length=600)


class HandoffRules(Part):
    """Who is told when a person is wanted, and what may be promised."""

    notify: tuple[Key, ...] = ()
    escalate_after_minutes: float = Field(15, gt=0)
    reply_promise: str | None = Field(None, max_length=80)


class TextingRules(Part):
    """The manner and the limits of texting."""

    sign_off: str = Field("", max_length=60)
    max_segments: int = Field(2, ge=1, le=4)
    quiet_hours: Span | Literal[""] = "20:00-09:00"
    cooldown_hours: float = Field(24, ge=0)
    reply_after_seconds: float = Field(3, ge=0, le=8)
    nudge_after_hours: float = Field(20, ge=0)
    keyword_replies: Literal["carrier", "ours"] = "carrier"
    disclosure: str | None = Field(None, max_length=120)


class CarrierAccount(Part):
    """A subaccount of the business's own. Kept encrypted, never exported in clear."""

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token: SecretStr
    api_key: str | None = None
    api_secret: SecretStr | None = None
    messaging_service_sid: str | None = Field(None, pattern=r"^MG[0-9a-fA-F]{32}$")

    @field_serializer("auth_token", "api_secret", when_used="json")
    def _conceal(self, value: SecretStr | None) -> str | None:
        return None if value is None else "**********"


class Profile(Part):
    """The whole of one business."""

    slug: Key
    name: str = Field(min_length=1, max_length=80)
    vertical: str = Field("general", pattern=r"^[a-z_]{1,40}$")
    timezone: Zone
    languages: tuple[Literal["en", "es"], ...] = ("en",)
    agency: Key | None = None
    test: bool = False
    booking_link: Link | None = None
    website: Link | None = None
    address: str | None = Field(None, max_length=160)
    phone_numbers: tuple[PhoneNumber, ...] = ()
    hours: dict[Weekday, tuple[Span, ...]] = Field(default_factory=dict)
    exceptions: tuple[HoursException, ...] = ()
    staff: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    intake: tuple[Key, ...] | None = None
    service_area: ServiceArea = ServiceArea()
    booking: BookingRules = BookingRules()
    knowledge: tuple[Knowledge, ...] = ()
    handoff: HandoffRules = HandoffRules()
    texting: TextingRules = TextingRules()
    templates: dict[str, str] = Field(default_factory=dict)
    voice: Literal["composed", "fixed"] | None = None
    tone: Literal["warm", "brisk", "formal"] | None = None
    never: tuple[str, ...] = ()
    do_not_text: tuple[Phone, ...] = ()
    carrier: CarrierAccount | None = None

    @field_validator("hours")
    @classmethod
    def _in_the_order_of_the_week(
        cls, hours: dict[Weekday, tuple[Span, ...]]
    ) -> dict[Weekday, tuple[Span, ...]]:
        return {day: hours[day] for day in WEEKDAYS if day in hours}

    @model_validator(mode="after")
    def _names_fit_together(self) -> Self:
        _unique("phone_numbers", [n.number for n in self.phone_numbers])
        _unique("staff", [p.key for p in self.staff])
        _unique("services", [s.key for s in self.services])
        people = {p.key for p in self.staff}
        for service in self.services:
            for key in service.staff:
                if key not in people:
                    raise ValueError(
                        f'services.{service.key}.staff names "{key}", who is not in staff'
                    )
        for key in self.handoff.notify:
            if key not in people:
                raise ValueError(f'handoff.notify names "{key}", who is not in staff')
        _unique("exceptions", [e.date.isoformat() for e in self.exceptions])
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The business's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def intake_fields(self) -> tuple[str, ...]:
        """What to find out before times are offered, in order."""
        if self.intake is not None:
            return self.intake
        return DEFAULT_INTAKE.get(self.vertical, DEFAULT_INTAKE["general"])

    def service(self, key: str) -> Service | None:
        """The service of that key."""
        return next((s for s in self.services if s.key == key), None)

    def person(self, key: str) -> Person | None:
        """The member of staff of that key."""
        return next((p for p in self.staff if p.key == key), None)

    def able(self, service: Service) -> tuple[Person, ...]:
        """Who can do a service: those it names, or every bookable person when it names none."""
        keys = set(service.staff) or {p.key for p in self.staff if p.bookable}
        return tuple(p for p in self.staff if p.key in keys and p.bookable)

    def number(self, phone: str) -> PhoneNumber | None:
        """The business's own number of that E.164 value."""
        return next((n for n in self.phone_numbers if n.number == phone), None)

    @property
    def own_phones(self) -> frozenset[str]:
        """Every number that belongs to the business or its staff: never a caller."""
        return frozenset(
            [n.number for n in self.phone_numbers]
            + [r for n in self.phone_numbers for r in n.ring]
            + [p.phone for p in self.staff if p.phone]
        )


# What a trade needs to know before it can offer times; an owner's own `intake` replaces it.
DEFAULT_INTAKE: dict[str, tuple[str, ...]] = {
    "general": ("service", "name"),
    "appointments": ("service", "name"),
    "home_services": ("service", "zip", "name"),
    "pet_grooming": ("service", "breed", "pet_name", "name"),
}


def _unique(where: str, values: list[str]) -> None:
    twice = {v for v in values if values.count(v) > 1}
    if twice:
        raise ValueError(f"{where} names {', '.join(sorted(twice))} twice")
