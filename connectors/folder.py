# ruff: noqa: PTH116, PTH118 - plain strings, as a listing should cost little more than the walk itself
"""Which files of a folder are documents, found without reading any of them."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from footnote.connectors.base import SourceError
from footnote.connectors.formats import READERS

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOISE = frozenset(
    {
        "node_modules",
        "bower_components",
        "__pycache__",
        "__pypackages__",
        "__MACOSX",
        "site-packages",
        "venv",
        "package-lock.json",
        "pnpm-lock.yaml",
        "Thumbs.db",
    }
)
"""Folders and files that tools write and nobody asks about; hidden ones are left out too."""


def wrong_pattern(source: str, error: ValueError, such_as: str = "*.md or drafts/") -> SourceError:
    """The sentence for a pattern that `Folder` refuses.

    Args:
        source: The name of the source whose pattern it is.
        error: What `Folder` raised.
        such_as: Patterns that are shown as examples.
    """
    return SourceError(
        f"The pattern {str(error)!r} of source {source} is not valid: patterns are written as in "
        f".gitignore, such as {such_as}."
    )


class Folder:
    """The documents below one folder.

    Paths are relative to the folder, with forward slashes. Hidden entries, noise and files of
    unknown formats never count.

    Args:
        root: The folder.
        include: Patterns as in .gitignore; a file counts if one matches. Empty: all do.
        ignore: Patterns as in .gitignore for files and folders that do not count.

    Attributes:
        root: The folder.
        has_links: Whether there were links when it was last listed; None before.

    Raises:
        ValueError: A pattern is not valid; its text names the pattern.
    """

    def __init__(self, root: str, include: Sequence[str] = (), ignore: Sequence[str] = ()) -> None:
        self.root = root
        self.has_links: bool | None = None
        self._include = _patterns(include)
        self._ignore = _patterns(ignore)

    def files(self) -> list[tuple[str, os.stat_result]]:
        """Every document's path with its facts, in order of the paths.

        A link counts where it leads to something inside the folder that is not listed already, so
        that nothing is listed twice and no circle of links is followed.

        Raises:
            OSError: The folder or one below it cannot be read.
        """
        found: dict[str, os.stat_result] = {}
        links: list[str] = []
        self._walk("", found, links)
        self.has_links = bool(links)
        if links:
            self._follow(links, found)
        return sorted(found.items(), key=lambda item: item[0])

    def holds(self, path: str) -> bool:
        """Whether a path could be one of the documents, by its names alone."""
        name = path.rpartition("/")[2]
        return self.may_hold(path) and _has_known_suffix(name) and self._wanted(path)

    def may_hold(self, path: str) -> bool:
        """Whether a path could be one of the documents, or a folder that holds some."""
        parts = path.split("/")
        if any(not part or part[0] == "." or part in _NOISE or "\x00" in part for part in parts):
            return False
        if os.sep != "/" and os.sep in path:
            return False
        folders = ("/".join(parts[:depth]) + "/" for depth in range(1, len(parts)))
        return self._ignore is None or not any(map(self._ignore.match_file, folders))

    def real_path(self, path: str) -> str | None:
        """The path on disk with all links resolved, or None where it leads outside the folder."""
        real_root = os.path.realpath(self.root)
        real = os.path.realpath(os.path.join(real_root, path))
        return real if _is_below(real, real_root) else None

    def _walk(self, top: str, found: dict[str, os.stat_result], links: list[str]) -> None:
        """Collects the files below `top` ("" or a path that ends in a slash), and the links."""
        pending = [top]
        while pending:
            prefix = pending.pop()
            with os.scandir(os.path.join(self.root, prefix)) as entries:
                for entry in entries:
                    name = entry.name
                    if name[0] == "." or name in _NOISE:
                        continue
                    if _has_known_suffix(name) and entry.is_file(follow_symlinks=False):
                        path = prefix + name
                        if self._wanted(path):
                            _add(entry, path, found)
                    elif entry.is_symlink():
                        links.append(prefix + name)
                    elif entry.is_dir(follow_symlinks=False):
                        path = f"{prefix}{name}/"
                        if self._ignore is None or not self._ignore.match_file(path):
                            pending.append(path)

    def _follow(self, links: list[str], found: dict[str, os.stat_result]) -> None:
        """Adds what links lead to, once each by its place on disk."""
        real_root = os.path.realpath(self.root)
        seen = {os.path.join(real_root, path) for path in found}
        while links:
            batch = sorted(links)
            links.clear()
            for path in batch:
                real = _target(os.path.join(self.root, path))
                if real is None or real in seen or not _is_below(real, real_root):
                    continue
                below = self._linked(path, real, links)
                seen.add(real)
                for file, facts in sorted(below.items(), key=lambda item: item[0]):
                    place = real + file[len(path) :]
                    if file == path or place not in seen:
                        seen.add(place)
                        found[file] = facts

    def _linked(self, path: str, real: str, links: list[str]) -> dict[str, os.stat_result]:
        """The documents at or below a link; links below it are added to `links`."""
        below: dict[str, os.stat_result] = {}
        facts = os.stat(real)
        if stat.S_ISDIR(facts.st_mode):
            if self._ignore is None or not self._ignore.match_file(path + "/"):
                self._walk(path + "/", below, links)
        elif stat.S_ISREG(facts.st_mode) and _has_known_suffix(path) and self._wanted(path):
            below[path] = facts
        return below

    def _wanted(self, path: str) -> bool:
        """Whether the patterns let a file in."""
        if self._ignore is not None and self._ignore.match_file(path):
            return False
        return self._include is None or self._include.match_file(path)


def _patterns(lines: Sequence[str]) -> GitIgnoreSpec | None:
    """The patterns as one, or None where there are none."""
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            raise ValueError(line) from error
    return GitIgnoreSpec.from_lines(lines) if lines else None


def _has_known_suffix(name: str) -> bool:
    stem, dot, suffix = name.rpartition(".")
    return bool(dot and stem) and (suffix in READERS or suffix.lower() in READERS)


def _add(entry: os.DirEntry[str], path: str, found: dict[str, os.stat_result]) -> None:
    try:
        found[path] = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # it was deleted while the folder was being listed


def _target(link: str) -> str | None:
    """Where a link leads in the end, or None where that is nowhere."""
    try:
        return os.path.realpath(link, strict=True)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return None
        raise


def _is_below(real: str, real_root: str) -> bool:
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)
