"""Phone numbers: parsed once at the door, E.164 inside, masked in logs.

`is_possible_number` is asked, not `is_valid_number`: the ranges kept for tests and for newly
opened area codes are possible but not yet "valid".
"""

import re

import phonenumbers

from core.errors import BadInput

# What phone companies put in the caller's field when there is none to show.
_WITHHELD = frozenset(
    {"", "anonymous", "unknown", "restricted", "private", "unavailable", "blocked", "withheld"}
)
# The same words spelled on a keypad: well-formed E.164, so that without this list every
# anonymous caller would be one and the same lead.
_SPELLED = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
_SHORT_CODE = re.compile(r"^\+?\d{3,6}$")


def parse_phone(raw: str, *, field: str = "phone", region: str = "US") -> str:
    """The E.164 form of what a person or a carrier wrote.

    A blank in front stands for the `+` that a query string lost.

    Raises:
        BadInput: it can't be a phone number.
    """
    text = raw.strip()
    if raw.startswith(" ") and text[:1].isdigit():
        text = f"+{text}"
    problem = BadInput(field, "is not a phone number", "+12075550100")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise problem from None
    if not phonenumbers.is_possible_number(number):
        raise problem
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def why_no_text(raw: str | None) -> str | None:
    """Why this caller can't be texted at all, or None when a text may be tried.

    Returns `anonymous` for a withheld, spelled-out or internet address, `short_code` for a code.
    """
    text = (raw or "").strip()
    if text.casefold() in _WITHHELD or text.casefold().startswith(("sip:", "client:")):
        return "anonymous"
    digits = "+" + re.sub(r"\D", "", text)
    if digits in _SPELLED:
        return "anonymous"
    if _SHORT_CODE.match(text):
        return "short_code"
    try:
        parse_phone(text)
    except BadInput:
        return "anonymous"
    return None


def mask(phone: str | None) -> str:
    """A form for logs: the country and the last two digits."""
    if not phone:
        return "-"
    return f"{phone[:2]}***{phone[-2:]}"


def spoken_phone(phone: str) -> str:
    """The form a person reads, national for North America: (207) 555-0100."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == 1
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)
