"""The files connector: the documents in a folder and the folders below it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.connectors.base import Changed, Document, DocumentError, DocumentRef, SourceError
from footnote.connectors.files_settings import FilesSettings
from footnote.connectors.folder import Folder, wrong_pattern
from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError
from footnote.connectors.links import document_url
from footnote.connectors.paths import escaped, title_from, unescaped
from footnote.connectors.watching import FolderWatch

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence

_READERS_VERSION = 1
"""To be raised when the readers give other text than before, so that a sync reads files again."""


class _NoFileError(Exception):
    """There is something else than a file in a document's place."""


class FilesConnector:
    """Documents in a folder; a document's id is `source:relative/path`.

    Args:
        source: The name of the configured source.
        root: The folder.
        include: Patterns as in .gitignore for the files that count; empty: all of known formats.
        ignore: Patterns as in .gitignore for files and folders that do not count.
        base_url: Where people can open the files, with `{path}` or `{stem}` for the place of the
            path; without either, the path is appended. None: documents have no link.
        max_bytes: A larger file is refused.
        watched: Whether changes are told of as they happen.

    Raises:
        SourceError: A pattern is not valid.
    """

    settings_model = FilesSettings

    def __init__(  # noqa: PLR0913 - each is one key of a source's settings
        self,
        source: str,
        root: Path,
        *,
        include: Sequence[str] = (),
        ignore: Sequence[str] = (),
        base_url: str | None = None,
        max_bytes: int = 20_000_000,
        watched: bool = True,
    ) -> None:
        self._source = source
        self._base_url = base_url
        self._max_bytes = max_bytes
        self._watched = watched
        try:
            self._folder = Folder(os.fspath(root), include, ignore)
        except ValueError as error:
            raise wrong_pattern(source, error) from error
        # The link is part of a document, so another base URL makes every document another one.
        settings = f"{_READERS_VERSION}\x00{base_url}".encode()
        self._settings_mark = hashlib.blake2b(settings, digest_size=4).hexdigest()

    @classmethod
    def from_settings(cls, name: str, settings: Mapping[str, Any], root: Path) -> FilesConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `FilesSettings` gives them back.
            root: The folder that a relative path is relative to.

        Raises:
            SourceError: A pattern is not valid.
        """
        keys = FilesSettings.model_validate(settings)
        return cls(
            name,
            root / Path(keys.path).expanduser(),
            include=keys.include,
            ignore=keys.ignore,
            base_url=keys.base_url,
            max_bytes=round(keys.max_megabytes * 1_000_000),
            watched=keys.watch,
        )

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Every document in the folder, in order of the paths.

        Raises:
            SourceError: The folder, or one below it, cannot be read.
        """
        for ref in await asyncio.to_thread(self._refs):
            yield ref

    async def fetch(self, document_id: str) -> Document:
        """Reads one file.

        Raises:
            DocumentError: There is no such document, or no text can be had from it.
        """
        return await asyncio.to_thread(self._read, document_id)

    def watch(self) -> AsyncGenerator[Changed, None] | None:
        """What changes in the folder, as it happens.

        Raises:
            SourceError: The system cannot watch the folder.
        """
        if not self._watched:
            return None
        return FolderWatch(self._source, self._folder, self._document_id).changes()

    async def look(self, document_ids: Collection[str]) -> Mapping[str, str | None] | None:
        """The version of each of these documents, None for one that is gone.

        Returns:
            None where links, or what is not a file, make it a matter of the whole listing.

        Raises:
            SourceError: The folder cannot be read.
        """
        return await asyncio.to_thread(self._versions, document_ids)

    def _document_id(self, path: str) -> str:
        return f"{self._source}:{escaped(path)}"

    def _refs(self) -> Sequence[DocumentRef]:
        try:
            return [
                DocumentRef(self._document_id(path), self._version(facts))
                for path, facts in self._folder.files()
            ]
        except OSError as error:
            raise self._unlisted(error) from error

    def _versions(self, document_ids: Collection[str]) -> Mapping[str, str | None] | None:
        if self._folder.has_links is not False:
            return None
        try:
            there = os.stat(self._folder.root)  # noqa: PTH116 - the path is a plain string
            found = {each: self._version_of(each) for each in document_ids}
            # From a folder that went away meanwhile, such as a mounted one, nothing is deleted.
            still = os.path.samestat(there, os.stat(self._folder.root))  # noqa: PTH116 - likewise
        except _NoFileError:
            return None
        except OSError as error:
            raise self._unlisted(error) from error
        return found if still else None

    def _version_of(self, document_id: str) -> str | None:
        """The version of a document, or None where it is gone."""
        written = document_id.removeprefix(f"{self._source}:")
        if not self._folder.holds(written):
            raise _NoFileError
        for path in dict.fromkeys((written, unescaped(written))):
            try:
                facts = os.lstat(os.path.join(self._folder.root, path))  # noqa: PTH118 - likewise
            except (FileNotFoundError, NotADirectoryError):
                continue
            if not stat.S_ISREG(facts.st_mode):
                raise _NoFileError
            return self._version(facts)
        return None

    def _unlisted(self, error: OSError) -> SourceError:
        return SourceError(
            f"Source {self._source} cannot be listed, as {error.filename or self._folder.root} "
            f"cannot be read ({_reason(error)}): check its path and its permissions."
        )

    def _version(self, facts: os.stat_result) -> str:
        return f"{facts.st_mtime_ns:x}-{facts.st_size:x}-{facts.st_ino:x}-{self._settings_mark}"

    def _read(self, document_id: str) -> Document:
        path, real = self._locate(document_id)
        try:
            raw, facts = self._content(document_id, real)
            parsed = read(raw, escaped(path))
        except FormatError as error:
            raise DocumentError(document_id, error.reason) from error
        except OSError as error:
            raise DocumentError(document_id, f"it cannot be read ({_reason(error)})") from error
        return Document(
            id=document_id,
            source=self._source,
            version=self._version(facts),
            text=parsed.text,
            title=parsed.title or title_from(escaped(path)),
            syntax=parsed.syntax,
            url=document_url(self._base_url, path),
            author=parsed.author,
            modified_at=datetime.fromtimestamp(facts.st_mtime, UTC),
            marks=parsed.marks,
        )

    def _locate(self, document_id: str) -> tuple[str, str]:
        """A document's path in the folder, and its place on disk with all links resolved."""
        prefix = f"{self._source}:"
        if not document_id.startswith(prefix):
            raise DocumentError(document_id, f"it is not a document of source {self._source}")
        written = document_id[len(prefix) :]
        if not self._folder.holds(written):
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        for path in dict.fromkeys((written, unescaped(written))):
            try:
                real = self._folder.real_path(path)
            except (OSError, ValueError):
                continue
            if real is None:
                raise DocumentError(document_id, "it leads outside the source's folder")
            if os.path.lexists(real):
                return path, real
        raise DocumentError(document_id, "it does not exist")

    def _content(self, document_id: str, real: str) -> tuple[bytes, os.stat_result]:
        """The bytes, with the facts from before they were read: a later change is then seen."""
        facts = os.stat(real)  # noqa: PTH116 - the path is a plain string
        if not stat.S_ISREG(facts.st_mode):
            raise DocumentError(document_id, "it is not a file")
        with open(real, "rb") as file:  # noqa: PTH123 - likewise
            raw = file.read(self._max_bytes + 1)
        if len(raw) > self._max_bytes:
            size = max(facts.st_size, len(raw))
            raise DocumentError(
                document_id,
                f"it is too large ({size:,} bytes; at most {self._max_bytes:,} are read)",
            )
        return raw, facts


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
