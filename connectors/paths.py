"""A file's path as text that can be stored, and what it says in words."""

from __future__ import annotations

import re

_NAMELESS_STEMS = frozenset({"index", "readme", "_index"})
_ODD_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")


def escaped(path: str) -> str:
    r"""The path as text that can be stored: a byte that is not UTF-8 is written "\xe9"."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def unescaped(path: str) -> str:
    r"""The path as the system has it: what `escaped` wrote as "\xe9" is a byte again."""
    return _ODD_BYTE.sub(lambda odd: chr(0xDC00 + int(odd[1], 16)), path)


def title_from(path: str) -> str:
    """What the file's name says in words; an index is called by its folder's name."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    if stem.lower() in _NAMELESS_STEMS and folders:
        stem = folders[-1]
    words = " ".join(re.sub(r"[-_]+", " ", stem).split()) or stem
    return words[:1].upper() + words[1:]
