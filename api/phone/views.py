"""The simulator's template and its own files; the look and the script are the console's."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from core.hours import spoken_date, spoken_time
from core.phone import spoken_phone

router = APIRouter(include_in_schema=False)
_CSS: Final = files("api.phone").joinpath("static", "phone.css").read_bytes()
_VERSION: Final = hashlib.sha256(_CSS).hexdigest()[:12]
_DELIVERIES: Final[Mapping[str, str]] = {
    "queued": "Queued",
    "sending": "Sending",
    "unknown": "Asking the carrier",
    "sent": "Sent",
    "delivered": "Delivered",
    "undelivered": "Not delivered",
    "failed": "Not sent",
}
_DECISIONS: Final[Mapping[str, str]] = {
    "texted": "texted back",
    "anonymous": "number withheld, a call is owed",
    "staff_number": "staff's own phone, no text",
    "do_not_text": "on the do-not-text list",
    "opted_out": "opted out, no text",
    "landline": "a landline, a call is owed",
    "open_conversation": "already in conversation",
    "cooldown": "texted a short while ago",
}


@router.get("/phone/static/phone.css")
async def read_css() -> Response:
    """The simulator's own style; kept for ever, because its address names its content."""
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(_CSS, media_type="text/css; charset=utf-8", headers=headers)


def linked(text: str) -> Markup:
    """A text as phones show it: web addresses can be tapped."""
    words: list[Markup] = []
    for word in text.split(" "):
        if word.startswith(("http://", "https://")):
            address = word.rstrip(".,;!?)")
            rest = word[len(address) :]
            words.append(Markup('<a href="{}">{}</a>{}').format(address, address, rest))
        else:
            words.append(escape(word))
    return Markup(" ").join(words)


def ahead(offset: timedelta) -> str:
    """How far a clock is ahead, in words."""
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    days, hours = divmod(hours, 24)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (rest // 60, "min")) if n]
    return " ".join(parts) or "a moment"


def after(milliseconds: int) -> str:
    """A short time, as exactly as it is worth."""
    return f"{milliseconds} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.0f} s"


def delivery(code: str) -> str:
    """The words of a delivery state."""
    return _DELIVERIES.get(code, code)


def decision(code: str | None) -> str:
    """The words of what was decided about a missed call."""
    return _DECISIONS.get(code or "", (code or "").replace("_", " ")) or "being decided"


def day(at: datetime, now: datetime, zone: Any) -> str:
    """A day divider."""
    same = at.astimezone(zone).date() == now.astimezone(zone).date()
    return "Today" if same else spoken_date(at, now, zone)


def date(at: datetime, zone: Any) -> str:
    """The date at the business: "Tue Dec 1"."""
    return spoken_date(at, at, zone)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.phone"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["css"] = f"/phone/static/phone.css?v={_VERSION}"
    made.filters |= {
        "linked": linked,
        "ahead": ahead,
        "after": after,
        "delivery": delivery,
        "decision": decision,
        "day": day,
        "date": date,
        "clock": spoken_time,
        "phone": spoken_phone,
    }
    return made


_TEMPLATES: Final = _environment()


def page(name: str, request: Request, *, code: int = 200, **facts: Any) -> HTMLResponse:
    """A page, or with `?fragment=1` the part of it that lives."""
    fragment = request.query_params.get("fragment") == "1"
    html = _TEMPLATES.get_template(f"{name}.html").render(fragment=fragment, **facts)
    return HTMLResponse(html, code, headers={"cache-control": "no-store"})
