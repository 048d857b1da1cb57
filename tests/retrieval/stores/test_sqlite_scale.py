"""The SQLite store's short cuts for large indexes: they find what the long way finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.readers import ADMIN, PUBLIC, Readers
from footnote.retrieval.stores import (
    sqlite_nearest,
    sqlite_postings,
    sqlite_scoring,
    sqlite_vectors,
)
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument
from footnote.retrieval.stores.sqlite import SqliteStore, open_store
from footnote.retrieval.stores.sqlite_nearest import NearestRows
from footnote.retrieval.stores.sqlite_postings import FieldIndex
from footnote.retrieval.stores.sqlite_scoring import Term, above, best_rows
from footnote.retrieval.stores.sqlite_terms import term_hashes
from footnote.retrieval.stores.sqlite_vectors import CodedRows, VectorMatrix, coded
from tests.retrieval.stores import corpus
from tests.retrieval.stores.corpus import (
    AUDIENCES,
    MODEL,
    SOURCES,
    VOCABULARY,
    Model,
    cosines,
    document_of,
    indexed,
    textbook_bm25,
    visible,
)
from tests.retrieval.stores.test_searching import assert_ranks

DIMENSION = 24
LIMITS = (1, 3, 10)

often = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every short cut, however small the index is."""
    monkeypatch.setattr(sqlite_nearest, "FEW_ROWS", 0)
    monkeypatch.setattr(sqlite_nearest, "PIECE", 50)
    monkeypatch.setattr(sqlite_postings, "FREQUENT", 3)
    monkeypatch.setattr(sqlite_scoring, "SAMPLED", 2)


def matrix_of(vectors: Vectors) -> CodedRows:
    """The rows of a matrix that came in two parts."""
    matrix = VectorMatrix(vectors.shape[1])
    for part in np.array_split(vectors, 2):
        matrix.extend(len(part))[:] = part
        matrix.code()
    return matrix.rows


def drawn(number: int, rows: int, spread: float) -> Vectors:
    """Vectors of length 1 around a few centres; the smaller the spread, the nearer to them."""
    generator = np.random.default_rng(number)
    centres = generator.standard_normal((3, DIMENSION))
    vectors = centres[generator.integers(0, 3, rows)]
    vectors = vectors + spread * generator.standard_normal((rows, DIMENSION))
    vectors[generator.random(rows) < 0.1] *= [100] + [1] * (DIMENSION - 1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors, np.float32)


@pytest.mark.usefixtures("at_once")
@often
@given(
    number=st.integers(0, 1 << 20),
    rows=st.integers(1, 400),
    spread=st.sampled_from((0.001, 0.1, 1.0)),
    limit=st.sampled_from(LIMITS),
    share=st.sampled_from((0.0, 0.1, 0.5, 1.0)),
    threads=st.sampled_from((1, 3)),
)
def test_the_nearest_rows_are_all_there(  # noqa: PLR0913  all of it is drawn
    *, number: int, rows: int, spread: float, limit: int, share: float, threads: int
) -> None:
    """The nearest eligible rows of float64 arithmetic, with their cosines, whoever helps."""
    vectors = drawn(number, rows + 1, spread)
    unit, vectors = vectors[0], vectors[1:]
    eligible = np.random.default_rng(number).random(rows) < share
    matrix = matrix_of(vectors)
    search = NearestRows(matrix, unit, eligible, limit)
    helpers = [Thread(target=search.help) for _ in range(threads)]
    for helper in helpers:
        helper.start()
    for helper in helpers:
        helper.join()
    found, cosines = search.found()
    assert matrix.worst == matrix.errors.max()
    exact = vectors.astype(np.float64) @ unit.astype(np.float64)
    assert eligible[found].all()
    assert cosines == pytest.approx(exact[found], abs=1e-6)
    best = sorted(exact[eligible], reverse=True)[:limit]
    assert sorted(cosines.tolist(), reverse=True)[:limit] == pytest.approx(best, abs=1e-6)


def test_few_rows_are_computed_from_all_their_bytes() -> None:
    """Of many thousand random vectors, a few in a hundred are looked at twice."""
    generator = np.random.default_rng(1)
    vectors = generator.standard_normal((20_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    search = NearestRows(matrix_of(vectors[1:]), vectors[0], np.ones(19_999, np.bool_), 10)
    search.help()
    rows, _ = search.found()
    assert 10 <= len(rows) < 600


@often
@given(number=st.integers(0, 1 << 20), spread=st.sampled_from((0.001, 1.0)))
def test_codes_say_how_far_they_are_off(number: int, spread: float) -> None:
    """The error that is kept is that of the codes, for zeros too."""
    vectors = drawn(number, 20, spread)
    vectors[3] = 0
    codes, steps, errors = coded(vectors)
    off = np.linalg.norm(vectors - codes * steps[:, np.newaxis].astype(np.float64), axis=1)
    assert errors == pytest.approx(off, abs=1e-6)
    assert errors.max() < DIMENSION**0.5 / 2 / sqlite_vectors.STEPS
    assert errors[3] == 0


def drawn_terms(number: int, rows: int, frequencies: Sequence[float]) -> list[Term]:
    """Terms that stand in about these shares of the rows; the common ones have one in each."""
    generator = np.random.default_rng(number)
    terms: list[Term] = []
    for share in frequencies:
        there = np.flatnonzero(generator.random(rows) < share).astype(np.int32)
        some = (generator.integers(1, 5, len(there)) / 8).astype(np.float32)
        factor = float(generator.choice((0.01, 0.5, 2.0)))
        if share > 0.1:
            every = np.zeros(rows, np.float32)
            every[there] = some
            terms.append(Term(None, every, factor))
        else:
            terms.append(Term(there, some, factor))
    return terms


def plain_sums(terms: Iterable[Term], rows: int) -> sqlite_scoring.Floats:
    """What the terms add, one number after the other."""
    sums = np.zeros(rows)
    for term in terms:
        stands = range(rows) if term.rows is None else term.rows.tolist()
        for row, share in zip(stands, term.shares.tolist(), strict=True):
            sums[row] += term.factor * share
    return sums


@pytest.mark.usefixtures("at_once")
@often
@given(
    number=st.integers(0, 1 << 20),
    rows=st.integers(1, 300),
    frequencies=st.lists(st.sampled_from((0.01, 0.1, 0.2, 0.9, 1.0)), max_size=6),
    limit=st.sampled_from(LIMITS),
    share=st.sampled_from((0.1, 0.5, 1.0)),
)
def test_the_best_rows_are_those_of_the_plain_sums(
    number: int, rows: int, frequencies: list[float], limit: int, share: float
) -> None:
    """Eligible rows with their whole sums above 0, and of equals the first by name."""
    terms = drawn_terms(number, rows, frequencies)
    eligible = np.random.default_rng(number).random(rows) < share
    sums = plain_sums(terms, rows)
    found, scores = best_rows(terms, eligible, str, limit)
    assert eligible[found].all()
    assert (scores > 0).all()
    assert len(set(found.tolist())) == len(found)
    assert scores == pytest.approx(sums[found], rel=1e-5)
    expected = sorted((score for score in sums[eligible] if score > 0), reverse=True)[:limit]
    assert sorted(scores.tolist(), reverse=True) == pytest.approx(expected, rel=1e-5)
    again, _ = best_rows(terms, eligible, str, rows)
    level = [row for row in again.tolist() if row not in set(found.tolist())]
    lowest = dict(zip(found.tolist(), scores.tolist(), strict=True))
    for row in level:
        for other, score in lowest.items():
            if score == pytest.approx(sums[row], rel=1e-12):
                assert str(other) < str(row)


@often
@given(
    number=st.integers(0, 1 << 20),
    size=st.integers(1, 3_000),
    count=st.integers(1, 400),
    kind=st.sampled_from(("drawn", "level", "rising", "hidden")),
)
def test_the_highest_are_above_what_a_sample_says(
    number: int, size: int, count: int, kind: str
) -> None:
    """None is missing however the scores lie, also where those that are sampled are the lowest."""
    scores = np.random.default_rng(number).random(size).astype(np.float32)
    if kind == "level":
        scores[:] = 0.5
    elif kind == "rising":
        scores.sort()
    elif kind == "hidden":
        scores[:: sqlite_scoring.SAMPLED] += 1
    least = np.sort(scores)[-min(count, size)]
    assert set(np.flatnonzero(scores >= least)) <= set(above(scores, count).tolist())


def test_few_are_above_where_scores_are_drawn() -> None:
    """Of a hundred thousand, a few times as many as are wanted are left."""
    scores = np.random.default_rng(1).random(100_000)
    assert 300 <= len(above(scores, 300)) < 2_000


def test_what_is_kept_of_terms_goes_with_the_rows() -> None:
    """Where rows have changed, nothing made of them stays in memory."""
    index = FieldIndex()
    index.lengths.extend(4)[:] = 2
    hashes = term_hashes(["leave", "leave", "days"])
    index.add(hashes, np.array([0, 1, 2], np.int32), np.ones(3, np.uint16))
    alive = np.ones(4, np.bool_)
    index.count_living(alive)
    before = index.nbytes
    query = FieldQuery(Field.STEMS, ("leave", "days", "nowhere"))
    assert len(index.scoring(query, alive, 4)) == 2
    assert index.nbytes > before
    index.count_living(alive)
    assert index.nbytes == before


async def assert_finds(store: SqliteStore, model: Model, who: Readers, number: int) -> None:
    """The store finds what the plain textbook model finds among what `who` may see."""
    asked = [FieldQuery(Field.STEMS, VOCABULARY[number % 3 :])]
    unit = np.random.default_rng(number).standard_normal(corpus.DIMENSION).astype(np.float32)
    for limit in LIMITS:
        for hits, everything in (
            (await store.nearest(unit, who, limit=limit), cosines(model, unit)),
            (await store.lexical(asked, who, limit=limit), textbook_bm25(model, asked)),
        ):
            expected = {
                passage_id: score
                for passage_id, score in everything.items()
                if visible(document_of(model, passage_id), who)
            }
            assert_ranks(hits, expected, limit)


@pytest.mark.usefixtures("at_once")
async def test_short_cuts_follow_every_write(tmp_path: Path, seed: int) -> None:
    """After each put, replacement and deletion, nothing stale or hidden is found."""
    generator = np.random.default_rng(seed)
    model: dict[str, IndexedDocument] = {}
    async with open_store(tmp_path / "index.db") as store:
        await store.claim(MODEL, corpus.DIMENSION)
        await store.set_audiences(AUDIENCES)
        for revision in range(60):
            source = SOURCES[generator.integers(3)]
            id_ = f"{source}:{generator.integers(8)}"
            if id_ in model and generator.random() < 0.4:
                await store.delete(source, [id_])
                del model[id_]
            else:
                document = Document(id_, source, str(revision), "x" * 30, title=id_)
                terms = [{Field.STEMS: generator.choice(VOCABULARY, 6).tolist()} for _ in range(3)]
                model[id_] = indexed(document, terms, revision=revision)
                await store.put(model[id_])
            who = (PUBLIC, ADMIN, Readers(frozenset({"everyone", "group:hr"})))[revision % 3]
            await assert_finds(store, model, who, revision)
