"""Word documents (.docx): headings, paragraphs, lists and tables as Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import docx
from docx.oxml.ns import qn

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.formats.docx_lists import ListItems
from footnote.connectors.formats.encoding import tidy
from footnote.connectors.formats.markdown import first_heading
from footnote.connectors.formats.tables import markdown_table
from footnote.connectors.formats.titles import sensible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

# A file of the size that connectors accept can unpack to a thousand times as much.
_MOST_UNPACKED_BYTES = 300_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_HEADING = re.compile(r"heading (?P<level>[1-9])", re.IGNORECASE)
_DEEPEST_HEADING = 6
_TEXT = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# What Word keeps for programs that do not know a newer shape repeats the shape's text.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_SHOWN = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), _FALLBACK}
_MOST_COLUMNS = 63  # what Word allows


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a Word document.

    Raises:
        FormatError: It is broken or encrypted, or unpacks to too much.
    """
    _check(raw)
    try:
        document = docx.Document(io.BytesIO(raw))
        blocks = list(_blocks(document))
        properties = document.core_properties
        named = (properties.title, properties.author)
    except Exception as error:
        # python-docx and its XML parser raise whatever a broken part leads them into.
        raise FormatError("it is broken, or not a Word document") from error
    text = tidy(_joined(blocks))
    return Parsed(
        text=text,
        syntax=Syntax.MARKDOWN,
        title=first_heading(text) or sensible(named[0]),
        author=sensible(named[1]),
    )


def _check(raw: bytes) -> None:
    if raw.startswith(_OLD_OFFICE):
        if _ENCRYPTED_STREAM in raw:
            raise FormatError("it is encrypted with a password")
        raise FormatError("it is in the old Word format; save it as .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            unpacked = sum(part.file_size for part in package.infolist())
    except Exception as error:
        # zipfile raises more than BadZipFile on a damaged directory: struct.error, ValueError, ...
        raise FormatError("it is broken, or not a Word document") from error
    if unpacked > _MOST_UNPACKED_BYTES:
        raise FormatError(f"it unpacks to more than {_MOST_UNPACKED_BYTES // 1_000_000} MB")


def _blocks(document: Document) -> Iterator[tuple[str, bool]]:
    """Each block of the body as Markdown, and whether it is a list item."""
    headings = dict(_heading_styles(document))
    items = ListItems(document)
    # Content controls (w:sdt) hold whole blocks, which python-docx steps over.
    inside = "./w:sdt/w:sdtContent"
    for block in document.element.body.xpath(f"./w:p|./w:tbl|{inside}/w:p|{inside}/w:tbl"):
        if block.tag == qn("w:tbl"):
            items.interrupt()
            yield markdown_table([_row(row) for row in block.iterchildren(qn("w:tr"))]), False
            continue
        text = _text(block).strip()
        if not text:
            continue
        level = headings.get(block.style or "", 0)
        bullet = "" if level else items.bullet(block)
        if level:
            yield f"{'#' * min(level, _DEEPEST_HEADING)} {' '.join(text.split())}", False
        elif bullet:
            yield bullet + text.replace("\n", "\n" + " " * len(bullet)), True
        else:
            yield text, False


def _heading_styles(document: Document) -> Iterator[tuple[str, int]]:
    """The ids of the styles that are headings, or are based on one, with their levels."""
    for style in document.styles:
        base = style
        for _ in range(10):  # a damaged file may base styles on each other in a circle
            found = _HEADING.fullmatch(base.name or "")
            if found or base.name == "Title":
                yield style.style_id, int(found["level"]) if found else 1
                break
            base = getattr(base, "base_style", None)
            if base is None:
                break


def _text(element: BaseOxmlElement) -> str:
    """What a person sees of an element; inserted text counts, deleted text does not."""
    pieces: list[str] = []
    for child in element:
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag in _TEXT:
            pieces.append(_TEXT[child.tag])
        elif child.tag not in _NOT_SHOWN:
            pieces.append("\n" * (child.tag == qn("w:p")) + _text(child))
    return "".join(pieces)


def _row(row: BaseOxmlElement) -> list[str]:
    """The cells of a table's row; one that spans several columns is followed by empty ones."""
    cells: list[str] = []
    for cell in row.iterchildren(qn("w:tc")):
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        columns = span.get(qn("w:val"), "") if span is not None else ""
        empty = min(int(columns), _MOST_COLUMNS) - 1 if columns.isdecimal() else 0
        cells.extend((_text(cell), *[""] * empty))
    return cells


def _joined(blocks: list[tuple[str, bool]]) -> str:
    """Blocks with a blank line between them; the items of one list stand together."""
    pieces: list[str] = []
    after_item = False
    for block, is_item in blocks:
        if pieces:
            pieces.append("\n" if is_item and after_item else "\n\n")
        pieces.append(block)
        after_item = is_item
    return "".join(pieces) + "\n" if pieces else ""
