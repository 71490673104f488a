"""Which language a text is in, cheaply: English unless its words or letters say otherwise."""

import re
import unicodedata
from typing import Literal

from agent.understand.normalise import fold, word_set, words

Language = Literal["en", "es", "other"]

_SPANISH = word_set(
    "hola gracias necesito quiero quisiera cita manana hoy lunes martes miercoles jueves viernes sabado "
    "domingo tarde noche por favor para cuando donde cuanto cuesta esta estoy tengo tiene puede puedo "
    "pueden buenos buenas dias tardes noches si el los las una mi con que como pero bien dia hora semana "
    "proxima llamar llamame plomero persona hablar ustedes usted abren cierran precio perro gato bano "
    "casa fuga agua muy tambien ahora ayuda urgente cancelar cambiar reservar del al sin entre antes "
    "despues ninguno ninguna cualquiera primera segunda ultima tercera soy llamo nombre es de la en y o "
    "me un no hay servicio "
)
_SHARED = word_set(
    "si no es de la en y o me un al con por que como del es el una mi para sin del a las los "
)
_ENGLISH = word_set(
    "the a an and i you my is are to for of in on at it we do can need want please have what when how "
    "your be this that with was not no yes ok hi hello thanks me tomorrow today call book appointment "
    "will would could time price if any get there here so but "
)
_OTHERS = word_set(
    # French, German, Portuguese, Italian, Haitian Creole, Vietnamese, Tagalog, Polish, Dutch: everyday words that English and Spanish lack
    "bonjour vous etes est je suis avec pour une des les et merci besoin demain rendez ouvert ouverts samedi nous "
    "oublie confirme gratuit quel combien ou bonsoir salut consignes ich und der die das nicht ist mir mein einen "
    "eine guten tag bitte danke morgen termin brauche haben sie wir schreib vergiss alle letzten mit auf oi "
    "preciso voce voces obrigado obrigada amanha nao consertar ola bom dia boa hoje uma tudo anteriores com esta "
    "sao meu minha ignore regras ciao buongiorno grazie vorrei domani sono appuntamento ho bisogno di il per una "
    "posso quanto mwen bezwen yon dokte kijan ou pou ak nan se bonjou mesi sa gen toi can xin chao cam on ngay "
    "mai hen lich khong gio toi muon kailangan ko po salamat bukas pwede ba ako magandang ang ng sa prosze "
    "dziekuje jutro potrzebuje dzien dobry czy jest nie ik heb een het niet afspraak graag goedemorgen bedankt "
    "morgen"
) - _ENGLISH - {"die", "alle", "per", "das", "sa", "ako", "ba", "di", "ou", "ng", "on", "can", "mai", "se", "est", "mit", "ignore", "tag", "sie", "toi", "po", "ko"}  # fmt: skip


# Everyday words of both languages: half a sign of either.
_HALF = frozenset({"a", "me", "no", "ok"})


def language_of(text: str) -> Language:
    """English, Spanish or another; English when there is too little to tell."""
    return told(text) or "en"


def told(text: str) -> Language | None:
    """The language that a text shows; None when there is too little to tell."""
    letters = [c for c in text if c.isalpha()]
    foreign = sum(1 for c in letters if not unicodedata.name(c, "").startswith("LATIN"))
    if letters and foreign * 2 > len(letters):
        return "other"
    said = words(fold(text))
    english = sum((0.5 if w in _HALF else 1.0) for w in said if w in _ENGLISH)
    spanish = sum((0.5 if w in _SHARED else 1.0) for w in said if w in _SPANISH)
    spanish += 1.0 if said and re.search("[\u00bf\u00a1\u00f1]", text) else 0.0
    other = sum(w in _OTHERS and w not in _SPANISH for w in said) + 0.5 * sum(
        w in _OTHERS and w in _SPANISH for w in said
    )
    if other > spanish and other > english and other >= 1:
        return "other"
    if spanish > english and spanish >= 1:
        return "es"
    return "en" if english - spanish >= 1 else None
