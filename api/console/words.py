"""What our codes are called on a page: plain words, nothing else."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "asked": "Wants a person",
    "emergency": "Emergency",
    "urgent": "Urgent",
    "upset": "Upset",
    "lost": "Assistant was lost",
    "off_limits": "Needs your judgment",
    "unknown_answer": "No answer on file",
    "no_slot": "No time fits",
    "model_down": "Assistant was down",
    "conflict": "Time was taken",
    "other": "Needs a person",
}
WHY: Final[Mapping[str, str]] = {
    "asked": "They asked to speak with a person.",
    "emergency": "Someone may be in danger. Call now.",
    "urgent": "They say it can't wait.",
    "upset": "They are unhappy with something.",
    "lost": "The assistant didn't understand them twice in a row.",
    "off_limits": "They asked about something that only a person may answer.",
    "unknown_answer": "They asked something that your answers don't cover.",
    "no_slot": "No free time fits what they asked for.",
    "model_down": "The assistant could not think at that moment.",
    "conflict": "The time they chose was taken meanwhile.",
    "other": "It was passed to a person.",
}
STATUSES: Final[Mapping[str, str]] = {
    "texted": "Texted",
    "in_conversation": "In conversation",
    "booked": "Booked",
    "follow_up_needed": "Follow-up needed",
    "no_response": "No response",
    "closed": "Closed",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "booked": "Booked",
    "follow_up_needed": "Follow-up needed",
    "closed": "Closed, nothing more to do",
}
DECISIONS: Final[Mapping[str, str]] = {
    "texted": "Texted back",
    "duplicate": "Same call, told twice",
    "anonymous": "Number withheld: call owed",
    "short_code": "Not a phone: no text",
    "own_number": "Your own number: no text",
    "staff_number": "A colleague: no text",
    "do_not_text": "On your do-not-text list",
    "opted_out": "They texted STOP: no text",
    "landline": "Landline: call owed",
    "not_registered": "Number not registered for texts",
    "open_conversation": "Already talking: no new text",
    "cooldown": "Texted recently: no new text",
}
DELIVERIES: Final[Mapping[str, str]] = {
    "queued": "Queued",
    "sending": "Sending",
    "unknown": "Checking with the carrier",
    "sent": "Sent",
    "delivered": "Delivered",
    "undelivered": "Not delivered",
    "failed": "Not sent",
}
CALLBACKS: Final[Mapping[str, str]] = {
    "anonymous": "The number was withheld",
    "landline": "A landline: texts don't arrive",
    "undeliverable": "Our text did not arrive",
    "asked": "They asked for a call",
}
PURPOSES: Final[Mapping[str, str]] = {
    "first_text": "First text",
    "nudge": "Follow-up",
    "keyword_answer": "Keyword answer",
    "scope_question": "Opt-out question",
    "booking_notice": "Booking notice",
}
FIELDS: Final[Mapping[str, str]] = {"zip": "ZIP", "service": "Service", "name": "Name"}


def field_name(key: str) -> str:
    """What an intake field is called: `pet_name` is "Pet name"."""
    return FIELDS.get(key) or key.replace("_", " ").capitalize()


def said(words: Mapping[str, str], code: str | None) -> str:
    """The words of a code; a code that has none yet is shown readably, not hidden."""
    return words.get(code or "", (code or "").replace("_", " ").capitalize())
