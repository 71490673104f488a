"""Time zones that callers write behind a time: `9am PST`. A zone that is the business's own changes nothing."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from agent.understand.pattern import Pattern

_REGIONS = {
    "e": "America/New_York",
    "c": "America/Chicago",
    "m": "America/Denver",
    "p": "America/Los_Angeles",
}
_FIXED = {"bst": 1.0, "cet": 1.0, "cest": 2.0, "ist": 5.5}
_SAID = Pattern(
    r"(?:\d|[ap]m|oclock|hours|:\d\d) ?\(?(?P<zone>[ecmp][sd]?t|gmt|utc|bst|cet|cest|ist)\b"
)


@cache
def _zone(name: str) -> tzinfo:
    if name in ("gmt", "utc"):
        return UTC
    if name in _FIXED:
        return timezone(timedelta(hours=_FIXED[name]))
    return ZoneInfo(_REGIONS[name[0]])


def said_zone(text: str) -> tzinfo | None:
    """The zone named behind a time in a canonical text."""
    m = _SAID.search(text)
    return _zone(m["zone"]) if m else None


def in_zone(wall: datetime, abroad: tzinfo | None, home: ZoneInfo) -> datetime:
    """A wall time said in another zone, as the business's own time."""
    return wall if abroad is None else wall.replace(tzinfo=abroad).astimezone(home)
