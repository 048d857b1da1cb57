"""The collections in Weaviate: how they are made, checked and brought up to date.

A collection's description says that Footnote made it and in which format. A property that a later
version of Footnote adds to a format is added to collections that lack it; another format, and a
collection that somebody else made, are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weaviate.classes.config import (
    Configure,
    DataType,
    Property,
    StopwordsPreset,
    Tokenization,
    VectorDistances,
)
from weaviate.exceptions import UnexpectedStatusCodeError

from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.stores.base import Field
from footnote.retrieval.stores.weaviate_entries import lengths_name
from footnote.retrieval.stores.weaviate_link import Collection, Link
from footnote.retrieval.stores.weaviate_options import VectorIndex

FORMAT = 1
_MARK = "Footnote's index, format "

OLDEST = (1, 33)
"""The first version that can filter by what an array does not contain."""

_UNPROCESSABLE = 422


def _matched(name: str, kind: DataType = DataType.TEXT) -> Property:
    """A text that is compared as a whole."""
    return Property(
        name=name,
        data_type=kind,
        tokenization=Tokenization.FIELD,
        index_filterable=True,
        index_searchable=False,
    )


def _kept(name: str) -> Property:
    """A text that is only given back."""
    return Property(
        name=name,
        data_type=DataType.TEXT,
        tokenization=Tokenization.FIELD,
        index_filterable=False,
        index_searchable=False,
    )


def _terms(name: str) -> Property:
    """Terms as they are given, for BM25."""
    return Property(
        name=name,
        data_type=DataType.TEXT,
        tokenization=Tokenization.WHITESPACE,
        index_filterable=False,
        index_searchable=True,
    )


def _plain(name: str, kind: DataType) -> Property:
    return Property(name=name, data_type=kind, index_filterable=True)


PASSAGES = (
    _matched("passage"),
    _matched("document"),
    _matched("source"),
    _matched("revision"),
    _matched("readers", DataType.TEXT_ARRAY),
    *(_terms(field) for field in Field),
    _kept("content"),
)
DOCUMENTS = (_matched("revision"), _kept("content"))
MANIFEST = (
    _matched("kind"),
    _matched("source"),
    _matched("shelf"),
    *(_plain(name, DataType.BOOL) for name in ("watched", "failed", "indexed")),
    *(_plain(name, DataType.INT) for name in ("passages", "size")),
    *(_plain(lengths_name(field), DataType.INT) for field in Field),
    _kept("entry"),
)


async def prepare(link: Link) -> None:
    """Make the collections that are missing, and bring the others up to date.

    Raises:
        StoreError: The server is too old, cannot be reached, or a collection is somebody else's.
        IndexMismatchError: A collection has a format that this version does not know.
    """
    await _check_version(link)
    for collection, properties in _collections(link):
        await _prepare(link, collection, properties)


async def make_anew(link: Link) -> None:
    """Drop the passages and documents, all of them and with their vector index, and start anew."""
    for collection, properties in _collections(link)[:2]:
        name = collection.name
        await link.ask(lambda name=name: link.client.collections.delete(name))  # type: ignore[misc]  # a lambda with a default
        await _make(link, collection, properties)


async def _check_version(link: Link) -> None:
    version = str((await link.ask(link.client.get_meta))["version"])
    numbers = [int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:2]]
    if tuple(numbers) < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        raise StoreError(
            f"Weaviate at {link.server} is version {version}, but Footnote needs {oldest} or "
            "newer: upgrade it."
        )


def _collections(link: Link) -> tuple[tuple[Collection, Sequence[Property]], ...]:
    return (
        (link.passages, PASSAGES),
        (link.documents, DOCUMENTS),
        (link.manifest, MANIFEST),
    )


async def _prepare(link: Link, collection: Collection, properties: Sequence[Property]) -> None:
    if not await link.ask(collection.exists):
        await _make(link, collection, properties)
    config = await link.ask(lambda: collection.config.get(simple=True))
    description = config.description or ""
    if not description.startswith(_MARK):
        raise StoreError(
            f"Weaviate at {link.server} has a collection {collection.name} that Footnote did not "
            "make: set another prefix under [weaviate]."
        )
    if description != f"{_MARK}{FORMAT}":
        raise IndexMismatchError(
            f"The index in Weaviate at {link.server} has "
            f"{description.removeprefix(_MARK.removesuffix('format '))}, but this version of "
            f"Footnote reads format {FORMAT}: set another prefix under [weaviate] and sync again."
        )
    there = {there.name for there in config.properties}
    for wanted in properties:
        if wanted.name not in there:
            await link.ask(lambda wanted=wanted: collection.config.add_property(wanted))  # type: ignore[misc]  # a lambda with a default


async def _make(link: Link, collection: Collection, properties: Sequence[Property]) -> None:
    async def make() -> None:
        try:
            await link.client.collections.create(
                collection.name,
                description=f"{_MARK}{FORMAT}",
                properties=properties,
                vector_config=_vectors(link, collection),
                inverted_index_config=Configure.inverted_index(
                    stopwords_preset=StopwordsPreset.NONE, index_timestamps=False
                ),
                replication_config=Configure.replication(factor=link.options.replicas),
            )
        except UnexpectedStatusCodeError as error:
            # Another process was quicker.
            if error.status_code != _UNPROCESSABLE or "already exists" not in str(error):
                raise

    await link.ask(make)


def _vectors(link: Link, collection: Collection) -> Any:
    if collection.name != link.passages.name:
        return Configure.Vectors.self_provided(vector_index_config=Configure.VectorIndex.none())
    kind = (
        Configure.VectorIndex.flat
        if link.options.index == VectorIndex.FLAT
        else Configure.VectorIndex.hnsw
    )
    index = kind(distance_metric=VectorDistances.COSINE)
    return Configure.Vectors.self_provided(
        vector_index_config=index, quantizer=Configure.VectorIndex.Quantizer.none()
    )
