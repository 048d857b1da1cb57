"""The turns of one thread, and what a question means after them."""

from __future__ import annotations

from dataclasses import dataclass, field

from footnote.retrieval.search import Query

MAX_TURNS = 6
"""Older turns no longer say what a follow-up is about."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What has to be met to see a document that an answer was made from.

    Attributes:
        source: The name of its source, whose audience is that of today's settings.
        restrictions: The document's own, as they were.
    """

    source: str
    restrictions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and the text of its answer.

    Attributes:
        question: What was asked.
        answer: What was answered.
        origins: What the answer was made from, once each.
    """

    question: str
    answer: str
    origins: frozenset[Origin] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last turns of one thread, oldest first."""

    turns: tuple[Turn, ...] = ()

    def after(self, turn: Turn) -> Conversation:
        """The conversation with one more turn, trimmed to the last `MAX_TURNS`."""
        return Conversation((*self.turns, turn)[-MAX_TURNS:])

    def query(self, text: str) -> Query:
        """What to search for when `text` is asked now."""
        return Query(text, tuple(turn.question for turn in self.turns))
