"""What can go wrong, drawn once.

    RingbackError
    ├── Retryable              a later try may work: jobs back off and try again
    │   ├── DatabaseUnavailable
    │   ├── CarrierUnavailable     refused before anything was sent, or 429
    │   ├── CarrierAmbiguous       the carrier may or may not have taken it: reconcile first
    │   ├── ModelUnavailable
    │   ├── CalendarUnavailable
    │   └── LeaseLost              another turn holds the conversation
    └── Final                  trying again changes nothing
        ├── BadInput               names a field, what is wrong and an example
        ├── BadSetting             names an environment variable
        ├── DatabaseMissing        no embedded database here, and this command makes none
        ├── UnsafeRole             the database login could read past row-level security
        ├── NotFound
        ├── NotAllowed
        ├── Conflict               somebody else was first
        ├── SlotTaken              (a Conflict) the time is gone; carries fresh ones
        ├── IllegalMove            a state that may not follow the present one
        └── CarrierRefused         carries the carrier's code

`core.jobs` reads the branch, not the class: a `Retryable` is tried again, anything else is kept
as failed where staff can see it. The docstring of a class is its message when none is given.
"""

from collections.abc import Sequence
from datetime import datetime


class RingbackError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)


class Retryable(RingbackError):
    """A later try may work."""


class DatabaseUnavailable(Retryable):
    """The database does not answer."""


class CarrierUnavailable(Retryable):
    """The carrier took nothing; nothing was sent.

    `retry_after` is in seconds when the carrier named one.
    """

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CarrierAmbiguous(Retryable):
    """The carrier may have taken the text: ask it before trying again."""


class ModelUnavailable(Retryable):
    """The language model does not answer."""


class CalendarUnavailable(Retryable):
    """The calendar does not answer."""


class LeaseLost(Retryable):
    """Another turn holds this conversation."""


class Final(RingbackError):
    """Trying again changes nothing."""


class BadInput(Final):
    """The input is not usable; `field`, `problem` and `example` say why."""

    def __init__(self, field: str, problem: str, example: str = "") -> None:
        self.field, self.problem, self.example = field, problem, example
        super().__init__(f"{field}: {problem}" + (f" (for example {example})" if example else ""))


class BadSetting(Final):
    """An environment variable is not usable."""

    def __init__(self, variable: str, problem: str, example: str = "") -> None:
        self.variable, self.problem, self.example = variable, problem, example
        super().__init__(
            f"{variable}: {problem}" + (f" (for example {variable}={example})" if example else "")
        )


class DatabaseMissing(Final):
    """There is no database here yet."""


class UnsafeRole(Final):
    """The database login may bypass row-level security; the service refuses to run with it."""


class NotFound(Final):
    """There is no such thing, or it belongs to another business."""


class NotAllowed(Final):
    """This person may not do that."""


class Conflict(Final):
    """Somebody else was first."""


class SlotTaken(Conflict):
    """That time was taken meanwhile."""

    def __init__(self, message: str | None = None, *, fresh: Sequence[datetime] = ()) -> None:
        super().__init__(message)
        self.fresh = tuple(fresh)


class IllegalMove(Final):
    """This state may not follow the present one."""


class CarrierRefused(Final):
    """The carrier refused the text for good; `code` is the carrier's own."""

    def __init__(self, code: int | None, message: str | None = None) -> None:
        super().__init__(message or f"the carrier refused with code {code}")
        self.code = code
