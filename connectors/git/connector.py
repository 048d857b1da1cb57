"""The git connector: the documents of one branch of a repository, linked at their commits."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footnote.connectors.base import Document, DocumentError, DocumentRef, SourceError
from footnote.connectors.folder import Folder, wrong_pattern
from footnote.connectors.formats import read
from footnote.connectors.formats.base import FormatError
from footnote.connectors.git.command import Access, GitError
from footnote.connectors.git.forge import forge_of, page, pages_of
from footnote.connectors.git.history import History
from footnote.connectors.git.mirror import File, Mirror
from footnote.connectors.git.settings import GitSettings
from footnote.connectors.paths import escaped, title_from

_READERS_VERSION = 1
"""To be raised when the readers give other text than before, so that a sync reads files again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files of a repository are documents, and where people see them.

    Attributes:
        folder: Only what is below it; "": all.
        names: Decides by a path below that folder.
        forge: What serves the pages, as `forge_of` names it.
        pages: The repository's page; "": none.
        max_bytes: A larger file is refused.
    """

    folder: str
    names: Folder
    forge: str
    pages: str
    max_bytes: int

    def path(self, path: str) -> str | None:
        """A document's path below the folder; None for what is no document."""
        if self.folder:
            if not path.startswith(f"{self.folder}/"):
                return None
            path = path[len(self.folder) + 1 :]
        return path if self.names.holds(path) else None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The documents of one commit, by their paths below the folder that is wanted."""

    commit: str
    files: Mapping[str, File]


class GitConnector:
    """Documents of a repository; an id is `source:path`, below the folder that is wanted.

    Args:
        source: The name of the configured source.
        mirror: The copy of the repository.
        wanted: Which of its files are documents.
    """

    settings_model = GitSettings

    def __init__(self, source: str, mirror: Mirror, wanted: Wanted) -> None:
        self._source = source
        self._mirror = mirror
        self._wanted = wanted
        self._snapshot: _Snapshot | None = None
        self._history = History(mirror)
        self._turn = asyncio.Lock()
        # The link is part of a document, so other pages make every document another one.
        settings = f"{_READERS_VERSION}\x00{wanted.forge}\x00{wanted.pages}".encode()
        self._settings_mark = hashlib.blake2b(settings, digest_size=4).hexdigest()

    @classmethod
    def from_settings(cls, name: str, settings: Mapping[str, Any], root: Path) -> GitConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `GitSettings` gives them back.
            root: The folder that a relative path is relative to.

        Raises:
            SourceError: A pattern is not valid.
        """
        keys = GitSettings.model_validate(settings)
        url = keys.url if pages_of(keys.url) or "://" in keys.url else _folder(root, keys.url)
        try:
            names = Folder("", keys.include, keys.ignore)
        except ValueError as error:
            raise wrong_pattern(name, error) from error
        return cls(
            name,
            Mirror(
                root / ".footnote" / "sources" / name,
                Access(url, keys.user, os.environ.get(keys.token_env, ""), keys.timeout_s),
                keys.branch,
                history=keys.history,
            ),
            Wanted(
                folder=keys.folder,
                names=names,
                forge=forge_of(keys.pages or url) if keys.forge == "auto" else keys.forge,
                pages=keys.pages or pages_of(url),
                max_bytes=round(keys.max_megabytes * 1_000_000),
            ),
        )

    def remember_in(self, folder: Path) -> None:
        """Keep the copy of the repository in this folder."""
        self._mirror.folder = folder

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Fetches what is new, then every document of the branch in order of the paths.

        Raises:
            SourceError: The repository cannot be reached, or has no such branch.
        """
        async with self._turn:
            snapshot = self._snapshot = await self._look(await self._mirror.update())
        for path, file in snapshot.files.items():
            yield DocumentRef(f"{self._source}:{path}", self._version(file))

    async def fetch(self, document_id: str) -> Document:
        """Reads one file, as it was when the source was listed last.

        Raises:
            DocumentError: There is no such document, or no text can be had from it.
        """
        try:
            snapshot = await self._listed()
        except SourceError as error:
            raise DocumentError(document_id, f"its repository is away ({error})") from error
        path = document_id.removeprefix(f"{self._source}:")
        file = snapshot.files.get(path) if path != document_id else None
        if file is None:
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        if file.size > self._wanted.max_bytes:
            raise DocumentError(
                document_id,
                f"it is too large ({file.size:,} bytes; at most {self._wanted.max_bytes:,} are "
                "read)",
            )
        try:
            raw = await self._mirror.content(file.blob)
        except GitError as error:
            raise DocumentError(
                document_id, f"the copy of its repository is damaged ({error})"
            ) from error
        return await asyncio.to_thread(self._document, document_id, file, raw)

    async def _listed(self) -> _Snapshot:
        """What was listed last, by this process or by one before it, with its history."""
        async with self._turn:
            if self._snapshot is None:
                commit = await self._mirror.kept() or await self._mirror.update()
                self._snapshot = await self._look(commit)
            try:
                await self._history.bring_to(self._snapshot.commit)
            except GitError as error:
                raise SourceError(f"its history cannot be read: {error}") from error
            return self._snapshot

    async def _look(self, commit: str) -> _Snapshot:
        try:
            files = await self._mirror.files(commit, self._wanted.folder)
        except GitError as error:
            raise SourceError(
                f"Source {self._source} cannot be listed, as the copy of its repository is "
                f"damaged: the next sync makes it anew ({error})."
            ) from error
        found = ((self._wanted.path(file.path), file) for file in files)
        return _Snapshot(commit, {escaped(path): file for path, file in found if path is not None})

    def _document(self, document_id: str, file: File, raw: bytes) -> Document:
        path = document_id.removeprefix(f"{self._source}:")
        wanted, change = self._wanted, self._history.of(file.path)
        try:
            parsed = read(raw, path)
        except FormatError as error:
            raise DocumentError(document_id, error.reason) from error
        return Document(
            id=document_id,
            source=self._source,
            version=self._version(file),
            text=parsed.text,
            title=parsed.title or title_from(path),
            syntax=parsed.syntax,
            url=page(wanted.forge, wanted.pages, change.commit, file.path) if change else None,
            author=parsed.author or (change.author if change else None),
            modified_at=change.at if change else None,
            marks=parsed.marks,
        )

    def _version(self, file: File) -> str:
        return f"{file.blob[:20]}-{self._settings_mark}"


def _folder(root: Path, path: str) -> str:
    return str((root / Path(path).expanduser()).resolve())
