"""A case: who calls whom and when, what the caller knows and wants, and how it must end."""

import re
from datetime import datetime
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.errors import BadInput
from core.profile import Profile

SUITES = "evals.suites"
BUSINESSES = "evals.businesses"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Part):
    """When our last text matches `asks`, the caller says `say`: the first unused match wins."""

    asks: str
    say: str
    times: int = 1

    @field_validator("asks")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        re.compile(value)
        return value


class CallerSheet(_Part):
    """What the caller does. `phone` chooses what the simulator does with texts to it."""

    phone: str = "+12075550142"
    opening: str | None = Field(None, description="their first text; none: they never answer")
    replies: tuple[Reply, ...] = ()
    most_texts: int = 10


class StaffSheet(_Part):
    """What a person does once the queue holds the conversation."""

    reply: str
    outcome: Literal["booked", "follow_up_needed", "closed"]


class Expected(_Part):
    """The end state, as the tables have it. Absent: not judged."""

    decision: str | None = None
    lead: str | None = None
    owner: str | None = None
    bookings: int | None = None
    service: str | None = None
    starts_at: str | None = None
    handoffs: int | None = None
    reason: str | None = None
    urgency: str | None = None
    callbacks: int | None = None
    texts: int | None = Field(None, description="how many texts of ours reached the carrier")
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()


class Case(_Part):
    """One story. `at` is local time of the business; `wait_hours` passes at the end."""

    id: str
    about: str = ""
    business: str
    at: datetime
    how: Literal["call", "text"] = "call"
    caller: CallerSheet = CallerSheet()
    staff: StaffSheet | None = None
    wait_hours: float = 0
    changes: dict[str, Any] = Field(default_factory=dict)
    expect: Expected = Expected()


class Suite(_Part):
    """Cases that belong together."""

    name: str
    about: str = ""
    cases: tuple[Case, ...]


def suites() -> list[str]:
    """The names of all suites that ship."""
    return sorted(
        f.name.removesuffix(".yaml")
        for f in resources.files(SUITES).iterdir()
        if f.name.endswith(".yaml")
    )


def load_suite(name: str) -> Suite:
    """Read a suite.

    Raises:
        BadInput: there is none of that name.
    """
    file = resources.files(SUITES).joinpath(f"{name}.yaml")
    if not file.is_file():
        raise BadInput("suite", f'there is no suite "{name}"', ", ".join(suites()))
    return Suite.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def load_business(case: Case) -> Profile:
    """The case's business: a shipped one, with the case's own changes."""
    file = resources.files(BUSINESSES).joinpath(f"{case.business}.yaml")
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    for key, value in case.changes.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            document[key] = {**document[key], **value}
        else:
            document[key] = value
    return Profile.model_validate(document)
