"""A passage as a node of LlamaIndex, whose name alone says which passage it is; pure.

A node carries the vector and nothing of the text: that stays in the file. Its name is a UUID,
since some vector stores take no other, made of 48 bits that stand for the index, 48 for the
document's revision and 32 for the passage's place in it. A revision is never used again, so a
node never comes to mean another passage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from footnote.retrieval.embedder import Vectors
from footnote.retrieval.stores.sqlite_memory import Label

LABEL: Final = "label"
"""The metadata that a query is filtered by."""

INDEX_BITS: Final = 48
REVISION_BITS: Final = 48
ORDINAL_BITS: Final = 32
_WHOLE: Final = (1 << ORDINAL_BITS) - 1


class Place(NamedTuple):
    """Where a passage stands: its document's revision, and its place in that, from 0."""

    revision: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class HeldRevision:
    """The vectors of one revision of a document, shape (its passages, dimension)."""

    revision: int
    label: Label
    vectors: Vectors


def node_name(index: int, place: Place) -> str:
    """The name of the node of a passage."""
    number = (index << REVISION_BITS | place.revision) << ORDINAL_BITS | place.ordinal
    return str(UUID(int=number))


def document_name(index: int, revision: int) -> str:
    """The name that all nodes of a revision are deleted by."""
    return node_name(index, Place(revision, _WHOLE))


def place_of(index: int, name: str) -> Place | None:
    """Where the passage of a node stands, or None where it is not of this index."""
    try:
        number = UUID(name).int
    except ValueError:
        return None
    if number >> (REVISION_BITS + ORDINAL_BITS) != index:
        return None
    return Place(number >> ORDINAL_BITS & ((1 << REVISION_BITS) - 1), number & _WHOLE)


def label_name(index: int, label: Label) -> str:
    """What stands for a label: short, the same in every process, and of this index alone."""
    source, restrictions = label
    meant = repr((index, source, restrictions)).encode("utf-8", "surrogatepass")
    return blake2b(meant, digest_size=12).hexdigest()


def nodes_of(index: int, held: HeldRevision) -> Iterator[tuple[Place, TextNode]]:
    """Each passage of a revision as a node."""
    source = RelatedNodeInfo(node_id=document_name(index, held.revision))
    label = label_name(index, held.label)
    for ordinal, vector in enumerate(np.asarray(held.vectors, np.float32).tolist()):
        place = Place(held.revision, ordinal)
        yield (
            place,
            TextNode(
                id_=node_name(index, place),
                text="",
                embedding=vector,
                metadata={LABEL: label},
                relationships={NodeRelationship.SOURCE: source},
            ),
        )
