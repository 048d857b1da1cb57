"""Vectors of tokens, kept for the last texts alone: those of one text take a hundred kilobytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.embedder import TokenEmbedder, Vectors


class TokenMemory:
    """Embeds texts with their tokens, and no text again that is among the last.

    Args:
        embedder: Does the work.
        texts: Of so many texts the vectors of the tokens are kept, in 16 bits a number.
    """

    def __init__(self, embedder: TokenEmbedder, texts: int) -> None:
        self._embedder = embedder
        self._texts = texts
        self._kept: OrderedDict[str, NDArray[np.float16]] = OrderedDict()

    async def read(self, texts: Sequence[str]) -> tuple[Mapping[str, Vectors], list[Vectors]]:
        """The tokens of texts.

        Returns:
            The vector of each text that had to be embedded, and for each text the unit vectors of
            its tokens, shape (tokens, dimension).
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        vectors, tokens = await self._embedder.embed_with_tokens(missing)
        for text, told in zip(missing, tokens, strict=True):
            self._kept[text] = told.astype(np.float16)
        for text in texts:
            self._kept.move_to_end(text)
        found = [self._kept[text].astype(np.float32) for text in texts]
        while len(self._kept) > self._texts:
            self._kept.popitem(last=False)
        return dict(zip(missing, vectors, strict=True)), found
