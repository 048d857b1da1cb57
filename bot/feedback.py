"""What people say of answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from footnote.bot.platforms.base import Approved, Feedback, Verdict
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

CHANGED = "This correction was changed or removed since: approve the latest one, if there is one."
"""What an admin is told who approves what is no longer there."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """All that one person says of one answer.

    Attributes:
        question_id: The question.
        asker: Who says so, as the platform names them.
        verdict: What they think of it, or None where they only correct it.
        correction: The answer that they would have wanted, or "".
        noted_at: When they last said something of it, in seconds since the epoch.
        asked: Whether the correction is what they replied when they were asked.
        approved_by: The admin who keeps the correction as the answer, or "".
    """

    question_id: str
    asker: str
    verdict: Verdict | None = None
    correction: str = ""
    noted_at: float = 0.0
    asked: bool = False
    approved_by: str = ""


async def keep(state: State, feedback: Feedback) -> bool:
    """Keep what a person says of an answer.

    Verdict and correction are two notes: each replaces the one before it of the same person, and
    leaves the other as it is, also where both come at once.

    A private answer was seen by its asker alone. That somebody sees a message that is not private
    is for its platform to know, which hands in what people do to the messages before them.

    Returns:
        Whether it was kept. It was not where there is no such answer, or no longer, or none that
        this person can have seen; `REFUSED` tells them.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    question = await question_of(state, feedback.question_id)
    if question is None or not _can_see(feedback.asker, question):
        return False
    said = {"verdict": feedback.verdict, "correction": feedback.correction}
    for kind, value in said.items():
        if value:
            await note(state, feedback.question_id, feedback.asker, kind, {kind: value})
    if feedback.correction and feedback.approved_by:
        await _approve(
            state,
            Approved(
                feedback.question_id,
                feedback.asker,
                digest_of(feedback.correction),
                feedback.approved_by,
            ),
        )
    return True


async def approve(state: State, approved: Approved) -> bool:
    """Keep somebody's correction as the answer, for as long as they do not change it.

    Returns:
        Whether it was kept. It was not where that correction is no longer there; `CHANGED` says so.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    for opinion in await opinions(state, approved.question_id):
        if opinion.asker == approved.author and digest_of(opinion.correction) == approved.digest:
            await _approve(state, approved)
            return True
    return False


def digest_of(correction: str) -> str:
    """What stands for a correction, so that no other is approved in its place."""
    return sha256(correction.encode("utf-8", "surrogatepass")).hexdigest()[:16]


async def opinions(state: State, question_id: str = "") -> list[Opinion]:
    """What people said of one answer, or of all, the oldest first.

    It is as private as the answers are: for admins, and for those who may see the answer.

    Raises:
        StateUnavailableError: It cannot be read now.
    """
    by_person: dict[tuple[str, str], _Notes] = {}
    for noted in await state.journal.notes(question_id):
        said = json.loads(noted.body)
        person = noted.question_id, str(said["asker"])
        by_person.setdefault(person, _Notes()).take(said, noted.noted_at)
    found = (notes.opinion(*person) for person, notes in by_person.items())
    said_something = [opinion for opinion in found if opinion.verdict or opinion.correction]
    return sorted(said_something, key=lambda opinion: opinion.noted_at)


async def forget(state: State, question_id: str) -> bool:
    """Remove what was asked and answered, with the turn that it left and what people said of it.

    Only where it was asked remains, so that its messages can still be removed.

    Returns:
        Whether there was anything to remove.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    question = await question_of(state, question_id)
    left = question_to_json(_without_words(question)) if question else ""
    return await state.journal.erase(question_id, left=left)


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


async def question_of(state: State, question_id: str) -> Question | None:
    """A question that was answered, as long as its answer is kept.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    kept = await state.queue.kept(question_id)
    return answer_from_json(kept.body).question if kept and kept.body else None


async def note(
    state: State, question_id: str, person: str, kind: str, said: dict[str, Any]
) -> None:
    """Keep one thing that a person said of an answer, in the place of what has the same kind.

    Raises:
        StateUnavailableError: Nobody knows.
    """
    body = json.dumps({"asker": person, **said})
    await state.journal.note(Noted(json.dumps([question_id, person, kind]), question_id, body))


async def _approve(state: State, approved: Approved) -> None:
    said = {"approved": approved.digest, "by": approved.admin}
    await note(state, approved.question_id, approved.author, "approval", said)


@dataclass(slots=True)
class _Notes:
    """The notes of one person on one answer."""

    verdict: Verdict | None = None
    correction: str = ""
    replies: dict[str, str] = field(default_factory=dict)
    approval: tuple[str, str] = ("", "")
    noted_at: float = 0.0

    def take(self, said: dict[str, Any], noted_at: float) -> None:
        """One more note, behind those before it."""
        if "approved" in said:
            self.approval = (said["approved"], said["by"])
            return
        if "verdict" in said:
            self.verdict = Verdict(said["verdict"])
        if "reply" in said:
            self.replies[said["reply"]] = said["text"]
        self.correction = said.get("correction", self.correction)
        self.noted_at = max(noted_at, self.noted_at)

    def opinion(self, question_id: str, person: str) -> Opinion:
        """All of them together; several replies are one answer, in the order of their ids."""
        replied = _joined(text for _, text in sorted(self.replies.items()))
        correction = replied or self.correction
        digest, by = self.approval
        return Opinion(
            question_id,
            person,
            self.verdict,
            correction,
            self.noted_at,
            asked=bool(replied),
            approved_by=by if correction and digest == digest_of(correction) else "",
        )


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text)


def _without_words(question: Question) -> Question:
    return replace(question, text="", conversation=Conversation(), said=None)


def _can_see(person: str, question: Question) -> bool:
    return person == question.asker or not question.audience.private
