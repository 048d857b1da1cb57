"""The embedder of evaluations, which embeds no text twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from footnote.bot.evaluation.vectors import RememberingEmbedder
from footnote.retrieval.embedder import Vectors
from tests.hashing import HashEmbedder


class Marking(HashEmbedder):
    """Reads questions otherwise than passages, or says that it does not."""

    def __init__(self, *, marks_questions: bool) -> None:
        super().__init__()
        self.marks_questions = marks_questions


@pytest.mark.parametrize("marks", [True, False])
async def test_a_marked_question_is_no_passage(marks: bool) -> None:  # noqa: FBT001  a parameter
    """Where a model marks questions, the vector of a passage is not taken for a question's."""
    inner = Marking(marks_questions=marks)
    embedder = RememberingEmbedder(inner)
    for urgent in (False, True, False, True):
        await embedder.embed(["annual leave"], urgent=urgent)
    assert len(inner.texts) == (2 if marks else 1)


class Telling(HashEmbedder):
    """Tells its tokens apart."""

    async def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """As if each text were one token."""
        return [await self.embed([text]) for text in texts]


async def test_tokens_are_told_apart_where_the_embedder_does() -> None:
    """Of an embedder that does not, nothing pretends to."""
    assert RememberingEmbedder(HashEmbedder()).token_vectors is None
    token_vectors = RememberingEmbedder(Telling()).token_vectors
    assert token_vectors
    assert [each.shape for each in await token_vectors(["annual", "leave"])] == [(1, 256)] * 2


async def test_the_tokens_of_a_text_are_computed_once() -> None:
    """What is remembered is the same but for the bits that are dropped, text by text."""
    inner = Telling()
    token_vectors = RememberingEmbedder(inner).token_vectors
    assert token_vectors
    first = await token_vectors(["annual", "leave", "annual"])
    again = await token_vectors(["leave", "travel"])
    assert inner.texts == ["annual", "leave", "travel"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    (exact,) = await inner.token_vectors(["leave"])
    np.testing.assert_allclose(again[0], exact, atol=1e-3)
