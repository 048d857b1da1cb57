"""The manifest in Weaviate: what is known of each document, of each source, and of the embedder.

Weaviate writes one object at a time as a whole, and nothing more. So what a document consists of
carries a revision, and the document's entry names the one that counts: writing the entry is what
commits a put. Before anything of a new revision is written, the entry names it as residue; what
is replaced becomes residue with the commit; and residue is hidden from every search until it has
been deleted. A crash at any moment therefore leaves the old document or the new one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid5
from zlib import crc32

from footnote.retrieval.stores.base import Field, ManifestEntry
from footnote.retrieval.stores.weaviate_counting import UNKNOWN
from footnote.retrieval.stores.weaviate_link import Object, Properties
from footnote.retrieval.stores.weaviate_text import quoted

NAMESPACE = UUID("5b1c6f0e-5b0e-4a59-9c35-3f0f6a3e7a11")
EMBEDDER_ID = uuid5(NAMESPACE, "embedder")

DOCUMENT, AUDIENCE, SYNC, EMBEDDER = "document", "audience", "sync", "embedder"
MARK = "mark"
"""The kinds of objects in the manifest's collection."""

SHELVES = 64
"""A source's entries are read in so many parts where they are more than one query gives."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one document.

    Attributes:
        document_id: Which one.
        source: The name of its source.
        version: The version last seen in a listing.
        content_hash: As in `ManifestEntry`.
        recipe: As in `ManifestEntry`.
        failure: As in `ManifestEntry`.
        indexed_at: When this entry was written, in seconds of the epoch.
        revision: Names what is indexed of it; "" where nothing is.
        indexed_version: The version that the indexed document has.
        passages: How many passages are indexed.
        size: About how many bytes they and the document take.
        lengths: Number of terms of all passages together, by field.
        residue: Revisions that do not count and may still be there.
        gone: Whether the document was deleted, and only residue is left.
    """

    document_id: str
    source: str
    version: str = ""
    content_hash: str = ""
    recipe: str = ""
    failure: str = ""
    indexed_at: float = 0.0
    revision: str = ""
    indexed_version: str = ""
    passages: int = 0
    size: int = 0
    lengths: Mapping[str, int] = field(default_factory=dict)
    residue: tuple[str, ...] = ()
    gone: bool = False

    @property
    def seen(self) -> ManifestEntry:
        """The entry as the seam has it."""
        return ManifestEntry(
            document_id=self.document_id,
            version=self.version,
            content_hash=self.content_hash,
            recipe=self.recipe,
            passages=self.passages,
            failure=self.failure,
            indexed_at=datetime.fromtimestamp(self.indexed_at, UTC),
        )

    @property
    def is_listed(self) -> bool:
        """Whether the manifest has it: not while its first put is under way, nor once deleted."""
        return not self.gone and bool(self.recipe)

    def after(self, old: Entry) -> Entry:
        """This entry with what counted before as residue, and with the residue that was there."""
        residue = dict.fromkeys((*old.residue, old.revision))
        return replace(self, residue=tuple(r for r in residue if r not in {"", self.revision}))

    def as_object(self) -> Object:
        """What is stored; numbers and flags stand beside the text, for counting and filtering."""
        lengths = {lengths_name(f): self.lengths.get(f, 0) for f in Field}
        return Object(
            uuid=entry_id(self.document_id),
            properties={
                "kind": DOCUMENT,
                "source": quoted(self.source),
                "shelf": str(crc32(self.document_id.encode()) % SHELVES),
                "watched": bool(self.residue),
                "failed": bool(self.failure),
                "indexed": bool(self.revision),
                "passages": self.passages if self.revision else 0,
                "size": self.size if self.revision else 0,
                **(lengths if self.revision else dict.fromkeys(lengths, 0)),
                "entry": json.dumps(asdict(self)),
            },
        )

    @classmethod
    def of(cls, properties: Properties) -> Entry:
        """The entry that was stored."""
        values = json.loads(properties["entry"])
        return cls(**{**values, "residue": tuple(values["residue"])})


@dataclass(frozen=True, slots=True)
class Watched:
    """What every search looks at first.

    Attributes:
        audiences: Who may see each source.
        synced: When each source was last synced completely, in seconds of the epoch.
        model_id: The embedder that the index is bound to, or "".
        dimension: Its dimension, or 0.
        unfinished: The entries with residue.
        state: What is written in the mark (see `weaviate_editions.py`) and in these entries; empty
            where there is no mark.
        edition: The number of the state, or `UNKNOWN`.
    """

    audiences: Mapping[str, frozenset[str]]
    synced: Mapping[str, float]
    model_id: str
    dimension: int
    unfinished: tuple[Entry, ...]
    state: frozenset[str] = frozenset()
    edition: int = UNKNOWN

    @property
    def residue(self) -> list[str]:
        """Every revision that must not be found."""
        return [revision for entry in self.unfinished for revision in entry.residue]


def lengths_name(field_: Field) -> str:
    """The property that holds the number of terms of a field."""
    return f"{field_}_length"


def entry_id(document_id: str) -> UUID:
    """The id of a document's entry."""
    return uuid5(NAMESPACE, f"{DOCUMENT} {document_id}")


def audience_object(source: str, audience: frozenset[str]) -> Object:
    """Who may see a source."""
    return _source_object(AUDIENCE, source, {"source": source, "audience": sorted(audience)})


def sync_object(source: str, at: float) -> Object:
    """When a source was last synced completely."""
    return _source_object(SYNC, source, {"source": source, "at": at})


def mark_object() -> Object:
    """A mark that is like no other."""
    return Object(
        uuid=uuid5(NAMESPACE, MARK),
        properties={"kind": MARK, "watched": True, "entry": json.dumps(secrets.token_hex(8))},
    )


def embedder_properties(model_id: str, dimension: int) -> dict[str, object]:
    """The embedder that the index belongs to."""
    entry = {"model_id": model_id, "dimension": dimension}
    return {"kind": EMBEDDER, "watched": True, "entry": json.dumps(entry)}


def watched(objects: list[Properties]) -> Watched:
    """Sort out what is watched."""
    audiences: dict[str, frozenset[str]] = {}
    synced: dict[str, float] = {}
    bound: dict[str, object] = {}
    unfinished: list[Entry] = []
    state: list[str] = []
    marked = False
    for properties in objects:
        kind, values = properties["kind"], json.loads(properties["entry"])
        if kind == AUDIENCE:
            audiences[values["source"]] = frozenset(values["audience"])
        elif kind == SYNC:
            synced[values["source"]] = values["at"]
        elif kind == EMBEDDER:
            bound = values
        else:
            state.append(properties["entry"])
            if kind == MARK:
                marked = True
            else:
                unfinished.append(Entry.of(properties))
    return Watched(
        audiences=audiences,
        synced=synced,
        model_id=str(bound.get("model_id", "")),
        dimension=int(str(bound.get("dimension", 0))),
        unfinished=tuple(unfinished),
        state=frozenset(state if marked else ()),
    )


def _source_object(kind: str, source: str, values: Mapping[str, object]) -> Object:
    return Object(
        uuid=uuid5(NAMESPACE, f"{kind} {source}"),
        properties={
            "kind": kind,
            "source": quoted(source),
            "watched": True,
            "entry": json.dumps(values),
        },
    )
