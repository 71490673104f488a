"""A business as YAML: read with line numbers, checked, and written so that it reads back the same."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml
from pydantic import SecretStr, ValidationError
from sqlalchemy import select
from typing_extensions import override

from api.business_file.problems import (
    BadBusinessFile,
    Problem,
    did_you_mean,
    dotted,
    path_of,
    told,
)
from api.business_file.yaml_lines import as_data, compose, line_of
from core.businesses import Saved, find, save, to_document
from core.db import Database
from core.errors import NotFound
from core.models import Json, ProfileRow
from core.profile import CarrierAccount, Profile
from texting.templates import KEYS, is_key, lint

CONCEALED = "**********"


@dataclass(frozen=True)
class BusinessFile:
    """A file that was read: the profile, and where in the text each key stands."""

    profile: Profile
    source: str
    root: yaml.Node

    def refused(self, key: str, problem: str, example: str = "") -> BadBusinessFile:
        """The same kind of error for what only the database can know, such as a number's owner."""
        line = line_of(self.root, path_of(key))
        return BadBusinessFile([Problem(key, problem, example, line)], self.source)


def read(text: str, source: str = "the file") -> BusinessFile:
    """Read and check a business file.

    Args:
        text: The YAML.
        source: Its name, for messages.

    Raises:
        BadBusinessFile: every problem with its key, line and an example.
    """
    root = compose(text, source)
    try:
        profile = check(as_data(root, source))
    except BadBusinessFile as error:
        placed = [
            p if p.line else Problem(p.key, p.problem, p.example, line_of(root, path_of(p.key)))
            for p in error.problems
        ]
        raise BadBusinessFile(sorted(placed, key=lambda p: p.line or 0), source) from None
    return BusinessFile(profile, source, root)


def check(document: object) -> Profile:
    """Check a business given as data (JSON, or YAML once read).

    Raises:
        BadBusinessFile: every problem with its key, and an example; lines are not known here.
    """
    if not isinstance(document, Mapping):
        raise BadBusinessFile([Problem("", "must be an object of keys with values")])
    try:
        profile = Profile.model_validate(document)
    except ValidationError as error:
        by_key: dict[str, Problem] = {}
        for one in error.errors():
            found = told(dict(one), document)
            by_key.setdefault(found.key, found)  # a value of two forms fails once for each
        raise BadBusinessFile(list(by_key.values())) from None
    problems = list(_template_problems(profile))
    if problems:
        raise BadBusinessFile(problems)
    return profile


def _template_problems(profile: Profile) -> Iterator[Problem]:
    for key, words in profile.templates.items():
        where = f"templates.{key}"
        if not is_key(key):
            yield Problem(where, f"unknown template{did_you_mean(key, sorted(KEYS))}")
        elif key.startswith("first_text"):
            limit = profile.texting.max_segments
            for found in lint(words, longest_name=profile.name, max_segments=limit):
                if found.blocks:
                    yield Problem(where, found.sentence)
        elif not words.strip():
            yield Problem(where, "is empty", "leave the key out to use the built-in words")


class _Dumper(yaml.SafeDumper):
    """Block style, two spaces, quotes where either YAML version would misread a text."""

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key."""
        del indentless
        super().increase_indent(flow, False)


def _quoted(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    risky = bool(re.match(r"^[\d+\-.]", value)) or value.lower() in ("yes", "no", "on", "off")
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if risky else None)


_Dumper.add_representer(str, _quoted)


def dump(profile: Profile) -> str:
    """The business as YAML without its secrets; importing it keeps the stored ones."""
    return yaml.dump(
        to_document(profile), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


def as_json(profile: Profile) -> Json:
    """Every key with its value, defaults too, secrets concealed."""
    document: Json = profile.model_dump(mode="json")
    return document


async def stored(db: Database, slug: str) -> Profile:
    """The business as it was last saved, secrets concealed.

    Raises:
        NotFound: there is none of that slug.
    """
    business_id = await find(db, slug)
    async with db.work(business_id) as work:
        return work.profile


async def keep(db: Database, profile: Profile) -> Saved:
    """Save a business; concealed secrets, as an export has them, stay what they were.

    Raises:
        BadBusinessFile: secrets are concealed and there are none stored for that account.
        BadInput: one of its numbers belongs to another business.
    """
    carrier = profile.carrier
    if carrier is not None and CONCEALED in (
        _opened(carrier.auth_token),
        _opened(carrier.api_secret),
    ):
        known = await _stored_secrets(db, profile.slug)
        if known.get("account_sid") != carrier.account_sid:
            problem = "is concealed, and none is stored for this account: give the real one"
            raise BadBusinessFile([Problem("carrier.auth_token", problem)])
        profile = profile.model_copy(update={"carrier": _with_secrets(carrier, known)})
    return await save(db, profile)


def _opened(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _with_secrets(carrier: CarrierAccount, known: Mapping[str, str | None]) -> CarrierAccount:
    values: dict[str, SecretStr] = {}
    for name in ("auth_token", "api_secret"):
        kept = known.get(name)
        if _opened(getattr(carrier, name)) == CONCEALED and kept is not None:
            values[name] = SecretStr(kept)
    return carrier.model_copy(update=values)


async def _stored_secrets(db: Database, slug: str) -> dict[str, str | None]:
    try:
        business_id = await find(db, slug)
    except NotFound:
        return {}
    async with db.work(business_id) as work:
        locked = await work.session.scalar(
            select(ProfileRow.carrier).where(ProfileRow.business_id == business_id)
        )
    opened: dict[str, str | None] = json.loads(db.secret.unlock(locked)) if locked else {}
    return opened


__all__ = [
    "BadBusinessFile",
    "BusinessFile",
    "Problem",
    "as_json",
    "check",
    "dotted",
    "dump",
    "keep",
    "read",
    "stored",
]
