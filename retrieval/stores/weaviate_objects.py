"""A document and its passages as objects of Weaviate, and back; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from footnote.connectors.base import Document, Mark, Syntax
from footnote.retrieval.embedder import Vectors
from footnote.retrieval.passages import Passage
from footnote.retrieval.stores.base import Field, IndexedDocument
from footnote.retrieval.stores.weaviate_entries import NAMESPACE
from footnote.retrieval.stores.weaviate_link import Object, Properties
from footnote.retrieval.stores.weaviate_readers import marks
from footnote.retrieval.stores.weaviate_text import quoted, written


def passage_objects(indexed: IndexedDocument, vectors: Vectors, revision: str) -> list[Object]:
    """The passages of a document, with unit vectors of shape (number of passages, dimension)."""
    readers = marks(indexed.document.restrictions)
    return [
        Object(
            uuid=uuid5(NAMESPACE, f"{revision} {passage.ordinal}"),
            properties={
                "passage": quoted(passage.id),
                "document": quoted(passage.document_id),
                "source": quoted(passage.source),
                "revision": revision,
                "readers": readers,
                **_written(terms),
                "content": json.dumps(_passage_values(passage), ensure_ascii=False),
            },
            vector=vector,
        )
        for passage, terms, vector in zip(
            indexed.passages, indexed.terms, vectors.tolist(), strict=True
        )
    ]


def document_object(document: Document, revision: str) -> Object:
    """A document with its text."""
    return Object(
        uuid=document_object_id(revision),
        properties={
            "revision": revision,
            "content": json.dumps(_document_values(document), ensure_ascii=False),
        },
    )


def document_object_id(revision: str) -> UUID:
    """The id of the document of a revision."""
    return uuid5(NAMESPACE, f"{revision} document")


def passage_of(properties: Properties) -> Passage:
    """The passage that was stored in `content`."""
    values = json.loads(properties["content"])
    values["heading"] = tuple(values["heading"])
    return Passage(**{**values, "restrictions": _restrictions(values["restrictions"])})


def document_of(properties: Properties, version: str) -> Document:
    """The document that was stored in `content`, in the version that it has by now."""
    values = json.loads(properties["content"])
    modified_at = values["modified_at"]
    return Document(
        **{
            **values,
            "version": version,
            "syntax": Syntax(values["syntax"]),
            "modified_at": modified_at and datetime.fromisoformat(modified_at),
            "restrictions": _restrictions(values["restrictions"]),
            "marks": tuple(Mark(*mark) for mark in values["marks"]),
        }
    )


def _written(terms: Mapping[Field, Sequence[str]]) -> dict[str, str]:
    return {field: written(field, terms[field]) for field in Field if terms.get(field)}


def _passage_values(passage: Passage) -> dict[str, object]:
    restrictions = passage.restrictions
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "heading": passage.heading,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "ordinal": passage.ordinal,
        "url": passage.url,
        "place": passage.place,
        "restrictions": None if restrictions is None else sorted(restrictions),
    }


def _document_values(document: Document) -> dict[str, object]:
    restrictions = document.restrictions
    return {
        "id": document.id,
        "source": document.source,
        "text": document.text,
        "title": document.title,
        "syntax": document.syntax,
        "url": document.url,
        "author": document.author,
        "modified_at": document.modified_at and document.modified_at.isoformat(),
        "restrictions": None if restrictions is None else sorted(restrictions),
        "marks": [(mark.start, mark.anchor, mark.label) for mark in document.marks],
    }


def _restrictions(labels: Sequence[str] | None) -> frozenset[str] | None:
    return None if labels is None else frozenset(labels)
