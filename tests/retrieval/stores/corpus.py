"""Documents to put into a store, and a plain textbook model of what it must then answer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import numpy as np
from hypothesis import strategies as st

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers
from footnote.retrieval.stores.base import Field, FieldQuery, IndexedDocument

DIMENSION = 6
MODEL = "hash"
RECIPE = "recipe 1"
VOCABULARY = ("leave", "days", "Reise", "größe", "請假", "a b", "kube_pod", "")
AUDIENCES = {"handbook": frozenset({"everyone"}), "people": frozenset({"group:hr", "slack:C1"})}
SOURCES = ("handbook", "people", "unlisted")
LABELS = ("everyone", "group:hr", "slack:C1", "admins")

Terms = Mapping[Field, Sequence[str]]
Model = Mapping[str, IndexedDocument]


def indexed(
    document: Document, terms: Sequence[Terms], *, revision: int = 0, recipe: str = RECIPE
) -> IndexedDocument:
    """A document with one passage of equal length for each item of `terms`, and random vectors."""
    count = len(terms)
    edges = [len(document.text) * place // max(count, 1) for place in range(count + 1)]
    passages = tuple(
        Passage(
            id=f"{document.id}@{revision}#{place}",
            document_id=document.id,
            source=document.source,
            title=document.title,
            heading=("Part", str(place)),
            text=document.text[edges[place] : edges[place + 1]],
            start=edges[place],
            end=edges[place + 1],
            ordinal=place,
            url=document.url and f"{document.url}#{place}",
            place=f"page {place}",
            restrictions=document.restrictions,
        )
        for place in range(count)
    )
    generator = np.random.default_rng([crc32(document.id.encode()), revision])
    vectors = generator.standard_normal((count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return IndexedDocument(document, passages, vectors, tuple(terms), recipe)


def simple(
    document_id: str, text: str = "some words to find", *, version: str = "1"
) -> IndexedDocument:
    """A document of one passage whose stems are the words of its text."""
    source = document_id.partition(":")[0]
    document = Document(document_id, source, version, text, title=document_id)
    revision = crc32(text.encode("utf-8", "surrogatepass"))
    return indexed(document, [{Field.STEMS: text.split()}], revision=revision)


@st.composite
def corpora(draw: st.DrawFn) -> list[IndexedDocument]:
    """Documents in the order in which they are put; an id that comes again replaces the first."""
    terms = st.lists(st.sampled_from(VOCABULARY), max_size=8)
    by_field = st.fixed_dictionaries({Field.STEMS: terms}, optional={Field.TITLE: terms})
    documents = []
    for revision, name in enumerate(draw(st.lists(st.sampled_from("abcdef"), max_size=9))):
        source = SOURCES["abcdef".index(name) % 3]
        restrictions = draw(st.none() | st.frozensets(st.sampled_from(LABELS), max_size=2))
        document = Document(
            f"{source}:{name}", source, str(revision), "x" * 40, name, restrictions=restrictions
        )
        passages = draw(st.lists(by_field, max_size=3))
        documents.append(indexed(document, passages, revision=revision))
    return documents


readers = st.builds(
    Readers,
    st.frozensets(st.sampled_from(LABELS), max_size=2).map(lambda labels: labels | {"everyone"}),
    unrestricted=st.booleans(),
    groups=st.none() | st.frozensets(st.just("group:hr")),
)

queries = st.lists(
    st.builds(
        FieldQuery,
        st.sampled_from((Field.STEMS, Field.TITLE)),
        st.lists(st.sampled_from((*VOCABULARY, "nowhere")), max_size=4).map(tuple),
        weight=st.floats(0.1, 2),
        k1=st.floats(0.5, 2),
        b=st.floats(0, 1),
    ),
    max_size=3,
)


def visible(document: Document, who: Readers) -> bool:
    """Whether the audiences above let `who` see a document."""
    return who.may_see(AUDIENCES.get(document.source, frozenset()), document.restrictions)


def term_lists(model: Model, field: Field) -> dict[str, list[str]]:
    """Passage id → its terms of a field."""
    return {
        passage.id: list(terms.get(field, ()))
        for item in model.values()
        for passage, terms in zip(item.passages, item.terms, strict=True)
    }


def textbook_bm25(model: Model, asked: Iterable[FieldQuery]) -> dict[str, float]:
    """Passage id → weighted sum of BM25, term by term as the books write it."""
    scores: dict[str, float] = {}
    for query in asked:
        lists = term_lists(model, query.field)
        mean = sum(map(len, lists.values())) / len(lists) if lists else 0.0
        for term in query.terms:
            df = sum(term in terms for terms in lists.values())
            idf = math.log(1 + (len(lists) - df + 0.5) / (df + 0.5))
            for passage_id, terms in lists.items():
                if tf := terms.count(term):
                    norm = 1 - query.b + query.b * len(terms) / mean
                    score = query.weight * idf * tf * (query.k1 + 1) / (tf + query.k1 * norm)
                    scores[passage_id] = scores.get(passage_id, 0.0) + score
    return scores


def cosines(model: Model, vector: Vectors) -> dict[str, float]:
    """Passage id → cosine."""
    return {
        passage.id: float(row @ vector / np.linalg.norm(row) / np.linalg.norm(vector))
        for item in model.values()
        for passage, row in zip(item.passages, item.vectors.astype(np.float64), strict=True)
    }


def document_of(model: Model, passage_id: str) -> Document:
    """The document that a passage belongs to."""
    return next(
        item.document
        for item in model.values()
        if any(passage.id == passage_id for passage in item.passages)
    )
