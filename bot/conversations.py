"""The turns of one thread, and what a question means after them."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.retrieval.search import Query

MAX_TURNS = 6
"""Older turns no longer say what a follow-up is about."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and the text of its answer."""

    question: str
    answer: str


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
