"""Find the owner's answers to a question: PostgreSQL full text over questions and answers.

The score is the share of the question's own words that a passage covers, its question counting
more than its answer. A column for vectors stands ready beside it; until a model fills it, words
decide alone, and a weak score says so.
"""

from sqlalchemy import text

from agent.state import Passage
from core.db import Work

# Words that carry a question but no topic; the dictionary's stop words don't hold them.
_EMPTY = frozenset(
    [
        "also",
        "anyon",
        "anyth",
        "ask",
        "avail",
        "can",
        "could",
        "do",
        "even",
        "ever",
        "get",
        "give",
        "go",
        "got",
        "guy",
        "hello",
        "help",
        "hey",
        "hi",
        "just",
        "know",
        "let",
        "like",
        "look",
        "mani",
        "might",
        "much",
        "need",
        "ok",
        "one",
        "pleas",
        "possibl",
        "realli",
        "see",
        "someth",
        "sure",
        "take",
        "tell",
        "thank",
        "thing",
        "think",
        "us",
        "use",
        "want",
        "wonder",
        "would",
        "ya",
        "yes",
    ]
)

# -- passages -- every passage of this business that shares a word with the question
_PASSAGES = text(
    """
    SELECT question, answer,
           tsvector_to_array(to_tsvector('english', question)) AS asked,
           tsvector_to_array(words) AS words
    FROM knowledge
    WHERE business_id = :business_id
      AND words @@ CAST(:any_of AS tsquery)
    ORDER BY ts_rank(words, CAST(:any_of AS tsquery)) DESC, id
    LIMIT 20
    """
)


async def search(work: Work, question: str, *, most: int = 3) -> list[Passage]:
    """The best passages, best first, with scores in 0..1; ids are given by the ledger."""
    lexemes = await _topic(work, question)
    if not lexemes:
        return []
    any_of = " | ".join("'" + lexeme.replace("'", "''") + "'" for lexeme in lexemes)
    rows = await work.session.execute(
        _PASSAGES, {"business_id": work.business_id, "any_of": any_of}
    )
    found = [
        Passage("", row.question, row.answer, _score(lexemes, row.asked, row.words)) for row in rows
    ]
    return sorted(found, key=lambda p: -p.score)[:most]


async def _topic(work: Work, question: str) -> list[str]:
    lexemes: list[str] = (
        await work.session.scalar(
            text("SELECT tsvector_to_array(to_tsvector('english', :question))"),
            {"question": question[:500]},
        )
    ) or []
    telling = [lexeme for lexeme in lexemes if lexeme not in _EMPTY]
    return telling or lexemes


def _score(topic: list[str], asked: list[str], words: list[str]) -> float:
    """1.0: each word of the question stands in the passage's own question."""
    of_question = sum(lexeme in asked for lexeme in topic)
    of_answer = sum(lexeme in words and lexeme not in asked for lexeme in topic)
    return (of_question + 0.8 * of_answer) / len(topic)
