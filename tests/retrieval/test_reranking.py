"""A judge that is late or fails costs no answer, and the trace says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from footnote.retrieval.errors import RetrievalError
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.reranking import Reranking
from footnote.retrieval.search import Query, Search, SearchResult
from tests.library import library


class Judge:
    """Likes best what is longest; `trouble` happens first.

    Attributes:
        seen: How many passages it was given each time.
        asked: The question that it was given each time.
    """

    name = "the judge"

    def __init__(self, trouble: Exception | None = None, *, endless: bool = False) -> None:
        self.seen: list[int] = []
        self.asked: list[str] = []
        self._trouble = trouble
        self._endless = endless

    async def scores(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The length of each."""
        self.asked.append(question)
        self.seen.append(len(passages))
        if self._endless:
            await asyncio.Event().wait()
        if self._trouble:
            raise self._trouble
        return [float(len(passage.text)) for passage in passages]


async def found(reranking: Reranking | None) -> SearchResult:
    """What a search with this reranking finds."""
    async with library() as shelf:
        parts = Parts(reranking=reranking)
        search = Search(shelf.store, shelf.embedder, shelf.analyzer, parts=parts)
        return await search.find(Query("bicycles"), PUBLIC, traced=True)


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        (Judge(endless=True), "the judge was not done within its time."),
        (Judge(RetrievalError("It is gone: start it.")), "It is gone: start it."),
    ],
)
async def test_the_order_stands_where_there_is_no_judgment(judge: Judge, said: str) -> None:
    """Late or failed, the search is what it would have been, and says why."""
    plain = await found(None)
    left = await found(Reranking(judge, share=1.0, seconds=0.01))
    assert judge.seen
    assert [item.passage for item in left.found] == [item.passage for item in plain.found]
    assert left.documents == plain.documents
    assert left.trace
    assert left.trace.judgment
    assert (left.trace.judgment.trouble, left.trace.judgment.scores) == (said, {})


async def test_a_defect_of_a_judge_is_not_hidden() -> None:
    """What is no sentence for a person keeps its traceback."""
    with pytest.raises(ZeroDivisionError):
        await found(Reranking(Judge(ZeroDivisionError())))


async def test_a_judgment_is_told() -> None:
    """The trace names the judge and its scores, of so many passages as it was asked about."""
    judge = Judge()
    result = await found(Reranking(judge, depth=2, share=1.0, seconds=60))
    assert judge.seen == [2]
    assert result.trace
    assert result.trace.judgment
    scores = result.trace.judgment.scores
    assert (result.trace.judgment.name, len(scores)) == ("the judge", 2)
    best = max(scores, key=lambda key: scores[key])
    assert result.found[0].passage.id == best
    assert scores[best] == len(result.found[0].passage.text)


async def test_without_a_judge_there_is_no_judgment() -> None:
    """A search that does not rerank says nothing of it."""
    result = await found(None)
    assert result.trace
    assert result.trace.judgment is None


async def test_a_judge_reads_each_question_once() -> None:
    """It gets the question and the earlier ones of the conversation, the newest first, once each.

    The sides of the search weigh the question by having it three times; a judge reads it.
    """
    judge = Judge()
    query = Query("bicycles?", ("where is the garage?", "and the cars?"))
    async with library() as shelf:
        parts = Parts(reranking=Reranking(judge))
        result = await Search(shelf.store, shelf.embedder, shelf.analyzer, parts=parts).find(
            query, PUBLIC, traced=True
        )
    assert judge.asked == ["bicycles?\nand the cars?\nwhere is the garage?"]
    assert result.trace
    assert result.trace.queries == (query.weighted,)
