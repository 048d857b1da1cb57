"""Contract: what a store finds, against a plain textbook model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.retrieval.errors import StoreError
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from footnote.retrieval.stores.base import Field, FieldQuery, Hit, IndexedDocument, PassageStore
from tests.retrieval.stores.corpus import (
    DIMENSION,
    MODEL,
    VOCABULARY,
    Model,
    corpora,
    cosines,
    document_of,
    queries,
    readers,
    simple,
    term_lists,
    textbook_bm25,
    visible,
)

over_corpora = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def fill(store: PassageStore, documents: Sequence[IndexedDocument]) -> Model:
    """Empty the store, put the documents in, delete each third one again; what is then there."""
    await store.clear()
    await store.claim(MODEL, DIMENSION)
    model: dict[str, IndexedDocument] = {}
    for place, item in enumerate(documents):
        await store.put(item)
        model[item.document.id] = item
        if place % 3 == 2:
            # A question before and one after make the store follow each write by itself.
            await store.lexical([FieldQuery(Field.STEMS, VOCABULARY)], ADMIN, limit=1)
            await store.delete(item.document.source, [item.document.id])
            del model[item.document.id]
            await store.lexical([FieldQuery(Field.STEMS, VOCABULARY)], ADMIN, limit=1)
    return model


def assert_ranks(hits: list[Hit], expected: dict[str, float], limit: int) -> None:
    """The hits are the best of `expected` with their scores; equal scores by passage id."""
    assert [hit.score for hit in hits] == pytest.approx(
        sorted(expected.values(), reverse=True)[:limit], abs=1e-5
    )
    assert [hit.score for hit in hits] == pytest.approx(
        [expected[hit.passage_id] for hit in hits], abs=1e-5
    )
    assert len({hit.passage_id for hit in hits}) == len(hits)
    for one, other in pairwise(hits):
        assert (-one.score, one.passage_id) < (-other.score, other.passage_id)


@over_corpora
@given(documents=corpora(), asked=queries, who=readers, limit=st.integers(1, 12))
async def test_lexical_is_textbook_bm25_of_what_the_readers_may_see(
    store: PassageStore,
    documents: list[IndexedDocument],
    asked: list[FieldQuery],
    who: Readers,
    limit: int,
) -> None:
    """Scores are BM25 over the whole living index; hits are the best of the visible passages."""
    model = await fill(store, documents)
    expected = {
        passage_id: score
        for passage_id, score in textbook_bm25(model, asked).items()
        if visible(document_of(model, passage_id), who)
    }
    hits = await store.lexical(asked, who, limit=limit)
    assert_ranks(hits, expected, limit)
    for hit in hits:
        assert hit.document_id == document_of(model, hit.passage_id).id


@over_corpora
@given(documents=corpora(), who=readers, limit=st.integers(1, 12), number=st.integers(0, 99))
async def test_nearest_is_the_exact_cosine_of_what_the_readers_may_see(
    store: PassageStore,
    documents: list[IndexedDocument],
    who: Readers,
    limit: int,
    number: int,
) -> None:
    """Nearest and cosines equal NumPy's, over living and visible passages alone."""
    model = await fill(store, documents)
    vector = np.random.default_rng(number).standard_normal(DIMENSION).astype(np.float32)
    everything = cosines(model, vector)
    expected = {
        passage_id: cosine
        for passage_id, cosine in everything.items()
        if visible(document_of(model, passage_id), who)
    }
    assert_ranks(await store.nearest(vector, who, limit=limit), expected, limit)
    asked = [*everything, "gone", *everything]
    assert await store.cosines(vector, asked) == pytest.approx(
        [everything.get(passage_id, 0.0) for passage_id in asked], abs=1e-5
    )
    vectors = await store.vectors(asked)
    assert vectors.shape == (len(asked), DIMENSION)
    assert (vectors @ vector / np.linalg.norm(vector)).tolist() == pytest.approx(
        [everything.get(passage_id, 0.0) for passage_id in asked], abs=1e-5
    )


@over_corpora
@given(documents=corpora(), field=st.sampled_from((Field.STEMS, Field.TITLE, Field.PAIRS)))
async def test_statistics_are_those_of_what_is_there(
    store: PassageStore, documents: list[IndexedDocument], field: Field
) -> None:
    """N, document frequencies and mean length forget what was replaced or deleted."""
    model = await fill(store, documents)
    lists = list(term_lists(model, field).values())
    statistics = await store.term_statistics([*VOCABULARY, "nowhere"], field=field)
    assert statistics.passages == len(lists)
    assert statistics.mean_length == pytest.approx(
        sum(map(len, lists)) / len(lists) if lists else 0
    )
    assert statistics.frequencies == {
        term: sum(term in terms for terms in lists) for term in (*VOCABULARY, "nowhere")
    }


async def test_equal_scores_come_in_the_order_of_passage_ids(store: PassageStore) -> None:
    """The cut at the limit goes through equal scores by passage id, not by time of writing."""
    for name in "dbeac":
        await store.put(simple(f"handbook:{name}"))
    hits = await store.lexical([FieldQuery(Field.STEMS, ("words",))], PUBLIC, limit=3)
    assert [hit.document_id for hit in hits] == ["handbook:a", "handbook:b", "handbook:c"]


async def test_a_term_that_is_asked_twice_counts_twice(store: PassageStore) -> None:
    """A repeated query term doubles its share, and a weight scales the field."""
    await store.put(simple("handbook:a"))

    async def score(query: FieldQuery) -> float:
        return (await store.lexical([query], PUBLIC, limit=1))[0].score

    once = await score(FieldQuery(Field.STEMS, ("find",)))
    assert await score(FieldQuery(Field.STEMS, ("find", "find"))) == pytest.approx(2 * once)
    assert await score(FieldQuery(Field.STEMS, ("find",), weight=0.5)) == pytest.approx(once / 2)


@pytest.mark.parametrize("limit", [0, 5])
async def test_nothing_asked_or_nothing_there_finds_nothing(
    store: PassageStore, limit: int
) -> None:
    """Empty queries and an empty index give no hits and no error."""
    vector = np.ones(DIMENSION, np.float32)
    assert await store.lexical([FieldQuery(Field.STEMS, ("find",))], PUBLIC, limit=limit) == []
    assert await store.nearest(vector, PUBLIC, limit=limit) == []
    assert await store.cosines(vector, ["gone"]) == [0.0]
    assert (await store.vectors([])).shape == (0, DIMENSION)
    await store.put(simple("handbook:a"))
    assert await store.lexical([], PUBLIC, limit=limit) == []
    assert await store.lexical([FieldQuery(Field.STEMS, ())], PUBLIC, limit=limit) == []
    assert await store.lexical([FieldQuery(Field.PAIRS, ("find",))], PUBLIC, limit=limit) == []
    assert len(await store.nearest(vector, PUBLIC, limit=limit)) == min(limit, 1)


@pytest.mark.parametrize("vector", [np.ones(DIMENSION + 1), np.full(DIMENSION, np.nan)])
async def test_a_question_vector_that_does_not_fit_is_refused(
    store: PassageStore, vector: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    """A vector of another length or with NaN is an error, not a silent ranking."""
    await store.put(simple("handbook:a"))
    with pytest.raises(StoreError, match="embedder"):
        await store.nearest(vector.astype(np.float32), PUBLIC, limit=1)
