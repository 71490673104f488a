"""The words of a brain's own sentences: what they must never touch, and the few that are always fine.

The classes are those of the measured trial: a list of bad words alone let sixteen of eighteen
unseen lies about acts pass, so after it stands a second, default-deny reading: in a sentence that
states something, a word is either courtesy, or the caller's own, or the sentence goes.
"""

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


_NUMBERS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|dozen|couple|half|quarter|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|"
    r"diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|cien|ciento|mil|media)"
)
DENIED: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("digits", _any(r"\d", r"[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2150-\u215f\u2460-\u24ff]")),
    ("template", _any(r"[{}<>]", r"\[[^\]]*\]", r"%s|\$\w+")),
    ("markdown", _any(r"[*_#`~|^]", r"(?:^|\n)\s*[-+] ", r"\]\(")),
    ("link", _any(r"https?:|www\b|\S@|\[?\bdot\]?\s*(?:com|net|org|co|io)\b|\w\.(?:[a-z]{2,})\b|\b(?:link|website|url|e-?mail|inbox)\b|\blog ?in\b|\bsign ?in\b|\bclick\b")),
    ("money", _any(
        r"[$\u20ac\u00a3\u00a5%\u00a2]",
        r"\b(?:free|discount\w*|coupons?|deal|deals|cost\w*|price\w*|pric(?:e|ing)|fee|fees|charg\w*|pay\w*|paid|bill\w*|owe\w*|owing|deposit\w*|refund\w*|cash|cheap\w*|"
        r"afford\w*|bucks?|dollars?|cents?|dimes?|pennies|penny|percent|rates?|quotes?|estimates?|invoic\w*|expens\w*|budget|on the house|on us|half off|complimentary|waiv\w*|tax\w*|"
        r"gratis|gratuit\w*|descuento\w*|precios?|cuesta\w*|costo|coste|cobr\w*|pag(?:o|a|ar|as|ue)\w*|dinero|dolares|d\u00f3lares|barat\w*|reembols\w*|oferta)\b",
    )),
    ("day", _any(
        r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sun)(?:day)?s?\b(?<!\bsun)(?<!\bwed)|\b(?:wed|sun)\b(?=\W*(?:$|at|after|morning|the|works|is))|\bsat(?:urday)?s?\b",
        r"\b(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)\b|\bmay\b(?=\s+(?:the|first|\w+th))",
        r"\b(?:today|tomorrow|tonight|yesterday|morning|afternoon|evening|night|overnight|noon|midnight|midday|weekend\w*|weekday\w*|daily|weekly|holiday\w*)\b",
        r"\b(?:lunes|martes|mi[e\u00e9]rcoles|jueves|viernes|s[a\u00e1]bado|domingo|hoy|ma\u00f1ana|ayer|noche|tarde|mediod[i\u00ed]a|semana)\b",
    )),
    ("clock", _any(
        rf"\b{_NUMBERS}\b(?=\W*(?:o'?clock|thirty|fifteen|forty|sharp|am\b|pm\b|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|dollars?|bucks?|percent|hundred|thousand|times?|people|techs?|spots?|slots?|openings?|left|percent|minutos?|horas?|d[i\u00ed]as?))",
        rf"\b(?:at|around|about|by|before|after|until|till|past|roughly|a las|a la)\s+{_NUMBERS}\b",
        r"\b(?:o'?clock|a\.?m\.?|p\.?m\.?|minutes?|mins?|hours?|hrs?|seconds?|days?|weeks?|months?|soon\w*|shortly|asap|immediately|instantly|momentarily|moment|later|earlier|early|late|next|this week|eta|open (?:until|till|late)|24/7|around the clock|right away|in no time|by then|by now|minutos?|horas?|pronto|enseguida|ahora mismo)\b",
    )),
    ("act", _any(
        r"\b(?:book|reserv|schedul|reschedul|confirm|cancel|move|sav|hold|held|lock|pencil|secur|notif|alert|inform|request|submit|forward|escalat|assign|dispatch|arrang|approv|process|complet|regist|record|log|fil)(?:e|es|ed|ing|led|ling|s|l|ved|ving|med|ming)?\b",
        r"\b(?:all set|set up|all done|done deal|good to go|taken care|you'?re (?:all )?(?:set|in|good|done|booked|covered|confirmed|fine|ok|okay|clear|on)|it'?s (?:done|yours|settled|sorted|official|ready|on)|is (?:yours|sorted|settled|done|ready)|got you (?:down|in|covered)|have you (?:down|in)|put you|putting you|squeezed?|slotted|slot\w*|spot\w*|appointment\w*|booking\w*|reservation\w*|calendar|schedule|expect\w*|see you|wait\w* list|queue\w*|ticket)\b",
            r"(?:\b(?:is|are|was|were|been|goes|went|gets)|'s|'re)\s+(?:now |already |all |just )?(?:in|on|up|there|over|through|near|by|out|down|off|under)\b(?:\W*$|\s+(?:it|this|that|them|there|here|us|our|the (?:list|books?|way|case|job)))",
        r"\b(?:told|tell|telling|spoke|spoken|talked|checked|asked|passed|passing|sent|sending|send|called|texted|messaged|contacted|reached|relayed|looped)\b(?! me| us)",
        r"\b(?:reservad\w*|confirmad\w*|cancelad\w*|agendad\w*|apuntad\w*|guardad\w*|avisad\w*|enviad\w*|listo|lista|hecho|qued[ao]\w*|cita\w*|reserva\w*|hueco)\b",
    )),
    ("promise", _any(
        r"\b(?:will|won'?t|shall|gonna|going to|'ll|promis\w*|guarant\w*|ensure|assur\w*|rest assured|count on|certain\w*|definite\w*|absolute\w*|bound to|make sure|always|never)\b",
        r"\b(?:someone|somebody|anyone|everyone|nobody|they|he|she|the (?:team|crew|tech\w*|guys?|doctor|groomer|plumber|owner|boss|manager|staff|office))\b(?:'s|'re|'ll)?\s+(?:will|is|are|has|have|can|could|should|would|already|just|\w+s\b|\w+ed\b)",
        r"\b(?:on (?:the|my|his|her|their|our|its) way|en route|heading|headed|coming|arriv\w*|get back|be in touch|in touch|follow(?:ing)? up|stand(?:ing)? by|stay tuned|working on|look(?:ing)? into)\b",
        r"\b(?:le llam\w+|llamar[a\u00e1e\u00e9]\w*|le avis\w+|va a|vamos a|ir[a\u00e1e\u00e9]\w*|en camino|seguro que|siempre|nunca|promet\w+|garanti\w+)\b",
    )),
    ("claim", _any(
        r"\b(?:licen[sc]\w*|insur\w*|certif\w*|warrant\w*|accredit\w*|qualified|expert\w*|experienc\w*|award\w*|rated|best|top|trusted|background|bonded|cover\w*|in[- ]network|accept\w*|includ\w*|eligible|qualif\w*|policy|polic\w*|legal\w*|liab\w*|sue|fault|blame|contract|agree\w*|"
        r"available|availab\w*|open\w*|clos\w*|vacan\w*|full|closed|serve\w*|service area|offer\w*|specializ\w*|handle\w*|provide\w*|repair\w* it|fix\w*|cure\w*|work like new|licencia|seguro|cubr\w*|garant\w*|abiert\w*|cerrad\w*|disponib\w*)\b",
        r"\b(?:nothing|no need|don'?t need|doesn'?t need|not required|no obligation|no catch|no strings)\b",
    )),
    ("safety", _any(
        r"\b(?:safe\w*|unsafe|danger\w*|harm\w*|hazard\w*|risk\w*|toxic|poison\w*|emergenc\w*|evacuat\w*|shut(?:ting)? (?:off|it|the)|turn(?:ing)? (?:off|on|it|the)|valve|breaker|unplug|keep (?:using|running|doing)|fine to|ok(?:ay)? to|alright to|all right to|go ahead|"
        r"don'?t (?:worry|panic|call)|not? (?:serious|urgent|big deal|biggie|dangerous)|harmless|normal|nothing to worry|minor|can wait|ignore|911|ambulance|peligro\w*|segur[ao]s?|tranquil\w*|no pasa nada)\b",
    )),
    ("medical", _any(
        r"\b(?:diagnos\w*|prescri\w*|dose\w*|dosage|mg|ibuprofen|tylenol|advil|aspirin|antibiotic\w*|medic\w*|pills?|treat\w*|infect\w*|symptom\w*|cavit\w*|abscess\w*|painkill\w*|rinse|swell\w*|bleed\w*|rabies|vaccin\w*|allerg\w*|heal\w*|cancer|receta|pastilla\w*|medicament\w*|dosis)\b",
    )),
    ("identity", _any(
        r"\b(?:human|robot|bot|real person|person|assistant|automated|machine|computer|a\.?i\.?|receptionist|front desk|my name|i'?m (?:not |an? |the |your )|this is|speaking|humano|robot|persona|asistente|m\u00e1quina|soy)\b",
    )),
    ("robotic", _any(r"\b(?:as an?|language model|i (?:cannot|am unable)|i apologi[sz]e for (?:any|the) (?:confusion|inconvenience)|delve|furthermore|rest assured|valued customer|dear (?:customer|caller)|inquiry|kindly|utili[sz]e|how may i assist|feel free|per your|training data|chatgpt|openai|gpt)\b")),
    ("push", _any(r"\b(?:act (?:now|fast)|last chance|hurry|limited|don'?t (?:miss|wait|delay)|only \w+ left|going fast|filling up|spots? left|exclusive|today only|before (?:it'?s|they'?re)|must act|urgent\w*|don'?t lose|right now|final|run out|fills? up)\b")),
    ("secret", _any(r"\b(?:card|credit|debit|cvv|ssn|social security|passwords?|passcode|pin|bank|account|routing|date of birth|birth ?date|verification|security code|driver'?s license|tarjeta|contrase\u00f1a|cuenta)\b")),
    ("echo", _any(r"\b(?:instructions?|system|prompts?|developer|json|schema|turn ?plan|ledger|critique|tool|function|find_times|look_up|my_bookings|verbatim|placeholder|slot id|passage)\b", r"(?-i:\b[SKB][1-9]\d*\b)")),
    ("keyword", _any(r"(?-i:\b(?:STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT|HELP|INFO|START|UNSTOP|YES)\b)", r"^\W*(?:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout|help|info|start|unstop|yes)\W*$", r"\b(?:reply|respond|text|answer|send|say|type|responda|env[i\u00ed]e)\s+(?:back\s+)?(?:with\s+|con\s+)?[\"']?(?:yes|no|stop|cancel|end|quit|help|info|start|si)\b")),
)  # fmt: skip
"""Code and what sets it off; the first that does names the refusal."""

AFFIRMING: Final = _any(
    r"^\W*(?:yes|yep|yeah|yup|sure|of course|absolutely|certainly|definitely|no problem|not a problem|right|correct|exactly|indeed|that'?s (?:right|correct|true)|true|"
    r"you bet|no worries|okay|ok|alright|all right|sounds (?:good|great|right)|perfect|great|will do|can do|happy to|glad to|s[i\u00ed]|claro|por supuesto|correcto|sin problema|perfecto|no|nope|not|nah|never)\b"
)
"""A word that answers a question: no opener while the caller's question is open."""

_NEGATIONS_WORDS = """
no not never none nothing nobody neither nor cannot can't don't doesn't didn't won't isn't aren't
wasn't weren't haven't hasn't without unable sin ni nunca nada tampoco
"""
NEGATIONS: Final = frozenset(_NEGATIONS_WORDS.split())
_LIMITS_WORDS = """
only some except unless until before after first most usually sometimes may might if when where must
required please up least maximum minimum within during solo algunos excepto salvo antes
"""
LIMITS: Final = frozenset(_LIMITS_WORDS.split())
"""Words that a shortened answer may not lose."""

_COURTESY_WORDS = """
oh ah few a an the that this these those it its it's that's there there's here here's is are was
were be been being so and or but for with about of to on in at from as than then too also just very
really quite pretty bit little lot much more you your you're yours yourself you've i i'm me my we
our us has have had do does did can could would should may might not thanks thank appreciate
appreciated patience letting let know knowing reaching out getting texting writing replying sharing
telling explaining sorry hear hearing bear trouble mix-up confusion glad happy help helping hi hello
hey good great nice lovely sweet cute cool wonderful fine understood understand understandable got
gotcha okay ok alright right sure thing course problem worries makes make sense sounds sound like
seems looks frustrating stressful annoying rough tough unpleasant messy miserable painful pain
nuisance hassle headache fun question questions detail details information heads-up note mean meant
kind kindly welcome pleasure congrats congratulations feel better hope everyone hang thinking what
which who whose where when how why any some something anything else other another many name names
called go goes spell spelling spelled first last full again once gracias por su mensaje siento lo
sentimos mucho entiendo entendido claro muy bien buena buenas buenos hola de nada con gusto que qué
es la el los las un una le para y o en se vaya rato mal eso esto encantado encantada saludos
escribir escribirnos contarnos avisar pregunta duda nombre sus del al nos
"""
COURTESY: Final = frozenset(_COURTESY_WORDS.split())
"""Words that state nothing about the business, its calendar, its prices or anybody's safety."""
