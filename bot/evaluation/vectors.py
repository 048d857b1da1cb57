"""An embedder that embeds no text twice.

Evaluations read the same passages and sentences for hundreds of questions, which the product does
not; what they measure is the same with it, only sooner.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from footnote.bot.verifying.tokens import TokenMemory
from footnote.retrieval.embedder import Embedder, TokenEmbedder, Vectors, marks_questions

_DIGEST = 16
_TEXTS = 3000
"""Of so many texts the vectors of the tokens are remembered, in about half a gigabyte."""


class RememberingEmbedder:
    """Embeds through another embedder what it has not seen yet.

    Args:
        embedder: Does the work.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._apart = marks_questions(embedder)
        self._known: dict[bytes, Vectors] = {}

    @property
    def model_id(self) -> str:
        """That of the embedder which does the work."""
        return self._embedder.model_id

    @property
    def dimension(self) -> int:
        """That of the embedder which does the work."""
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        """That of the embedder which does the work."""
        return self._embedder.max_tokens

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's tokens, without special tokens."""
        return self._embedder.token_spans(text)

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Unit vectors of texts, shape (len(texts), dimension); see `Embedder.embed`."""
        keys = [_key(text, question=urgent and self._apart) for text in texts]
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._known
        }
        if missing:
            fresh = await self._embedder.embed(
                list(missing.values()), urgent=urgent, progress=progress
            )
            self._known.update(zip(missing, fresh, strict=True))
        if progress:
            progress(len(texts))
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def load(self, path: Path) -> None:
        """Take back what `save` wrote, if the file is there."""
        if not path.is_file():
            return
        with np.load(path) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
        self._known.update(zip((key.tobytes() for key in keys), vectors, strict=True))

    def save(self, path: Path) -> None:
        """Write all vectors to a file, which is replaced as a whole."""
        if not self._known:
            return
        keys = np.frombuffer(b"".join(self._known), dtype=np.uint8).reshape(-1, _DIGEST)
        part = path.with_suffix(".part.npz")
        np.savez(part, keys=keys, vectors=np.stack(list(self._known.values())))
        part.replace(path)


class RememberingTokenEmbedder(RememberingEmbedder):
    """Tells tokens apart too, and remembers those of the last texts.

    Args:
        embedder: Does the work.
    """

    def __init__(self, embedder: TokenEmbedder) -> None:
        super().__init__(embedder)
        self._tokens = TokenMemory(embedder, _TEXTS)

    async def embed_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """Unit vectors of texts and of their tokens; see `TokenEmbedder.embed_with_tokens`."""
        fresh, tokens = await self._tokens.read(texts)
        self._known |= {_key(text, question=self._apart): fresh[text] for text in fresh}
        return await self.embed(texts, urgent=True), tokens


def remembering(embedder: Embedder) -> RememberingEmbedder:
    """An embedder that embeds no text twice, and tells tokens apart where this one does."""
    if isinstance(embedder, TokenEmbedder):
        return RememberingTokenEmbedder(embedder)
    return RememberingEmbedder(embedder)


def _key(text: str, *, question: bool) -> bytes:
    """Names a text, or a question that has another vector than a passage of its words."""
    content = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=_DIGEST, salt=b"asked" * question).digest()
