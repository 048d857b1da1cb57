"""PDF, by its text; each page is marked."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pypdfium2

from footnote.connectors.base import Mark, Syntax
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.formats.encoding import tidy
from footnote.connectors.formats.titles import sensible

if TYPE_CHECKING:
    from collections.abc import Iterator

# PDFium may run in one thread of a process at a time.
_PDFIUM = threading.Lock()
# FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY of PDFium's fpdfview.h
_ENCRYPTED = frozenset({4, 5})
# PDFium joins a word that a line end had cut and leaves U+0002 or U+FFFE for the hyphen.
_CUT_WORD = re.compile(r"(?P<before>\w+)(?:[\x02\ufffe\u00ad]\n?|[-\u2010]\n)(?P<after>\w+)")
_HYPHENATED = re.compile(r"\w+[-\u2010]\w+")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\ufffe\u00ad]")


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a PDF file; pages are parted by a blank line, and one without text is left out.

    Raises:
        FormatError: It is broken or encrypted, or has no text.
    """
    with _PDFIUM:
        pages, properties = _extract(raw)
    hyphenated = {word for page in pages for word in _HYPHENATED.findall(page)}
    marks: list[Mark] = []
    parts: list[str] = []
    length = 0
    for number, page in enumerate(pages, 1):
        part = _mended(page, hyphenated).strip()
        if part:
            marks.append(Mark(length, f"page={number}", f"page {number}"))
            parts.append(part + "\n\n")
            length += len(parts[-1])
    text = "".join(parts).rstrip("\n")
    if not text:
        raise FormatError("it has no text, perhaps it is scanned")
    return Parsed(
        text=text + "\n",
        syntax=Syntax.TEXT,
        title=sensible(properties.get("Title")),
        author=sensible(properties.get("Author")),
        marks=tuple(marks),
    )


def _extract(raw: bytes) -> tuple[list[str], dict[str, str]]:
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if error.err_code in _ENCRYPTED:
            raise FormatError("it is encrypted with a password") from error
        raise FormatError("it is broken, or not a PDF file") from error
    try:
        return list(_pages(document)), document.get_metadata_dict()
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError as error:
            raise FormatError(f"its page {number + 1} is broken") from error
        yield tidy(text)
        page.close()


def _mended(page: str, hyphenated: set[str]) -> str:
    """Joins words that a line end had cut; a hyphen stays if the document has it elsewhere."""

    def join(cut: re.Match[str]) -> str:
        with_hyphen = f"{cut['before']}-{cut['after']}"
        keep = with_hyphen in hyphenated or not cut["after"][0].islower()
        return with_hyphen if keep else cut["before"] + cut["after"]

    return _CONTROL.sub("", _CUT_WORD.sub(join, page))
