"""The last reading of a text before it may leave: what it states must stand somewhere.

Speech renders only what has a row; this reads the finished string as if that were not so, and
default-deny: every clock, date, amount, number, link, name, act and promise must be found again in
the ledger, the outcomes, the business's file or the caller's own words. It shares no code with
speech, so that one mistake doesn't hide the other. Evals score with these same codes.

A code reads `what` or `what:where`, `where` being an offset into the text. An empty answer lets
the text go.
"""

from agent.guard.ground import Ground, ground_of
from agent.guard.reading import form, statements
from agent.state import Ledger, Outcome, TurnView

__all__ = ["Ground", "ground_of", "read_again", "score"]


def read_again(
    text: str, view: TurnView, ledger: Ledger, outcomes: tuple[Outcome, ...]
) -> tuple[str, ...]:
    """Codes of all that is wrong with a text that is about to be sent.

    Args:
        text: Folded, as it would leave.
        view: The turn it answers.
        ledger: What the turn may state.
        outcomes: What its acts did.
    """
    return score(text, ground_of(view, ledger, outcomes))


def score(text: str, ground: Ground) -> tuple[str, ...]:
    """The same for a text and a ground put together by hand (evals, an owner's wording)."""
    return (*form(text, ground), *statements(text, ground))
