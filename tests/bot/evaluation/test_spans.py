"""The recall of marked characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from footnote.bot.evaluation.beir import EvalQuestion
from footnote.bot.evaluation.corpus import SOURCE, document_id
from footnote.bot.evaluation.spans import Span, merged, span_recall
from footnote.retrieval.passages import Passage

spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 15)).map(lambda pair: (pair[0], sum(pair))),
    min_size=1,
    max_size=6,
)


def _passage(start: int, end: int, corpus_id: str = "right") -> Passage:
    return Passage(
        id=f"{corpus_id}{start}-{end}",
        document_id=document_id(corpus_id),
        source=SOURCE,
        title="",
        heading=(),
        text="x" * (end - start),
        start=start,
        end=end,
        ordinal=0,
    )


def test_recall_by_hand() -> None:
    """Of ten marked characters six are in passages of the right document, overlaps once."""
    question = EvalQuestion("q", "?", corpus_id="right", spans=((0, 4), (10, 16)))
    passages = [_passage(2, 12), _passage(1, 3), _passage(15, 16), _passage(0, 99, "wrong")]
    assert span_recall(question, passages) == 0.6


@given(asked=spans, held=spans)
def test_recall_counts_characters(asked: list[Span], held: list[Span]) -> None:
    """It is the share of the marked characters, each counted once."""
    marked = {index for start, end in asked for index in range(start, end)}
    found = {index for start, end in held for index in range(start, end)}
    question = EvalQuestion("q", "?", corpus_id="right", spans=tuple(asked))
    passages = [_passage(start, end) for start, end in held]
    assert span_recall(question, passages) == len(marked & found) / len(marked)


@given(given_spans=spans)
def test_merged_spans_are_disjoint_and_in_order(given_spans: list[Span]) -> None:
    """Merging keeps the characters and leaves a gap between two spans."""
    result = merged(given_spans)
    assert all(one[1] < other[0] for one, other in pairwise(result))
    assert {index for start, end in result for index in range(start, end)} == {
        index for start, end in given_spans for index in range(start, end)
    }
