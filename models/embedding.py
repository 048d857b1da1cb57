"""The default embedder: all-MiniLM-L6-v2 in ONNX Runtime, on one thread of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from footnote.models.embedding_queue import EmbeddingQueue, closed_error
from footnote.models.errors import ModelError, ModelMissingError
from footnote.models.minilm.fetch import FOLDER, HASHES, is_pulled

if TYPE_CHECKING:
    from footnote.models.minilm.wordpieces import WordPieces

Vectors = NDArray[np.float32]

DIMENSION = 384
MAX_TOKENS = 256


class Session(Protocol):
    """What an ONNX Runtime session does here."""

    def run(self, names: list[str], inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
        """Compute the named outputs."""
        ...


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
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._queue = EmbeddingQueue(DIMENSION, self._on_its_thread)

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
        return await self._queue.embed(texts, urgent=urgent, progress=progress)

    async def embed_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """Embed texts and their word pieces at once, which takes as long as `embed`.

        A piece's vector is its last hidden state, a text's is their mean's direction. All texts go
        right after the step that the thread is in: a question waits for one of a sync at most.

        Returns:
            Shape (len(texts), 384), and for each text shape (pieces, 384), of the first 254 pieces
            in the order of `token_spans`; all float32, every row of length 1.

        Raises:
            ModelError: The embedder is closed, or its runtime failed.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._compute_both, tuple(texts))
        except RuntimeError as error:
            raise closed_error() from error

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's word pieces, without special tokens."""
        return self._pieces.spans(text)

    async def work(self) -> None:
        """Compute step after step until cancelled; `open_minilm` runs this."""
        await self._queue.work()

    async def _on_its_thread(self, texts: list[str]) -> Vectors:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._compute, texts)

    def _compute(self, texts: list[str]) -> Vectors:
        (vectors,) = self._outputs(["sentence"], texts)
        return vectors

    def _compute_both(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """The vectors of texts and of their pieces, without the two special tokens of each."""
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        tokens: list[Vectors] = []
        for row, text in zip(vectors, texts, strict=True):
            (row[:],), states = self._outputs(["sentence", "tokens"], [text])
            pieces = states[0, 1:-1]
            tokens.append(pieces / np.linalg.norm(pieces, axis=1, keepdims=True))
        return vectors, tokens

    def _outputs(self, names: list[str], texts: list[str]) -> list[Vectors]:
        ids, mask = self._pieces.padded(texts, MAX_TOKENS)
        try:
            found = self._session.run(names, {"input_ids": ids, "attention_mask": mask})
        except Exception as error:
            raise ModelError(
                f"The embedder could not compute ({error}): try again, and pull the model anew "
                "if this repeats."
            ) from error
        return [np.asarray(each, dtype=np.float32) for each in found]

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
