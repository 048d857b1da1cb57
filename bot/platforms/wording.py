"""The sentences that every platform says around an answer in the same words."""

from __future__ import annotations

from footnote.bot.questions import Answer, Outcome

NOT_IN_SOURCES = "I could not find this in the sources."
CLOSEST = "The closest that they hold:"
CANCELLED = "Cancelled."
NOTHING_TO_SAY = "There is nothing to say."
MORE = "… and {} more."
"""Below passages of which not all are shown."""


def conclusion(answer: Answer) -> str:
    """What is said below the blocks, or instead of them, so that a reader knows how it ended.

    A failure is said with its reference, by which the log knows it.
    """
    match answer.outcome:
        case Outcome.WITHDRAWN:
            return ""
        case Outcome.ANSWERED:
            return answer.note
        case Outcome.NOT_IN_SOURCES:
            return f"{NOT_IN_SOURCES} {answer.note}".rstrip()
        case Outcome.CANCELLED:
            return answer.note or CANCELLED
        case Outcome.BUSY:
            return answer.note or "Too many questions are waiting: please ask again later."
        case Outcome.FAILED:
            return _failure(answer)


def _failure(answer: Answer) -> str:
    reference = answer.question.reference
    note = answer.note or "This question could not be answered: the log says why."
    return note if reference in note else f"{note} ({reference})"
