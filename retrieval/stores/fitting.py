"""What every store refuses to keep: passages without terms, vectors that do not fit."""

from __future__ import annotations

import numpy as np

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.errors import StoreError
from footnote.retrieval.stores.base import IndexedDocument


def check_passages(indexed: IndexedDocument) -> None:
    """Make sure that passages are numbered and that each has its terms.

    Raises:
        StoreError: They are not.
    """
    ordinals = [passage.ordinal for passage in indexed.passages]
    if ordinals != list(range(len(ordinals))) or len(indexed.terms) != len(ordinals):
        raise StoreError(
            f"{indexed.document.id} was refused: its passages must be numbered from 0 and each "
            "needs its terms, which points to an error in Footnote or a plug-in."
        )


def unit_rows(indexed: IndexedDocument, dimension: int) -> Vectors:
    """The vectors of a document with length 1, shape (number of passages, dimension).

    Raises:
        StoreError: They have another shape, or numbers that are not finite.
    """
    vectors = np.asarray(indexed.vectors, dtype=np.float64)
    if vectors.shape != (len(indexed.passages), dimension):
        raise StoreError(
            f"{indexed.document.id} was refused: its vectors have the shape {vectors.shape}, but "
            f"the index needs {(len(indexed.passages), dimension)}; check the embedder."
        )
    if not np.isfinite(vectors).all():
        raise StoreError(
            f"{indexed.document.id} was refused: the embedder gave numbers that are not finite; "
            "check the embedder."
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def unit(vector: Vectors, dimension: int) -> Vectors:
    """A question's vector with length 1, shape (dimension,).

    Raises:
        StoreError: It has another shape, or numbers that are not finite.
    """
    given = np.asarray(vector, dtype=np.float64)
    if given.shape != (dimension,) or not np.isfinite(given).all():
        raise StoreError(
            f"The question's vector has the shape {given.shape} or numbers that are not "
            f"finite, but the index needs {dimension} numbers; check the embedder."
        )
    length = float(np.linalg.norm(given))
    return (given / (length or 1.0)).astype(np.float32)
