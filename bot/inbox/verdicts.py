"""The answers to questions that are not answered from the sources."""

from __future__ import annotations

from math import ceil

from footnote.bot.questions import Answer, Block, Outcome, Question

MINUTE_S = 60


def cancelled(question: Question, blocks: tuple[Block, ...]) -> Answer:
    """What was shown until its asker cancelled it."""
    return Answer(question, Outcome.CANCELLED, blocks=blocks, note="Cancelled.")


def busy(question: Question, waiting: int, wait_s: float) -> Answer:
    """That too many questions wait, and how long these take.

    Args:
        question: The question.
        waiting: How many questions wait.
        wait_s: How long they will take, in seconds.
    """
    are = "1 question is" if waiting == 1 else f"{waiting:,} questions are"
    return Answer(
        question,
        Outcome.BUSY,
        note=f"{are} waiting already, which takes about {_time(wait_s)}: please ask again then.",
    )


def given_up(question: Question) -> Answer:
    """That answering was begun too often."""
    return Answer(
        question,
        Outcome.FAILED,
        note=f"The answer was interrupted too often ({question.reference}): ask again, and look "
        "into the log if it stays so.",
    )


def broken(question: Question, blocks: tuple[Block, ...]) -> Answer:
    """That a defect ended it, after these blocks."""
    return Answer(
        question,
        Outcome.FAILED,
        blocks=blocks,
        note=f"A defect in Footnote ended this answer ({question.reference}): the log says more.",
    )


def _time(seconds: float) -> str:
    if seconds < MINUTE_S:
        return f"{max(10, 10 * ceil(seconds / 10))} seconds"
    minutes = ceil(seconds / MINUTE_S)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
