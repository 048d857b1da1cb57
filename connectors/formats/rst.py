"""reStructuredText, kept as it is written."""

from __future__ import annotations

import re

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import Parsed
from footnote.connectors.formats.encoding import decode
from footnote.connectors.formats.titles import one_line

_SECTION = re.compile(
    r"^[ \t]*(?P<title>\S[^\n]*)\n(?P<rule>[!-/:-@\[-`{-~])(?P=rule){2,}+[ \t]*$", re.MULTILINE
)
_ROLE = re.compile(r"(?::[\w:+.-]+:)?`+(?P<words>[^`<]+?)(?:\s*<[^`<>]*>)?`+_{0,2}")
_AUTHOR = re.compile(r"^:authors?:[ \t]+(?P<name>\S[^\n]*)$", re.MULTILINE | re.IGNORECASE)


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a reStructuredText file.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text.
    """
    text = decode(raw)
    author = _AUTHOR.search(text)
    return Parsed(
        text=text,
        syntax=Syntax.RST,
        title=_first_section(text),
        author=one_line(author["name"]) if author else None,
    )


def _first_section(text: str) -> str | None:
    for found in _SECTION.finditer(text):
        title = one_line(_ROLE.sub(lambda role: role["words"], found["title"]))
        if re.search(r"\w", title):
            return title
    return None
