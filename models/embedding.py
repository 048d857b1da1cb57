"""The default embedder: all-MiniLM-L6-v2 in ONNX Runtime, on one thread of its own."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from footnote.models.errors import ModelError, ModelMissingError
from footnote.models.minilm.fetch import FOLDER, HASHES, is_pulled

if TYPE_CHECKING:
    from footnote.models.minilm.wordpieces import WordPieces

Vectors = NDArray[np.float32]

DIMENSION = 384
MAX_TOKENS = 256
STEP_BYTES = 1200
"""UTF-8 bytes a step computes, padding included: one full passage, or six texts of 40 tokens.

A question waits for one step of a sync at most. Larger steps are slower: a full passage keeps a
core's arithmetic busy already, and several, with their padding, do not fit its cache (measured on
passages of mixed length: 9,600 bytes took a quarter longer, 19,200 over half).
"""
_SEEN_BYTES = 1200  # about what 256 tokens take
_LEAST_BYTES = 16


class Session(Protocol):
    """What an ONNX Runtime session does here."""

    def run(self, names: list[str], inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
        """Compute the named outputs."""
        ...


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


class MiniLM:
    """Texts to unit vectors of 384 numbers; satisfies the Embedder that retrieval asks for.

    A text without a single word piece is as good as any other: the model then sees its two
    special tokens, and the vector is a unit vector too.
    """

    model_id = f"all-MiniLM-L6-v2@{HASHES['model.safetensors'][:12]}"
    dimension = DIMENSION
    max_tokens = MAX_TOKENS

    def __init__(self, session: Session, pieces: WordPieces) -> None:
        """Embed with a session; `open_minilm` makes one.

        Args:
            session: Computes "sentence" from "input_ids" and "attention_mask".
            pieces: The tokenizer.
        """
        self._session = session
        self._pieces = pieces
        self._waiting: asyncio.PriorityQueue[_Call] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._closed = False

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Embed texts; a cancelled call computes at most the step that it is in.

        Args:
            texts: Any number; each is cut off after 256 tokens.
            urgent: Before every other call that waits.
            progress: Called on the event loop with the number of texts done so far.

        Returns:
            Shape (len(texts), 384), float32, in the order of the texts; every row has length 1.

        Raises:
            ModelError: The embedder is closed, or its runtime failed.
        """
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        if self._closed:
            raise _closed_error()
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

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's word pieces, without special tokens."""
        return self._pieces.spans(text)

    async def work(self) -> None:
        """Compute step after step until cancelled; `open_minilm` runs this."""
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
                    each.finished.set_exception(_closed_error())

    async def _advance(self, call: _Call) -> None:
        """Compute one step of a call, and let it wait for the next or finish."""
        if call.finished.done():
            return
        rows = call.steps.popleft()
        texts = [call.texts[row] for row in rows]
        loop = asyncio.get_running_loop()
        try:
            vectors = await loop.run_in_executor(self._thread, self._compute, texts)
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

    def _compute(self, texts: list[str]) -> Vectors:
        ids, mask = self._pieces.padded(texts, MAX_TOKENS)
        try:
            found = self._session.run(["sentence"], {"input_ids": ids, "attention_mask": mask})
        except Exception as error:
            raise ModelError(
                f"The embedder could not compute ({error}): try again, and pull the model anew "
                "if this repeats."
            ) from error
        return np.asarray(found[0], dtype=np.float32)

    async def close(self) -> None:
        """Wait for the step that the thread is in, and end the thread."""
        await asyncio.to_thread(self._thread.shutdown, wait=True)


@asynccontextmanager
async def open_minilm(cache: Path, threads: int | None = None) -> AsyncIterator[MiniLM]:
    """Load the embedder from the cache and own its thread.

    Args:
        cache: The folder of all models.
        threads: Threads of the arithmetic; by default one a core that this process may use, four
            at most.

    Raises:
        ModelMissingError: It was never pulled, or its files cannot be loaded.
    """
    if not is_pulled(cache):
        raise ModelMissingError("The embedder is not here yet: run footnote models pull.")
    model = await asyncio.to_thread(_load, cache / FOLDER, threads or min(4, _cores()))
    worker = asyncio.create_task(model.work())
    try:
        yield model
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await model.close()


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


def _load(folder: Path, threads: int) -> MiniLM:
    import onnxruntime  # noqa: PLC0415  takes a while to import

    from footnote.models.minilm.wordpieces import WordPieces  # noqa: PLC0415  likewise

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads that spin starve everything else on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
        pieces = WordPieces(folder / "vocab.txt")
    except Exception as error:
        raise ModelMissingError(
            f"The embedder in {folder} cannot be loaded ({error}): delete the folder and run "
            "footnote models pull."
        ) from error
    return MiniLM(session, pieces)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _closed_error() -> ModelError:
    return ModelError("The embedder was closed before it was done: start Footnote again.")
