"""The Embedder seam: texts to unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; the event loop never waits for the arithmetic."""

    @property
    def model_id(self) -> str:
        """Names the model and its weights; an index is never mixed from two."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text are seen, special tokens included; the rest is cut off."""
        ...

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Embed texts.

        Args:
            texts: Any number of texts, in any lengths.
            urgent: True for a question, and for what is compared with one at once: they go before
                the batches of a sync, and a model may mark them.
            progress: Called with the number of texts done so far, on the event loop.

        Returns:
            Shape (len(texts), dimension), float32; every row has length 1.
        """
        ...

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's tokens, without special tokens."""
        ...


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An embedder that tells each token apart."""

    async def embed_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """Embed texts and their tokens at once, which takes no longer than the texts alone.

        Returns:
            What an urgent `embed` gives, and for each text the unit vectors of the tokens that are
            seen of it, in the order of `token_spans`: shape (tokens, dimension), float32; special
            tokens have none.
        """
        ...


def marks_questions(embedder: Embedder) -> bool:
    """Whether a question has another vector than a passage of the same words.

    An embedder for which it has says so by a true `marks_questions`.
    """
    return bool(getattr(embedder, "marks_questions", False))
