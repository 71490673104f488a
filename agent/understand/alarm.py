"""Danger to life, and property at risk now: read first, by plain words, because a miss costs most.

`danger` asks for 911 and a person at once; `urgent` for the next person on call. Look-alikes (a smoke detector's
battery, a price that is a killer) must not set it off: they are cut out before the words are read.
"""

from agent.understand.pattern import Pattern

_LOOK_ALIKES = Pattern(
    r"\b(?:smoke (?:detector|alarm)s?(?: (?:battery|batteries|install\w*|replace\w*|chirp\w*|test\w*|low))+|"
    r"(?:install|replace|change|test|buy|check|hang)\w* (?:\w+ ){0,3}(?:smoke|co|carbon monoxide) (?:detector|alarm)s?|"
    r"fire ?(?:place|pit|wood|works?|proof\w*|truck|hydrant|sprinklers?|alarm (?:test|install\w*|inspection)|extinguisher)s?|"
    r"(?:electric|gas|wood) fire\b(?! in| is)|(?:you|they|he|she|we)(?:'re| are|'s| is) (?:on fire|fire) (?:this|today|lately|with)|we're on fire|straight fire|fire sale|"
    r"fire (?:the|that|your|my|him|her|them|whoever) (?:\w+ )?(?:guy|last|plumber|tech\w*|dentist|groomer|one|person|who)|(?:fired?|firing) (?:him|her|them|up)|fire (?:it|the \w+) up|"
    r"gas (?:line|pipe|fireplace|stove|range|furnace|boiler|water heater|grill|dryer|hookup|meter)\w*(?: \w+){0,2} (?:install\w*|repair|replace\w*|hookup|quote|estimate|inspect\w*|service|move\w*)|"
    r"(?:install|replace|move|service|quote|estimate|hook up|inspect|repair|convert)\w* (?:\w+ ){0,3}gas\b|gas (?:station|card|money|mileage|tank|bill)|natural gas\b(?! (?:leak|smell))|"
    r"no (?:gas )?(?:smell|leak)|don't smell|doesn't smell|"
    r"kill(?:s|ing|er|ed)? (?:it|me|my (?:back|feet|wallet|budget|tooth))|(?:is|was|'s|are) (?:a )?killer|killing me|(?:dying|die|dead) (?:to|for|of (?:boredom|laughter|embarrassment))|"
    r"(?:to die for|dead (?:battery|phone|line|tired|serious|outlet|tv)|phone (?:died|is dead)|dead)|heart attack (?:when|from|at|over|seeing) (?:\w+ )*(?:price|bill|quote)|"
    r"(?:poison|suicide) (?:ivy|oak|squad)|drowning in (?:work|email\w*)|blew up my phone|blowing up my phone|911 (?:\w+ )?(?:st|street|ave|road|rd|porsche|turbo)|porsche 911|\d+ ?911|911\d+)\b"
)
_DANGER = Pattern(
    r"(?:"
    r"^\W*(?:call )?911\W*$|\bcall(?:ed|ing)? 911\b|^\W*(?:gas|fire|smoke|gas leak|fuego|incendio)\W*$|"
    r"\bsmell\w*(?: \w+){0,4} (?:gas|propane|rotten eggs?|sulfur|sulphur)\b|\b(?:gas|propane|rotten eggs?|sulfur) (?:\w+ )?(?:smell|odou?r|leak\w*|everywhere)\b|\bleak\w*(?: of| some)? (?:gas|propane)\b|"
    r"\bgas (?:is |was )?(?:leaking|hissing|coming out)\b|\bhissing (?:\w+ )*gas\b|"
    r"\bhuele?\w*(?: \w+){0,3} gas\b|\bolor(?: \w+){0,2} gas\b|\bfuga de gas\b|"
    r"\b(?:is|are|'s|was|caught|catching|on|house|kitchen|stove|oven|outlet|panel|wall|there's a|started a|electrical|grease) (?:on )?fire\b|\bon fire\b|\bflames?\b|\bfire (?:in|at|on|coming|started) |"
    r"\b(?:hay|en) (?:fuego|llamas|un incendio)\b|\bincendio\b|\bse (?:esta )?quema(?:ndo)?\b|"
    r"\bsmok(?:e|ing) (?:is )?(?:coming|pouring|from|out|in the|everywhere|filling)|\b(?:see|seeing|smell\w*|there's|lots of|full of|is|much|theres) (?:\w+ )?smok(?:e|ing)\b|\bhumo\b|"
    r"\b(?:carbon monoxide|co) (?:alarm|detector|sensor|monitor)?(?: \w+){0,3} ?(?:going off|won't stop|beeping|alarming|went off|sounding|ringing|poison\w*|leak\w*|high)\b|\bcarbon monoxide\b|\bmonoxido\b|"
    r"\b(?:sparks?|sparking|arcing)\b(?! joy|plug| interest)|\bchispas?\b|\bburning (?:smell|plastic|wires?)|\bsmell\w*(?: \w+){0,2} burning\b|\belectrocut\w*|\bgot shocked\b|\bshock(?:ed)? (?:me|him|her|my)\b|"
    r"\b(?:power ?lines?|live wires?|electric(?:al)? (?:line|wire)s?)\b(?: \w+){0,3} (?:down|fell|on the ground|hanging)|\bdowned (?:power )?line|\bwater\b(?: \w+){0,4} (?:breaker|electric\w*|fuse|outlets?|panel)\b|"
    r"\b(?:ceiling|roof|wall|floor|deck|porch|balcony)(?: \w+){0,3} (?:collaps\w*|caving|caved|fell (?:in|down)|falling (?:in|down)|about to fall)|\bcollaps\w+|\btecho (?:se )?(?:cayo|derrumb\w*)|"
    r"\bchest (?:pains?|hurts|tight\w*|pressure)|\bdolor (?:de|en el) pecho|\bheart attack\b|\bstroke\b|\binfarto\b|\bface (?:is )?droop\w*|\bslurr\w+|"
    r"\b(?:can't|cannot|can not|couldn't|stopped|not|isn't|trouble|hard to|struggling to|difficulty|hardly|barely) (?:\w+ )?breath\w*|\bno (?:puede|puedo) respirar|\bno respira\b|\bchoking\b|\bthroat(?: \w+){0,3} (?:clos\w+|swell\w*|swollen)|"
    r"\b(?:tongue|face|jaw|neck|eye)(?: \w+){0,3} (?:swell\w*|swollen|swole)(?: \w+){0,8} (?:breath\w*|swallow\w*|fever|shut|closing)|\banaphyla\w*|"
    r"\boverdos\w*|\bod'?d\b|\bsobredosis\b|\bswallowed (?:\w+ )*(?:bleach|pills|battery|poison)|\bpoison(?:ed|ing)\b|\batee? (?:\w+ )*(?:chocolate|rat poison|antifreeze|xylitol|grapes|poison)\b|"
    r"\bsuicid\w*|\b(?:kill|hurt|harm|cut)(?:ing)? myself\b|\bself[- ]harm\w*|\bend(?:ing)? (?:it(?= all|$| tonight| today| now|,)|my life|everything)\b|\bwant(?:ed)? to die\b|\bdon't want to (?:live|be here|wake up)\b|\bbetter off (?:dead|without me)\b|\bno reason to live\b|\bquiero morir\w*|\bmatarme\b|\bsuicidar\w*|"
    r"\bunconscious\b|\bpassed out\b|\bfaint(?:ed|ing)\b|\bunresponsive\b|\bwon't wake\b|\bnot waking\b|\bisn't waking\b|\bseizures?\b|\bseizing\b|\bconvuls\w*|\binconsciente\b|\bdesmayo\w*|"
    r"\b(?:won't|can't|not|doesn't|hasn't) stop(?:ped|ping)? bleeding\b|\bbleeding (?:a lot|badly|out|everywhere|heavily|nonstop|non-stop|won't stop|hasn't stopped|bad)\b|\bbleeding(?: \w+){0,6} (?:hours?|won't stop)\b|\bcoughing up blood\b|\bsangrando mucho\b|"
    r"\b(?:hit by a car|bloat\w*|gdv)\b|\bcat(?: \w+){0,2} (?:can't|cannot|not|isn't|won't) (?:pee|peeing|urinat\w*)\b|"
    r"\btrapped\b|\bstuck in (?:the )?elevator\b|\b(?:baby|newborn|infant|kid|child|toddler|grandma|grandpa|mom|dad|elderly)\b.{0,60}\b(?:confused|limp|blue|not moving|won't move|lethargic|sleepy)\b|\bdizzy\b.{0,40}\b(?:furnace|gas|fumes)\b|"
    r"\b(?:gun|shooter|intruder|breaking in|broke in right now|being attacked|attacking me|domestic violence|he's hitting)\b(?<!my gun)(?<!bring a gun)"
    r")"
)
_FRAIL = Pattern(
    r"\b(?:newborn|infant|baby|elderly|grandma|grandmother|grandpa|oxygen machine|\d{2} ?(?:yo|years? old))\b"
)
_CLIMATE = Pattern(
    r"\b(?:no heat|heat(?:er|ing)? (?:is )?out|no (?:ac|a/c)|ac (?:is )?(?:out|down|dead|broken)|a/c out|furnace (?:is )?out)\b"
)
_BAD_COLD = Pattern(r"(?:-|minus )?\b\d{1,2} degrees|\b1\d\d\b|below zero|freezing")
_SEWAGE = Pattern(
    r"\bsew(?:age|er)\b(?: \w+){0,4} (?:coming up|backing up|backed up|everywhere|in (?:the|my))"
)
_URGENT = Pattern(
    r"(?:"
    r"\bburst(?:ing)?\b(?! of)|\bpipes?(?: \w+){0,2} (?:broke|broken|exploded|busted|froze\w*|popped)|\bbusted (?:pipe|line|water)|\bflood(?:ed|ing|s)?\b(?! (?:insurance|light|plain|zone))|"
    r"\bwater (?:is |'s )?(?:everywhere|pouring|gushing|spraying|shooting|coming (?:through|in|out|down|up)|all over|rushing|leaking (?:through|into|everywhere))|\b(?:gushing|pouring|spraying)\b(?: \w+){0,3} water|"
    r"\b(?:leak\w*|dripping|water)(?: \w+){0,3} (?:through|from|in|out of) (?:the |my )?ceiling|\bceiling(?: is)? (?:leaking|dripping)|\bcan't (?:shut|turn)(?: \w+){0,3} off\b|\bwon't (?:shut|turn) off\b|\bnon-?stop leak|"
    r"\block(?:ed)?(?: \w+){0,2} out\b(?! of my (?:account|email|phone))|\blocked (?:my|our) ?\w* (?:keys?|self|kid|baby|dog)|\bkeys? (?:locked )?in(?:side)? (?:the|my) (?:car|house)|"
    r"\bno (?:heat|heating|hot water|water|power|electricity|ac|a/c)\b(?! bill)|\b(?:heat|heater|furnace|boiler|ac|a/c|power|electricity) (?:is |just |went )?(?:out|went out|died|quit|down|off)\b|\bpower outage\b|"
    r"\bsew(?:age|er)\b(?: \w+){0,4} (?:coming|back\w*|overflow\w*|everywhere|in)|\btoilet(?: \w+){0,2} overflow\w*|\boverflow\w*|\b(?:backing|backed) up into\b|\bonly toilet\b|"
    r"\b(?:severe|extreme|unbearable|terrible|horrible|excruciating|awful|worst|so much|really bad|intense|crazy|bad|major|throbbing)\b(?: \w+){0,2} (?:tooth\s?ache|pain|toothache|ache)\b|\b(?:in|such|a lot of) (?:so much |a lot of |severe |terrible |bad )?(?:agony|pain)\b|"
    r"\b(?:tooth|teeth|crown)(?: \w+){0,3} (?:knocked|fell|broke|cracked|chipped|came) ?(?:out|off)?|\b(?:knocked|broke|cracked|chipped)(?: \w+){0,3} (?:tooth|teeth)\b|\babscess\w*|\b(?:face|jaw|cheek|gum)(?: \w+){0,3} (?:swell\w*|swollen)|\bswollen (?:face|jaw|cheek|gums?)|"
    r"\b(?:tooth\s?ache|pain|toothache)(?: \w+){0,2} (?:is |so )?(?:unbearable|excruciating|severe|killing|horrible|terrible|awful|getting worse|really bad)\b|\bcan't (?:sleep|eat)(?: \w+){0,4} (?:pain|tooth|hurts)|\b(?:tooth|teeth|mouth|jaw)(?: \w+){0,3} (?:hurts?|hurting|aching)(?: \w+){0,2} (?:bad|badly|so much|a lot|like hell)\b|\btooth(?: \w+){0,2} (?:kill\w*|throb\w*)|\bkilling me\b|"
    r"\b(?:it's|this is|is|an?|have an?|its) (?:\w+ )?(?:emergency|urgent)\b(?! (?:fee|rate|number|service|line|plumb|contact|cost|charge|price))|^\W*(?:emergency|urgent(?:ly)?|urgente|emergencia)\b(?! (?:fee|rate|service|contact))|\b(?:urgently|urgent|urgente\w*|emergencia)\b|\bsrochno\b|"
    r"\bsomeone (?:out |here )?(?:right now|asap|immediately)\b|\b(?:need|come|help)(?: \w+){0,4} (?:asap|right now|immediately|right away)\b|\bbroke(?:n)? into\b|\bwindow (?:is )?(?:smashed|shattered)|\bstranded\b|"
    r"\binund\w+|\bagua por todas partes|\btuberia (?:rota|reventada|se rompio)|\bse (?:rompio|revento)(?: \w+){0,2} (?:tubo|tuberia)|\bsin (?:calefaccion|agua|luz)\b|\bme quede afuera|\bdolor (?:muy )?(?:fuerte|terrible|insoportable)|\bmucho dolor\b"
    r")"
)
_NOT_URGENT = Pattern(
    r"\b(?:not|isn't|no|ain't|nothing|non)[ -](?:an? |really |that |super |too |very )*(?:emergency|urgent|rush|hurry)\b|\bwhen(?:ever)? (?:it|the)(?: \w+){0,2} (?:rains|is on)\b|\byes please flood\b"
)
_THREAT = Pattern(
    r"\bi(?:'ll| will|'m going to| am going to)(?: \w+){0,2} (?:burn|kill|shoot|bomb|blow up)\b"
)


def danger(text: str) -> bool:
    """Whether a life may be in danger, by a text that went through `normalise.plain`."""
    left = _LOOK_ALIKES.sub(" - ", text)
    if _DANGER.search(left):
        return True
    return bool(_CLIMATE.search(left) and _FRAIL.search(left) and _BAD_COLD.search(left)) or bool(
        _SEWAGE.search(left) and _FRAIL.search(left)
    )


def property_at_risk(text: str) -> bool:
    """Whether something can't wait although nobody's life is in danger."""
    return bool(_URGENT.search(_NOT_URGENT.sub(" ", text)))


def threat(text: str) -> bool:
    """Whether the writer threatens others."""
    return bool(_THREAT.search(text))
