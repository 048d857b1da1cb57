"""Plain text."""

from __future__ import annotations

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import Parsed
from footnote.connectors.formats.encoding import decode


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a text file.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text.
    """
    return Parsed(text=decode(raw), syntax=Syntax.TEXT)
