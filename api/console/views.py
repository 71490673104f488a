"""Templates, what they may call, and our own files: everything that a page is made of."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from api.console import words
from core.errors import NotFound
from core.hours import spoken_time
from core.phone import spoken_phone
from core.profile import Profile

router = APIRouter(include_in_schema=False)

_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_FILES: Final[Mapping[str, bytes]] = {
    one.name: one.read_bytes()
    for one in files("api.console").joinpath("static").iterdir()
    if one.name.endswith(tuple(_TYPES))
}
_VERSIONS: Final = {n: hashlib.sha256(b).hexdigest()[:12] for n, b in _FILES.items()}
_MINUTE, _HOUR = 60, 3600


def static(name: str) -> str:
    """The address of one of our own files; it changes with the file."""
    return f"/console/static/{name}?v={_VERSIONS[name]}"


@router.get("/console/static/{name}")
async def read_static(request: Request, name: str, v: str = "") -> Response:
    """One of our own files; kept for ever where the address names its content, else asked again.

    Raises:
        NotFound: there is no such file.
    """
    body = _FILES.get(name)
    if body is None:
        raise NotFound("there is no such file")
    tag = f'"{_VERSIONS[name]}"'
    kept = "public, max-age=31536000, immutable" if v == _VERSIONS[name] else "no-cache"
    headers = {"cache-control": kept, "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=_TYPES[name[name.rindex(".") :]], headers=headers)


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in the shortest words: "now", "12 min", "3 h", "2 d"."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 48 * _HOUR:
        return f"{seconds // _HOUR} h"
    return f"{seconds // (24 * _HOUR)} d"


def day_of(at: datetime, now: datetime, profile: Profile) -> str:
    """The day as a divider names it: "Today", "Yesterday", else "Tue Dec 1"."""
    there, today = at.astimezone(profile.zone).date(), now.astimezone(profile.zone).date()
    if there == today:
        return "Today"
    if there == today - timedelta(days=1):
        return "Yesterday"
    year = f" {there.year}" if there.year != today.year else ""
    return f"{there:%a %b} {there.day}{year}"


def moment(at: datetime, now: datetime, profile: Profile) -> str:
    """Day and time in the business's zone: "Today 3:00 PM"."""
    return f"{day_of(at, now, profile)} {spoken_time(at, profile.zone)}"


def iso(at: datetime, profile: Profile) -> str:
    """For a `datetime` attribute."""
    return at.astimezone(profile.zone).isoformat(timespec="seconds")


def percent(value: float | None) -> str:
    """A rate as people read it; a dash while there is nothing to count."""
    return "-" if value is None else f"{value:.0%}"


def lasted(seconds: float | None) -> str:
    """A length of time: "4 s", "12 min", "3.5 h"."""
    if seconds is None:
        return "-"
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


def person_name(profile: Profile, key: str | None) -> str:
    """Who a staff key is; somebody without one came by a token or a link of their own."""
    person = profile.person(key or "")
    return person.name if person is not None else "A colleague"


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.console"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"static": static, "words": words, "person_name": person_name}
    made.filters |= {
        "ago": ago,
        "day": day_of,
        "moment": moment,
        "iso": iso,
        "clock": spoken_time,
        "phone": spoken_phone,
        "percent": percent,
        "lasted": lasted,
        "field": words.field_name,
    }
    return made


_TEMPLATES: Final = _environment()


def page(name: str, request: Request, *, code: int = 200, **facts: Any) -> HTMLResponse:
    """A page, or with `?fragment=1` the part of it that lives."""
    fragment = request.query_params.get("fragment") == "1"
    html = _TEMPLATES.get_template(f"{name}.html").render(fragment=fragment, **facts)
    headers = {"cache-control": "no-store", "vary": "cookie"}
    return HTMLResponse(html, code, headers=headers)
