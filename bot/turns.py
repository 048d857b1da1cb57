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
class Given:
    """Where a passage is found again that a generator was given; its text is not kept here.

    Attributes:
        id: The id of the passage, or of the best of those that it was joined from.
        document_id: Its document.
        start: First character of the span.
        end: One past the last character of the span.
    """

    id: str
    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and the text of its answer.

    Attributes:
        question: What was asked.
        answer: What was answered.
        origins: What the answer was made from, once each.
        given: The passages that were found for it, in the order in which they were given.
        cited: What the numbers in the answer stand for.
        before: How many of the turns before it were in its prompt, or None where nobody knows.
    """

    question: str
    answer: str
    origins: frozenset[Origin] = field(default_factory=frozenset)
    given: tuple[Given, ...] = ()
    cited: tuple[tuple[int, Given], ...] = ()
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last turns of one thread, oldest first."""

    turns: tuple[Turn, ...] = ()

    def after(self, turn: Turn) -> Conversation:
        """The conversation with one more turn, trimmed to the last `MAX_TURNS`."""
        return Conversation((*self.turns, turn)[-MAX_TURNS:])

    @property
    def prompted(self) -> tuple[Turn, ...]:
        """The turns that the next prompt begins with: as the last one did, and with that one.

        As long as it begins alike, a generator goes on from what it has read. Where there are too
        many, half of them go at once.
        """
        if not self.turns or self.turns[-1].before is None:
            return self.turns
        count = self.turns[-1].before + 1
        return self.turns[-(count if count <= MAX_TURNS else MAX_TURNS // 2) :]

    def query(self, text: str) -> Query:
        """What to search for when `text` is asked now."""
        return Query(text, tuple(turn.question for turn in self.turns))
