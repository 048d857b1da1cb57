"""The gap report: questions that the sources did not answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from footnote.bot.audience import visible
from footnote.bot.questions import Outcome, Question
from footnote.bot.records import answer_from_json
from footnote.bot.state.entries import Kept
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import EVERYONE, Readers


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the sources did not answer.

    Attributes:
        question_id: Its id.
        text: What was asked.
        finished_at: When it was told so, in seconds since the epoch.
        closest: Passages that came nearest, best first.
        known_to: The labels that it takes, all of them, to know of it; None where no label does,
            and it is known at the command line alone.
    """

    question_id: str
    text: str
    finished_at: float
    closest: tuple[Passage, ...]
    known_to: frozenset[str] | None = None


def unanswered(
    kept: Iterable[Kept], readers: Readers, audiences: Mapping[str, frozenset[str]]
) -> list[Gap]:
    """What these readers may know of the questions that the sources did not answer.

    Args:
        kept: Finished questions.
        readers: Who will see the report.
        audiences: Who may see each source today.

    Returns:
        The gaps in the order of the questions.
    """
    gaps: list[Gap] = []
    for item in kept:
        if item.outcome is not Outcome.NOT_IN_SOURCES or not item.body:
            continue
        answer = answer_from_json(item.body)
        if _may_know(readers, answer.question):
            closest = tuple(
                passage
                for passage in answer.closest
                if visible(passage.source, passage.restrictions, readers, audiences)
            )
            known_to = _known_to(answer.question)
            gaps.append(Gap(item.id, answer.question.text, item.finished_at, closest, known_to))
    return gaps


def _may_know(readers: Readers, question: Question) -> bool:
    """Whether these readers may know that this was asked.

    What was asked where all of the team can read along, everyone may. Else it takes every label
    of those who could, and one that is that place's or that person's own: where a platform gives
    none, nobody can be told from the others.
    """
    if readers.unrestricted:
        return True
    asked = question.audience
    if asked.public and not asked.private and EVERYONE in readers.labels:
        return True
    return bool(asked.labels) and question.readers.labels <= readers.labels


def _known_to(question: Question) -> frozenset[str] | None:
    """The labels of those who may know that this was asked, by the same rules."""
    asked = question.audience
    if asked.public and not asked.private:
        return frozenset({EVERYONE})
    return question.readers.labels if asked.labels else None
