"""The embedding part of a sync: many documents in one call, one by one where that fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence

import numpy as np

from footnote.retrieval.embedder import Embedder, Vectors
from footnote.retrieval.sync_reading import CutDocument

Embedded = tuple[CutDocument, Vectors | Exception]


async def embedded(
    embedder: Embedder, batch: Sequence[CutDocument], progress: Callable[[int], None]
) -> AsyncGenerator[Embedded, None]:
    """Each document with its vectors, or with the error that kept it from being embedded.

    Args:
        embedder: Turns passages into vectors.
        batch: The documents.
        progress: Called with the number of the batch's passages embedded so far.
    """
    try:
        vectors = await _embed(embedder, batch, progress)
    except Exception as error:  # noqa: BLE001  one document must not take the others with it
        if len(batch) == 1:
            yield batch[0], error
            return
    else:
        start = 0
        for cut in batch:
            stop = start + len(cut.passages)
            yield cut, vectors[start:stop]
            start = stop
        return
    for cut in batch:
        async for alone in embedded(embedder, [cut], progress):
            yield alone


async def _embed(
    embedder: Embedder, batch: Sequence[CutDocument], progress: Callable[[int], None]
) -> Vectors:
    texts = [passage.searched for cut in batch for passage in cut.passages]
    if not texts:
        return np.empty((0, embedder.dimension), np.float32)
    vectors = await embedder.embed(texts, progress=progress)
    if vectors.shape != (len(texts), embedder.dimension) or not np.isfinite(vectors).all():
        raise ValueError("the embedder gave vectors of a wrong shape or with NaN in them")
    return vectors
