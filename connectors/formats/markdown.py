"""Markdown, with front matter, template tags and heading ids."""

from __future__ import annotations

import re
from urllib.parse import quote

from footnote.connectors.base import Mark, Syntax
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
_ATTRIBUTES = outside_code(
    r"(?P<heading>^ {0,3}\#{1,6}[ \t][^\n{]*(?:\{(?![:\#.])[^\n{]*)*)"
    r"(?P<attributes>\{:?[ \t]*[\#.][^{}\n]*\}[ \t]*$)"
)


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a Markdown file.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text.
    """
    matter, body = front_matter.split(decode(raw))
    text, marks = take_attributes(without_tags(body))
    return Parsed(
        text=text,
        syntax=Syntax.MARKDOWN,
        title=matter.title or first_heading(text),
        author=matter.author,
        marks=marks,
    )


def first_heading(text: str) -> str | None:
    """The words of the first heading of the first level, or None."""
    for found in _FIRST_HEADING.finditer(text):
        if found["code"] is None:
            words = plain(found["atx"] or found["setext"] or "")
            if words:
                return words
    return None


def take_attributes(text: str) -> tuple[str, tuple[Mark, ...]]:
    """Takes `{#id .class}` off headings and makes marks of the ids."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = taken = 0
    for found in _ATTRIBUTES.finditer(text):
        if found["code"] is not None:
            continue
        start, stop = found.span("heading")
        anchor = re.search(r"#([^\s{}]+)", found["attributes"])
        if anchor is not None:
            marks.append(Mark(length + start - taken, quote(anchor[1], safe="#:()'!~"), ""))
        pieces.append(text[taken:stop].rstrip(" \t"))
        length += len(pieces[-1])
        taken = found.end("attributes")
    return "".join((*pieces, text[taken:])), tuple(marks)
