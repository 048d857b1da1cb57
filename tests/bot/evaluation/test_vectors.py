"""The embedder of evaluations, which embeds no text twice."""

from __future__ import annotations

import numpy as np
import pytest

from footnote.bot.evaluation.vectors import RememberingEmbedder, remembering
from footnote.retrieval.embedder import TokenEmbedder
from tests.hashing import HashEmbedder, TellingEmbedder


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


def test_tokens_are_told_apart_where_the_embedder_does() -> None:
    """Of an embedder that does not, nothing pretends to."""
    assert isinstance(remembering(TellingEmbedder()), TokenEmbedder)
    assert not isinstance(remembering(HashEmbedder()), TokenEmbedder)


async def test_the_tokens_of_a_text_are_computed_once() -> None:
    """The text's vector comes with them and is not computed again, whichever is asked for first."""
    inner = TellingEmbedder()
    embedder = remembering(inner)
    assert isinstance(embedder, TokenEmbedder)
    vectors, first = await embedder.embed_with_tokens(["annual leave", "travel", "annual leave"])
    again, told = await embedder.embed_with_tokens(["travel", "hotel"])
    asked = await embedder.embed(["annual leave", "hotel"], urgent=True)
    assert inner.texts == ["annual leave", "travel", "hotel"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], told[0])
    assert [each.shape for each in first] == [(2, 256), (1, 256), (2, 256)]
    exact, _ = await TellingEmbedder().embed_with_tokens(["annual leave", "travel", "hotel"])
    np.testing.assert_array_equal(vectors, exact[[0, 1, 0]])
    np.testing.assert_array_equal(again, exact[1:])
    np.testing.assert_array_equal(asked, exact[[0, 2]])
