"""The small words around a date or a time that turn it: after, before, not, instead, or."""

from agent.understand.pattern import Pattern

_SOFT = r"(?:about |around |at |on |the |like |in |maybe |of )*"
AFTER = Pattern(
    rf"(?:(?<!not )\bafter|\bpast|(?<!no )(?<!not )\blater than|\bnot before|\bno (?:earlier|sooner) than|\bnot until|\bfrom|\bstarting(?: at| on| from)?|\bsince|"
    rf"\bbeginning(?: at| on)?|\bonwards? from|>=?) {_SOFT}$"
)
BEFORE = Pattern(
    rf"(?:(?<!not )\bbefore|(?<!stop )(?<!come )(?<!swing )(?<!drop )(?<!pass )\bby|(?<!not )\buntil|\btill|\btil|\bup to|\bno later than|\bnot (?:after|later than)|\bas late as|\bprior to|\bearlier than|\bbetween now and|"
    rf"\bfrom now (?:to|until|till)|<=?) {_SOFT}$"
)
STRICT = Pattern(rf"\b(?:after|past|later than) {_SOFT}$")
SHORT_OF = Pattern(rf"\b(?:before|prior to|earlier than) {_SOFT}$")
ON = Pattern(
    r"^ ?(?:and |or |\+ ?)?(?:later|after(?:wards)?|onwards?|on(?=$|[,.!?])|up|\+)(?: is| works|\b)"
)
OFF = Pattern(r"^ ?(?:or |and )?(?:earlier|before|sooner|at the latest|latest)\b")
RULED_OUT = Pattern(
    r"(?:\bnot|\bexcept(?: for)?|\bbut|\bbesides|\bapart from|\bother than|\bother day than|\binstead of|\brather than|\bno|"
    r"\b(?:can't|cannot|can not|couldn't|won't|not able to|unable to|don't want)(?: really)?(?: to)?(?: do| make| come| go| be there| make it| come in| work| meet)?(?: it)?(?: in)?)"
    r" (?:on |for |this |the |in )*$"
)
BUT = Pattern(
    r"\b(?:any(?:thing|time|day| day| time)?|every(?: ?day)?|whenever|all|works?)\W*(?:\w+ )?but (?:on |the )*$"
)
WONT_DO = Pattern(
    r"^,? ?(?:at all |really |just |probably )*(?:doesn't|does not|won't|will not|don't|isn't|is not|wouldn't|can't|is out|is bad|is no good|are out|"
    r"not (?:good|possible|going))\b(?! (?:matter|be a problem|it))"
)
GONE = Pattern(
    r"\b(?:yesterday|ago|last (?:night|week|month|year|mon|tue|wed|thu|fri|sat|sun|\d+)|earlier today|this past|previous\w*|"
    r"(?:in|over|for|during) the (?:past|last))\b"
)
OUT_OF_SIGHT = Pattern(
    r"\b(?:next|following|coming) year\b|\byears\b|\b(?:end|rest|later|early|beginning|start|middle|half)[ -](?:of )?(?:the |this )?year\b|\bq[1-4]\b|\bclosest\b|\d+ (?:minutes|hours?) (?:from|after|before) \u00a4|\b\d+th (?:month|quarter)\b"
)
NOW = Pattern(
    r"\b(?:right now|now|atm|at the moment|at present|soonest|earliest|soon as you can|as soon as|just now)\b"
)
NOT_NOW = Pattern(
    r"\b(?:from|until|till|for|by|right|just|up to|between) now\b|\bnow (?:and|to|that|i|it|my|the|we|what|is|you|they|he|she)\b|\bnow,"
)
EVERY = Pattern(r"\b(?P<not>weekends? (?:only)?)?(?P<wd>week ?days?)\b")
CHANGE = Pattern(r"\b(?:move|change|switch|swap|push|reschedule|bump|moved|changed)\b")
JOINED = Pattern(
    r"^[ ,/&]*(?:or|and|&|/|,)?[ ,/&]*(?:on |maybe |even |a |else |also |the |possibly )*$"
)
SPAN = Pattern(r"^ ?(?:-|to|thru|through|until|till|til)(?: the)? ?$")
LATER = Pattern(r"\blater(?: on)?(?:,? (?=\u00a7)| (?:today)?$)|\bsometime \u00a7")
NOT_AT = Pattern(r"\b(?:not|instead of|rather than) (?:at )?$")
