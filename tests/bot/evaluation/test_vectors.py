"""The embedder of evaluations, which embeds no text twice."""

from __future__ import annotations

import pytest

from footnote.bot.evaluation.vectors import RememberingEmbedder
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
