"""A made-up index of any size: texts whose words are as frequent as people's, and random vectors.

Random directions are the hardest vectors to search: no passage is near a question, and thousands
are about equally far.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from footnote.connectors.base import Document, Syntax
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import EVERYONE
from footnote.retrieval.stores.base import Field, IndexedDocument, PassageStore
from footnote.retrieval.text import STOP_WORDS, Analyzer
from tests.benchmarks.timing import Writer

DIMENSION = 384
PER_DOCUMENT = 10
WORDS = 110
TITLE_WORDS = 4
SOURCE = "made"


class PreparedEmbedder:
    """Gives each question the vector that was drawn for it."""

    model_id = "prepared"
    dimension = DIMENSION
    max_tokens = 256

    def __init__(self) -> None:
        self.vectors: dict[str, np.ndarray] = {}

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> np.ndarray:
        """What was prepared."""
        del urgent, progress
        return np.stack([self.vectors[text] for text in texts])

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Nothing is cut here."""
        del text
        return []


class MadeIndex:
    """Documents of ten passages each, drawn as they are asked for.

    Args:
        seed: Of the draw.

    Attributes:
        made: How many passages there are.
        stems: Of every passage made so far.
        vectors: Of every passage made so far, a block a call of `grow`.
    """

    def __init__(self, seed: int) -> None:
        self.writer = Writer(seed)
        self.made = 0
        self.stems: list[list[str]] = []
        self.vectors: list[np.ndarray] = []
        self._stem: dict[str, str] = {}
        self._analyzer = Analyzer()

    async def open(self, store: PassageStore) -> None:
        """Bind an empty store to the vectors, for everyone to read."""
        await store.claim(PreparedEmbedder.model_id, DIMENSION)
        await store.set_audiences({SOURCE: frozenset({EVERYONE})})

    async def grow(self, store: PassageStore, passages: int) -> None:
        """Put documents until there are so many passages."""
        first, self.made = self.made, passages
        vectors = self.writer.unit_vectors(passages - first, DIMENSION)
        self.vectors.append(vectors)
        for start in range(first, passages, PER_DOCUMENT):
            rows = vectors[start - first : start - first + PER_DOCUMENT]
            await store.put(self._document(start, rows))

    def _document(self, first: int, rows: np.ndarray) -> IndexedDocument:
        title = self.writer.words(TITLE_WORDS)
        texts = [self.writer.words(WORDS) for _ in rows]
        document = Document(
            f"{SOURCE}:{first}", SOURCE, "1", "", title=" ".join(title), syntax=Syntax.TEXT
        )
        passages = tuple(
            Passage(f"{first}.{n}", document.id, SOURCE, document.title, (), text, 0, len(text), n)
            for n, text in enumerate(map(" ".join, texts))
        )
        terms = tuple(self._terms(title, text) for text in texts)
        if first == 0 and terms != tuple(map(self._analyzer.terms, passages)):
            raise SystemExit("The made-up terms are not those that the product indexes.")
        self.stems += [list(each[Field.STEMS]) for each in terms]
        return IndexedDocument(document, passages, rows, terms, "made")

    def _terms(self, title: list[str], text: list[str]) -> Mapping[Field, Sequence[str]]:
        """What the analyzer gives for words of plain letters, each of them stemmed only once."""
        words = [word for word in (*title, *text) if word not in STOP_WORDS]
        stems = self._stems(words)
        return {
            Field.STEMS: stems,
            Field.WORDS: words,
            Field.PAIRS: [f"{first} {second}" for first, second in pairwise(stems)],
            Field.TITLE: self._stems([word for word in title if word not in STOP_WORDS] or title),
        }

    def _stems(self, words: list[str]) -> list[str]:
        new = [word for word in words if word not in self._stem]
        self._stem.update(zip(new, self._analyzer.stem(new), strict=True))
        return [self._stem[word] for word in words]
