"""Spells dates and times one way, so that the grammar in `window_rules` stays small.

`canonical("Thursdays @ half past three")` is `thu @ 3:30`: weekdays and months become three letters, number
words digits, ordinals `3rd`-like, Spanish its English, `p.m.` becomes `pm`.
"""

import re
from functools import lru_cache
from typing import Final

from agent.understand.normalise import plain, within
from agent.understand.pattern import Pattern
from agent.understand.window_calendar import MONTHS, WEEKDAYS

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_UNITS: Final = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINALS: Final = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
]  # fmt: skip

_NAMES: dict[str, str] = {
    "tues": "tue", "weds": "wed", "wensday": "wed", "wednsday": "wed", "wedn": "wed", "thur": "thu", "thurs": "thu",
    "thrs": "thu", "thr": "thu", "sept": "sep", "tonights": "tonight", "tomorrows": "tomorrow", "todays": "today",
    "tomorrow's": "tomorrow", "today's": "today", "noonish": "noon", "midday": "noon", "mid-day": "noon", "xmas": "christmas",
}  # fmt: skip
_NAMES |= dict(zip((*_DAY_NAMES, *_MONTH_NAMES), (*WEEKDAYS, *MONTHS), strict=True))
_NAMES |= {
    long + end: short
    for long, short in zip(_DAY_NAMES, WEEKDAYS, strict=True)
    for end in ("s", "'s")
}
_NAMES |= {short: short for short in (*WEEKDAYS, *MONTHS)}
_LONG = {
    **dict(zip(_DAY_NAMES, WEEKDAYS, strict=True)),
    **{n: s for n, s in zip(_MONTH_NAMES, MONTHS, strict=True) if len(n) >= 6},
    "tomorrow": "tomorrow", "tonight": "tonight", "weekend": "weekend", "morning": "morning", "afternoon": "afternoon",
    "evening": "evening",
}  # fmt: skip
_NOT_TYPOS = {
    "someday",
    "sundry",
    "warning",
    "evenings",
    "mornings",
    "moaning",
    "mooning",
    "tonights",
    "weekends",
}

_WORD = Pattern(r"[a-z]+(?:'s)?")
_SPACES = Pattern(r" {2,}")


@lru_cache(maxsize=4096)
def _name(word: str) -> str:
    known = _NAMES.get(word)
    if known:
        return known
    if len(word) >= 6 and word not in _NOT_TYPOS:
        for long, short in _LONG.items():
            if word != long and within(word, long, 1):
                return short
    return word


_SPANISH_HINT = Pattern(
    r"\b(?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hoy|tarde|noche|mediodia|medianoche|semana|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|"
    r"a las? \w+|de las? \w+|en \w+ (?:horas?|dias?|minutos?)|dentro de|ahora|navidad|despues de|antes de|entre las?|las \d+)\b"
)
_NUM_ES = {
    "una": 1, "un": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "veinte": 20, "treinta": 30,
}  # fmt: skip
_HOUR_ES = r"(\d{1,2}(?::\d\d)?|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
_SPANISH = [
    (Pattern(p), r)
    for p, r in (
        (r"\bfin(?:es)? de semana\b", "weekend"),
        (r"\besta tarde\b", "this afternoon"),
        (r"\besta manana\b", "this morning"),
        (r"\besta noche\b", "this evening"),
        (r"\bpasado manana\b", "day after tomorrow"),
        (r"\b(?:de|por|en|a) la manana\b|\bla manana\b", "in the morning"),
        (r"\b(?:de|por|en|a) la tarde\b|\b(?:de )?tarde\b(?! que)", "in the afternoon"),
        (r"\b(?:de|por|en|a) la noche\b|\bla noche\b|\besta noche\b", "in the evening"),
        (r"\bmas in the afternoon\b", "later"),
        (r"\bmanana\b", "tomorrow"),
        (r"\bhoy\b", "today"),
        (r"\b(?:al |a )?mediodia\b", "at noon"),
        (r"\b(?:a )?medianoche\b", "at midnight"),
        (r"\bahora(?: mismo)?\b|\blo antes posible\b|\bcuanto antes\b", "right now"),
        (r"\b(?:despues|a partir) del? (?:las? |el )?", "after "),
        (r"\bantes del? (?:las? |el )?", "before "),
        (r"\bdesde (?:las? |el )?", "from "),
        (r"\bhasta (?:las? |el )?", "until "),
        (r"\bentre (?:las? |el )?" + _HOUR_ES + r" y (?:las? |el )?" + _HOUR_ES, r"between \1 and \2"),
        (r"\bde " + _HOUR_ES + " a " + _HOUR_ES + r"\b", r"from \1 to \2"),
        (r"\b(?:de|a|sobre|como a) las? (?=\d|" + _HOUR_ES[1:-1] + ")", "at "),
        (r"\b" + _HOUR_ES + " y media\\b", r"half past \1"),
        (r"\b" + _HOUR_ES + " y cuarto\\b", r"quarter past \1"),
        (r"\b" + _HOUR_ES + " menos cuarto\\b", r"quarter to \1"),
        (r"\b(?:proximo|proxima|siguiente)\b", "next"),
        (r"\b(lunes|martes|miercoles|jueves|viernes|sabado|domingo|semana|mes) (?:que viene|next)\b", r"next \1"),
        (r"\b(?:este|esta|ese|esa)\b", "this"),
        (r"\b(?:dentro de|en) (\w+) (hora|dia|minuto|semana|mes)(?:e?s)?\b", r"in \1 \2"),
        (r"\b(?:el|los) (?=lun|mar|mie|jue|vie|sab|dom|next|weekend)", ""),
        (r"\bel (\d{1,2}) de\b", r"\1 of"),
        (r"\b(\d{1,2}) de (?=ene|feb|mar|abr|may|jun|jul|ago|se|oct|nov|dic)", r"\1 of "),
        (r"\bel (?:dia )?(\d{1,2})\b", r"the \1th"),
        (r"\bno puedo (?:el |los )?", "not "),
        (r"\bsemana del (?:dia )?(\d{1,2})\b", r"week of the \1th"),
        (r"\bnavidad\b", "christmas"),
        (r"\bo\b", "or"), (r"\by\b", "and"),
    )
]  # fmt: skip
_WORDS_ES = {
    "lunes": "mon", "martes": "tue", "miercoles": "wed", "jueves": "thu", "viernes": "fri", "sabado": "sat",
    "sabados": "sat", "domingo": "sun", "domingos": "sun", "enero": "jan", "febrero": "feb", "marzo": "mar", "abril": "apr", "mayo": "may", "junio": "jun",
    "julio": "jul", "agosto": "aug", "septiembre": "sep", "setiembre": "sep", "octubre": "oct", "noviembre": "nov",
    "diciembre": "dec", "semana": "week", "mes": "month", "hora": "hour", "dia": "day", "minuto": "minutes",
    "cualquier": "any", "temprano": "early",
    **{word: str(number) for word, number in _NUM_ES.items()},
}  # fmt: skip
_PLACE_ES = Pattern(r"[a-z]+")


def _from_spanish(text: str) -> str:
    for pattern, english in _SPANISH:
        text = pattern.sub(english, text)
    return _PLACE_ES.sub(lambda m: _WORDS_ES.get(m.group(), m.group()), text)


_SMALL = "|".join(sorted((*_UNITS[1:], *_TENS), key=len, reverse=True))
_UNIT = "|".join(_UNITS[1:10])
_MINUTE = r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty)(?:[- ](?:" + _UNIT + r"))?)"  # fmt: skip
_HOUR = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_CLOCK_WORDS = Pattern(
    rf"\b({_HOUR})[- ](?:(?:oh?|ou|zero)[- ]({_UNIT})|({_MINUTE}))\b(?! (?:to|past|minutes|days|hours|weeks)\b)"
)
_ORD_WORDS = Pattern(
    r"\b(?:(twenty|thirty)[- ])?("
    + "|".join(_ORDINALS)
    + r")\b(?! (?:thing|time|available|floor|visit|opening|appointment|one|option|slot))"
    r"|\b(thirtieth)\b"
)
_NUM_WORDS = Pattern(rf"\b(?:(twenty|thirty|forty|fifty)[- ])?({_SMALL})\b")
_ONE_IS_TIME = Pattern(
    r"^ ?(?:am|pm|o'?clock|o\"clock|in the (?:morning|afternoon|evening)|hours?|days?|weeks?|months?|minutes|thirty|fifteen|tomorrow|today)\b"
)
_ONE_AFTER = Pattern(
    r"\b(?:at|@|by|after|before|until|till|past|to|around|about|and|between|from|in) ?$"
)


def _value(text: str) -> int:
    parts = re.split("[- ]", text)
    return sum(_TENS.get(p, 0) or (_UNITS.index(p) if p in _UNITS else 0) for p in parts)


def _clock(m: re.Match[str]) -> str:
    return f"{_UNITS.index(m[1])}:{_value(m[2] or m[3]):02d}"


def _ordinal(m: re.Match[str]) -> str:
    if m[3]:
        return "30th"
    tens = _TENS[m[1]] if m[1] else 0
    if (
        m[2] == "second"
        and not tens
        and re.search(r"\b(?:a|in|per|one|\d)$", m.string[: m.start()].rstrip())
    ):
        return m[0]
    number = tens + _ORDINALS.index(m[2]) + 1
    return f"{number}th" if number <= 31 else m[0]


def _number(m: re.Match[str]) -> str:
    if m[0] == "one":
        before, after = m.string[: m.start()], m.string[m.end() :]
        if not (
            _ONE_IS_TIME.match(after)
            or (_ONE_AFTER.search(before) and not re.match(r" [a-z]", after))
        ):
            return m[0]
    return str(_value(m[0]))


_ORDER = [
    (Pattern(p), r)
    for p, r in (
        (r"\b([ap])\.? ?m\b\.?", r"\1m"),
        (r"(\d)\s*o[' \"]*cloc?k\b|(\d)\s+o'? ?clock\b", r"\1\2 oclock"),
        (r"(?<=\d) o[' \"]?clock\b", " oclock"),
        (r"(?<=\d)(?:pm|am)ish\b", lambda m: m.group()[:2]),
        (r"(?<=\d)[- ]?ish\b", " oclockish"),
        (r"\b(\d{1,2})(?: ?th| ?st| ?nd| ?rd)\b(?!\w)", r"\1th"),
        (r"\b(mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.", r"\1"),
        (r"\b(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?=\d)", r"\1 "),
        (r"@", " at "),
        (r"(?<=\d)\s*(hrs|hr|h)\b(?!\d)", " hours"),
        (r"\bweek-?ends?\b", "weekend"),
        (r"\b(?:as soon as (?:possible|you can|u can)|asap|right away|immediately|at once|straight away)\b", "right now"),
        (r"\b(?:any ?time|whenever|some ?time|anytime)\b", "anytime"),
        (r"\b(i|we|he|she|they|just|dog|cat|been|has) sat\b", r"\1 seated"),
        (r"\b(the|hot|direct|full) sun\b", r"\1 sunshine"),
        (r"\b(?:eod|cob|close of business)\b", "end of day"),
        (r"\b1th thing\b", "first thing"),
        (r"\beow\b", "end of week"),
        (r"\beom\b", "end of month"),
        (r"(?<!year's )(?<!years )(?<!year )(?<!christmas )(?<!xmas )\beve\b", "evening"),
    )
]  # fmt: skip
_HOURWISE = Pattern(r"\b(?:half|quarter) (?:past|after|to|til|till|of|before)\b|\bhalf \d")
_HALF = Pattern(r"\bhalf (?:past |after )(\d{1,2})\b")
_QUARTER_PAST = Pattern(r"\b(?:a )?quarter (?:past|after) (\d{1,2})\b")
_QUARTER_TO = Pattern(r"\b(?:a )?quarter (?:to|til|till|of|before) (\d{1,2})\b")
_PAST = Pattern(r"\b(\d{1,2}) (?:minutes )?(?:past|after) (\d{1,2})\b(?!:)")
_TO = Pattern(r"\b(15|20|25|5|10)( minutes)? (?:to|til|till|before) (\d{1,2})\b(?!:|th)")
_NOON_PAST = Pattern(r"\b(past|to|after|til|till|before|of) (noon|midnight)\b")


def _before_hour(minutes: int, hour: int) -> str:
    return f"{(hour - 2) % 12 + 1 if hour <= 12 else hour - 1}:{60 - minutes:02d}"


def _to_hour(m: re.Match[str]) -> str:
    minutes, hour = int(m[1]), int(m[3])
    if hour > 24 or hour < 1 or (minutes <= 12 and not m[2]):
        return m[0]
    return _before_hour(minutes, hour)


def _past_hour(m: re.Match[str]) -> str:
    minutes, hour = int(m[1]), int(m[2])
    return f"{hour}:{minutes:02d}" if minutes < 60 and 1 <= hour <= 24 else m[0]


def _hourwise(text: str) -> str:
    text = _HALF.sub(r"\1:30", text)
    text = _QUARTER_PAST.sub(r"\1:15", text)
    return _QUARTER_TO.sub(lambda m: _before_hour(15, int(m[1])) if int(m[1]) else m[0], text)


_UNTIMELY = Pattern(
    r"\d|\b(?:"
    + "|".join(sorted({*_NAMES, *WEEKDAYS, *MONTHS}, key=len, reverse=True))
    + r"|to\w*day|ton\w+|tom\w+|week\w*|month|day|days|"
    r"morning\w*|afternoon\w*|evening\w*|night\w*|noon|lunch\w*|work|now|asap|soon\w*|earliest|first|moment|later|hours?|minutes?|midnight|"
    r"easter|christmas|halloween|thanksgiving|mlk|martin|new|labor|memorial|independence|veterans|valentine\w*|"
    r"[a-z]+teenth|easter|" + "|".join(_UNITS[1:13]) + r"|half|fortnight|otd|atm|asap)\b"
)


def canonical(text: str) -> str:
    """The text in the grammar's spelling; empty when nothing in it can be a date or a time."""
    text = plain(text)
    if _SPANISH_HINT.search(text):
        text = _from_spanish(text)
    for pattern, replacement in _ORDER:
        text = pattern.sub(replacement, text)
    text = _WORD.sub(lambda m: _name(m.group()), text)
    if not _UNTIMELY.search(text):
        return ""
    text = _CLOCK_WORDS.sub(_clock, text)
    text = _NUM_WORDS.sub(_number, _ORD_WORDS.sub(_ordinal, text))
    text = re.sub(r"(?<=\d) o[' \"]*clock\b", " oclock", text)
    if _HOURWISE.search(text):
        text = _hourwise(
            _NOON_PAST.sub(lambda m: m[1] + (" 12" if m[2] == "noon" else " 24"), text)
        )
    return _SPACES.sub(" ", _PAST.sub(_past_hour, _TO.sub(_to_hour, text))).strip()
