"""Reading a finished text: its form first, then everything in it that states something."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

import prompts
from agent.guard.ground import Ground
from texting.optout_rules import CARRIER_HELP, CARRIER_START, CARRIER_STOP
from texting.segments import count, fold

_KEYWORDS: Final = CARRIER_STOP | CARRIER_START | CARRIER_HELP
_LONGEST: Final = 640
"""Letters of a text, whatever its segments."""

# -- form ----------------------------------------------------------------------------------------


def form(text: str, ground: Ground) -> Iterator[str]:
    """What is wrong with a text as such, whatever it says."""
    if not text.strip():
        yield "empty"
        return
    if fold(text) != text or text != text.strip():
        yield "fold"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\n" for c in text):
        yield "control"
    if count(text).segments > ground.max_segments or len(text) > _LONGEST:
        yield "length"
    rest = _without_owners(_LIST_NUMBER.sub("", text), ground)
    if rest.count("?") > 1:
        yield "questions"
    if text.strip(" .!?").casefold() in _KEYWORDS:
        yield "keyword:0"
    for code, pattern in _MANNERS:
        if found := pattern.search(rest):
            yield f"{code}:{found.start()}"
    if strange := next((at for at, c in enumerate(rest) if _is_picture(c)), None):
        yield f"emoji:{strange}"


def _is_picture(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character) in ("So", "Sk", "Cn")


def _any(*patterns: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), flags)


_MANNERS: Final = (
    ("keyword", _any(r"\b(?:STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT|HELP|INFO|START|UNSTOP|YES)\b", flags=0)),
    ("keyword", _any(r"\b(?:reply|respond|answer|send|say|type|text(?: back)?|responda|env[i\u00ed]e|mande)\s+(?:with\s+|con\s+)?[\"']?(?:yes|stop|cancel|end|quit|help|info|start|optout|revoke)\b")),
    ("template", _any(r"[{}]", r"\bNone\b", r"\bnull\b|\bundefined\b", flags=0)),
    ("markdown", _any(r"\*\*|__|`|^#+ |^\s*[-*] |\]\(", flags=re.MULTILINE)),
    ("shout", _any(r"!!|\?\?|[!?]{3}", r"\b(?!AM\b|PM\b)[A-Z]{2,}\s+(?!AM\b|PM\b)[A-Z]{2,}\b", r"\b[A-Z]{5,}\b", flags=0)),
    ("push", _any(r"\b(?:act now|last chance|hurry|limited time|don'?t miss|going fast|filling up|before it'?s too late|only \w+ (?:left|remaining))\b")),
    ("robotic", _any(r"\b(?:as an ai|language model|i am unable to|valued customer|delve|chatgpt|openai|system prompt|my instructions|json)\b")),
    ("echo", _any(r"\b[SKB][1-9]\d?\b|\b(?:find_times|look_up|hand_off|my_bookings)\b", flags=0)),
)  # fmt: skip

# -- statements ----------------------------------------------------------------------------------

_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mi\u00e9|mie|jue|vie|sab|s\u00e1b|dom)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)"
_CLOCK = r"\d{1,2}:\d{2} [AP]M(?-i: [A-Z]{2,5}\b| UTC[+-]\d+)?"
_DATE = rf"{_WEEKDAY} (?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?: \d{{4}})?"
_SAID_TIME: Final = re.compile(rf"(?P<date>\b{_DATE}\b)|(?P<clock>\b{_CLOCK})\b", re.IGNORECASE)
_SPAN = r"\d{1,2}(?::\d{2})?(?: [AP]M)?-\d{1,2}(?::\d{2})?(?: [AP]M)?|24 (?:hours|horas)"
_ANY_HOURS: Final = re.compile(
    rf"\b(?P<day>{_DATE}|{_WEEKDAY}(?:-{_WEEKDAY})?) (?P<spans>(?:{_SPAN})(?:(?:,| and| y) (?:{_SPAN}))*)(?!\d)",
    re.IGNORECASE,
)
_CLOSED: Final = re.compile(rf"\b(?:closed|cerrado) (?P<day>{_DATE})\b", re.IGNORECASE)
_DAYS: Final = (
    ("mon", "lun"),
    ("tue", "mar"),
    ("wed", "mi\u00e9"),
    ("thu", "jue"),
    ("fri", "vie"),
    ("sat", "sab"),
    ("sun", "dom"),
)

_DENIED: Final = (
    ("link", _any(r"https?:|www\.|\S+@\S+|\b[\w-]+(?:\.|\[dot\]| dot )(?:com|net|org|io|co|ly|us|biz|info|app|example|me|link|shop)\b")),
    ("money", _any(
        r"[$\u20ac\u00a3\u00a5%]|\b(?:free (?:of|visit|quote|estimate)|(?:is|it'?s|are|be|completely|totally|for) free|discount\w*|half off|no charge|bucks|dollars?|percent|on the house|refund\w*|nothing to pay|"
        r"no cost|won'?t cost|costs?|cheap\w*|fees?|coupons?|waive\w*|gratis|descuento\w*|d\u00f3lares|dolares|no cuesta)\b",
    )),
    ("date", _any(
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:lunes|martes|mi\u00e9rcoles|miercoles|jueves|viernes|s\u00e1bado|domingo)\b|"
        r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|\b(?:today|tomorrow|tonight|yesterday|this (?:week|morning|afternoon|evening|weekend)|next (?:week|month)|hoy|noon|midnight|mediod\u00eda)\b|\bpasado ma\u00f1ana\b",
    )),
    ("date", _any(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", flags=0)),
    ("eta", _any(r"\b(?:minutes?|(?<!our )hours?|(?:few|couple of|business) (?:days|weeks)|minutos|(?:right|straight) over|on (?:the|his|her|their|our|its) way|en camino|shortly|momentarily|asap|within|soon|in no time|any moment|o'?clock)\b")),
    ("identity", _any(r"\b(?:real person|i'?m (?:a |an )?human|not (?:a |an )?(?:ro)?bot|i'?m a person|front desk|my name is|soy humano|no soy un)\b", r"\bI'm (?!an? automated\b|sorry\b|not sure\b|[a-z ]*'?s? automated\b)(?:[A-Z]\w+|the|from|with)\b")),
    ("safety", _any(r"\b(?:safe to|is safe|perfectly safe|it'?s safe|no danger|nothing to worry|don'?t worry|fine to|okay to|ok to (?:use|keep|stay|wait)|not dangerous|harmless|no peligro|no pasa nada|shut (?:off|the)|turn off|take (?:some )?(?:ibuprofen|tylenol|aspirin|advil)|ibuprofen|dosage|diagnos\w*|antibiotic\w*|probably just)\b")),
    ("claim", _any(r"\b(?:licen[sc]ed|insured|guarante\w+|warrant\w+|certified|bonded|in network|covered|covers|your insurance|accept\w*|best in|years of experience|garantiz\w*|expert)\b")),
)  # fmt: skip

_ACTS: Final = (
    ("booked", frozenset({"booked"}), _any(r"\b(?:booked|you'?re (?:all )?(?:set|in|confirmed|scheduled)|all set|reserved|scheduled|locked in|(?:spot|slot|time|place|appointment|visit) (?:is |has been )?(?:saved|yours|held|secured|confirmed|set)|saved (?:you|your)|got you down|put you down for (?!a call)|see you (?:on|at|then)|reservad[oa]|su cita(?=:| con))\b(?! with us before)")),
    ("confirmed", frozenset({"booked", "moved"}), _any(r"(?<!not )(?<!be )\bconfirmed\b(?! yet)|\bconfirmad[oa]\b|\bgood to go\b")),
    ("moved", frozenset({"moved"}), _any(r"\b(?:moved|rescheduled|your new time|cambiado|la cita ha cambiado|su nueva hora)\b")),
    ("cancelled", frozenset({"cancelled"}), _any(r"\bcancell?ed\b|\bcancelad[oa]\b|\bcalled off\b|\btaken off the (?:calendar|schedule)\b")),
    ("requested", frozenset({"requested"}), _any(r"\b(?:I'?ve asked for|your request is in|^requested|requested:|he pedido|solicitud hecha|queda pedido|pedido:)")),
    ("taken", frozenset({"taken"}), _any(r"\b(?:was just taken|just got that time|went a moment ago|acaba de ocupar|se nos han adelantado)\b")),
    ("promise", frozenset({"handed_off", "callback"}), _any(
        r"\b(?:(?:will|'ll|gonna|going to) (?:\w+ )?(?:call|text|answer|reply|respond|get back|be (?:in touch|there|over|with you|right)|reach|look|come|send|contact|follow|fix|take|ring|let you|have|do|be|see|handle|confirm|email)|"
        r"someone(?:'s| is| will| from)|somebody|get back to you|in touch|reach out|stand by|hang tight|"
        r"passed (?:this|it|that|on|along)|handed (?:this|it)|told (?:the|our|them|him|her)|let (?:the|our|them|him|her) \w* ?know|notified|alerted|forwarded|dispatched|has this now|have this now|"
        r"put you (?:on|down)|on (?:our|the) (?:call )?list(?! of)|le (?:responde|escribe|llama|atiende)|le llamar\w*|se lo (?:paso|he pasado)|ya lo tiene|queda en manos|apuntada su llamada|su llamada)\b",
    )),
)  # fmt: skip
_NUMBER: Final = re.compile(r"\d+")
_NAMED: Final = re.compile(r"\b[A-Z\u00c0-\u00de][^\W\d_]+(?:['-][^\W\d_]+)*")
_NOT_NAMES: Final = frozenset(
    {"english", "spanish", "am", "pm", "i", "i'm", "i've", "i'd", "i'll", "español", "inglés", "ok"}
)
_STARTS: Final = re.compile(
    r"(?:^|(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSra)(?<!\bSr)[.!?:]\s+[\"'\u00bf\u00a1(]*|\n|[\u00bf\u00a1]\s*)$"
)
_COMMON_OPENERS_WORDS = """
makes just many must yikes perfect fair hmm mil perfecto mucho muchas entiendo
a an the that that's this it it's its is are was were do does did has have any can could may would
what what's which who where when how why thanks thank sorry glad happy good great hi hello hey ah oh
no yes okay alright got gotcha understood sounds looks so and or but in on for with of at we i i'm
i've hope hang congrats congratulations lovely nice cute poor ugh ouch wow some most every our you
your there here please gracias hola buenos buenas entiendo entendido siento lo qué es el la los las
de me bien muy claro vaya con por para y o mal
"""
_COMMON_OPENERS: Final = frozenset(_COMMON_OPENERS_WORDS.split())
_LIST_NUMBER: Final = re.compile(
    r"(?<!\S)[1-4]\) (?=[A-Z][a-z]{2} [A-Z]|(?:el )?[a-z\u00e9]{3} \d)"
)
"""The number of an offered time, which stands right before its date."""
_STANDS_FOR_OWNERS: Final = "\x00"


def statements(text: str, ground: Ground) -> Iterator[str]:
    """Codes of whatever the text states without ground."""
    rest = _without_owners(_LIST_NUMBER.sub("", text), ground)
    rest, wrong_hours = _without_hours(rest, ground)
    yield from wrong_hours
    rest, wrong_times = _without_times(rest, ground)
    yield from wrong_times
    for code, pattern in _DENIED:
        if found := pattern.search(rest):
            yield f"{code}:{found.start()}"
    for code, needed, pattern in _ACTS:
        if (found := pattern.search(rest)) and not needed & ground.kinds:
            yield f"{code}:{found.start()}"
    for found in _NUMBER.finditer(rest):
        if found[0] not in ground.digits:
            yield f"digits:{found.start()}"
    yield from _strangers(rest, ground)


def _strangers(rest: str, ground: Ground) -> Iterator[str]:
    """Capitalised words that belong to nobody we know, and don't just open a sentence."""
    for found in _NAMED.finditer(rest):
        word = found[0].casefold().removesuffix("'s")
        opens = _STARTS.search(rest[: found.start()]) and word in _our_words()
        if not opens and word not in _NOT_NAMES and word not in ground.names:
            yield f"name:{found.start()}"


@cache
def _our_words() -> frozenset[str]:
    """Words that may begin a sentence: those of our own wordings, and common ones."""
    files = ("acts", "asks", "facts", "openers")
    ways = (
        w
        for file in files
        for key in prompts.keys(f"speech/{file}")
        for w in prompts.variants(f"speech/{file}.{key}")
    )
    found = (
        word.casefold() for way in ways for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", way)
    )
    return frozenset(found) | _COMMON_OPENERS


def _blank(text: str, start: int, end: int) -> str:
    """The text with this stretch put out of sight; offsets, and the end of a sentence, stay."""
    ends = text[end - 1] in ".!?" or text.startswith("http", start)
    stop = "." if ends else _STANDS_FOR_OWNERS
    return text[:start] + _STANDS_FOR_OWNERS * (end - start - 1) + stop + text[end:]


def _without_owners(text: str, ground: Ground) -> str:
    """The text without the owner's own strings, which may stand as they are."""
    for own in ground.owners:
        pattern = re.compile(
            rf"(?<!\w){re.escape(own)}(?!\w)" if own[-1].isalnum() else rf"(?<!\w){re.escape(own)}"
        )
        for found in pattern.finditer(text):
            text = _blank(text, *found.span())
    return text


# -- times ---------------------------------------------------------------------------------------


def _without_times(text: str, ground: Ground) -> tuple[str, list[str]]:
    """Dates and clocks, each clock behind its own date, taken out where they stand in the ledger."""
    allowed, wrong = ground.times or {}, []
    day: str | None = None
    rest = text
    for found in _SAID_TIME.finditer(text):
        if said := found["date"]:
            day = next((d for d in allowed if d.casefold() == said.casefold()), None)
            if day is None:
                wrong.append(f"date:{found.start()}")
        elif day is None or found["clock"] not in allowed[day]:
            wrong.append(f"clock:{found.start()}")
        rest = _blank(rest, *found.span())
    return rest, wrong


# -- opening hours -------------------------------------------------------------------------------


def _without_hours(text: str, ground: Ground) -> tuple[str, list[str]]:
    """Opening hours taken out where each day's spans are the business's own."""
    rest, wrong = text, []
    for found in _CLOSED.finditer(text):
        if found["day"] not in ground.closed:
            wrong.append(f"hours:{found.start()}")
        rest = _blank(rest, *found.span())
    for found in list(_ANY_HOURS.finditer(rest)):
        wrong += (
            [] if _are_hours(found["day"], found["spans"], ground) else [f"hours:{found.start()}"]
        )
        rest = _blank(rest, *found.span())
    return rest, wrong


def _are_hours(day: str, spans: str, ground: Ground) -> bool:
    said = re.findall(_SPAN, spans, re.IGNORECASE)
    if (own := (ground.open_on or {}).get(day)) is not None:
        return _same(said, own)
    days = _range(day)
    return bool(days) and all(_same(said, (ground.hours or {}).get(number, ())) for number in days)


def _range(day: str) -> list[int]:
    numbers = [
        n for part in day.casefold().split("-") for n, names in enumerate(_DAYS) if part in names
    ]
    return list(range(numbers[0], numbers[-1] + 1)) if numbers else []


def _same(said: list[str], own: tuple[tuple[int, int], ...]) -> bool:
    return len(said) == len(own) and all(_is_span(*pair) for pair in zip(said, own, strict=True))


def _is_span(said: str, own: tuple[int, int]) -> bool:
    if said.startswith("24 "):
        return own == (0, 1440)
    ends = said.split("-")
    return all(_is_clock(words, minute) for words, minute in zip(ends, own, strict=True))


def _is_clock(words: str, minute: int) -> bool:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(?: ([AP]M))?", words.strip(), re.IGNORECASE)
    if found is None or (int(found[1]) % 12, int(found[2] or 0)) != (
        minute // 60 % 12,
        minute % 60,
    ):
        return False
    return found[3] is None or (found[3].upper() == "PM") == (minute % 1440 >= 720)
