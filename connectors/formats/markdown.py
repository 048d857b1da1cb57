"""Markdown, with front matter and template tags."""

from __future__ import annotations

import re

from footnote.connectors.base import Syntax
from footnote.connectors.formats import front_matter
from footnote.connectors.formats.base import Parsed
from footnote.connectors.formats.encoding import decode
from footnote.connectors.formats.markdown_code import outside_code
from footnote.connectors.formats.templates import without_tags
from footnote.connectors.formats.titles import plain

_FIRST_HEADING = outside_code(
    r"^ {0,3}\#[ \t]++(?P<atx>[^\n]*?)(?:[ \t]\#++)?[ \t]*$"
    r"|^ {0,3}(?P<setext>[^\s>=-][^\n]*+)\n {0,3}={2,}+[ \t]*$"
)
_ATTRIBUTES = re.compile(r"\{:?[ \t]*[#.][^{}\n]*\}[ \t]*$")


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a Markdown file.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text.
    """
    matter, body = front_matter.split(decode(raw))
    text = without_tags(body)
    return Parsed(
        text=text,
        syntax=Syntax.MARKDOWN,
        title=matter.title or first_heading(text),
        author=matter.author,
    )


def first_heading(text: str) -> str | None:
    """The words of the first heading of the first level, or None."""
    for found in _FIRST_HEADING.finditer(text):
        if found["code"] is None:
            words = plain(_ATTRIBUTES.sub("", found["atx"] or found["setext"] or ""))
            if words:
                return words
    return None
