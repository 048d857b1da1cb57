"""How the SQLite store keeps the terms of a document: as hashes and counts, a blob a field.

A term is kept as 64 bits of its BLAKE2b hash, so that no dictionary is needed. Among ten million
different terms, two share a hash with a chance of 3 in a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from footnote.retrieval.stores.base import Field

HASH = np.dtype("<u8")
COUNT = np.dtype("<u2")
LENGTH = np.dtype("<u4")

# No passage that fits an embedder holds a term more often; a count beyond this is cut to it.
MOST = np.iinfo(COUNT).max


def term_hash(term: str) -> bytes:
    """Eight bytes that stand for a term."""
    return blake2b(term.encode("utf-8", "surrogatepass"), digest_size=HASH.itemsize).digest()


def term_hashes(terms: Iterable[str]) -> NDArray[np.uint64]:
    """The hashes of terms as numbers, shape (number of terms,)."""
    return np.frombuffer(b"".join(map(term_hash, terms)), dtype=HASH)


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one field of all passages of a document.

    Attributes:
        lengths: Number of terms of each passage, repetitions included.
        sizes: Number of different terms of each passage.
        hashes: The different terms of the passages, one passage after the other.
        counts: How often each of `hashes` stands in its passage.
    """

    lengths: bytes
    sizes: bytes
    hashes: bytes
    counts: bytes


def encode_terms(terms: Sequence[Mapping[Field, Sequence[str]]]) -> dict[Field, FieldTerms]:
    """The terms of a document's passages by field; a field without terms is left out."""
    known: dict[str, bytes] = {}
    encoded = {}
    for field in Field:
        counted = [Counter(passage.get(field, ())) for passage in terms]
        if not any(counted):
            continue
        hashes = bytearray()
        for passage in counted:
            for term in passage:
                if (found := known.get(term)) is None:
                    found = known[term] = term_hash(term)
                hashes += found
        encoded[field] = FieldTerms(
            lengths=np.array([c.total() for c in counted], dtype=LENGTH).tobytes(),
            sizes=np.array([len(c) for c in counted], dtype=LENGTH).tobytes(),
            hashes=bytes(hashes),
            counts=np.array(
                [min(n, MOST) for c in counted for n in c.values()], dtype=COUNT
            ).tobytes(),
        )
    return encoded
