"""Who changed a file last, when, and in which commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from footnote.connectors.git.command import GitError
from footnote.connectors.git.mirror import Mirror

FAR = 20_000
"""So many commits are looked back at; what is older counts as changed by the last of them."""


@dataclass(frozen=True, slots=True)
class Change:
    """The commit that left a file as it is.

    Attributes:
        commit: Its hash.
        author: Who wrote it, without an address.
        at: When it was written.
    """

    commit: str
    author: str | None
    at: datetime


class History:
    """The last change of every file, brought forward from commit to commit.

    Args:
        mirror: Where the commits are.
    """

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._at = ""
        self._last_of: dict[str, Change] = {}
        self._oldest: Change | None = None

    async def bring_to(self, commit: str) -> None:
        """Read what happened until a commit since the one before.

        Raises:
            GitError: The copy does not have the commits.
        """
        if commit == self._at:
            return
        try:
            log = await self._mirror.log(self._at, commit, FAR)
        except GitError:
            if not self._at:
                raise
            self._at, self._last_of = "", {}  # a copy that was made anew may lack it
            log = await self._mirror.log("", commit, FAR)
        news: dict[str, Change] = {}
        for change, paths in read_log(log):
            if not self._at:
                self._oldest = change
            for path in paths:
                news.setdefault(path, change)
        self._last_of |= news
        self._at = commit

    def of(self, path: str) -> Change | None:
        """The last change of a file; None where nothing is known of any."""
        return self._last_of.get(path, self._oldest)


def read_log(log: bytes) -> Iterator[tuple[Change, list[str]]]:
    """Commits, newest first, with the paths that each changed; see `Mirror.log`."""
    for entry in log.split(b"\x01")[1:]:
        commit, author, at, rest = entry.split(b"\x02", 3)
        names = [name for name in rest.lstrip(b"\0\n").split(b"\0") if name]
        yield (
            Change(
                commit.decode(),
                author.decode("utf-8", "replace").strip() or None,
                datetime.fromtimestamp(int(at), UTC),
            ),
            [name.decode("utf-8", "surrogateescape") for name in names],
        )
