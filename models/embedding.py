"""The default embedder: all-MiniLM-L6-v2 in ONNX Runtime, on one thread of its own."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from footnote.models.errors import ModelError, ModelMissingError
from footnote.models.minilm.fetch import FOLDER, HASHES, is_pulled

Vectors = NDArray[np.float32]

DIMENSION = 384
MAX_TOKENS = 256
BATCH = 16
"""Texts a step: a question waits for one step of a sync at most."""


class Session(Protocol):
    """What an ONNX Runtime session does here."""

    def run(self, names: list[str], inputs: dict[str, NDArray[np.int64]]) -> list[Any]:
        """Compute the named outputs."""
        ...


@dataclass(order=True)
class _Step:
    """One batch that waits: urgent ones first, then first come first served."""

    patience: int
    arrival: int
    texts: list[str] = field(compare=False)
    done: asyncio.Future[Vectors] = field(compare=False)


class MiniLM:
    """Texts to unit vectors of 384 numbers; see `retrieval/embedder.py` for the contract."""

    model_id = f"all-MiniLM-L6-v2@{HASHES['model.safetensors'][:12]}"
    dimension = DIMENSION
    max_tokens = MAX_TOKENS

    def __init__(self, session: Session, vocabulary: Path) -> None:
        """Embed with a session; `open_minilm` makes one.

        Args:
            session: Computes "sentence" from "input_ids" and "attention_mask".
            vocabulary: The WordPiece vocabulary, one piece a line.
        """
        from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415  takes a while to import

        self._session = session
        self._tokenizer = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._spans = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        self._waiting: asyncio.PriorityQueue[_Step] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder")

    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        """Embed texts; rows are in the order of the texts, each of length 1.

        Args:
            texts: Any number; each is cut off after 256 tokens.
            urgent: Before the batches that wait.
            progress: Called with the number of texts done so far.

        Raises:
            ModelError: The embedder is closed.
        """
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        steps = [self._enqueue([texts[index] for index in batch], urgent) for batch in batches]
        done = 0
        try:
            for batch, step in zip(batches, steps, strict=True):
                vectors[batch] = await step
                done += len(batch)
                if progress:
                    progress(done)
        finally:
            for step in steps:
                step.cancel()
        return vectors

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Character spans (start, end) of the text's word pieces, without special tokens."""
        return list(self._spans.encode(text, add_special_tokens=False).offsets)

    def _enqueue(self, texts: list[str], urgent: bool) -> asyncio.Future[Vectors]:  # noqa: FBT001  from `embed` alone
        done: asyncio.Future[Vectors] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Step(0 if urgent else 1, next(self._arrivals), texts, done))
        return done

    async def work(self) -> None:
        """Take steps one after another until cancelled; `open_minilm` runs this."""
        loop = asyncio.get_running_loop()
        while True:
            step = await self._waiting.get()
            if step.done.done():
                continue
            try:
                vectors = await loop.run_in_executor(self._thread, self._compute, step.texts)
            except asyncio.CancelledError:
                step.done.cancel()
                raise
            except Exception as error:  # noqa: BLE001  whoever waits for the vectors must hear it
                if not step.done.done():
                    step.done.set_exception(error)
            else:
                if not step.done.done():
                    step.done.set_result(vectors)

    def close(self) -> None:
        """End the thread; whoever still waits gets a ModelError."""
        while not self._waiting.empty():
            step = self._waiting.get_nowait()
            if not step.done.done():
                step.done.set_exception(ModelError("The embedder was closed: ask again."))
        self._thread.shutdown(wait=True)

    def _compute(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        length = max(len(item.ids) for item in encoded)
        ids = np.zeros((len(texts), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, item in enumerate(encoded):
            ids[row, : len(item.ids)] = item.ids
            mask[row, : len(item.ids)] = 1
        found = self._session.run(["sentence"], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(found[0], dtype=np.float32)


@asynccontextmanager
async def open_minilm(cache: Path, threads: int | None = None) -> AsyncIterator[MiniLM]:
    """Load the embedder from the cache and own its thread.

    Args:
        cache: The folder of all models.
        threads: Threads of the arithmetic; by default one a core, four at most.

    Raises:
        ModelMissingError: It was never pulled, or its files cannot be loaded.
    """
    if not is_pulled(cache):
        raise ModelMissingError("The embedder is not here yet: run footnote models pull.")
    folder = cache / FOLDER
    model = await asyncio.to_thread(_load, folder, threads or min(4, os.cpu_count() or 1))
    worker = asyncio.create_task(model.work())
    try:
        yield model
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        model.close()


def _load(folder: Path, threads: int) -> MiniLM:
    import onnxruntime  # noqa: PLC0415  takes a while to import

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads that spin starve everything else on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise ModelMissingError(
            f"The embedder in {folder} cannot be loaded ({error}): delete the folder and run "
            "footnote models pull."
        ) from error
    return MiniLM(session, folder / "vocab.txt")
