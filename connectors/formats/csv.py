"""Comma- or tab-separated tables: each row is one list item that names its columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.formats.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAMPLE_CHARACTERS = 8_000


def read(raw: bytes, name: str) -> Parsed:
    """Reads a table whose first row names the columns.

    Raises:
        FormatError: It is not UTF-8 or UTF-16 text, or not a table.
    """
    text = decode(raw)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, name))
    try:
        columns = [_cell(column) for column in next(rows, [])]
        items = [item for row in rows if (item := _item(columns, row))]
    except csv.Error as error:
        raise FormatError(f"its line {rows.line_num} is not a row of a table ({error})") from error
    return Parsed(text="".join(items), syntax=Syntax.MARKDOWN)


def _delimiter(text: str, name: str) -> str:
    if name.lower().endswith(".tsv"):
        return "\t"
    sample = text[:_SAMPLE_CHARACTERS]
    if len(text) > len(sample):
        sample = sample.rpartition("\n")[0] or sample
    try:
        return csv.Sniffer().sniff(sample, delimiters=",;\t|").delimiter
    except csv.Error:
        return ","


def _item(columns: Sequence[str], row: Sequence[str]) -> str:
    """The row as "- column: value; column: value" without its empty cells, or ""."""
    cells = []
    for place, value in enumerate(map(_cell, row)):
        column = columns[place] if place < len(columns) else ""
        if value:
            cells.append(f"{column or f'column {place + 1}'}: {value}")
    return f"- {'; '.join(cells)}\n" if cells else ""


def _cell(value: str) -> str:
    return " ".join(value.split())
