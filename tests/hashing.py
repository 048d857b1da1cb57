"""An embedder without weights, for tests: stems hashed into a few dimensions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from zlib import crc32

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.text import Analyzer

_TOKEN = re.compile(r"\w+|[^\w\s]")


class HashEmbedder:
    """Texts that share stems are near; all else is about perpendicular.

    Args:
        meanings: Stems to read as another one, or, with "", to know nothing of.
        dimension: Length of a vector.
        max_tokens: How many words and signs of a text are seen.

    Attributes:
        texts: Every text that was embedded, in order.
    """

    def __init__(
        self,
        meanings: Mapping[str, str] | None = None,
        *,
        dimension: int = 256,
        max_tokens: int = 256,
    ) -> None:
        self.model_id = f"hash-{dimension}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.texts: list[str] = []
        self._meanings = meanings or {}
        self._analyzer = Analyzer()

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        del urgent
        self.texts.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._add(row, text)
            if progress:
                progress(1)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Words and single signs."""
        return [token.span() for token in _TOKEN.finditer(text)]

    def _add(self, row: Vectors, text: str) -> None:
        seen = self.token_spans(text)[: self.max_tokens]
        for stem in self._analyzer.stems(text[: seen[-1][1]] if seen else ""):
            meaning = self._meanings.get(stem, stem)
            if meaning:
                hashed = crc32(meaning.encode("utf-8", "surrogatepass"))
                row[hashed % self.dimension] += 1 if hashed >> 16 & 1 else -1
        if not row.any():
            row[0] = 1


class TellingEmbedder(HashEmbedder):
    """A hash embedder that tells its tokens apart: each has the vector of its own stem."""

    async def embed_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """The texts' vectors, and for each text those of its tokens, shape (tokens, dimension)."""
        vectors = await self.embed(texts)
        tokens: list[Vectors] = []
        for text in texts:
            spans = self.token_spans(text)[: self.max_tokens]
            rows = np.zeros((len(spans), self.dimension), dtype=np.float32)
            for row, (start, end) in zip(rows, spans, strict=True):
                self._add(row, text[start:end])
            tokens.append(rows / np.linalg.norm(rows, axis=1, keepdims=True))
        return vectors, tokens
