"""What the checks answer."""

from dataclasses import dataclass

from agent.plan import TurnPlan


@dataclass(frozen=True)
class Checked:
    """A plan after the checks.

    Attributes:
        plan: Mended: only what is lawful is left, and what must be said is added.
        dropped: Codes of what was left out or changed; the turn goes on.
        refused: Codes that need a repair; then the plan must not be run.
    """

    plan: TurnPlan
    dropped: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
