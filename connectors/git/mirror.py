"""A bare copy of one branch of a repository, kept between syncs so that only news is fetched."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from footnote.connectors.git.command import Access, GitError, git
from footnote.connectors.git.trouble import no_branch, unreached

_KEPT = "refs/footnote/kept"
"""Names the commit that was fetched last, so that a later fetch brings only what is new."""

_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a commit.

    Attributes:
        path: From the repository's root; bytes that are not UTF-8 as surrogates.
        blob: The hash of its content.
        size: Bytes.
    """

    path: str
    blob: str
    size: int


class Mirror:
    """The copy; only one task at a time may call `update`.

    Args:
        folder: Where it is kept. It is a cache: a copy that is damaged is made anew.
        access: How the repository's server is spoken to.
        branch: A branch or a tag; "" for what its HEAD names.
        history: Whether the commits before the last are fetched too.

    Attributes:
        folder: Likewise.
    """

    def __init__(
        self, folder: Path, access: Access, branch: str = "", *, history: bool = True
    ) -> None:
        self.folder = folder
        self._access = access
        self._branch = branch
        self._depth = [] if history else ["--depth=1"]

    async def update(self) -> str:
        """Fetch what is new, and give back the hash of the commit that the branch is at.

        Raises:
            SourceError: The repository cannot be reached, or has no such branch.
        """
        name, at = await self._wanted()
        if await self.kept() != at or not await self._is_whole(at):
            try:
                await self._fetch(name)
            except GitError as error:
                if await self._is_sound():
                    raise unreached(self._access.url, error) from error
                # A process that was killed leaves locks behind, and a disk can lose bytes.
                await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
                await self._fetch_anew(name)
        return await self.kept() or at

    async def kept(self) -> str:
        """The commit that was fetched last; "" if there is none."""
        try:
            written = await git(
                self.folder, "rev-parse", "--verify", "--quiet", f"{_KEPT}^{{commit}}"
            )
        except GitError:
            return ""
        return written.decode().strip()

    async def files(self, commit: str, folder: str = "") -> list[File]:
        """The files of a commit in the order of their paths; no links and no other repositories.

        Args:
            commit: Its hash.
            folder: Only those below it; "": all.

        Raises:
            GitError: The copy has no such commit.
        """
        below = ["--", f"{folder}/"] if folder else []
        listed = await git(
            self.folder, "ls-tree", "-r", "-z", "--long", "--full-tree", commit, *below
        )
        return [file for line in listed.split(b"\0") if (file := _file(line))]

    async def content(self, blob: str) -> bytes:
        """The content of a file.

        Raises:
            GitError: The copy does not hold it.
        """
        return await git(self.folder, "cat-file", "blob", blob)

    async def log(self, since: str, commit: str, most: int) -> bytes:
        """The commits between two with the files that each changed, as `history.py` reads them.

        Args:
            since: The older one, itself not among them; "" for all.
            commit: The newer one.
            most: At most so many.

        Raises:
            GitError: The copy does not have them.
        """
        return await git(
            self.folder,
            "log",
            "-z",
            "--format=%x01%H%x02%aN%x02%at%x02",
            "--name-only",
            "--no-renames",
            "--diff-merges=combined",
            f"--max-count={most}",
            f"{since}..{commit}" if since else commit,
            "--",
        )

    async def _wanted(self) -> tuple[str, str]:
        """The name of the branch or tag at its server, and the commit that it is at."""
        try:
            listed = await git(self.folder, "ls-remote", "--", self._access.url, more=self._more)
        except GitError as error:
            raise unreached(self._access.url, error) from error
        refs = _refs(listed.decode("utf-8", "replace"))
        branch = self._branch
        for name in (f"{_HEADS}{branch}", f"{_TAGS}{branch}") if branch else ("HEAD",):
            if name in refs:
                # What an annotated tag points to is listed after it, under this name.
                return name, refs.get(f"{name}^{{}}", refs[name])
        known = sorted(name.removeprefix(_HEADS) for name in refs if name.startswith(_HEADS))
        raise no_branch(self._access.url, branch, known)

    async def _is_sound(self) -> bool:
        """Whether it was not for the copy that a fetch failed."""
        if await asyncio.to_thread(lambda: any(self.folder.rglob("*.lock"))):
            return False
        try:
            await git(self.folder, "rev-parse", "--git-dir")
            at = (await git(self.folder, "for-each-ref", "--format=%(objectname)", _KEPT)).decode()
        except GitError:
            return False
        return not at or await self._is_whole(at.strip())

    async def _is_whole(self, commit: str) -> bool:
        try:
            await git(self.folder, "cat-file", "-e", f"{commit}^{{tree}}")
        except GitError:
            return False
        return True

    async def _fetch_anew(self, name: str) -> None:
        try:
            await self._fetch(name)
        except GitError as error:
            raise unreached(self._access.url, error) from error

    async def _fetch(self, name: str) -> None:
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        await git(self.folder, "init", "--quiet", "--bare")
        await git(
            self.folder,
            "fetch",
            "--quiet",
            "--no-tags",
            "--force",
            "--no-write-fetch-head",
            *self._depth,
            "--",
            self._access.url,
            f"+{name}:{_KEPT}",
            more=self._more,
        )

    @property
    def _more(self) -> Mapping[str, str]:
        return self._access.environment()


def _refs(listed: str) -> dict[str, str]:
    """Names and hashes, from what `git ls-remote` writes."""
    pairs = (line.split("\t", 1) for line in listed.splitlines() if "\t" in line)
    return {name: commit for commit, name in pairs if _COMMIT.fullmatch(commit)}


def _file(line: bytes) -> File | None:
    """One line of `git ls-tree --long`; None for what is no file."""
    facts, _, path = line.partition(b"\t")
    parts = facts.split()
    if not path or parts[1] != b"blob" or not parts[0].startswith(b"100"):
        return None
    return File(path.decode("utf-8", "surrogateescape"), parts[2].decode(), int(parts[3]))
