"""What holds for every document, whatever is in it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.chunking.cutter import Cutter
from footnote.retrieval.chunking.lines import trim
from footnote.retrieval.chunking.sentences import sentence_spans, unit_spans
from footnote.retrieval.passages import Passage
from tests.properties import holds_for
from tests.retrieval.chunking.documents import (
    Limits,
    document,
    documents,
    limits,
    token_spans,
)


@holds_for(documents, limits)
def test_passages_are_exact_spans_that_cover_the_document(each: Document, limit: Limits) -> None:
    """A passage is `text[start:end]`, trimmed and not empty; only whitespace is in no passage."""
    covered = 0
    for passage in _cut(each, limit):
        assert passage.text == each.text[passage.start : passage.end]
        assert passage.text
        assert passage.text == passage.text.strip()
        assert not each.text[covered : passage.start].strip()
        covered = passage.end
    assert not each.text[covered:].strip()


@holds_for(documents, limits)
def test_passages_stand_in_order(each: Document, limit: Limits) -> None:
    """Ordinals count from 0, ids are unique, starts rise and ends do not fall."""
    passages = _cut(each, limit)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert len({passage.id for passage in passages}) == len(passages)
    for one, other in pairwise(passages):
        assert one.start < other.start
        assert one.end <= other.end


@holds_for(documents, limits)
def test_passages_stay_within_the_budget(each: Document, limit: Limits) -> None:
    """Words are within their limit, and what is embedded too where the context leaves room."""
    for passage in _cut(each, limit):
        context = len(token_spans(passage.context))
        excess = max(0, context - limit.max_tokens // 3)
        assert len(token_spans(passage.searched)) <= limit.max_tokens + excess
        assert len(passage.text.split()) <= limit.max_words


@holds_for(documents)
def test_sentences_are_exact_spans_in_order(each: Document) -> None:
    """Sentences are trimmed, in order and apart; units leave out nothing but whitespace."""
    for spans in (sentence_spans(each.text), unit_spans(each.text)):
        assert all(
            start < end and trim(each.text, start, end) == (start, end) for start, end in spans
        )
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = 0
    for start, end in unit_spans(each.text):
        assert not each.text[covered:start].strip()
        covered = end
    assert not each.text[covered:].strip()


@holds_for(st.text(alphabet="ab .\n#-|`~>=*:\t\u2028\x0c\x85\ufeff", max_size=120), limits)
def test_markup_signs_in_any_order_lose_nothing(text: str, limit: Limits) -> None:
    """No run of markup signs makes any parser lose text."""
    for syntax in Syntax:
        covered = 0
        for passage in _cut(document(text, syntax), limit):
            assert not text[covered : passage.start].strip()
            covered = passage.end
        assert not text[covered:].strip()


def _cut(each: Document, limit: Limits) -> list[Passage]:
    cutter = Cutter(
        token_spans,
        max_tokens=limit.max_tokens,
        max_words=limit.max_words,
        overlap_words=limit.overlap_words,
    )
    return list(cutter.cut(each))
