"""Texts that a machine wrote: an answer to one only makes it write again."""

import re

_AUTO_REPLY = re.compile(
    r"\b(?:thank you|thanks) for "
    r"(?:contacting|calling|texting|reaching out|your (?:message|call|text))\b|"
    r"\b(?:auto(?:matic|mated)?[- ]?(?:reply|response|responder))\b|"
    r"\bi'?m (?:driving|in a meeting|away from my phone)"
    r"(?: \w+){0,6} (?:reply|respond|text|call)(?: you)?(?: back)?\b|"
    r"\bout of (?:the )?office\b|\bthis (?:mailbox|number) is not monitored\b|\bdo not reply\b"
)


def is_auto_reply(plain: str) -> bool:
    """Whether a text, as `normalise.plain` writes it, is an automatic answer."""
    return _AUTO_REPLY.search(plain) is not None
