"""Addresses of pages: one way to write each, and which of them belong to the source."""

from __future__ import annotations

from collections.abc import Sequence

from pathspec import GitIgnoreSpec
from yarl import URL

_TRACKING = frozenset({"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "_ga"})
_LONGEST = 2000  # as much of an address as servers and browsers can be trusted with


def tidied(address: str) -> str | None:
    """The one way to write an address of the web, or None where it is none.

    Fragments, default ports and what only tracks readers are left out; scheme and host are in
    small letters. The rest is the server's own matter.
    """
    if len(address) > _LONGEST:
        return None
    try:
        url = URL(address.strip()).with_fragment(None)
        if url.scheme not in {"http", "https"} or not url.host or url.user is not None:
            return None
        tracking = [key for key in url.query if key.lower().startswith("utm_") or key in _TRACKING]
        return str(url.without_query_params(*tracking) if tracking else url)
    except ValueError:
        return None


class Scope:
    """Which addresses belong to a source.

    Args:
        prefixes: What an address begins with, in whole segments of the path.
        ignore: Patterns as in .gitignore for the paths that do not count.

    Raises:
        ValueError: A pattern is not valid; its text is the pattern.
    """

    def __init__(self, prefixes: Sequence[str], ignore: Sequence[str]) -> None:
        self._prefixes = tuple((URL(prefix).origin(), _folder(URL(prefix))) for prefix in prefixes)
        for pattern in ignore:
            try:
                GitIgnoreSpec.from_lines([pattern])
            except ValueError as error:
                raise ValueError(pattern) from error
        self._ignored = GitIgnoreSpec.from_lines(ignore)

    def holds(self, address: str) -> bool:
        """Whether a tidied address belongs to the source."""
        url = URL(address)
        return any(
            url.origin() == origin and f"{url.path}/".startswith(folder)
            for origin, folder in self._prefixes
        ) and not self._ignored.match_file(url.path.lstrip("/") or ".")


def _folder(url: URL) -> str:
    """The folder that an address names; a last part with a dot in it is a page in the folder."""
    path = url.path
    if "." in path.rpartition("/")[2]:
        path = path.rpartition("/")[0]
    return path.rstrip("/") + "/"
