"""What the Weaviate store reads; searching is in `weaviate_searching.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from weaviate.classes.aggregate import GroupByAggregate, Metrics
from weaviate.classes.query import Filter
from weaviate.collections.classes.filters import _Filters as Filters

from footnote.connectors.base import Document
from footnote.retrieval.moving import WholeDocument
from footnote.retrieval.passages import Passage
from footnote.retrieval.readers import ADMIN, Readers
from footnote.retrieval.stores.base import ManifestEntry, SourceStats, StoreStats
from footnote.retrieval.stores.weaviate_entries import (
    DOCUMENT,
    SHELVES,
    Entry,
    Watched,
    entry_id,
    watched,
)
from footnote.retrieval.stores.weaviate_link import Collection, Link, Properties, chunks
from footnote.retrieval.stores.weaviate_objects import document_object_id, document_of, passage_of
from footnote.retrieval.stores.weaviate_readers import visible
from footnote.retrieval.stores.weaviate_text import quoted, unquoted

MOST = 10_000
"""One query gives no more (Weaviate's QUERY_MAXIMUM_RESULTS)."""

AT_ONCE = 500
"""So many ids go into one filter."""

ENTRY = ("kind", "entry")
NOBODY: frozenset[str] = frozenset()


async def watch(link: Link) -> Watched:
    """Who may see what, the embedder, and which documents are unfinished."""

    async def look() -> Watched:
        which = Filter.by_property("watched").equal(val=True)
        looked = watched(await _fetch(link, link.manifest, which, ENTRY))
        return replace(looked, edition=link.editions.seen(looked.state))

    return await link.shared("watched", look)


async def entry(link: Link, document_id: str) -> Entry | None:
    """What is known of a document."""
    properties = await link.get(link.manifest, entry_id(document_id), ENTRY)
    return Entry.of(properties) if properties else None


async def entries(link: Link, document_ids: Sequence[str]) -> list[Entry]:
    """What is known of these documents; unknown ones are left out."""
    found: list[Entry] = []
    for ids in chunks([entry_id(document_id) for document_id in document_ids], AT_ONCE):
        which = Filter.by_id().contains_any(list(ids))
        found += map(Entry.of, await _fetch(link, link.manifest, which, ENTRY))
    return found


async def passages(link: Link, passage_ids: Sequence[str], readers: Readers) -> list[Passage]:
    """The visible ones of these passages, in the order asked."""
    if not passage_ids:
        return []
    shown = filtered(await watch(link), readers)
    if shown is None:
        return []
    found: dict[str, Passage] = {}
    wanted = [quoted(passage_id) for passage_id in dict.fromkeys(passage_ids)]
    for ids in chunks(wanted, AT_ONCE):
        which = Filter.all_of([Filter.by_property("passage").contains_any(list(ids)), *shown])
        for properties in await _fetch(link, link.passages, which, ("content",)):
            passage = passage_of(properties)
            found[passage.id] = passage
    return [found[passage_id] for passage_id in passage_ids if passage_id in found]


def filtered(looked: Watched, readers: Readers) -> list[Filters] | None:
    """What a passage has to meet to be found: visible to `readers`, and no residue.

    Returns:
        Filters that must all be met, or None where `readers` may see nothing.
    """
    filters: list[Filters] = []
    if not readers.unrestricted:
        seen = visible(readers, looked.audiences)
        if seen is None:
            return None
        filters.append(seen)
    return filters + living(looked)


def living(looked: Watched) -> list[Filters]:
    """What leaves residue out: no filter where there is none."""
    residue = looked.residue
    return [Filter.by_property("revision").contains_none(residue)] if residue else []


async def document(link: Link, document_id: str, readers: Readers) -> Document | None:
    """One document with its text, or None where it is unknown or invisible."""
    looked, known = await asyncio.gather(watch(link), entry(link, document_id))
    while known and known.revision:
        properties = await link.get(
            link.documents, document_object_id(known.revision), ("content",)
        )
        if properties:
            found = document_of(properties, known.indexed_version)
            audience = looked.audiences.get(found.source, NOBODY)
            return found if readers.may_see(audience, found.restrictions) else None
        # It was replaced between the two questions; where it was not, it is lost.
        before, known = known.revision, await entry(link, document_id)
        if known and known.revision == before:
            return None
    return None


async def whole(link: Link, document_id: str) -> WholeDocument | None:
    """The document with its passages and vectors, or None where it is unknown."""
    known = await entry(link, document_id)
    found = await document(link, document_id, ADMIN)
    if known is None or found is None:
        return None
    which = Filter.by_property("revision").equal(known.revision)
    held = await link.ask(
        lambda: link.passages.query.fetch_objects(
            filters=which, limit=MOST, include_vector=True, return_properties=["content"]
        )
    )
    ordered = sorted(
        ((passage_of(item.properties), item.vector["default"]) for item in held.objects),
        key=lambda pair: pair[0].ordinal,
    )
    dimension = (await watch(link)).dimension
    vectors = np.array([vector for _, vector in ordered], dtype=np.float32)
    return WholeDocument(
        found,
        tuple(passage for passage, _ in ordered),
        vectors.reshape(len(ordered), dimension),
    )


async def manifest(link: Link, source: str) -> dict[str, ManifestEntry]:
    """Every manifest entry of a source, by document id."""
    which = Filter.by_property("kind").equal(DOCUMENT) & Filter.by_property("source").equal(
        quoted(source)
    )
    found = await _fetch(link, link.manifest, which, ENTRY)
    if len(found) == MOST:
        found = []
        for shelf in range(SHELVES):
            part = which & Filter.by_property("shelf").equal(str(shelf))
            found += await _fetch(link, link.manifest, part, ENTRY)
    known = map(Entry.of, found)
    return {one.document_id: one.seen for one in known if one.is_listed}


async def stats(link: Link) -> StoreStats:
    """Counts of the whole index and of each source that was ever synced."""
    looked, indexed, failed = await asyncio.gather(
        watch(link), _counted(link, "indexed"), _counted(link, "failed")
    )
    names = sorted(indexed.keys() | failed.keys() | looked.synced.keys())
    sources = tuple(
        SourceStats(
            source=name,
            documents=indexed.get(name, (0, 0, 0))[0],
            passages=indexed.get(name, (0, 0, 0))[1],
            failed=failed.get(name, (0, 0, 0))[0],
            last_sync=_time(looked.synced[name]) if name in looked.synced else None,
        )
        for name in names
    )
    return StoreStats(
        model_id=looked.model_id,
        dimension=looked.dimension,
        documents=sum(source.documents for source in sources),
        passages=sum(source.passages for source in sources),
        bytes=sum(size for _, _, size in indexed.values()),
        sources=sources,
    )


async def _counted(link: Link, flag: str) -> dict[str, tuple[int, int, int]]:
    """Source → how many entries have the flag, with how many passages and bytes."""
    groups = await link.ask(
        lambda: link.manifest.aggregate.over_all(
            filters=Filter.by_property(flag).equal(val=True),
            group_by=GroupByAggregate(prop="source", limit=MOST),
            return_metrics=[
                Metrics("passages").integer(sum_=True),
                Metrics("size").integer(sum_=True),
            ],
        )
    )
    return {
        unquoted(str(group.grouped_by.value)): (
            group.total_count or 0,
            total(group.properties.get("passages")),
            total(group.properties.get("size")),
        )
        for group in groups.groups
    }


def total(metrics: object) -> int:
    """The sum in what an aggregation gave, 0 where it gave none."""
    return int(getattr(metrics, "sum_", None) or 0)


async def _fetch(
    link: Link, collection: Collection, which: Filters, properties: Iterable[str]
) -> list[Properties]:
    found = await link.ask(
        lambda: collection.query.fetch_objects(
            filters=which, limit=MOST, return_properties=list(properties)
        )
    )
    return [item.properties for item in found.objects]


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
