"""Regular expressions that are compiled when they are first used.

The grammar has some hundred of them; compiling all at import would make every command of the product wait for it.
"""

import re
from collections.abc import Callable, Iterator


class Pattern:
    """A regular expression with the few methods of `re.Pattern` that the reading uses."""

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None

    def _ready(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source)
        return self._compiled

    def search(self, text: str) -> re.Match[str] | None:
        """The first match anywhere."""
        return self._ready().search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """A match at the start."""
        return self._ready().match(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, left to right."""
        return self._ready().finditer(text)

    def findall(self, text: str) -> list[str]:
        """The words matched, left to right; for expressions without groups."""
        return [m.group() for m in self._ready().finditer(text)]

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """The text with matches replaced."""
        return self._ready().sub(new, text, count=count)
