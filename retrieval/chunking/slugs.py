"""Anchors that sites make from the names of headings."""

from __future__ import annotations

import re
import unicodedata

_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
_NOT_FIRST_IN_ID = re.compile(r"^[-0-9]+")


class GithubSlugs:
    """Anchors of one Markdown document as GitHub makes them (github-slugger 2.0)."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The anchor of the next heading; a name that was there before gets "-1", "-2" and on."""
        plain = slug = "".join(c for c in name.lower() if _is_kept(c)).replace(" ", "-")
        while slug in self._seen:
            self._seen[plain] += 1
            slug = f"{plain}-{self._seen[plain]}"
        self._seen[slug] = 0
        return slug


def _is_kept(char: str) -> bool:
    return char.isalnum() or char in " -" or unicodedata.category(char) in {"Mn", "Mc", "Me", "Pc"}


def docutils_id(name: str) -> str:
    """The id that docutils and Sphinx give to a section of this name, or ""."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode("ascii")
    return _NOT_FIRST_IN_ID.sub("", _NOT_IN_ID.sub("-", " ".join(plain.split()))).rstrip("-")
