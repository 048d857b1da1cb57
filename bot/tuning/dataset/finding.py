"""Candidates of what files tell: what the bot would find for each question today."""

from __future__ import annotations

from dataclasses import dataclass

from footnote.bot.citations import without_markers
from footnote.bot.prompts import REFUSAL, Draft, build_prompt, is_refusal
from footnote.bot.recalling import Recalled
from footnote.bot.tuning.dataset.candidates import Candidate, Left, Why, digest
from footnote.bot.tuning.dataset.citing import Unsupported, cited
from footnote.bot.tuning.dataset.files import Told
from footnote.bot.tuning.examples import Origin
from footnote.bot.turns import MAX_TURNS
from footnote.bot.verifying.support import Verifier
from footnote.retrieval.readers import Readers
from footnote.retrieval.search import Query, Search

_FOUND = 8
"""As many as a live answer looks for, whatever number of them it is given."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What finding needs.

    Attributes:
        search: Finds passages.
        verifier: Decides what is supported.
        readers: Whoever may see everything that is learned from.
        passages: How many passages an answer is made from.
    """

    search: Search
    verifier: Verifier
    readers: Readers
    passages: int


async def candidate_of(told: Told, needs: Finding) -> Candidate | Left:
    """A question from a file with what is found for it, or why it cannot be learned from.

    Raises:
        RetrievalError: The index cannot be read.
        ModelError: The embedder cannot be used.
    """
    before = told.before[-MAX_TURNS:]
    query = Query(told.question, tuple(question for question, _ in before))
    result = await needs.search.find(query, needs.readers, limit=_FOUND)
    draft = Draft(
        told.question,
        query.weighted,
        tuple(found.passage for found in result.found[: needs.passages]),
        tuple(Recalled(question, without_markers(answer)) for question, answer in before),
    )
    first = told.before[0][0] if told.before else told.question
    made = Candidate(told.name, digest("file", first), Origin.FILE, draft, REFUSAL)
    if is_refusal(told.answer):
        return made
    answer = await cited(without_markers(told.answer), build_prompt(draft), needs.verifier)
    if isinstance(answer, Unsupported):
        return Left(told.name, Why.UNSUPPORTED, str(answer))
    return Candidate(told.name, made.conversation, Origin.FILE, draft, answer)
