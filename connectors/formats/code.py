"""Source code, as it is."""

from __future__ import annotations

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import Parsed
from footnote.connectors.formats.encoding import decode


def read(raw: bytes, name: str) -> Parsed:
    """Reads a file of source code; its path is its title, as people call it by that.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text.
    """
    return Parsed(text=decode(raw), syntax=Syntax.CODE, title=name)
