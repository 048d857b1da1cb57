"""The PassageStore seam.

A store only matches the terms that it is given and fuses nothing, so that every store ranks alike:
words are split and stemmed by `retrieval/text.py`, and scores are fused by `retrieval/search.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from footnote.connectors.base import Document
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import Readers


class Field(StrEnum):
    """The kinds of terms that a passage is indexed by, each with its own BM25."""

    STEMS = "stems"
    WORDS = "words"
    PAIRS = "pairs"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class FieldQuery:
    """What to match in one field.

    Attributes:
        field: Which field.
        terms: Query terms; a term that stands twice counts twice.
        weight: Factor of this field's BM25 in the sum.
        k1: BM25's saturation of term frequency.
        b: BM25's normalisation by length.
    """

    field: Field
    terms: tuple[str, ...]
    weight: float = 1.0
    k1: float = 1.2
    b: float = 0.75


class Hit(NamedTuple):
    """One passage that matched, with its score (BM25 sum, or cosine).

    A search makes hundreds of them, and a tuple is made several times as fast as a dataclass.
    """

    passage_id: str
    document_id: str
    score: float


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """The numbers of textbook BM25 over the whole index.

    Attributes:
        passages: N, the number of passages.
        frequencies: In how many passages each asked term stands.
        mean_length: Mean number of terms of a passage in this field.
    """

    passages: int
    frequencies: Mapping[str, int]
    mean_length: float


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """All that is stored of one document, put as a unit.

    Attributes:
        document: The document with its text.
        passages: Its passages in order.
        vectors: Shape (len(passages), dimension).
        terms: For each passage its terms by field, repetitions included.
        recipe: Names the version of the code that cut it; another recipe makes it new.
    """

    document: Document
    passages: tuple[Passage, ...]
    vectors: Vectors
    terms: tuple[Mapping[Field, Sequence[str]], ...]
    recipe: str


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What the index knows of one document of a source.

    Attributes:
        document_id: Which one.
        version: The version last seen in a listing.
        content_hash: `Document.content_hash` of what is indexed with `recipe`; "" where nothing
            is, or only what an older recipe made.
        recipe: The recipe that it was last read with.
        passages: How many of its passages are indexed.
        failure: Why `version` could not be read, or "" when it is what is indexed.
        indexed_at: When this entry was written (aware).
    """

    document_id: str
    version: str
    content_hash: str
    recipe: str
    passages: int
    failure: str
    indexed_at: datetime


@dataclass(frozen=True, slots=True)
class SourceStats:
    """Counts of one source in the index, and when it was last synced completely (aware)."""

    source: str
    documents: int
    passages: int
    failed: int
    last_sync: datetime | None


@dataclass(frozen=True, slots=True)
class StoreStats:
    """Counts over the whole index and the embedder that it belongs to ("" when empty)."""

    model_id: str
    dimension: int
    documents: int
    passages: int
    bytes: int
    sources: tuple[SourceStats, ...]


class PassageStore(Protocol):
    """Documents with their text, passages, terms, vectors, and the manifest.

    Every method raises `StoreError` where the store cannot be read or written. Writes of one
    document are one unit: after a crash at any moment the old document is there or the new one.
    """

    async def lexical(
        self, queries: Sequence[FieldQuery], readers: Readers, *, limit: int
    ) -> list[Hit]:
        """The passages with the highest weighted sum of textbook BM25 over the fields.

        BM25 with idf = ln(1 + (N - df + 0.5) / (df + 0.5)) and the factor (k1 + 1), per field
        over that field's own lengths (Robertson & Zaragoza 2009; the idf as Lucene has it).
        Statistics are those of the whole index, whoever asks.

        Returns:
            At most `limit` hits that `readers` may see, best first, scores above 0; equal scores
            in the order of passage ids.
        """
        ...

    async def nearest(self, vector: Vectors, readers: Readers, *, limit: int) -> list[Hit]:
        """The passages with the highest cosine to `vector`, shape (dimension,), best first."""
        ...

    async def cosines(self, vector: Vectors, passage_ids: Sequence[str]) -> list[float]:
        """The cosine of each of these passages to `vector`, 0.0 for one that is gone."""
        ...

    async def vectors(self, passage_ids: Sequence[str]) -> Vectors:
        """The vector of each of these passages, shape (their number, dimension).

        Each has the length 1, or 0 where the passage is gone.
        """
        ...

    async def term_statistics(
        self, terms: Collection[str], *, field: Field = Field.STEMS
    ) -> TermStatistics:
        """N, document frequencies and mean length for textbook BM25."""
        ...

    async def passages(self, passage_ids: Sequence[str], readers: Readers) -> list[Passage]:
        """These passages in the order asked; unknown and invisible ones are left out."""
        ...

    async def document(self, document_id: str, readers: Readers) -> Document | None:
        """One document with its text, or None where it is unknown or invisible."""
        ...

    async def put(self, indexed: IndexedDocument) -> None:
        """Insert or replace one document with all that belongs to it, manifest included.

        Raises:
            StoreError: Also where the vectors do not fit the embedder that the index is bound to.
        """
        ...

    async def put_failure(
        self, source: str, document_id: str, version: str, recipe: str, reason: str
    ) -> None:
        """Remember that this version of a document cannot be read.

        What was indexed of an older version stays: nobody can tell here whether the failure will
        pass, and an answer from the older version is better than none.
        """
        ...

    async def touch(self, source: str, versions: Mapping[str, str]) -> None:
        """Set new versions (document id → version) of documents whose content is the same.

        A failure that was remembered of such a document is forgotten.
        """
        ...

    async def delete(self, source: str, document_ids: Collection[str]) -> None:
        """Remove these documents and their manifest entries."""
        ...

    async def manifest(self, source: str) -> dict[str, ManifestEntry]:
        """Every manifest entry of a source, by document id."""
        ...

    async def set_audiences(self, audiences: Mapping[str, frozenset[str]]) -> None:
        """Set who may see each source; one that is not named, unrestricted readers alone."""
        ...

    async def synced(self, source: str) -> None:
        """Record that the source was just synced completely."""
        ...

    async def claim(self, model_id: str, dimension: int) -> None:
        """Bind an empty index to an embedder.

        Raises:
            IndexMismatchError: It is bound to another one.
        """
        ...

    async def clear(self) -> None:
        """Remove everything, the binding to an embedder too; audiences, being settings, stay."""
        ...

    async def stats(self) -> StoreStats:
        """Counts for `footnote status`."""
        ...

    async def close(self) -> None:
        """Release files and connections; closing twice is fine."""
        ...
