"""An embedder over any embedding model in a GGUF file."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footnote.models.children.keeping import Pauses
from footnote.models.embedding_queue import EmbeddingQueue
from footnote.models.encoders.keeper import Keeper, Spawn, open_keeper, spawn
from footnote.models.encoders.messages import Embed, Embedded, Ready
from footnote.models.encoders.options import EncoderOptions
from footnote.models.encoders.pieces import Pieces
from footnote.models.errors import UnusableModelError

Vectors = NDArray[np.float32]

_LEAST_ROOM = 16


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model wants to read before a text.

    Attributes:
        question: Before a question, and before any other text that is compared with one at once.
        passage: Before a passage.
    """

    question: str = ""
    passage: str = ""


class GgufEmbedder:
    """Texts to unit vectors, in a child process; satisfies the Embedder that retrieval asks for."""

    def __init__(
        self, keeper: Keeper, ready: Ready, options: EncoderOptions, prefixes: Prefixes
    ) -> None:
        """Embed; `open_gguf_embedder` makes one.

        Args:
            keeper: Keeps the child alive.
            ready: What the first child said.
            options: How the model is served.
            prefixes: What stands before each text.

        Raises:
            UnusableModelError: The prefixes leave no room for a text.
        """
        self._keeper = keeper
        self._ready = ready
        self._prefixes = prefixes
        self._pieces = Pieces(ready.pieces, whole_words=ready.whole_words)
        self._queue = EmbeddingQueue(ready.dimension, self._computed)
        self.model_id = f"{ready.name}@{ready.digest[:12]}{_way_of_use(options, prefixes)}"
        longest = max(
            len(self._pieces.spans(text)) for text in (prefixes.question, prefixes.passage)
        )
        self.max_tokens = ready.max_tokens - longest
        if self.max_tokens < _LEAST_ROOM:
            raise UnusableModelError(
                f"{options.model.name} reads {ready.max_tokens} tokens, which the prefixes of the "
                "embedder take up: set shorter ones."
            )

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._ready.dimension

    @property
    def marks_questions(self) -> bool:
        """Whether a question has another vector than a passage of the same words."""
        return self._prefixes.question != self._prefixes.passage

    @property
    def pid(self) -> int | None:
        """The child's process, or None while there is none."""
        return self._keeper.pid

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Embed texts; a cancelled call computes at most the step that it is in.

        Args:
            texts: Any number; each is cut off after as many tokens as the model reads.
            urgent: Before every other call that waits, and with the prefix of questions.
            progress: Called on the event loop with the number of texts done so far.

        Returns:
            Shape (len(texts), dimension), float32, in their order; every row has length 1.

        Raises:
            ModelError: The embedder is closed, its process ended twice, or the model failed.
        """
        prefix = self._prefixes.question if urgent else self._prefixes.passage
        # What is no text cannot be sent.
        given = [(prefix + text).encode("utf-8", "replace").decode() for text in texts]
        return await self._queue.embed(given, urgent=urgent, progress=progress)

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's tokens, exact for BERT's kind of pieces."""
        return self._pieces.spans(text)

    async def work(self) -> None:
        """Compute step after step until cancelled; `open_gguf_embedder` runs this."""
        await self._queue.work()

    async def _computed(self, texts: list[str]) -> Vectors:
        answer = await self._keeper.asked(lambda number: Embed(number, tuple(texts)))
        assert isinstance(answer, Embedded)  # noqa: S101  it answers an Embed
        return np.array(answer.vectors, np.float32)


@asynccontextmanager
async def open_gguf_embedder(
    options: EncoderOptions,
    prefixes: Prefixes | None = None,
    *,
    start: Spawn = spawn,
    pauses: Pauses | None = None,
) -> AsyncIterator[GgufEmbedder]:
    """Serve an embedding model for as long as the block lasts.

    Args:
        options: What is served, for the task "embed".
        prefixes: What stands before each text.
        start: Starts a child process.
        pauses: How long to wait before a child that ended is started again.

    Raises:
        UnusableModelError: It cannot be served, and the text says why and what to do.
    """
    async with open_keeper(options, start, pauses) as (keeper, ready):
        embedder = GgufEmbedder(keeper, ready, options, prefixes or Prefixes())
        worker = asyncio.create_task(embedder.work())
        try:
            yield embedder
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)


def _way_of_use(options: EncoderOptions, prefixes: Prefixes) -> str:
    """Names what, beside the file, makes other vectors; "" where nothing does."""
    if prefixes == Prefixes() and options.pooling is None:
        return ""
    used = "\x00".join((options.pooling or "", prefixes.question, prefixes.passage))
    return f"+{hashlib.sha256(used.encode('utf-8', 'replace')).hexdigest()[:6]}"
