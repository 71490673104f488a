"""The grammar's hours: exact times, spans of hours, parts of the day and "in two hours"."""

import re
from dataclasses import dataclass, replace

from agent.understand.pattern import Pattern
from agent.understand.window_pieces import DAY_MARK, MIDNIGHT, NOON, PART_MARK, TIME_MARK, Hours
from agent.understand.window_rules import count

# A part of the day has no agreed bounds. Mornings begin at midnight here because opening hours cut them anyway,
# and a shop that opens at seven counts seven as morning.
_PARTS = {
    "morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24), "night": (18, 24), "tonight": (18, 24), "lunch": (12, 14),
    "first thing": (0, 10), "end of day": (15, 24), "after work": (17, 24), "after school": (15, 24), "after lunch": (13, 17),
    "before work": (0, 9), "before lunch": (0, 12), "am": (0, 12), "pm": (12, 24), "early": (0, 10), "early morning": (0, 9), "late morning": (10, 12), "mid morning": (9, 11),
    "early afternoon": (12, 15), "mid afternoon": (14, 16), "late afternoon": (15, 18), "early evening": (17, 20),
    "late evening": (20, 24), "late night": (21, 24), "late tonight": (21, 24), "mid today": (10, 14),
}  # fmt: skip
_PART = Pattern(
    r"(?<!good )\b(?!midnight)(?:(?:(?:very )?(?P<size>early|late|later|mid|middle of)[- ]?)?(?P<this>(?:in|during|on|at|of) (?:the |that )?|the |this )?"
    r"(?:(?P<size2>early|late|later|mid|middle of)[- ]?(?:in )?(?:the )?)?(?!(?<=\d )nights)(?P<name>morning|afternoon|evening|night|tonight)s?\b"
    r"|(?P<lunch>(?:at |around |during )?(?:the )?lunch(?: ?time|break| hour)?)\b"
    r"|(?P<fixed>(?:(?<=mon |tue |wed |thu |fri |sat |sun )|(?<=tomorrow )|(?<=today ))(?:am|pm)|early(?= (?:on )?(?:tomorrow|mon|tue|wed|thu|fri|sat|sun)\b(?! (?:morning|afternoon|evening)))|first thing|end of (?:the |my )?day|(?:after|before) (?:work|school|lunch))\b)(?: (?:hours|time)\b)?"
)
_GREETING = Pattern(
    r"^(?:good )?(?:morning|afternoon|evening)\b(?=[,!.]|$| (?:i|can|do|all|there|everyone|is|my|we|need|how)\b)"
)


def find_parts(text: str) -> tuple[list[Hours], str]:
    """Parts of the day in a canonical text, and the text with them masked ("tonight" stays, it names a day too)."""
    found: list[Hours] = []
    greeting = _GREETING.match(text)
    if greeting and greeting.end() < len(text):
        text = " " * greeting.end() + text[greeting.end() :]
    for m in _PART.finditer(text):
        name = m["name"] or (
            "lunch" if m["lunch"] else re.sub(r"(?<=end of )(?:the|my) ", "", m["fixed"])
        )
        size = (m["size"] or m["size2"] or "").replace("later", "late").replace("middle of", "mid")
        lo, hi = _PARTS.get(f"{size} {name}".strip(), _PARTS[name])
        found.append(
            Hours(
                lo * 60,
                hi * 60,
                m.span(),
                part="this " + name if (m["this"] or "") == "this " else name,
            )
        )
        if name != "tonight":
            text = text[: m.start()] + PART_MARK * (m.end() - m.start()) + text[m.end() :]
    return found, text


_MERIDIEM = r"(?: ?(am|pm|[ap](?![a-z'])))?"
_CLOCK = r"(\d{1,2})(?:[:.](\d\d)(?::\d\d)?)?" + _MERIDIEM + r"( oclock)?"
_JOIN = r" ?(?:-|to|til|till|until|thru|through) ?"
_NOT_MONEY = r"(?<![\d$#.,:/\u00a3\u20ac-])"
_RANGE = Pattern(
    rf"(?P<cue>\bfrom (?:about |around )?|\bbetween (?:about )?|{DAY_MARK},? ?(?:at )?|{PART_MARK} ?|\bat |^)?{_NOT_MONEY}\b{_CLOCK}(?:{_JOIN}|(?P<and> and ))"
    rf"{_CLOCK}(?![\d:/]|th|-\d|,\d)(?P<tail> ?(?:on |in the )?[{DAY_MARK}{PART_MARK}])?"
)
_CUE = rf"(?:\b(?:at|by|after|before|around|about|until|till|til|from|say|past|than|circa|like|for|to|or|and|between)|[{DAY_MARK}{PART_MARK}])[ ,]*(?:at |about |around )?"  # fmt: skip
_FOLLOWS = (
    rf"(?=$| ?[,.!?;)\u00a4{DAY_MARK}{PART_MARK}]| (?:on|or|please|if|is|are|works?|ok|would|will|should|could|can|for|then|instead|thanks|thank|and|but|so|"
    rf"good|sounds?|fine|to|today|tonight|tomorrow|at|in|onwards?|sharp|works|do|would|be|possible|available|with|when|because|sorry|just|she|he|i|we|my|it|that|there|[ecmpgb][sd]?t|gmt|utc|ist|bst)\b)"
)
_TIMES = [
    Pattern(p)
    for p in (
        rf"{_NOT_MONEY}\b(?P<h>\d{{1,2}})(?:[:.]|h)(?P<m>\d\d)(?::\d\d)?(?: ?(?P<ap>am|pm|[ap](?![a-z'])))?\b(?![\d%/:])(?! ?(?:percent|miles|dollars|lbs|inch))",
        rf"{_NOT_MONEY}\b(?P<h>\d{{1,2}})(?P<m> \d\d)?(?: (?:in the )?(?P<ap>am|pm)|(?P<ap2>am|pm|[ap])|(?P<oc> oclock(?:ish)?)(?: (?P<ap3>am|pm))?)\b(?!')",
        rf"(?:\bat|{DAY_MARK}|\bby|\buntil) ?(?P<h>\d{{1,2}}) hours\b",
        r"\b(?:at|by|after|before|around|about|from|till|until) (?P<h>[012]\d)(?P<m>[0-5]\d)\b(?! ?(?:[a-z]+ )?(?:st|street|ave|rd|road|dr|drive|ln|lane|blvd))(?! (?!hours|on|if|or|please|works)[a-z])",
        r"\bat (?P<h>[1-9])(?P<m>[0-5][05])(?=$|[,.!?]| (?:on|if|or|please|works|tomorrow|today))",
        rf"{_NOT_MONEY}\b(?P<h>\d{{1,2}})(?= or (?:at )?{TIME_MARK})",
        rf"(?:\bat |{DAY_MARK},? ?|^)(?P<h>\d{{1,2}}) (?P<m>[0-5]\d)(?=$|[,.!?]| ?{PART_MARK}| on)",
        rf"{_NOT_MONEY}\b(?P<h>\d{{1,2}})(?: (?P<m>[0-5]\d))? ?{PART_MARK}",
        rf"{_CUE}(?P<h>\d{{1,2}})(?!\d|[:./-]\d|th\b|,\d){_FOLLOWS}",
        rf"{_NOT_MONEY}(?:^|\b)(?P<h>\d{{1,2}})(?!\d|[:/-]\d)(?: (?:ok|good|fine|works?|free|open|available))?(?: (?:on|for))? ?,? ?{DAY_MARK}",
        rf"^(?P<h>\d{{1,2}})(?= or [\d{TIME_MARK}])",
        rf"(?:{TIME_MARK} or )(?P<h>\d{{1,2}})(?=\W*$)",
        r"^(?:(?:how|what) about |let's (?:do|say) |maybe |make it |say )?(?P<h>\d{1,2})(?: (?:works|is (?:good|fine|ok|better|perfect)|sounds good|please|would work|instead))*[.!?]*$",
    )
]  # fmt: skip
_ALONE = Pattern(r"^\W*\d{1,2}\W*$")


def meridiem(hour: int, minute: int, said: str | None) -> Hours | None:
    """An hour as written, in minutes since midnight: bare 7 to 11 is morning, 12 and 1 to 6 afternoon."""
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if said:
        if not 1 <= hour <= 23:
            return None
        if hour > 12:
            return Hours(hour * 60 + minute)
        return Hours((hour % 12 + (12 if said.startswith("p") else 0)) * 60 + minute)
    if hour >= 13 or hour == 0:
        return Hours(hour * 60 + minute)
    evening = hour <= 6
    return Hours((hour + 12 if evening else hour) * 60 + minute, bare=True, unsure=hour in (7, 8))


def _after(lo: int, hour: int, minute: int) -> int:
    """The first such clock face after `lo`, at most twelve hours on."""
    hi = (hour % 12) * 60 + minute
    while hi <= lo:
        hi += NOON
    return hi


def _range(m: re.Match[str]) -> Hours | None:
    h1, m1, a1, o1, h2, m2, a2, o2 = (m[i] for i in (2, 3, 4, 5, 7, 8, 9, 10))
    cue = (m["cue"] or "").strip()
    if m["and"] and not cue.startswith("between"):
        return None
    if not (m1 or m2 or a1 or a2 or o1 or o2 or m["tail"] or (cue and m["cue"] != "")) and (
        m.start() or m.end() < len(m.string)
    ):
        return None
    first, second = (int(h1), int(m1 or 0)), (int(h2), int(m2 or 0))
    if second[0] > 12 and not m2 and not first[0] > 12:
        return None
    if a2 and not a1 and first[0] <= 12:
        hi = meridiem(*second, a2)
        same = meridiem(*first, a2)
        other = meridiem(*first, "a" if a2.startswith("p") else "p")
        lo = same if same and hi and same.start < hi.start else other
    else:
        lo = meridiem(*first, a1)
        hi = meridiem(*second, a2)
        if lo and hi and hi.bare:
            hi = Hours(_after(lo.start, *second), bare=True)
    if not lo or not hi:
        return None
    till = hi.start if hi.start > lo.start else hi.start + MIDNIGHT
    return Hours(lo.start, till, bare=lo.bare and not a2, unsure=lo.bare and lo.unsure and not a2)


def _single(m: re.Match[str]) -> Hours | None:
    groups = m.groupdict()
    said = groups.get("ap") or groups.get("ap2") or groups.get("ap3")
    hour, minute = int(m["h"]), int(groups.get("m") or 0)
    return meridiem(hour, minute, said)


def find_times(text: str) -> tuple[list[Hours], str]:
    """Exact times and spans of hours in a text whose days and parts are masked, in order."""
    text = re.sub(r"\b(?:12 )?noon\b(?:ish)?", lambda m: "12pm".ljust(len(m.group())), text)
    text = re.sub(r"\b(?:12 )?midnight\b", lambda m: "24:00".ljust(len(m.group())), text)
    found: list[Hours] = []

    def mask(m: re.Match[str], hours: Hours | None) -> None:
        nonlocal text
        if hours and TIME_MARK not in m.group():
            start, end = (
                m.span("h")
                if "h" in m.re.groupindex
                else (m.start(2), m.end(10) if m.end(10) > 0 else m.end())
            )
            end = max(end, m.end()) if not m.group().endswith((DAY_MARK, PART_MARK)) else end
            found.append(replace(hours, at=(start, end)))
            fill = "".join(c if c in DAY_MARK + PART_MARK else TIME_MARK for c in text[start:end])
            text = text[:start] + fill + text[end:]

    for m in _RANGE.finditer(text):
        mask(m, _range(m))
    for pattern in _TIMES:
        for m in pattern.finditer(text):
            mask(m, _single(m))
    return sorted(found, key=lambda h: h.at), text


def in_part(hours: Hours, part: str) -> Hours:
    """An exact time or span read in the light of a part of the day: 8 in the evening is 20:00."""
    if not hours.bare:
        return hours
    clock, name = hours.start % NOON, part.removeprefix("this ")
    if name in ("morning", "first thing", "before work") or (
        name in ("night", "tonight") and 0 < clock < 5 * 60
    ):
        start = clock
    elif clock < 60 and name not in ("afternoon", "lunch"):
        start = clock + MIDNIGHT
    else:
        start = clock + NOON
    length = (hours.till - hours.start) if hours.till else None
    return replace(
        hours,
        start=start,
        till=None if length is None else start + length,
        unsure=False,
        bare=False,
    )


@dataclass(frozen=True)
class Soon:
    """A stretch of real time from now."""

    minutes: float
    within: bool


_N = r"(?P<n>\d{1,3}(?:\.5)?|an?|a couple(?: of)?|half an?|1/2|1/4)(?P<half> and a half)?"
_SOON = [
    Pattern(p)
    for p in (
        rf"\b(?P<in>in|within)(?: about| around| like| the next)? {_N}(?: more)? ?(?P<unit>hours?|minutes?|seconds?|sec)\b(?P<half2> and a half)?",
        rf"\b{_N} (?P<unit>hours?|minutes?) (?:from (?:now|right now)|later|hence)\b",
        rf"\bin {_N}(?P<unit>)$",
    )
]  # fmt: skip
_EACH = {"h": 60.0, "m": 1.0, "s": 1 / 60}


def find_soon(text: str) -> Soon | None:
    """Finds "in two hours", "within 30 minutes"."""
    for pattern in _SOON:
        m = pattern.search(text)
        if not m:
            continue
        number = float(m["n"]) if m["n"][0].isdigit() and "/" not in m["n"] else count(m["n"])
        if number is None:
            return None
        half = 0.5 if m["half"] or m.groupdict().get("half2") else 0.0
        each = _EACH[(m["unit"] or "m")[0]]
        return Soon(
            (number + half) * each, m.groupdict().get("in") == "within" or "the next" in m.group()
        )
    return None


def is_bare_number(text: str) -> bool:
    """Whether a text is one short number and nothing else: a choice more often than a time."""
    return bool(_ALONE.match(text))
