"""How people ask to be left alone: the phrases behind `texting/optout_rules.py`.

Each pattern is tried on one clause in plain lower-case words: no accents, no apostrophes, slips of
the thumb mended. They are wide on purpose and name what is to end (texts, contact, being listed),
never "stop" alone. Add a phrase to the table in the tests first, with its look-alike.
"""

import re
from typing import Final

PADDING: Final = re.compile(
    r"\b(?:(?:can|could|would|will) (?:you|u|ya|yall)|(?:i|we) (?:said|say|asked you to|told (?:you|u) to|"
    r"want you to|need you to|wanna|want to|would like to)|id like (?:you )?to|"
    r"(?:once and )?for all|right (?:now|away|this second)|at once|so much|thank you|i beg you|for real|"
    r"por favor|de una vez|sil vous plait|s il vous plait|por el amor de dios|"
    r"(?:in )?the (?:fuck|hell|heck)|for (?:fucks?|gods?|christs?|petes?) sakes?|damn it|god ?damn(?:it)?)\b|"
    r"\b(?:please|pls|plz|plese|pleas|just|now|ok|okay|yes|yeah|yep|no|nope|hey|hi|hello|thanks|thank|thx|ty|tks|"
    r"already|immediately|asap|today|seriously|srsly|kindly|bro|dude|man|sir|maam|guys|people|lol|smh|omg|wtf|"
    r"ffs|fucking|fuckin|fuck|shit|damn|dammit|goddamn|bloody|freaking|frickin|fcking|all|it|this|that|everything|"
    r"forever|reply|text|txt|sending|send|message|messages|msg|texts|sms|um|uh|ugh|ya|favor|gracias|svp|merci|"
    r"esto|eso|ahora|todo|tout|and|then|so|must|i repeat|again)\b"
)
STOP_WORD: Final = re.compile(
    r"(?:stop|stopp|stopall|stop all|unsubscribe|unsub|unsuscribe|optout|opt out|opt me out|revoke|quit|"
    r"discontinue|alto|basta|ya basta|parar|pare|paren|para ya|detener|detengan|arret|arretez|arreter|desuscribir|desuscribirme|"
    r"desabonnement|desinscription|baja|darme de baja|pare ja|sair)"
    r"(?: (?:stop|stopall|quit|unsubscribe|basta|alto))*"
)
WEAK_WORD: Final = re.compile(r"(?:cancel|end|spam|cancelar|fin)(?: (?:cancel|end|stop))*")
CORRECTION: Final = re.compile(
    r"\b(?:i meant|meant|wait|hold on|hang on|actually|never ?mind|nvm|my bad|i mean)\b"
)

_TEXTS: Final = (
    r"(?:(?:text|txt|texting|txting) ?(?:messages?|msgs?|alerts?|reminders?|updates?)?|texts|txts|messages?|msgs?|"
    r"messaging|sms|mms|spam(?:ming)?|notifications?|alerts?|reminders?|promos?|promotions?|ads|advertis\w+|"
    r"marketing|solicit\w+|robo ?texts?|auto ?texts?|automated \w+|contact|communications?|mensajes?|textos?)"
)
_ANY: Final = r"(?:(?:it|already|me|us|with|w|any|anymore|all|more|of|the|these|this|those|your|ur|you|my|such|damn|fucking|stupid|automated|auto|annoying|robot|bot|daily|unwanted|random|further|kind|type|getting|receiving|sending) )"
_BOTHER: Final = (
    r"(?:text|txt|texting|txting|textin|messaging|message|messages|msging|msg|dming|dm|contacting|contact|writing|"
    r"pinging|replying|responding|spamming|spam|bothering|bother|harassing|harass|bugging|bug|pestering|pester|annoying|annoy|"
    r"stalking|soliciting|solicit|blowing up|hitting me up|hmu|reaching out)"
)
_ME: Final = r"(?:me|us|my (?:phone|cell|number|line|mobile|husband|wife|mom|family)|this (?:number|phone|line)|here)"
_GOES_ON: Final = (
    r"any|anymore|again|ever|please|pls|plz|ok|okay|at|on|from|about|with|or|and|but|no|because|cuz|bc|cause|you|u|ur|i|im|if|so|"
    r"this|these|your|bro|dude|man|sir|back|more|unless|for|like|thanks|thank|ty|period|further|in|as"
)
_LISTS: Final = (
    r"(?:list|lists|database|contacts?|system|records?|texts?|messages?|msgs?|thread|chat|group|subscription|"
    r"mailing|distribution|sms|everything|files?|crm|phone|directory)"
)
_OUR: Final = r"(?:(?:your|ur|the|this|these|any|all|that|of|whatever|text|texting|txt|messaging|message|contact|calling|call|mailing|marketing|sms|stupid|damn|fucking|group) )*"

_SURE: Final = [
    # stop, quit, cease ... + texts, or + bothering me
    rf"\b(?:stop|quit|cease|discontinue|halt|end|knock off|cut out|refrain from|avoid|done with|sick of|tired of|"
    rf"enough(?: of)?|no more|turn off|shut off|disable|cancel|suspend|pause) (?:{_ANY})*{_TEXTS}\b",
    rf"\b(?:stop|quit|cease|refrain from|avoid) {_BOTHER}\b",
    rf"\b(?:stop|quit) (?:(?:fucking|freaking|damn|trying|with) )+(?:to )?{_BOTHER}\b",
    r"\b(?:stop|quit|cease) (?:sending|with|w)(?: me| us)?(?: (?:all|the|these|this|that|those|your|ur|stuff|anything|"
    r"any|crap|shit|bs|junk|everything|more|anymore|things|nonsense|stupid|garbage))*$",
    r"\b(?:these|those|the|your|ur|all) (?:\w+ )?(?:texts?|messages?|msgs?|reminders?|spam) (?:\w+ )?"
    r"(?:needs?|has|have|must|better|gotta|got|should) (?:to )?(?:stop|end|quit|cease)",
    r"\b(?:make|get) (?:these|those|the|your|ur|all) (?:\w+ )?(?:texts?|messages?|msgs?|spam)(?: to)? stop",
    # run on: "fuck you stop", "wrong number please stop", "I have asked you to stop"
    r"(?:\b(?:please|pls|plz|me|number|texts?|messages?|again|person|interested)|\bfuck (?:you|u|off)) stop(?: (?:please|pls|now|it|this|already))*$",
    r"\b(?:asked|told|begged|asking|telling|tell|ask)(?: (?:for|you|u|yall|guys|all|people|them|before|already|nicely|twice))* to (?:please )?stop(?: (?:it|this|already|now|please))*$",
    r"\b(?:stop|quit|end) (?:getting |receiving |sending )?(?:me )?(?:these|those)(?: (?:please|pls|now|things))*$",
    rf"\b(?:nobody|no ?one|noone|none of us) (?:here )?(?:wants?|needs?|asked for|likes?|signed up for) (?:any |these |your |this |the |to get |more )*{_TEXTS}\b",
    r"\bcease and desist\b",
    r"\bstop (?:and|then) (?:call|phone|ring|give me a (?:call|ring)|leave|remove|delete|take me|lose|dont|do not|never|go away)\b",
    r"\bstop all (?:contact|comm|future|further)\w*",
    # do not text me
    rf"(?<!\bi )(?<!\bwe )\b(?:dont|do not|donot|dnt|never|not to|better not|you not|cant|cannot|can not|must not|may not|"
    rf"shouldnt|should not)(?: you)?(?: ever| even| dare| please| be| fucking| try to| keep)*"
    rf" (?:{_BOTHER}|text|txt|message|msg|contact|write|write to|hit up|disturb|send anything to)"
    rf"(?: to)? (?:(?:{_ME})(?= (?:{_GOES_ON})\b|$)|anymore|again|any ?more|no more|ever|back)\b",
    r"^(?:dont|do not|never|no)(?: you)? (?:text|txt|message|msg|contact|texting|messaging|contacting|disturb|texts|messages)"
    r"(?: (?:anymore|again|please|pls|ever|back|more))*$",
    r"\b(?:dont|do not|never|not to) (?:ever )?send (?:me |us )?(?:any ?|more |these |this |those |anymore |another )+"
    rf"(?:\w+ )?(?:{_TEXTS}|thing|stuff|crap|shit|$)",
    r"\b(?:dont|do not|never) (?:ever )?send (?:me|us) (?:anything|stuff|texts?|messages?|msgs?|sms|spam)\b",
    rf"\b(?:dont|do not|didnt|did not|never|no longer|not) (?:want|wanna|wish|care|need|like|interested in|agree|ask|"
    rf"consent|sign up|signed up|asked|agreed|consented|subscribe|subscribed|authorize|authorized|opt in|opted in)"
    rf"(?: (?:to|for|you|u|be|get|getting|receive|receiving|have|see|any|more|anymore|these|this|your|ur|those|the|all|such|to be|"
    rf"of|ever|hear|sending|being|further|automated))* (?:{_TEXTS}|texted|txted|messaged|contacted|bothered|solicited|"
    r"spammed|from (?:you|u|yall|your company|this number)|on (?:this|your|any|the) (?:\w+ )?list)\b",
    r"\bno longer (?:want|wish|have|need|care|like|interested)\b.*\b(?:text|message|contact|permission|consent|hear)",
    r"\b(?:prefer|rather) (?:not (?:to )?(?:be|get|receive|getting|receiving)|no|you (?:didnt|dont|not)) ?(?:any |these |your )*"
    rf"(?:{_TEXTS}|texted|contacted|messaged|text|message)",
    r"\b(?:if|when) (?:you|u) (?:ever )?(?:text|txt|message|contact) (?:me|us|this number) (?:again|one more)",
    r"\b(?:text|txt|message|contact) (?:me|us|this number) (?:again|one more time) (?:and (?:i|im|ill|you)|or (?:i|ill))\b",
    r"\b(?:unwanted|unsolicited) (?:text|txt|message|msg|sms|spam|contact|communication)",
    r"\b(?:why|how come) (?:wont|cant|dont|are|do) (?:you|u)(?: people| guys| all| ppl)?(?: just| not| please)* (?:stop|quit|leave|go away)",
    # consent withdrawn
    r"\b(?:revok\w+|withdraw\w*|rescind\w*|retract\w*|pull\w*|remov\w+) (?:my |any |all |the |prior )*(?:consent|permission|authorization|opt in)\b",
    r"\b(?:no|not|dont|never|without)(?: have| give| gave| given| longer have| my| any| you)* (?:permission|consent)"
    r"(?: (?:to|for) (?:be |being |receive |receiving |get |getting |send |sending |use |any |these |this |your )*"
    r"(?:text|message|contact|me|my number|sms|call)\w*|$)",
    r"\b(?:do not|dont|donot) call (?:list|registry|reg)\b|\bdnc\b|\btcpa\b",
    # off the list
    rf"\b(?:remove|delete|erase|take|drop|scratch|strike|get|keep|pull|wipe|purge|exclude|cut|kick|leave)(?: \w+)? (?:me|us|my (?:\w+ )?(?:number|name|info\w*|contact|phone|cell|"
    rf"data|details|digits)|this (?:phone )?number|my phone|our number) (?:off|from|out)(?: of)? {_OUR}{_LISTS}\b",
    r"\b(?:remove|delete|erase|unlist|exclude) (?:me|us|my (?:phone |cell |mobile )?(?:number|name|info\w*|contact\w*|digits|data|details)|"
    r"this (?:phone )?number|our number)(?: (?:off|from|out|please|pls|now|here|this|it|asap|immediately|permanently|and \w+|thanks?|of|all|everything|thank you))*$",
    r"\b(?:take|get) (?:me|us|my (?:\w+ )?(?:number|name)|this number) (?:off|out|out of|off of)(?: (?:this|here|it|of|please|pls|now|that))*$",
    r"(?<!dont )(?<!not )(?<!never )(?<!you )(?<!u )(?<!i )(?<!ill )(?<!to )\b(?:lose|loose|forget|trash|throw away|toss|lose)(?: \w+)? (?:my|this|our|the) (?:\w+ )?(?:number|digits|contact|info)\b",
    r"\b(?:off|out) (?:of )?(?:your|ur|this|that|the) (?:(?:\w+ )?(?:contact|mailing|text\w*|call\w*|marketing|sms|messag\w+) )?list\b(?!.*\bwait)",
    r"\bget (?:off|out of) my (?:phone|inbox|messages|texts|dms)",
    # unsubscribe, opt out
    r"\b(?:unsubscri\w+|unsub|unsuscribe|desubscribe|de subscribe)\b(?! (?:link|button|page|url|option|on the|email|from (?:the |your )?(?:email|newsletter)))",
    r"\bunsubscribe (?:from )?(?:the |your )?(?:text|sms|this|these|all|me)",
    rf"\b(?:opt|opting|opted|opts) (?:me |us |my number |this number )?out\b(?! of (?!{_OUR}(?:{_TEXTS}|this|these|it|all|any|everything|here|your|further|future)\b))",
    r"\boptout\b",
    # leave me alone
    r"(?<!dont )(?<!never )(?<!not )\bleave (?:me|us|my family) (?:the (?:fuck|hell) |tf )?(?:alone|be)\b(?! (?:with|in|at|for|on))",
    r"^(?:just |please |now )*(?:go away|get lost|buzz off|back off|bug off|fuck off|fuk off|fuckoff|f off|eff off|piss off|screw off|sod off|bugger off|"
    r"stfu|gtfo|take a hike)(?: .*)?$",
    r"\b(?:fuck off|piss off|gtfo)\b",
    # reported, blocked
    r"\b(?:blocking|block|blocked|reporting|reported|report)(?: and (?:blocking|block|reporting|report))? (?:you|u|ur|your|yall|this number|this as|these (?:\w+ )?as|it as|to the (?:fcc|ftc|attorney|carrier|police|bbb))\b",
    # Spanish
    r"\bno mas (?:mensaj\w*|textos?|sms|notificacion\w*|llamadas|publicidad|spam|msjs?|recordatorios)",
    r"\b(?:(?:ya )?no|nunca|jamas)(?: mas)? (?:me|nos) (?:\w+ )?(?:mand|envi|escrib|text|molest|contact|moleste|mensaj|spame|fastidi|llam\w+ (?:mas|nunca))\w*",
    r"\bno (?:mand|envi|escrib|text)\w* (?:mas|otros?|tantos|estos|esos|ningun)(?: \w+)?\b",
    r"\b(?:deja|deje|dejen|dejad|dejame|dejenme|deje|paren|pare|para|parad|basta|termina\w*|cesen) (?:ya )?(?:de|con)(?: \w+)? (?:mand|envi|escrib|text|molest|contact|mensaj|spam|llam|fastidi|los mens|tantos|estos|sus)\w*",
    r"\b(?:deten\w*|cancel\w*|paren|pare|para|par[ae]r|alto a|basta de|quit\w*|elimin\w*|suspend\w*|desactiv\w*) (?:\w+ )?(?:los |las |estos |esos |sus |mis |tus |de )*(?:mensaj\w+|textos|sms|notificacion\w*|suscripcion|alertas|recordatorios|msjs?)",
    r"\bno (?:quiero|deseo|quisiera|queremos|necesito|autorizo|acepto|me interesa recibir|pedi|solicite)(?: \w+){0,2} (?:mensaj\w*|textos?|sms|recibir|me (?:escrib|mand|envi|text|contact|molest)\w*|que me (?:\w+ )?(?:escrib|mand|envi|text|contact|molest|llam)\w*|publicidad|spam)",
    r"\b(?:quit|sac|borr|elimin|remuev|retir|quiten|saquen|borren|tach)\w*(?:me|nos| mi numero| este numero| mi nombre| mi telefono| mis datos)\b(?: (?:de|del) .*(?:lista|sistema|base|contactos|registro|grupo)|$)",
    r"\b(?:borr|elimin|pierd|olvid|quit|sac)\w* (?:de su lista |de la lista )?(?:mi|este) (?:numero|telefono|contacto|celular)\b",
    r"\b(?:de baja|dar(?:me)? baja|desuscri\w+|cancelar (?:la )?suscripcion|darme de baja)\b(?! (?:de|en) (?:el|la|mi) (?:gym|gimnasio|clase|cita))",
    r"\bdej(?:a|e|en|ame|eme|enme|ad)?(?:me|nos)? (?:en paz|tranquil[oa]s?|sol[oa])\b|\bno (?:me )?molest(?:e|en|es|ar)\b",
    # French, Portuguese
    r"\b(?:arret\w+|cess\w+|stop\w*)(?: de)?(?: (?:m|me|nous|ces|les|vos|tes|aux?|de|tous|avec))* ?(?:m?envoy\w+|m?ecri\w+|m?harcel\w+|textos?|messages?|sms|contact\w+|derang\w+|mecrire|menvoyer)",
    r"\b(?:ne|n) (?:m|me|nous|pas|plus| )*\s?(?:m?envoy\w+|m?ecriv\w+|m?ecrire|m?contact\w+|m?derang\w+|text\w+|menvoyez|mecrivez|mecris) ?(?:plus|pas|jamais)?",
    r"\bplus (?:de|aucun) (?:messages?|textos?|sms)\b|\b(?:me |m)?(?:desabonn|desinscri)\w+|\blaiss\w+ moi (?:tranquille|en paix)|\b(?:retir|enlev|supprim|ray)\w+ (?:moi|mon numero)",
    r"\bnao (?:me |quero )(?:\w+ )?(?:mand|envi|escrev|mensag|recebe|contat|ligu)\w*|\bpar[ae]m? de (?:me )?(?:mand|envi|escrev|mensag)\w*|\b(?:tire|remova|retire)(?:m)? (?:me|meu numero)",
]
_LIKELY: Final = [
    r"^(?:please |pls |just |ok )*(?:no more|no mas)(?: (?:please|pls|thanks|thank you|gracias|por favor|now|ok))*$",
    r"^(?:block|blocked|lose it)$",
    r"\b(?:stop|quit|dont ever|never) call(?:ing)?(?: me| us| this number| my \w+| here)?(?: (?:again|please|pls|now|anymore))*$",
    r"^(?:this|these|it all|all of this|all this|this shit|this crap) (?:\w+ )?(?:needs?|has|have|must|better|gotta|got) (?:to )?(?:stop|end|cease)$",
    r"\b(?:never|didnt|did not|dont|not) (?:\w+ )?(?:sign|signed|ask|asked|agree|agreed|subscribe|subscribed|consent|consented|opt in|opted in|request|requested)(?: up)?(?: (?:for|to))? (?:this|these|it|any of this|that)$",
    r"\b(?:this is|you are|youre|ur|its) (?:\w+ )?(?:harass\w*|spamming|spam)\b",
    r"^(?:please |just )*(?:enough|enough already|enough is enough|i want out|let me out|count me out)(?: .{0,12})?$",
    r"^(?:please )?end (?:this|the|our) (?:chat|conversation|thread|convo)$",
]
_NOT_STOP: Final = [
    # somebody else, or the caller, is the one who texts or stops
    r"\b(?:wont|wouldnt|cant|doesnt|does not|will not|didnt|couldnt|isnt|never|hasnt|dont|do not|not) (?:\w+ )?stop\b(?!.* (?:text|messag|contact|sending)\w* (?:me|us))",
    r"\b(?:dont|do not|never|not|please dont) (?:stop|quit|remove|unsubscribe|take|delete|leave|cancel|block)\b(?! (?:contacting|messaging))",
    r"\b(?:he|she|they|ex|neighbor|tenant|landlord|husband|wife|son|kid|someone|company|guy|scammers?|people|other \w+) (?:\w+ ){0,2}(?:wont|doesnt|dont|cant|keeps?|didnt|never|not) (?:\w+ )?(?:stop|quit)",
    r"^(?:sorry |ok |anyway )?(?:i|we|ill|id|im|ive) (?!want|would|wish|need you|said|told|asked|prefer|demand|insist|request)(?:(?!you\b)\w+ ){0,3}(?:stop|quit|avoid|end|pause) (?:text\w*|messag\w*|writing|reply\w*|respond\w*|calling)(?! me| us)",
    r"\b(?:before|when|if|once|after|until|till|what time|how late|where|did|does|has|have) (?:do |did |does |will |should )?(?:you|u|i|we|he|she|they|it) (?:\w+ )?(?:stop|quit|end|cancel)\b",
    # waiting lists, holds and schedules are not texts
    r"\b(?:off|from|out of|de) (?:\w+ ){0,2}(?:wait ?list|waiting list|waitlist|hold|schedule|calendar|appointment|guest list|speaker|lista de espera|cancellation list|invite list|to do list|price list|shopping list|autopay|plan)\b",
    # reminders about, text on, messages from a thing
    r"\b(?:stop|end|cancel|off|pause) (?:the |my |your |this |that )?(?:alert|alarm|notification|contact|text|message|ad|marketing)s? (?:sound|light|beep\w*|tone|chime|switch|lens\w*|sport|sign|point|paper)\b",
    r"\b(?:no|any) (?:text|message|notification|alert)s? (?:came|yet|received|from you)\b",
]
SCOPED: Final = re.compile(
    r"\b(?:dont|do not|never|not|no) (?:please )?(?:text|txt|message|msg|contact|write|disturb)\w*(?: me| us)?(?: back)? "
    r"(?:before|after|until|till|til|while|during|when|unless|between|on (?:sun|mon|tue|wed|thu|fri|sat|weekend|my)\w*|at (?:work|night|home)|this early|this late|so (?:early|late)|in the (?:morning|evening))\b|"
    r"\bno (?:me |nos )?(?:mand|envi|escrib|text|llam)\w* (?:antes|despues|hasta|entre|por la|en la|los (?:lun|mar|mie|jue|vie|sab|dom))"
)
UNSURE: Final = re.compile(
    r"^(?:(?:im|i am|were|we are) )?(?:not|no longer) (?:\w+ )?interested(?: in (?:your|this|it|that|any|anything)\b.{0,20}| thanks?| thank you| at all| sorry| right now)?$|^no me interesa(?: .{0,15})?$|"
    r"\bcancel (?:my |the |this )?(?:subscription|account|membership)$|"
    r"^(?:just |please )*shut up$|^(?:please )?make it stop$|^(?:what happens )?if i (?:text|reply|say|send) stop"
)
STOPS: Final = re.compile("|".join(f"(?:{p})" for p in _SURE))
LIKELY_STOPS: Final = re.compile("|".join(f"(?:{p})" for p in _LIKELY))
LOOK_ALIKES: Final = re.compile("|".join(f"(?:{p})" for p in _NOT_STOP))

STARTS: Final = re.compile(
    r"^(?:please |ok |yes |hey |hi )*(?:start|unstop|un stop|subscribe|resubscribe|re subscribe|opt in|opt back in|optin|"
    r"resume|re ?start|suscribir(?:me)?|empezar|iniciar|reanudar)(?: (?:me|again|now|please|pls|back|up|thanks?|over|"
    r"my|the|your|these|texts?|texting|messages?|messaging|msgs?|sms|alerts?|reminders?|sending|notifications?|mensajes?|de nuevo))*$|"
    r"\b(?:start|resume|begin|restart|keep) (?:texting|messaging|sending (?:me )?(?:texts|messages)) (?:me|us)?\b|"
    r"\b(?:you can|u can|feel free to|ok to|okay to|its ok to|fine to|please|go ahead and) (?:text|message|txt) (?:me|us) again\b|"
    r"\b(?:opt|sign|add|put|turn) (?:me|us|my number|texts|messages) back (?:in|up|on)\b|"
    r"\b(?:want|like|love|wanna) (?:to )?(?:opt (?:back )?in|re ?subscribe|subscribe|start (?:getting|receiving)|"
    r"(?:get|receive) (?:your |the |these )?(?:texts|messages) again)\b|\b(?:continue|resume|keep) (?:to )?(?:text|messag|send)\w*(?: me| us| the| your|$)|\b(?:turn|switch) (?:the )?(?:texts|messages) back on\b"
)
START_IF_OUT: Final = re.compile(
    r"^(?:yes|yes please|yes start|si|sign me up|text me again|ok text me|you can text me)$"
)
HELPS: Final = re.compile(
    r"^(?:help|info|aide|ayuda|information|informacion)(?: (?:help|me|pls|please|info|now|por favor))*$|"
    r"^(?:please|pls) help$"
)
WHO_ARE_YOU: Final = re.compile(
    r"\b(?:who|whos|whose) (?:is |are |r |the (?:hell|fuck|heck) (?:is |are )?)?(?:this|u|you|texting|messaging|dis|that texting|sending)(?: (?:me|this|number|these|and|please|texting|messaging|from|again|people))*$|"
    r"^(?:sorry |hi |hey )?who (?:dis|is it)$|"
    r"\b(?:what|which) (?:\w+ )?(?:business|company|number|place|shop|office|service) (?:is|are) (?:this|you|it)\b|"
    r"^(?:what is|whats|what the \w+ is) (?:this|this (?:number|text|about|message))(?: about| for)?$|"
    r"\b(?:how|where) (?:did|do|d) ?(?:you|u) (?:even )?(?:get|have|find|got) (?:my|this) (?:\w+ )?(?:number|info|name)|"
    r"\bwhy (?:are|r|did|do) (?:you|u) (?:keep )?(?:text|txt|messag|contact)\w* (?:me|us|this number)|"
    r"^(?:quien es|quien eres|quienes son|de parte de quien|qui est ce|cest qui)(?: .{0,12})?$"
)
