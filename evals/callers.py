"""The scripted caller: says what it knows when it is asked, and nothing it was not given."""

import re

from evals.cases import CallerSheet


class ScriptedCaller:
    """Deterministic. It ends when nothing in its sheet answers our last text."""

    def __init__(self, sheet: CallerSheet) -> None:
        self.sheet = sheet
        self.texts = 0
        self._used = [0] * len(sheet.replies)

    def opening(self) -> str | None:
        """Its first text, or None for a caller who never answers."""
        self.texts += self.sheet.opening is not None
        return self.sheet.opening

    def answer(self, text: str) -> str | None:
        """What it says to our text; None: it has no more to say."""
        if self.texts >= self.sheet.most_texts:
            return None
        for place, reply in enumerate(self.sheet.replies):
            if self._used[place] < reply.times and re.search(reply.asks, text, re.IGNORECASE):
                self._used[place] += 1
                self.texts += 1
                return reply.say
        return None
