"""What a search tells of its way."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import numpy as np
import pytest
from hypothesis import strategies as st

from footnote.retrieval.fusion import Weighting, fuse
from footnote.retrieval.parts import Parts
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import PUBLIC, Readers
from footnote.retrieval.search import Query, Search, SearchResult
from footnote.retrieval.stores import sqlite_reads
from footnote.retrieval.trace import Candidate, Cut, Fate, SearchTrace, candidates_of
from tests.library import HANDBOOK, Library, Page, library
from tests.properties import holds_for

QUESTION = "annual leave of an employee with a laptop"
SECRET = Page("salaries", "# Salaries\n\nAnnual leave of an employee costs money.\n")


async def _traced(shelf: Library, query: Query, limit: int = 2) -> tuple[SearchResult, SearchTrace]:
    search = Search(shelf.store, shelf.embedder, shelf.analyzer)
    result = await search.find(query, PUBLIC, limit=limit, traced=True)
    assert result.trace
    return result, result.trace


def _kept(trace: SearchTrace) -> list[Candidate]:
    return [candidate for candidate in trace.candidates if candidate.fate is Fate.KEPT]


async def test_nothing_is_traced_unasked() -> None:
    """A search that is only to find gives the same result without the trace."""
    async with library() as shelf:
        search = Search(shelf.store, shelf.embedder, shelf.analyzer)
        plain = await search.find(Query(QUESTION), PUBLIC, limit=2)
        traced, _ = await _traced(shelf, Query(QUESTION))
    assert plain.trace is None
    assert (plain.found, plain.documents) == (traced.found, traced.documents)


async def test_the_kept_are_those_that_are_found() -> None:
    """In the same order, with the same scores; all others were outranked by them."""
    async with library() as shelf:
        result, trace = await _traced(shelf, Query(QUESTION))
    assert [
        (candidate.passage_id, candidate.document_id, candidate.lexical, candidate.cosine)
        for candidate in _kept(trace)
    ] == [
        (found.passage.id, found.passage.document_id, found.lexical, found.cosine)
        for found in result.found
    ]
    assert [candidate.final for candidate in _kept(trace)] == [f.score for f in result.found]
    assert {c.fate for c in trace.candidates[len(result.found) :]} == {Fate.OUTRANKED}


async def test_every_candidate_of_either_side_is_told() -> None:
    """Once each, best first, with how many each side gave and what the vectors weighed."""
    async with library() as shelf:
        result, trace = await _traced(shelf, Query(QUESTION))
        nearest = await shelf.store.nearest(result.vector, PUBLIC, limit=300)
        lexical = await shelf.store.lexical(shelf.analyzer.query(QUESTION), PUBLIC, limit=300)
    ids = [candidate.passage_id for candidate in trace.candidates]
    assert sorted(ids) == sorted({hit.passage_id for hit in (*nearest, *lexical)})
    assert (trace.matched, trace.nearest) == (len(lexical), len(nearest))
    assert trace.weight == result.weight
    finals = [candidate.final for candidate in trace.candidates]
    assert finals == sorted(finals, reverse=True)


async def test_the_vectors_have_the_weight_that_is_told() -> None:
    """In the fused score of each candidate, where nothing else moves it."""
    parts = Parts(weighting=Weighting(base=0.8, slope=0.0), feedback=None)
    async with library() as shelf:
        search = Search(shelf.store, shelf.embedder, shelf.analyzer, parts=parts)
        result = await search.find(Query(QUESTION), PUBLIC, traced=True)
    assert result.trace
    told = result.trace.candidates
    lexical = np.array([candidate.lexical for candidate in told])
    cosines = np.array([candidate.cosine for candidate in told])
    assert result.weight == 0.8
    assert [candidate.fused for candidate in told] == pytest.approx(fuse(lexical, cosines, 0.8))


async def test_what_was_searched_is_told_as_it_was_made_of_the_conversation() -> None:
    """The whole text, and the stems that were matched."""
    async with library() as shelf:
        query = Query("And the hotels?", ("What may a flight cost?",))
        _, trace = await _traced(shelf, query)
    assert trace.queries == (query.weighted,)
    assert trace.stems == ("hotel", "may", "flight", "cost")


async def test_what_readers_may_not_see_is_no_candidate() -> None:
    """A trace names nothing but what the search could find."""
    hidden = {"handbook": frozenset({"group:hr"})}
    async with library((*HANDBOOK, SECRET), audiences=hidden) as shelf:
        _, trace = await _traced(shelf, Query(QUESTION))
    assert trace.candidates == ()


async def test_what_went_away_during_the_search_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passage that is found, and then no longer there, is not kept."""
    async with library() as shelf:
        whole, _ = await _traced(shelf, Query(QUESTION))
        gone = whole.found[0].passage.id
        read = sqlite_reads.passages

        def without_it(
            connection: sqlite3.Connection, passage_ids: Sequence[str], readers: Readers
        ) -> list[Passage]:
            return [each for each in read(connection, passage_ids, readers) if each.id != gone]

        monkeypatch.setattr(sqlite_reads, "passages", without_it)
        result, trace = await _traced(shelf, Query(QUESTION))
    assert trace.candidates[0].passage_id == gone
    assert trace.candidates[0].fate is Fate.GONE
    assert [c.passage_id for c in _kept(trace)] == [f.passage.id for f in result.found]


@holds_for(
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), min_size=1),
    st.frozensets(st.sampled_from("abcdefgh")),
    st.frozensets(st.sampled_from("abcdefgh")),
)
def test_every_candidate_has_one_fate(
    final: dict[str, float], kept: Collection[str], cut: Collection[str]
) -> None:
    """The kept are kept whatever a stage says; of the others the stage's word holds."""
    told = candidates_of(
        {key: f"of {key}" for key in final},
        lexical={},
        cosines={},
        fused=final,
        final=final,
        kept=kept,
        cuts={key: Cut(Fate.DUPLICATE, "z") for key in cut},
    )
    assert {candidate.passage_id for candidate in told} == final.keys()
    for candidate in told:
        expected = (
            (Fate.KEPT, "")
            if candidate.passage_id in kept
            else (Fate.DUPLICATE, "z")
            if candidate.passage_id in cut
            else (Fate.OUTRANKED, "")
        )
        assert (candidate.fate, candidate.by) == expected
        assert (candidate.lexical, candidate.cosine) == (0.0, 0.0)
