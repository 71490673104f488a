"""Questions about the world at large, which no small business answers by text.

There is no list of all the topics in the world; what is known is how people ask a business: about you, your prices,
hours, place and work, or their own visit. A question without any of that, or about a plain topic of general
knowledge, is out of scope. It is only a reading: what is done with it is the agent's affair.
"""

import re

from agent.understand.pattern import Pattern

_OURS = Pattern(
    r"\b(?:you|your|yours|yall|y'all|u guys|appointments?|appts?|book(?:ed|ing|ings|s)?|schedul\w*|reserv\w*|reschedul\w*|cancel\w*|open(?:ings?)?|clos(?:e|ed|ing)|hours|availab\w*|slots?|"
    r"price\w*|pricing|cost|costs|charg\w*|fees?|quote|estimate|insurance|insured|licen[sc]ed|warranty|guarantee|deposit|discount|pay|payment|cards?|cash|checks?|venmo|zelle|apple pay|invoice|receipt|refund|"
    r"service|services|visit|come (?:out|by|over|in|to my)|drop off|pick ?up|park(?:ing)?|address|located|location|directions|wait|walk-?ins?|estimate|technician|tech|staff|doctor|dr|dentist|groomer|plumber|electrician|owner|manager|"
    r"repair\w*|fix\w*|install\w*|replac\w*|leak\w*|clog\w*|drip\w*|broken?|toilet|sink|faucet|pipes?|heater|furnace|ac|hvac|boiler|thermostat|outlet|wiring|roof|"
    r"tooth|teeth|gums?|crown|filling|cleaning|x-?rays?|exam|braces|implant|whitening|extraction|hygienist|cavity|"
    r"groom\w*|bath|nails?|haircut|trim|massage|facial|manicure|pedicure|wax\w*|spa|salon|gym|pool|room|breakfast|check[- ]?(?:in|out)|"
    r"vaccin\w*|shots?|rabies|neuter|spay|patient|new client|paperwork|consult\w*|treatment|"
    r"cita|horario|abren|abierto|cierran|precio|cuesta|ustedes|usted|ubicad\w*|direccion|servicio|hacen|tienen|aceptan|atienden|"
    r"bring|arrive|office|shop|store|clinic|code|prepare|water|valve|shut ?off|turn off|go to|door|restaurant|table|allowed|permitted|policy|menu|order|leave my|meeting|meetings|wifi|stay|hotel|towels?|shuttle|loan|mortgage|overdraft|debit|credit|pin|transfer|withdraw\w*)\b"
)
_MINE = Pattern(r"\b(?:my|mine|me|(?<!the )us|our|we|i'm|i've|i)\b")
_TOPIC = Pattern(
    r"\b(?:president|capital (?:of|city)|population|planets?|galaxy|black holes?|universe|moon|oscars?|movies?|film|actor|actress|broadway|song|album|band|lyrics|celebrity|famous|"
    r"super ?bowl|football|basketball|baseball|soccer|nba|nfl|mlb|lebron|team|season|playoffs?|olympics?|chess|casino|poker|video ?games?|nintendo|"
    r"stocks?|shares?|aapl|bitcoin|crypto\w*|invest\w*|dow jones|nasdaq|wire transfers?|interest rates?|billing address|bank account|saas|marketing|startup|compan(?:y|ies) to|"
    r"history|war|wars|democra\w*|republican|election|vote|brexit|congress|senate|communis\w*|countr(?:y|ies)|nations?|continent|"
    r"math|algebra|equations?|median|calculate the|square root|hexagon|circle|triangle|physics|chemistry|biology|engineering|evolution|dna|atoms?|cybersecurity|"
    r"universit(?:y|ies)|college|harvard|ucsd?|ucsb|sat score|gpa|scholarship|homework|essay|classes|semester|tuition|k-12|"
    r"weather in|climate|recipe for|how to (?:cook|bake)|calories|headlines?|news|stories this week|fake news|"
    r"dinosaurs?|animals?|birds?|species|trees|whales?|elephants?|lions?|ducks?|sharks?|"
    r"dreams?|personality|meaning of life|horoscope|zodiac|joke|poem|riddle|trivia|sides are in|invented|founded|discovered|born|die[ds]?|created|alumni|architects?|airplane|airline|amazon|google|netflix|tesla|toyota|kia|"
    r"what size wipers|dipstick|power steering|cruise control|sportage|antifreeze|windshield|backyard|guitar|piano|headphones|notary|saxophone|saxaphone)\b"
)
_WORLD = Pattern(
    r"^\W*(?:hey |hi |ok |please |so |and |do you know |can you (?:tell|show|find|give|list|explain)(?: (?:me|out|to me|us))* |could you (?:tell|explain)(?: me)? |tell me |show me |find(?: out)?(?: for me)? |give me |list |explain |i (?:want|need|would like|'d like) to know |let me know |please (?:tell|find|show|give)(?: me)? |i'm (?:wondering|curious) |any )*"
    r"(?:(?:as to )?(?:what(?:'s|'ll|'re)?|which|who(?:'s|'re)?|whose|where|when|why|how)\b(?! (?:about|much is it|much do|long will|soon|late can|early)\b)|is it (?:true|worth|possible|legal|safe|bad|normal)|is the\b|are (?:there|the|over|bad)|is there|does (?:the|a|an|my|our)|do (?:people|most|all|the|any|cats|dogs|\w+s) |did |has |can (?:a|an|the|i|people|cats|dogs) |should (?:i|people) |in what|on what|define |translate |about how)"
)
_PERSONAL_HOWTO = Pattern(
    r"^\W*(?:how (?:do|can|would|could|should|might) (?:i|we|one|you)(?: \w+)?|how to|what(?:'s| is)(?: the| a)? (?:best|good|easiest|right|safest) (?:way|time|thing)|what are (?:some|the) (?:good |best )?(?:ways|things|tips)|can i (?:mix|use|put|eat|give)|what should i|how (?:much|many|often|long) should (?:i|my|a)|where can i|where do i)\b"
)
_INFORM = Pattern(
    r"\b(?:set (?:a |an )?(?:warning|alarm|timer|reminder)|remind me to|play (?:some|a|the|my) |turn (?:on|off) (?:the|my) (?:lights?|tv|music)|recent activity|translate|order (?:me )?(?:a )?(?:pizza|uber|taxi|lyft)|write (?:me )?(?:a|an) (?:poem|essay|song|story|email)|tell (?:me )?a joke|sing )\b"
)
_SERVICE_PROBLEM = Pattern(
    r"\bmy (?:\w+ ){0,2}(?:is|are|was|has|won't|keeps?|isn't|hurts?|doesn't)\b"
)
_IDENTITY = Pattern(
    r"\bwho (?:do|does|are|is) (?:you|u|your)\b|\bwho(?:'s| is) (?:the )?(?:owner|boss|manager|doctor|dentist)\b|\bwhat(?:'s| is) (?:this|that|it)\b|\bwhat time is it\b|\bwho(?:'s| is) this\b"
)
_GETTING_THERE = Pattern(
    r"\b(?:how (?:do|can) (?:i|we|you) get (?:to|there)|how far|distance|bus|train|on foot|nearest|closest|what time (?:will|do) |how long (?:does|will|do) (?:it|you|we)|how busy|how's it)\b"
)


_WIDE = Pattern(
    r"^\W*(?:what|when|who|why|which|how many|how much)(?:'s|'re)?(?= )(?=(?: [\w'-]+){4,})(?!.*\b(?:i|we) (?:need|have|get|do|expect|owe)\b)"
)
_THIN = Pattern(
    r"(?:\W*(?:how|what|where|when|why|who|which|is|was|are|do|does|did|to|that|this|it|they|them|the|so|ok|then|else|again|question|going|right|now|about|i|can|could|change|be|one|there|happened|happens|next|say|said|mean|means)\b)+\W*$"
)


def asks_about_the_world(spelled: str, *, asking: bool) -> bool:
    """Whether a text, spelled by `normalise.plain`, is a question that no business of ours would answer."""
    if _INFORM.search(spelled):
        return True
    if _TOPIC.search(spelled) and (asking or _WORLD.match(spelled)):
        return not re.search(
            r"\b(?:your|appointment|book|visit|do you|are you open|can you (?:fix|come|do))\b",
            _WORLD.sub("", spelled),
        )
    if _IDENTITY.search(spelled) or _SERVICE_PROBLEM.search(spelled):
        return False
    if _OURS.search(_WORLD.sub(" ", spelled, count=1)) or _GETTING_THERE.search(spelled):
        return False
    if _PERSONAL_HOWTO.match(spelled):
        return not _THIN.match(spelled)
    return (
        _WORLD.match(spelled) is not None
        and not _MINE.search(spelled)
        and len(spelled.split()) > 2
        and not _THIN.match(spelled)
    )
