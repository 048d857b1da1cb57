"""Calls of an embedder in steps, so that a question waits for one step of a sync at most."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from footnote.models.errors import ModelError

Vectors = NDArray[np.float32]

STEP_BYTES = 1200
"""UTF-8 bytes a step computes, padding included: one full passage, or six texts of 40 tokens.

A question waits for one step of a sync at most. Larger steps are slower: a full passage keeps a
core's arithmetic busy already, and several, with their padding, do not fit its cache (measured on
passages of mixed length: 9,600 bytes took a quarter longer, 19,200 over half).
"""
_SEEN_BYTES = 1200  # about what 256 tokens take
_LEAST_BYTES = 16


@dataclass(order=True, slots=True)
class _Call:
    """One call of `embed` that waits for its next step: urgent ones first, then in turn."""

    patience: int
    arrival: int
    texts: Sequence[str] = field(compare=False)
    progress: Callable[[int], None] | None = field(compare=False)
    steps: deque[list[int]] = field(compare=False)
    vectors: Vectors = field(compare=False)
    finished: asyncio.Future[None] = field(compare=False)
    done: int = field(default=0, compare=False)

    def take(self, rows: list[int], vectors: Vectors) -> None:
        """Keep the vectors of one step, and say so."""
        self.vectors[rows] = vectors
        self.done += len(rows)
        if self.progress:
            self.progress(self.done)


class EmbeddingQueue:
    """Computes the steps of any number of calls, one at a time.

    Args:
        dimension: Length of a vector.
        compute: Texts of one step to their unit vectors, shape (len(texts), dimension).
    """

    def __init__(self, dimension: int, compute: Callable[[list[str]], Awaitable[Vectors]]) -> None:
        self._dimension = dimension
        self._compute = compute
        self._waiting: asyncio.PriorityQueue[_Call] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._closed = False

    async def embed(
        self, texts: Sequence[str], *, urgent: bool, progress: Callable[[int], None] | None
    ) -> Vectors:
        """Embed texts; a cancelled call computes at most the step that it is in.

        Raises:
            ModelError: The queue is closed, or the computation failed.
        """
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        if self._closed:
            raise closed_error()
        if texts:
            call = _Call(
                patience=0 if urgent else 1,
                arrival=next(self._arrivals),
                texts=texts,
                progress=progress,
                steps=deque(_steps(texts)),
                vectors=vectors,
                finished=asyncio.get_running_loop().create_future(),
            )
            self._waiting.put_nowait(call)
            await call.finished
        return vectors

    async def work(self) -> None:
        """Compute step after step until cancelled."""
        call: _Call | None = None
        try:
            while True:
                call = await self._waiting.get()
                await self._advance(call)
        finally:
            self._closed = True
            pending = [call] if call else []
            while not self._waiting.empty():
                pending.append(self._waiting.get_nowait())
            for each in pending:
                if not each.finished.done():
                    each.finished.set_exception(closed_error())

    async def _advance(self, call: _Call) -> None:
        """Compute one step of a call, and let it wait for the next or finish."""
        if call.finished.done():
            return
        rows = call.steps.popleft()
        try:
            vectors = await self._compute([call.texts[row] for row in rows])
            if call.finished.done():
                return
            call.take(rows, vectors)
        except Exception as error:  # noqa: BLE001  whoever waits for the vectors must hear it
            if not call.finished.done():
                call.finished.set_exception(error)
        else:
            if call.steps:
                self._waiting.put_nowait(call)
            else:
                call.finished.set_result(None)


def _steps(texts: Sequence[str]) -> list[list[int]]:
    """The texts' indices in steps, texts of like length together so that little is padding.

    Bytes stand for tokens: in English a token has about four, in Chinese exactly three.
    """
    sizes = [
        min(max(len(text.encode("utf-8", "replace")), _LEAST_BYTES), _SEEN_BYTES) for text in texts
    ]
    steps: list[list[int]] = []
    for index in sorted(range(len(texts)), key=sizes.__getitem__):
        if steps and (len(steps[-1]) + 1) * sizes[index] <= STEP_BYTES:
            steps[-1].append(index)
        else:
            steps.append([index])
    return steps


def closed_error() -> ModelError:
    """What a call hears whose embedder is gone."""
    return ModelError("The embedder was closed before it was done: start Footnote again.")
