"""The passages that stand under an answer: those that it cites, or those that come nearest."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.questions import Answer, Outcome


@dataclass(frozen=True, slots=True)
class Source:
    """A passage under an answer.

    Attributes:
        number: Its number in the answer; 0 for one that only comes near.
        named: Its title, headings and place, as they are.
        url: Where it can be read, or None.
    """

    number: int
    named: str
    url: str | None

    @property
    def mark(self) -> str:
        """What its line begins with."""
        return f"[{self.number}]" if self.number else "•"


def sources(answer: Answer) -> list[Source]:
    """The passages that stand under an answer, in the order of their numbers, or best first."""
    match answer.outcome:
        case Outcome.ANSWERED:
            cited = {citation.number: citation.passage for citation in answer.citations}
            found = list(cited.items())
        case Outcome.NOT_IN_SOURCES:
            found = [(0, passage) for passage in answer.closest]
        case _:
            found = []
    return [
        Source(
            number,
            _named(passage.context.strip() or passage.document_id, passage.place),
            passage.url,
        )
        for number, passage in found
    ]


def _named(context: str, place: str) -> str:
    return " ".join(context.split()) + (f", {place}" if place else "")
