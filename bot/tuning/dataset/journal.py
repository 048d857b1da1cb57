"""Candidates from what was asked and answered, and what people said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from footnote.bot.feedback import Opinion, opinions
from footnote.bot.prompts import REFUSAL, Draft, build_prompt, is_refusal
from footnote.bot.questions import Answer
from footnote.bot.recalling import Recall
from footnote.bot.records import answer_from_json
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why, digest
from footnote.bot.tuning.dataset.choosing import Wanted, wanted
from footnote.bot.tuning.dataset.citing import Unsupported, cited
from footnote.bot.tuning.dataset.permitted import Permission, may_be_known
from footnote.bot.tuning.dataset.rebuilding import rebuilt, under_prompt_numbers
from footnote.bot.tuning.examples import Origin
from footnote.bot.verifying.checking import UNSUPPORTED_MARK
from footnote.bot.verifying.support import Verifier

if TYPE_CHECKING:
    from hashlib import _Hash

_PAGE = 1000
_TURN = tuple[str, str, str]
"""A conversation, a question and its answer, by which a turn is found again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading the journal needs.

    Attributes:
        permission: What may be learned from.
        recall: Finds the passages of earlier turns again.
        verifier: Decides what is supported.
    """

    permission: Permission
    recall: Recall
    verifier: Verifier


class JournalReader:
    """Makes candidates of what the state keeps.

    Attributes:
        read: How many questions were looked at so far.
    """

    def __init__(self, state: State, reading: Reading) -> None:
        """Read a journal.

        Args:
            state: Keeps it.
            reading: What reading it needs.
        """
        self.read = 0
        self._state = state
        self._needs = reading
        self._known: dict[_TURN, str] = {}
        self._hash: _Hash = sha256()

    @property
    def sha256(self) -> str:
        """The hash of all that was read so far, in hexadecimal digits."""
        return self._hash.hexdigest()

    async def candidates(self) -> AsyncIterator[Candidate | Left]:
        """What may be learned from each question, oldest first, or why it is not.

        Raises:
            StateUnavailableError: The state cannot be read now.
            RetrievalError: The index cannot be read.
            ModelError: The embedder cannot be used.
        """
        said: dict[str, list[Opinion]] = defaultdict(list)
        for opinion in await opinions(self._state):
            said[opinion.question_id].append(opinion)
        after = 0.0
        while page := await self._state.journal.finished(after=after, limit=_PAGE):
            for kept in page:
                if kept.body and (made := await self._of(kept, said)):
                    yield made
            after = page[-1].finished_at

    async def _of(
        self, kept: Kept, said: Mapping[str, Sequence[Opinion]]
    ) -> Candidate | Left | None:
        """What is made of one question; None for what a person said, which is no answer to learn.

        It is learned from the question that the person was asked.
        """
        answer = answer_from_json(kept.body)
        about = said.get(kept.id, ())
        for part in (kept.id, kept.body, repr(about)):
            self._hash.update(part.encode("utf-8", "surrogatepass"))
        if may_be_known(answer.question, self._needs.permission.readers):
            self._known[kept.thread, answer.question.text, answer.text] = kept.id
        if answer.question.said:
            return None
        self.read += 1
        return await self._made(kept, answer, about)

    async def _made(self, kept: Kept, answer: Answer, said: Sequence[Opinion]) -> Candidate | Left:
        name = answer.question.reference
        choices = wanted(answer, said)
        if isinstance(choices, Why):
            return Left(name, choices)
        if not may_be_known(answer.question, self._needs.permission.readers):
            return Left(name, Why.NOT_FOR_ALL)
        # The question as it stands by itself holds words of all of them, prompted or not.
        turns = answer.question.conversation.turns
        if not await self._needs.permission.seen(answer.read, turns):
            return Left(name, Why.NOT_SEEN_BY_ALL)
        earlier = [self._known.get((kept.thread, turn.question, turn.answer)) for turn in turns]
        if None in earlier:
            return Left(name, Why.FORGOTTEN_TURN)
        bare = Candidate(
            name,
            digest(kept.thread),
            Origin.REFUSAL,
            await rebuilt(answer, self._needs.recall, self._needs.permission.readers),
            REFUSAL,
            kept.id,
            tuple(filter(None, earlier)),
            kept.finished_at,
        )
        return await self._best(choices, answer, bare)

    async def _best(
        self, choices: Sequence[Wanted], answer: Answer, bare: Candidate
    ) -> Candidate | Left:
        """The first of several choices that can be learned, or why the first cannot."""
        left: Left | None = None
        for choice in choices:
            text = await self._text(choice, answer, bare.draft)
            if isinstance(text, str):
                origin = Origin.REFUSAL if is_refusal(text) else choice.origin
                return replace(bare, origin=origin, answer=text)
            left = left or Left(bare.name, *text)
        return left or Left(bare.name, Why.NO_ANSWER)

    async def _text(self, choice: Wanted, answer: Answer, draft: Draft) -> str | tuple[Why, str]:
        """What the model shall write, or why it cannot."""
        if choice.origin is Origin.REFUSAL or is_refusal(choice.text):
            return REFUSAL
        prompt = build_prompt(draft)
        if choice.text:
            made = await cited(choice.text, prompt, self._needs.verifier)
            return (Why.UNSUPPORTED, str(made)) if isinstance(made, Unsupported) else made
        if UNSUPPORTED_MARK in answer.text:
            return Why.UNSUPPORTED, ""
        return under_prompt_numbers(answer.text, answer.citations, prompt) or (
            Why.LOST_CITATION,
            "",
        )
