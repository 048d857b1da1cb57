"""Watching a folder: which of its documents may have changed, soon after they have."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.connectors.base import EVERYTHING, Changed, SourceError
from footnote.connectors.folder import Folder

if TYPE_CHECKING:
    from watchfiles.main import FileChange

DEBOUNCE_MS = 400
"""Changes that come one soon after the other are told together, after so long at the latest."""
STEP_MS = 50
LOOK_MS = 1000
"""How often it is looked whether the folder is still the one that is watched."""

MOUNTS = Path("/proc/self/mountinfo")
SHARES = frozenset(
    {"9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "nfs", "nfs4", "smb3", "vboxsf"}
)
"""File systems that do not tell what other machines change."""

_MOUNT_POINT, _SEPARATOR = 4, "-"

Place = tuple[int, int]
"""Device and inode."""


class FolderWatch:
    """Watches one folder, which may go away and come back.

    Args:
        source: The name of the source.
        folder: The folder.
        document_id: A document's id by its path in the folder.
    """

    def __init__(self, source: str, folder: Folder, document_id: Callable[[str], str]) -> None:
        self._source = source
        self._folder = folder
        self._document_id = document_id

    async def changes(self) -> AsyncGenerator[Changed, None]:
        """What may have changed, for ever; everything, whenever something may have been missed.

        Raises:
            SourceError: The system cannot watch the folder.
        """
        if share := await asyncio.to_thread(network_share, self._folder.root):
            raise self._unwatched(f"it is on a network share ({share})")
        missing = False
        while True:
            place = await asyncio.to_thread(self._place)
            if place is None:
                if not missing:
                    yield EVERYTHING
                missing = True
                await asyncio.sleep(LOOK_MS / 1000)
                continue
            missing = False
            async with aclosing(self._while_at(place)) as changes:
                async for changed in changes:
                    yield changed

    async def _while_at(self, place: Place) -> AsyncGenerator[Changed, None]:
        """What changes for as long as the folder is the one at this place."""
        from watchfiles import awatch  # noqa: PLC0415  only who watches needs it

        real_root = await asyncio.to_thread(os.path.realpath, self._folder.root)
        watching = awatch(
            real_root,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        since_when = EVERYTHING
        try:
            async with aclosing(watching) as batches:
                async for batch in batches:
                    if await asyncio.to_thread(self._place) != place:
                        return
                    # It is watched from its first batch on, which may be an empty one.
                    changed = since_when | await asyncio.to_thread(self._changed, real_root, batch)
                    since_when = Changed()
                    if changed:
                        yield changed
        except FileNotFoundError:
            return
        except (OSError, RuntimeError) as error:
            raise self._unwatched(f"the system refuses ({error})") from error

    def _place(self) -> Place | None:
        """Where the folder is on disk, or None where it is not there."""
        try:
            facts = os.stat(self._folder.root)  # noqa: PTH116  a plain string
        except OSError:
            return None
        return (facts.st_dev, facts.st_ino) if stat.S_ISDIR(facts.st_mode) else None

    def _changed(self, real_root: str, batch: Collection[FileChange]) -> Changed:
        """What the system tells of paths, in terms of documents."""
        if batch and self._folder.has_links is not False:
            return EVERYTHING  # what a link leads to decides what else is listed
        came = {path for change, path in batch if change.name == "added"}
        documents: set[str] = set()
        for path in {path for _, path in batch}:
            changed = self._changed_at(real_root, path, came=path in came)
            if changed.everything:
                return EVERYTHING
            documents |= changed.documents
        return Changed(frozenset(documents))

    def _changed_at(self, real_root: str, path: str, *, came: bool) -> Changed:
        below = os.path.relpath(path, real_root).replace(os.sep, "/")
        if below == "." or below.startswith("../") or "\ufffd" in below:
            return EVERYTHING
        if not self._folder.may_hold(below):
            return Changed()
        try:
            mode = os.lstat(path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            mode = None
        except OSError:
            return EVERYTHING
        if mode is not None and not stat.S_ISREG(mode):
            return EVERYTHING  # a folder comes with all that is in it, by one event
        if self._folder.holds(below):
            return Changed(frozenset({self._document_id(below)}))
        # What went and did not just come may have been a folder of documents.
        return EVERYTHING if mode is None and not came else Changed()

    def _unwatched(self, why: str) -> SourceError:
        return SourceError(
            f"The source {self._source} is not watched, since {why}: what changes there is found "
            "by its schedule alone, or by `footnote sync`; with watch = false below "
            f"[sources.{self._source}] this is not said."
        )


def network_share(path: str, mounts: Path = MOUNTS) -> str:
    """The file system of a path where that is shared over a network, or ""; Linux alone tells.

    Args:
        path: The path.
        mounts: What is mounted (proc(5), "mountinfo").
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(path)
    found: tuple[int, str] = (-1, "")
    for line in lines:
        fields = line.split()
        point = fields[_MOUNT_POINT].replace("\\040", " ")
        if real == point or real.startswith(point.rstrip("/") + "/"):
            kind = fields[fields.index(_SEPARATOR) + 1]
            found = max(found, (len(point), kind), key=lambda each: each[0])
    return found[1] if found[1] in SHARES else ""
