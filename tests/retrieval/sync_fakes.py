"""A scripted connector, a small embedder and a breakable store, to sync with."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from footnote.connectors.base import Document, DocumentError, DocumentRef, SourceError
from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.locks import FileLocks
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN
from footnote.retrieval.stores.base import Field, PassageStore
from footnote.retrieval.sync import Sync

SOURCE = "handbook"
RECIPE = "words 1"


async def at_once() -> None:
    """Let others go first, and no more."""
    await asyncio.sleep(0)


@dataclass
class ScriptedConnector:
    """A source whose documents are set by the test.

    Attributes:
        texts: Document name → text; an exception in place of a text is raised by `fetch`.
        versions: Document name → version where it is not derived from the text.
        broken: Raised at the end of the listing.
        fetched: Names of the documents that were asked for, in order.
        before: Awaited by each fetch.
        alter: Changes what is fetched.
    """

    texts: dict[str, str | Exception] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    broken: SourceError | None = None
    fetched: list[str] = field(default_factory=list)
    before: Callable[[], Awaitable[object]] = at_once
    alter: Callable[[Document], Document] = lambda document: document

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Every document, then the error."""
        for name in list(self.texts):
            yield DocumentRef(f"{SOURCE}:{name}", self.version(name))
        if self.broken:
            raise self.broken

    def version(self, name: str) -> str:
        """The version of a document as it is listed."""
        return self.versions.get(name, digest(str(self.texts[name])))

    async def fetch(self, document_id: str) -> Document:
        """One document, or its error."""
        name = document_id.removeprefix(f"{SOURCE}:")
        self.fetched.append(name)
        await self.before()
        text = self.texts.get(name, DocumentError(document_id, "it is gone"))
        if isinstance(text, Exception):
            raise text
        return self.alter(Document(document_id, SOURCE, self.version(name), text, title=name))


def digest(text: str) -> str:
    """A short hash."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def cut(document: Document) -> tuple[Passage, ...]:
    """A passage for each line that is not blank."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", document.text)]
    return tuple(
        Passage(
            id=f"{document.id}#{place}-{digest(document.text)}",
            document_id=document.id,
            source=document.source,
            title=document.title,
            heading=(),
            text=document.text[start:end],
            start=start,
            end=end,
            ordinal=place,
        )
        for place, (start, end) in enumerate(lines)
    )


def index_terms(passage: Passage) -> Mapping[Field, Sequence[str]]:
    """The passage's words."""
    return {Field.STEMS: passage.text.split(), Field.TITLE: passage.title.split()}


def vector(text: str) -> Vectors:
    """A unit vector that belongs to a text."""
    generator = np.random.default_rng(int(digest(text), 16))
    drawn = generator.standard_normal(HashEmbedder.dimension).astype(np.float32)
    return drawn / np.float32(np.linalg.norm(drawn))


class HashEmbedder:
    """Gives every text a vector of its own, and counts.

    Attributes:
        calls: Number of texts in each call.
        before: Awaited by each call.
        spoil: Given each text before it is embedded; may raise.
        alter: Given the texts and their vectors, which it may overwrite.
    """

    model_id = "hash"
    dimension = 8
    max_tokens = 256

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.before: Callable[[], Awaitable[object]] = at_once
        self.spoil: Callable[[str], None] = lambda _: None
        self.alter: Callable[[Sequence[str], Vectors], None] = lambda _, __: None

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """One vector a text."""
        assert not urgent
        await self.before()
        for text in texts:
            self.spoil(text)
        self.calls.append(len(texts))
        if progress:
            progress(len(texts))
        vectors = np.array([vector(text) for text in texts], np.float32)
        self.alter(texts, vectors)
        return vectors

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """The spans of the words."""
        return [match.span() for match in re.finditer(r"\S+", text)]


class FailingStore:
    """A store that fails at one of its calls, as it may when its process dies there.

    Args:
        store: Does the work.
        error: What is raised.
        calls: How many calls succeed.
        late: The failing call does its work first.
    """

    def __init__(
        self, store: PassageStore, error: BaseException, calls: int, *, late: bool = False
    ) -> None:
        self._store = store
        self._error = error
        self._left = calls
        self._late = late
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """A method of the store that fails when its time has come."""

        async def call(*arguments: Any, **options: Any) -> Any:
            self.called.append(name)
            self._left -= 1
            if self._left < 0 and not self._late:
                raise self._error
            result = await getattr(self._store, name)(*arguments, **options)
            if self._left < 0:
                raise self._error
            return result

        return call


def make_sync(
    store: PassageStore,
    folder: Path,
    embedder: Embedder | None = None,
    *,
    recipe: str = RECIPE,
    cutter: Callable[[Document], tuple[Passage, ...]] = cut,
) -> Sync:
    """A sync of small parts."""
    return Sync(
        store,
        embedder or HashEmbedder(),
        cut=cutter,
        index_terms=index_terms,
        recipe=recipe,
        locks=FileLocks(folder / "locks"),
    )


async def contents(store: PassageStore) -> dict[str, str]:
    """Document name → text, after making sure that all that is stored of each text agrees.

    Passages, terms and vectors are asked for by every way that the store has.
    """
    texts: dict[str, str] = {}
    passages: list[Passage] = []
    for document_id, entry in (await store.manifest(SOURCE)).items():
        document = await store.document(document_id, ADMIN)
        if document is None:
            assert (entry.content_hash, entry.passages) == ("", 0)
            assert entry.failure
            continue
        expected = cut(document)
        assert entry.passages == len(expected)
        assert entry.content_hash in {document.content_hash, ""}
        assert await store.passages([p.id for p in expected], ADMIN) == list(expected)
        for passage in expected:
            (cosine,) = await store.cosines(vector(passage.searched), [passage.id])
            assert cosine > 1 - 1e-5, f"a vector of {document_id} belongs to another text"
        texts[document_id.removeprefix(f"{SOURCE}:")] = document.text
        passages += expected
    for kind in (Field.STEMS, Field.TITLE):
        terms = [index_terms(passage)[kind] for passage in passages]
        frequencies = Counter(word for some in terms for word in set(some))
        statistics = await store.term_statistics(frequencies.keys() | {"gone"}, field=kind)
        assert statistics.passages == len(passages)
        assert statistics.frequencies == {"gone": 0} | frequencies
        total = sum(map(len, terms))
        assert abs(statistics.mean_length * len(passages) - total) < 1e-6 * (total + 1)
    return texts
