"""Questions that were answered well, for those who wonder what one can ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from footnote.bot.audience import visible
from footnote.bot.feedback import Opinion
from footnote.bot.platforms.base import Verdict
from footnote.bot.questions import Answer, Outcome
from footnote.retrieval.readers import Readers


def praised(opinions: Iterable[Opinion]) -> list[str]:
    """The ids of the questions whose answers more people found good than bad.

    Args:
        opinions: What people said of answers, oldest first.

    Returns:
        That of which something was said last comes first.
    """
    balance: Counter[str] = Counter()
    latest: dict[str, None] = {}
    for opinion in opinions:
        if opinion.verdict:
            balance[opinion.question_id] += 1 if opinion.verdict is Verdict.GOOD else -1
            latest.pop(opinion.question_id, None)
            latest[opinion.question_id] = None
    return [question_id for question_id in reversed(latest) if balance[question_id] > 0]


def may_be_suggested(
    answer: Answer, readers: Readers, audiences: Mapping[str, frozenset[str]]
) -> bool:
    """Whether a question can be shown to these readers as one that is answered well.

    Only what was asked where everyone of the team could read along is shown to others, and only
    to those who may see all that its answer was made from.

    Args:
        answer: The answer.
        readers: Who will see the question.
        audiences: Who may see each source today.
    """
    asked = answer.question.audience
    return (
        answer.outcome is Outcome.ANSWERED
        and asked.public
        and not asked.private
        and all(
            visible(passage.source, passage.restrictions, readers, audiences)
            for passage in answer.read
        )
    )
