"""What people want to a question, by what they said of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.bot.feedback import Opinion
from footnote.bot.platforms.base import Verdict
from footnote.bot.praised import praised
from footnote.bot.prompts import REFUSAL
from footnote.bot.questions import Answer, Outcome
from footnote.bot.tuning.dataset.candidates import Why
from footnote.bot.tuning.examples import Origin


@dataclass(frozen=True, slots=True)
class Wanted:
    """An answer that is wanted.

    Attributes:
        origin: Who wants it.
        text: What it says; "" where it is what was shown.
    """

    origin: Origin
    text: str = ""


def wanted(answer: Answer, said: Sequence[Opinion]) -> tuple[Wanted, ...] | Why:
    """What is wanted to a question, best first, or why nothing is known of it.

    A correction is what its author wants; that it is right says the admin who approves it, or the
    bot's having asked its author. Any other correction says only that something is wrong.

    Args:
        answer: What was answered.
        said: What people said of that.
    """
    corrections = [opinion for opinion in said if opinion.correction]
    trusted = [opinion for opinion in corrections if opinion.approved_by or opinion.asked]
    if trusted:
        best = max(trusted, key=lambda opinion: (bool(opinion.approved_by), opinion.noted_at))
        made = Wanted(Origin.PERSON if best.asked else Origin.CORRECTED, best.correction)
        refusal = _refusal(answer, said)
        if isinstance(refusal, Why) or not all(opinion.asked for opinion in corrections):
            return (made,)
        # Where the sources do not hold what a person knew, it was right to say so.
        return made, *refusal
    if corrections:
        return Why.NOT_APPROVED
    return _praise(said) if answer.outcome is Outcome.ANSWERED else _refusal(answer, said)


def _praise(said: Sequence[Opinion]) -> tuple[Wanted, ...] | Why:
    """What was shown, where more people found it good than bad."""
    if praised(said):
        return (Wanted(Origin.PRAISED),)
    return Why.DISLIKED if any(opinion.verdict for opinion in said) else Why.NOT_JUDGED


def _refusal(answer: Answer, said: Sequence[Opinion]) -> tuple[Wanted, ...] | Why:
    """The refusal, where nobody objected and the passages were not thought to hold an answer."""
    if answer.outcome is not Outcome.NOT_IN_SOURCES:
        return Why.NO_ANSWER
    if any(opinion.verdict is Verdict.BAD for opinion in said):
        return Why.DISLIKED
    if answer.unsupported:
        return Why.UNSURE
    return (Wanted(Origin.REFUSAL, REFUSAL),)
