"""What the owner asks for before a booking: zip, name, address, e-mail, a count, and free words such as a breed."""

import re

from agent.understand.intents import Intent, read_intents
from agent.understand.normalise import fold, plain, word_set
from agent.understand.pattern import Pattern

_ZIP = Pattern(
    r"(?<![\d$#+.(-])\b(\d{5})(?:-\d{4})?\b(?![\d-]|\s*(?:dollars|bucks|sq|miles|st\b|street|ave))"
)
_HOUSE_BEFORE = Pattern(
    r"(?i)"
    r"^\s+(?:[NSEW]\.?\s+)?(?:[A-Za-z]+\s+){1,3}(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|ct|way|pl|hwy|highway|cir|ter)\b",
)


def find_zip(text: str) -> str | None:
    """The last United States zip code in a text; longer numbers and house numbers are none."""
    found = [
        m
        for m in _ZIP.finditer(text)
        if not _HOUSE_BEFORE.match(text[m.end() :]) and not _in_phone(text, m)
    ]
    return found[-1][1] if found else None


def _in_phone(text: str, m: re.Match[str]) -> bool:
    around = re.search(r"[\d() .-]*$", text[: m.start()])
    digits = re.sub(r"\D", "", around.group() if around else "")
    return len(digits) >= 3


_EMAIL = Pattern(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")


def find_email(text: str) -> str | None:
    """The first e-mail address."""
    m = _EMAIL.search(text)
    return m.group() if m else None


_STREET = (
    r"(?:st|street|str|ave?|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|way|pl|place|hwy|highway|cir|circle|ter|terrace|"
    r"pkwy|parkway|sq|square|trl|trail|loop|broadway|calle|alley|pike|cove)"
)
_ADDRESS = Pattern(
    r"(?i)"
    rf"\b\d{{1,6}}[A-Za-z]?\s+(?:[NSEW]{{1,2}}\.?\s+|North\s+|South\s+|East\s+|West\s+)?(?:[A-Za-z0-9'.-]+\s+){{0,4}}?{_STREET}\b\.?"
    r"(?:,?\s*(?:apt|unit|suite|ste|#|floor|fl|no)\.?\s*#?\s*[A-Za-z]?\d*[A-Za-z]?\b)?"
    r"(?:,\s*[A-Za-z .'-]{2,30}?(?=,|\s+[A-Z]{2}\b|\s+\d{5}|[.!?]|$))?(?:,?\s+[A-Za-z]{2}(?=\s+\d{5}|\s*$|[.,]))?(?:,?\s+\d{5}(?:-\d{4})?)?",
)
_CALLE = Pattern(
    r"(?i)"
    r"\b(?:calle|avenida)\s+[A-Za-z .'-]{2,40}?\s+\d{1,6}\b"
)
_NOT_STREET = Pattern(
    r"(?i)"
    r"^\d{1,2}\s+(?:am|pm|o'?clock|or|to|and|is|works|dogs?|cats?|minutes?|hours?|days?|weeks?|in)\b",
)


def find_address(text: str) -> str | None:
    """A street address as it was written, with what belongs to it (unit, town, state, zip)."""
    for m in (*_ADDRESS.finditer(text), *_CALLE.finditer(text)):
        if not _NOT_STREET.match(m.group()):
            return m.group().strip(" ,")
    return None


_COUNT_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "just me": 1, "a couple": 2,
    "both": 2, "single": 1, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5,
}  # fmt: skip
_COUNTED = Pattern(
    r"(?<![\d:/.$#-])\b(\d{1,3}|"
    + "|".join(_COUNT_WORDS)
    + r")\b(?:\s+(?:of (?:us|them)|(?:\w+\s+){0,2}?(?:dogs?|cats?|pets?|people|persons?|adults?|kids?|children|guests?|rooms?|toilets?|sinks?|"
    r"drains?|units?|bathrooms?|bedrooms?|windows?|cars?|items?|pups?|puppies|animals|perros?|gatos?|personas?|faucets?|outlets?|teeth|tooth|patients?)\b)|\s*$)"
)
_COUNT_LEAD = Pattern(
    r"^\W*(?:(?:it's|its|just|only|there (?:are|is)|we (?:are|have)|i have|about|maybe|like|total of|scratch that|no|sorry|actually|make it)[ ,.]*)*"
)


def find_count(text: str) -> int | None:
    """How many: "2 dogs", "just me", a bare "3". A clock time or a price is no count."""
    spelled = _COUNT_LEAD.sub("", plain(text)) if "$" not in text else ""
    if re.fullmatch(r"\W*(?:just |only )?me\W*", plain(text)):
        return 1
    m = _COUNTED.search(spelled)
    if not m or (m.end() == len(spelled) and m.start() and not m.group().strip()[-1].isalpha()):
        return None
    return int(m[1]) if m[1].isdigit() else _COUNT_WORDS[m[1]]


_INTRO = Pattern(
    r"(?i)"
    r"(?:\b(?:my|the|his|her|our|patient'?s?|full|first|customer) (?:full |first |last )?names? (?:is|would be|will be|'s)|\bmy names|\bname(?:'s| is)|\bname ?:|\bi am called|\bcall me|\bthis is|\bthis's|\bit(?:'|\u2019)?s|\bi(?:'|\u2019)m|"
    r"\bi am|\bit is|\bput it under|\bunder(?: the name)?|\bthe name|\bname|\bme llamo|\bmi nombre es|\bsoy|\ba nombre de|\bsign me up as|^-|\bthanks,)\s+(?:of )?",
)
_TURNED = Pattern(r"((?:[^\W\d_]+['\u2019-]?[^\W\d_]* ){1,3})is my name\b")
_STRONG = Pattern(
    r"(?i)"
    r"name|llamo|nombre|call"
)
_PART = r"(?:(?:Dr|Mr|Mrs|Ms|Miss)\.?\s+)?[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?"
_NAME = Pattern(rf"\s*({_PART}(?:\s+(?:de la |de |del |van |von |la |le )?{_PART}){{0,3}})")
_NO_NAME = word_set(
    "a about actually after afternoon again ago ai all already also am an and any anyone anything appointment "
    "april are as asap ask at august away back bad bath be because been before better bill book booked booking "
    "both bot broken but bye call called calling can cancel cant card cat chance change check cheers clogged clog "
    "clean cleaning come coming cool correct could cute dead december did dirty do doctor dog dogs doing done "
    "dont down drain dripping driving due early either else emergency evening ever every everything exactly far "
    "february fine fire first flooded flooding for free friday from fully getting go going gone good gracias "
    "great had happy hard has have he heater hello help her here hey hi hola home hot house how human hurt "
    "hurting i if im in info interested is issue it its january july june just kind kitchen know late later leak "
    "leaking let like locked looking lost machine made making march maybe me mine monday more morning my need "
    "never new next no nobody none nope not november now number of off office ok okay old on one only open or "
    "other our out over owner paying people perfect person phone pipe please pm pretty price problem question "
    "quick ready real really repair right robot running sad said same saturday scared september she should si "
    "sick sink so some someone something soon sorry still stop stuck such sunday super supposed sure tech text "
    "texting than thank thanks that the their them then there they thing this thursday time tired to today toilet "
    "tomorrow too tooth trying tuesday under unsure until up ur urgent us very visit wait waiting want was water "
    "we wednesday weekend weird well went were what when where which who why will with without wondering work "
    "working worried would wrong yeah yes yet you your yesterday fun october may landline spam joke scam test "
    "customer client patient vendor plumber dentist groomer nada que para por con hoy manana como cuando donde "
    "tengo quiero necesito puede cita ayuda buenos buenas dias tardes noches whatever anything anywhere nothing "
    "haircut groom nails furnace hvac ac vet reschedule urgent pregnant allergic here's heres available around "
    "busy cheap cold confused different easy enough expensive freezing full glad guess half impossible kinda "
    "leaving moving near nice noon o'clock okay outside possible quarter quiet short sometimes somewhere sounds "
    "terrible totally twelve two three four five six seven eight nine ten week wife husband kid son daughter mom "
    "dad mother father boss manager neighbor male female spayed neutered poodle labrador talk talking talked "
    "speak schedule works got gotta get gonna having keeps making currently parked at returning literally "
    "seriously honestly probably definitely absolutely possibly hopefully"
)
_STOPS = Pattern(
    r"(?is)"
    r"\s+(?:and|but|from|at|in|on|here|calling|with|w/|i|my|the|please|pls|thanks|thank|without|not|who|is|was|again|texting|y|de parte|who|for|we|looking|btw|by the way|zip|phone|number)\b.*$",
)


def find_name(text: str, asked: bool) -> str | None:
    """The caller's name, when it is introduced, or when it was just asked for and the text is plausibly a bare name.

    Services, dates, yes and no are never names.
    """
    for m in _INTRO.finditer(text):
        strong = bool(_STRONG.search(m.group()))
        if re.match(r"(?i)call me\s", m.group()) and not asked:
            continue
        name = _as_name(text[m.end() :], known=strong or asked, named=strong)
        if name:
            return name
    if turned := _TURNED.search(text):
        return _as_name(turned[1], known=True, named=True)
    return _bare_name(text) if asked else None


def listed_name(text: str) -> str | None:
    """The name in a list of facts ("sink is clogged, 23505, Ann Smith"): a part of its own.

    Two or three capitalised words between commas; a single word could be anything.
    """
    parts = [part.strip(" .!") for part in re.split(r"[,;\n]", text)]
    if len(parts) < 2:
        return None
    for part in parts:
        said = part.split()
        if 2 <= len(said) <= 3 and all(
            w[0].isupper() and w.replace("'", "").isalpha() for w in said
        ):
            name = _as_name(part, known=False, named=False)
            if name:
                return name
    return None


def _as_name(text: str, *, known: bool, named: bool) -> str | None:
    clause = re.split(
        r"[,.;:!?\n()]|\s-\s",
        _STOPS.sub("", " " + text.split("\n", maxsplit=1)[0]).strip() + " ",
        maxsplit=1,
    )[0]
    m = _NAME.match(clause)
    if not m:
        return None
    parts = m[1].split()
    plausible = (
        all(fold(p).strip(".'") not in _NO_NAME for p in parts)
        and len(m[1]) <= 40
        and len(parts[0].strip(".")) > 1
    )
    whole = len(m[1].strip()) == len(clause.strip()) or (
        named and not clause[m.end() :].strip()[:1].isalnum()
    )
    if not plausible or not whole:
        return None
    if not known and not (len(parts) <= 3 and parts[0][0].isupper()):
        return None
    if not named and re.search(r"(?:ing|ed)$", parts[0]) and not parts[0][0].isupper():
        return None
    return _cased(m[1])


def _bare_name(text: str) -> str | None:
    lead = Pattern(
        r"(?i)"
        r"^\W*(?:(?:sure|yes|ok|okay|yep|yeah|hi|hello|of course|no problem|claro|si|no|sorry|actually)[ ,.!-]+)*",
    )
    rest = lead.sub("", text.strip()).strip(" .,!")
    rest = re.split(r"[,\n]|\s(?:and|w|y)\s+(?=\d|my|zip)|\s+\d", rest, maxsplit=1)[0].strip()
    if not rest or re.search(r"[\d?@/\\=(){}<>\"_*]", rest) or len(rest) > 40:
        return None
    return _as_name(rest, known=True, named=False)


def _cased(name: str) -> str:
    name = " ".join(name.split()).strip(" .")
    return (
        " ".join(p[:1].upper() + p[1:] for p in name.split())
        if name == name.lower()
        else name.title()
        if name == name.upper() and len(name) > 3
        else name
    )


_LEAD_IN = Pattern(
    r"(?i)"
    r"^\W*(?:(?:sure|yes|yeah|ok|well|um+|oh|hi|hello|it's|its|it is|she's|shes|she is|he's|hes|he is|they're|they are|i'm|im|i am|i have|i've got|we have|that's|thats|that is|this is|"
    r"his name is|her name is|its name is|it's name is|my (?:dog|cat|pet|pup|puppy)(?:'s name)? is(?: called| named)?|(?:the|his|her|my) (?:breed|name) is|name is|named|called|a nombre de|es un|es una|es|se llama|soy|tengo)(?:[ ,.:]+|$))+(?:(?:an?|the|un|una)\s+(?=\S))?",
)  # fmt: skip
_TO_US = frozenset(
    {
        Intent.HUMAN_HANDOFF, Intent.CANCEL_BOOKING, Intent.CHANGE_BOOKING, Intent.BOOKING_STATUS, Intent.CALL_ME, Intent.ARE_YOU_A_BOT, Intent.COMPLAINT,
        Intent.WRONG_NUMBER, Intent.EMERGENCY, Intent.PRICE, Intent.QUESTION, Intent.OUT_OF_SCOPE, Intent.GOODBYE,
    }
)  # fmt: skip
_STOP = Pattern(
    r"^\W*(?:stop|unsubscribe|end|quit|cancel|optout|help|start|remove me|alto|basta)\W*$|\bstop (?:texting|messag\w+|send\w+)\b|\bno more (?:texts|messages)\b"
)
_EMPTY = Pattern(
    r"^\W*(?:yes|no|ok|yeah|nope|thanks|thank you|hi|hello|sure|maybe|idk|i don't know|what|why|huh)?\W*$"
)
_YES_NO_FIELDS = Pattern(r"new|return|first|existing|insur|own|rent|vaccin|confirm")


# "New or returning?" has no yes.
_EITHER = Pattern(r"_or_")


def answer_to(field: str, text: str) -> str | None:
    """The words that answer a free intake question (a breed, a pet's name, new or returning), without their lead-in.

    None for a question, another wish ("cancel", "a person please", "stop"), an empty word or more than sixty letters.
    """
    spelled = plain(text)
    yes_no = bool(_YES_NO_FIELDS.search(field))
    if (
        _STOP.search(spelled)
        or (not yes_no and _EMPTY.match(spelled))
        or not re.search(r"\w", spelled)
    ):
        return None
    if read_intents(text) & _TO_US:
        return None
    words = (
        text.strip()
        if yes_no and _EMPTY.match(spelled)
        else _LEAD_IN.sub("", " ".join(text.split()), count=1)
    )
    words = words.strip(" .,!\"'")
    if not words or len(words) > 60 or (_EITHER.search(field) and _EMPTY.match(plain(words))):
        return None
    return words
