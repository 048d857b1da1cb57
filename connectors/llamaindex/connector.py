"""The llamaindex connector: whatever a reader of LlamaIndex loads is a source."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from footnote.connectors.base import Document, DocumentError, DocumentRef, SourceError, Syntax
from footnote.connectors.llamaindex.reader import Reader
from footnote.connectors.llamaindex.settings import LlamaIndexReaderSettings
from footnote.connectors.llamaindex.spool import Spool
from footnote.connectors.llamaindex.translating import NamelessError, Piece, piece_of

_TRANSLATION_VERSION = 1
"""To be raised when documents are translated otherwise, so that a sync reads them again."""


class LlamaIndexConnector:
    """Whatever a reader of LlamaIndex loads; an id is `source:name`, by what tells them apart.

    A reader cannot list without loading, so a listing loads everything, to disk, and what has the
    same content as before costs nothing more.

    Args:
        source: The name of the configured source.
        reader: Loads the documents.
        spool: Where they are until they are fetched.
        identified_by: The key of the metadata that names a document; "": the first usual one.
        syntax: How the texts are structured.
    """

    settings_model = LlamaIndexReaderSettings

    def __init__(
        self, source: str, reader: Reader, spool: Spool, identified_by: str, syntax: Syntax
    ) -> None:
        self._source = source
        self._reader = reader
        self._spool = spool
        self._identified_by = identified_by
        self._syntax = syntax
        settings = f"{_TRANSLATION_VERSION}\x00{syntax}".encode()
        self._settings_mark = hashlib.blake2b(settings, digest_size=4).hexdigest()

    @classmethod
    def from_settings(
        cls, name: str, settings: Mapping[str, Any], root: Path
    ) -> LlamaIndexConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `LlamaIndexReaderSettings` gives them back.
            root: The folder of the settings file.
        """
        keys = LlamaIndexReaderSettings.model_validate(settings)
        return cls(
            name,
            Reader(name, keys.reader, keys.arguments, keys.load),
            Spool(root / ".footnote" / "sources" / name),
            keys.identified_by,
            Syntax(keys.syntax),
        )

    def remember_in(self, folder: Path) -> None:
        """Keep what was loaded in this folder."""
        self._spool.folder = folder

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Loads everything, then every document in the order in which it was loaded.

        Raises:
            SourceError: The reader failed, or a document has no name that lasts.
        """
        try:
            versions = await asyncio.to_thread(lambda: self._spool.fill(self._pieces()))
        except OSError as error:
            raise SourceError(
                f"Source {self._source} cannot be listed, as {self._spool.folder} cannot be "
                f"written ({error.strerror}): give it room."
            ) from error
        for name, version in versions.items():
            yield DocumentRef(f"{self._source}:{name}", f"{version}-{self._settings_mark}")

    async def fetch(self, document_id: str) -> Document:
        """One document, as it was loaded last.

        Raises:
            DocumentError: There is no such document, or it has no text.
        """
        name = document_id.removeprefix(f"{self._source}:")
        loaded = None
        if name != document_id:
            loaded = await asyncio.to_thread(self._spool.get, name)
        if loaded is None:
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        text, marks = loaded.together
        if not text.strip():
            raise DocumentError(document_id, "it has no text")
        first = loaded.pieces[0]
        return Document(
            id=document_id,
            source=self._source,
            version=f"{loaded.version}-{self._settings_mark}",
            text=text,
            title=first.title,
            syntax=self._syntax,
            url=first.url,
            author=first.author,
            modified_at=first.modified_at,
            marks=marks,
        )

    def _pieces(self) -> Iterator[Piece]:
        for document in self._reader.documents():
            try:
                yield piece_of(document, self._identified_by)
            except NamelessError as error:
                there = ", ".join(error.keys) or "none, so this reader cannot be used"
                raise SourceError(
                    f"Source {self._source} cannot be listed, as its reader names no document in a "
                    f"way that lasts: set identified_by to a key of its metadata ({there})."
                ) from error
