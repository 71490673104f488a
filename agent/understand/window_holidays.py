"""How the holidays of `window_calendar` are written, in the grammar's spelling."""

HOLIDAY_FORMS = {
    "christmas eve": "christmas eve", "christmas": "christmas(?: day)?", "boxing": "boxing day", "new year's eve": r"new year'?s?'? eve|nye",
    "new year's": r"new year'?s?'?(?: day)?", "halloween": "halloween", "independence": r"independence day|(?:the )?(?:jul 4th|4th of jul)|fourth of jul",
    "veterans": r"veteran'?s'? day", "valentine's": r"valentine'?s?'?(?: day)?", "st patrick's": r"st\.? patrick'?s?(?: day)?",
    "juneteenth": "juneteenth", "cinco": "cinco de (?:mayo|may)", "thanksgiving": "thanksgiving(?: day)?",
    "mlk": r"(?:mlk|martin luther king'?s?)(?: jr\.?)?(?: day)?", "presidents": r"president'?s'? day", "mother's": r"mother'?s'? day",
    "memorial": "memorial day", "father's": r"father'?s'? day", "labor": r"labou?r day", "columbus": r"(?:columbus|indigenous peoples'?) day",
    "easter monday": "easter mon", "easter": "easter(?: sun)?(?: day)?", "good friday": "good fri", "ash wednesday": "ash wed",
    "palm sunday": "palm sun", "black friday": "black fri", "cyber monday": "cyber mon",
    "groundhog": "groundhog day", "april fools": r"apr fool'?s'?(?: day)?",
}  # fmt: skip
HOLIDAY_KEYS = {f"h{i}": key for i, key in enumerate(HOLIDAY_FORMS)}
HOLIDAYS = "|".join(f"(?P<{mark}>{HOLIDAY_FORMS[key]})" for mark, key in HOLIDAY_KEYS.items())
