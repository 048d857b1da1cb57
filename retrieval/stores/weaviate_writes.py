"""What the Weaviate store writes; `weaviate_entries.py` says why in this order.

Writes of one document must not run side by side: a lock of its source keeps other processes away
(see `retrieval/locks.py`), and a lock of its own keeps the tasks of this one in order.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from dataclasses import replace

from weaviate.classes.query import Filter
from weaviate.exceptions import ObjectAlreadyExistsError, UnexpectedStatusCodeError

from footnote.retrieval.errors import IndexMismatchError, StoreError
from footnote.retrieval.stores.base import Field, IndexedDocument
from footnote.retrieval.stores.fitting import check_passages, unit_rows
from footnote.retrieval.stores.weaviate_entries import (
    AUDIENCE,
    EMBEDDER_ID,
    Entry,
    audience_object,
    embedder_properties,
    entry_id,
    mark_object,
    sync_object,
)
from footnote.retrieval.stores.weaviate_link import Link, chunks
from footnote.retrieval.stores.weaviate_objects import document_object, passage_objects
from footnote.retrieval.stores.weaviate_reads import entries, entry, watch
from footnote.retrieval.stores.weaviate_schema import make_anew
from footnote.retrieval.stores.weaviate_text import length

AT_ONCE = 200
"""So many values go into one filter."""

_UNPROCESSABLE = 422


async def put(link: Link, indexed: IndexedDocument) -> None:
    """Insert or replace one document with all that belongs to it."""
    check_passages(indexed)
    document = indexed.document
    looked, old = await asyncio.gather(watch(link), entry(link, document.id))
    if not looked.model_id:
        raise StoreError(
            "The index belongs to no embedder yet: claim it before the first document."
        )
    vectors = unit_rows(indexed, looked.dimension)
    revision = secrets.token_hex(8)
    passages = passage_objects(indexed, vectors, revision)
    text = document_object(document, revision)
    old = old or Entry(document.id, document.source, gone=True)
    begun = replace(old, residue=(*old.residue, revision))
    await _write(link, [begun])
    await asyncio.gather(
        link.insert(link.passages, passages), link.insert(link.documents, [text]), _mark(link)
    )
    written = {
        str(field): sum(length(str((p.properties or {}).get(field, ""))) for p in passages)
        for field in Field
    }
    content = [str((item.properties or {})["content"]) for item in (text, *passages)]
    committed = replace(
        begun,
        source=document.source,
        version=document.version,
        content_hash=document.content_hash,
        recipe=indexed.recipe,
        failure="",
        indexed_at=time.time(),
        revision=revision,
        indexed_version=document.version,
        passages=len(passages),
        size=sum(map(len, content)) + vectors.nbytes,
        lengths=written,
        gone=False,
    ).after(begun)
    await _write(link, [committed])
    await tidy(link, [committed])


async def put_failure(  # noqa: PLR0913, PLR0917  the seam's arguments and the link
    link: Link, source: str, document_id: str, version: str, recipe: str, reason: str
) -> None:
    """Remember that a version cannot be read; what was indexed stays."""
    old = await entry(link, document_id) or Entry(document_id, source)
    # What another recipe indexed must not pass for this one's: without its hash it is put anew.
    await _write(
        link,
        [
            replace(
                old,
                source=source,
                version=version,
                content_hash=old.content_hash if old.recipe == recipe else "",
                recipe=recipe,
                failure=reason,
                indexed_at=time.time(),
                gone=False,
            )
        ],
    )


async def touch(link: Link, source: str, versions: Mapping[str, str]) -> None:
    """Set new versions of documents whose content is the same."""
    known = [old for old in await entries(link, list(versions)) if old.source == source]
    await _write(link, [_touched(old, versions[old.document_id]) for old in known])


def _touched(old: Entry, version: str) -> Entry:
    touched = replace(old, indexed_version=version)
    return replace(touched, version=version, failure="") if old.content_hash else touched


async def delete(link: Link, source: str, document_ids: AnyOf[str]) -> None:
    """Remove documents of a source and their manifest entries."""
    known = [old for old in await entries(link, list(document_ids)) if old.source == source]
    gone = [replace(old, revision="", gone=True).after(old) for old in known]
    await _write(link, gone)
    await tidy(link, gone)


async def tidy(link: Link, unfinished: Sequence[Entry]) -> None:
    """Delete the residue of these entries, then the entries of what is gone."""
    residue = [revision for one in unfinished for revision in one.residue]
    for revisions in chunks(residue, AT_ONCE):
        which = Filter.by_property("revision").contains_any(list(revisions))
        await asyncio.gather(link.delete(link.passages, which), link.delete(link.documents, which))
    if residue:
        await _mark(link)
    await _write(link, [replace(one, residue=()) for one in unfinished if one.residue])
    gone = [entry_id(one.document_id) for one in unfinished if one.gone]
    for ids in chunks(gone, AT_ONCE):
        await link.delete(link.manifest, Filter.by_id().contains_any(list(ids)))


async def set_audiences(link: Link, audiences: Mapping[str, frozenset[str]]) -> None:
    """Set who may see each source, and take the audience of the sources not named."""
    present = (await watch(link)).audiences
    wanted = {source: audiences.get(source, frozenset()) for source in {*present, *audiences}}
    await link.insert(
        link.manifest,
        [
            audience_object(source, audience)
            for source, audience in wanted.items()
            if audience != present.get(source, frozenset())
        ],
    )


async def synced(link: Link, source: str) -> None:
    """Record that the source was just synced completely, and tidy up after what broke off."""
    unfinished = (await watch(link)).unfinished
    await tidy(link, [one for one in unfinished if one.source == source])
    await link.insert(link.manifest, [sync_object(source, time.time())])


async def claim(link: Link, model_id: str, dimension: int) -> None:
    """Bind an empty index to an embedder."""
    looked = await watch(link)
    if not looked.model_id:
        await _bind(link, model_id, dimension)
        looked = await watch(link)
    if (looked.model_id, looked.dimension) != (model_id, dimension):
        raise IndexMismatchError(
            f"The index was made with the embedder {looked.model_id} (dimension "
            f"{looked.dimension}), not with {model_id} (dimension {dimension}): set that embedder "
            "again, or delete the index and sync anew."
        )


async def _bind(link: Link, model_id: str, dimension: int) -> None:
    """Write the embedder, where no other process has written one meanwhile."""

    async def insert() -> None:
        try:
            await link.manifest.data.insert(
                embedder_properties(model_id, dimension), uuid=EMBEDDER_ID
            )
        except ObjectAlreadyExistsError:
            pass
        except UnexpectedStatusCodeError as error:
            if error.status_code != _UNPROCESSABLE or "already exists" not in str(error):
                raise

    await link.ask(insert)


async def clear(link: Link) -> None:
    """Remove everything but the audiences, which belong to the settings."""
    await link.delete(link.manifest, Filter.by_property("kind").not_equal(AUDIENCE))
    await make_anew(link)


async def _mark(link: Link) -> None:
    """Say that the index is about to be, or has become, another one."""
    await link.shared("mark", lambda: link.insert(link.manifest, [mark_object()]))


async def _write(link: Link, changed: Sequence[Entry]) -> None:
    await link.insert(link.manifest, [one.as_object() for one in changed])
