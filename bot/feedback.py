"""What people say of answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from footnote.bot.platforms.base import Feedback, Verdict
from footnote.bot.questions import Question
from footnote.bot.records import answer_from_json, question_to_json
from footnote.bot.state.base import Noted, State
from footnote.bot.turns import Conversation

REFUSED = (
    "Nothing can be said of this answer, since it is no longer kept: ask the question again, and "
    "say it of the new answer."
)
"""What a person is told whose feedback was not kept; it does not tell whether there was such a
question."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """All that one person says of one answer.

    Attributes:
        question_id: The question.
        asker: Who says so, as the platform names them.
        verdict: What they think of it, or None where they only correct it.
        correction: The answer that they would have wanted, or "".
        noted_at: When they last said something of it, in seconds since the epoch.
    """

    question_id: str
    asker: str
    verdict: Verdict | None = None
    correction: str = ""
    noted_at: float = 0.0


async def keep(state: State, feedback: Feedback) -> bool:
    """Keep what a person says of an answer.

    Verdict and correction are two notes: each replaces the one before it of the same person, and
    leaves the other as it is, also where both come at once.

    A private answer was seen by its asker alone, who may want a better one of others. That somebody
    sees a message that is not private is for its platform to know, which hands in what people do to
    the messages before them.

    Returns:
        Whether it was kept. It was not where there is no such answer, or no longer, or none that
        this person can have seen; `REFUSED` tells them.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    kept = await state.queue.kept(feedback.question_id)
    if kept is None or not kept.body:
        return False
    question = answer_from_json(kept.body).question
    if not (feedback.asked or _can_see(feedback.asker, question)):
        return False
    said = {"verdict": feedback.verdict, "correction": feedback.correction}
    for kind, value in said.items():
        if value:
            id_ = json.dumps([feedback.question_id, feedback.asker, kind])
            body = json.dumps({"asker": feedback.asker, kind: value})
            await state.journal.note(Noted(id_, feedback.question_id, body))
    return True


async def opinions(state: State, question_id: str = "") -> list[Opinion]:
    """What people said of one answer, or of all, the oldest first.

    It is as private as the answers are: for admins, and for those who may see the answer.

    Raises:
        StateUnavailableError: It cannot be read now.
    """
    by_person: dict[tuple[str, str], Opinion] = {}
    for noted in await state.journal.notes(question_id):
        said = json.loads(noted.body)
        person = noted.question_id, str(said["asker"])
        before = by_person.get(person, Opinion(*person))
        by_person[person] = replace(
            before,
            verdict=Verdict(said["verdict"]) if "verdict" in said else before.verdict,
            correction=said.get("correction", before.correction),
            noted_at=max(noted.noted_at, before.noted_at),
        )
    return sorted(by_person.values(), key=lambda opinion: opinion.noted_at)


async def forget(state: State, question_id: str) -> bool:
    """Remove what was asked and answered, with the turn that it left and what people said of it.

    Only where it was asked remains, so that its messages can still be removed.

    Returns:
        Whether there was anything to remove.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    kept = await state.queue.kept(question_id)
    left = _without_words(answer_from_json(kept.body).question) if kept and kept.body else None
    return await state.journal.erase(question_id, left=question_to_json(left) if left else "")


async def forget_asker(state: State, asker: str) -> int:
    """Remove all that somebody asked, as far as it is finished, and count it.

    Raises:
        StateUnavailableError: Nobody knows of how much of it.
    """
    forgotten = 0
    after = 0.0
    while page := await state.journal.finished(after=after):
        for kept in page:
            if kept.body and answer_from_json(kept.body).question.asker == asker:
                forgotten += await forget(state, kept.id)
        after = page[-1].finished_at
    return forgotten


def _without_words(question: Question) -> Question:
    return replace(question, text="", conversation=Conversation())


def _can_see(person: str, question: Question) -> bool:
    return person == question.asker or not question.audience.private
