"""What callers tell without being asked: a pet's breed and name, whether they have been in before.

A field that was volunteered is never asked for; each is recognised by its own words, so that a
pet's name is not taken for its owner's.
"""

import re

_PET = r"(?:dog|puppy|pup|pet|cat|kitty|kitten|girl|boy)"
_PET_NAME = re.compile(
    rf"\b(?:(?:his|her|its|their)|(?:(?:my|our|the) )?{_PET}(?:'s|s)) name(?:'s| is)\s+"
    rf"(?P<a>[^\W\d_]+)|\b{_PET}(?: is|'s)?,? (?:named|called)\s+(?P<b>[^\W\d_]+)"
    r"|\bse llama\s+(?P<c>[^\W\d_]+)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\bnew (?:patient|client|customer|here)\b|\bfirst (?:time|visit)\b|\bnever been\b|"
    r"\b(?:returning|existing|current|regular) (?:patient|client|customer)\b|"
    r"\bbeen (?:there|here|in|with you) before\b|\bprimera vez\b|\bpaciente nuev[oa]\b",
    re.IGNORECASE,
)
# The breeds that most callers have, as they write them; longer names first.
_BREEDS = re.compile(
    r"\b(?:(?:standard|toy|mini(?:ature)?|french|english|american|german|australian|great|old|"
    r"black|golden|yellow|chocolate) )*(?:"
    r"(?:bernese|burmese) mountain dog|shih ?tzus?|bichons?(?: fris[eé]s?)?|cavalier(?: king charles)?"
    r"(?: spaniels?)?|cocker(?: spaniels?)?|springer(?: spaniels?)?|king charles spaniels?|"
    r"yorkshire terriers?|west highland(?: white)? terriers?|jack russell(?: terriers?)?|"
    r"boston terriers?|(?:golden|labrador) retrievers?|border collies?|german shepherds?|"
    r"aussie shepherds?|australian shepherds?|pit ?bulls?(?: terriers?)?|bulldogs?|frenchies?|"
    r"great danes?|great pyrenees|saint bernards?|st\.? bernards?|labradoodles?|goldendoodles?|"
    r"bernedoodles?|cockapoos?|maltipoos?|cavapoos?|schnauzers?|poodles?|doodles?|labradors?|"
    r"labs?|goldens?|retrievers?|beagles?|boxers?|chihuahuas?|dachshunds?|wiener dogs?|corgis?|"
    r"dobermans?|dalmatians?|greyhounds?|whippets?|havanese|huskies|husky|maltese|malteses|"
    r"newfoundlands?|newfies?|papillons?|pekingese|pomeranians?|poms?|pugs?|rottweilers?|rotties?|"
    r"samoyeds?|shar ?peis?|shelties?|collies?|terriers?|vizslas?|weimaraners?|westies?|yorkies?|"
    r"akitas?|basset hounds?|hounds?|spaniels?|shepherds?|mutts?|mixed breeds?)"
    r"(?: mix(?:es)?| cross)?\b",
    re.IGNORECASE,
)
_PATTERNS = {"pet_name": _PET_NAME, "breed": _BREEDS, "new_or_returning": _BEFORE}


def volunteered(field: str, text: str) -> tuple[str, str] | None:
    """The value and the words of a field that a text tells by itself; None when it doesn't."""
    pattern = _PATTERNS.get(field)
    found = pattern.search(text) if pattern is not None else None
    if found is None:
        return None
    value = next((g for g in found.groups() if g), found[0])
    return value, found[0]
