"""Tables, which Discord's Markdown does not know: aligned in a fixed pitch, or as lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from footnote.bot.platforms.pages.prose import decoded
from footnote.bot.platforms.pages.segments import Table

WIDTH = 60
"""Columns of a fixed pitch that most screens show without breaking the line."""

_BORDER = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"\*\*|~~|`")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def aligned(table: Table) -> str | None:
    """The table with its columns below each other, or None where it is too wide for a screen."""
    cells = [[_bare(cell) for cell in row] for row in _even(table)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    if sum(widths) + 3 * (len(widths) - 1) > WIDTH:
        return None
    head, *rows = (" | ".join(map(_padded, row, widths)).rstrip() for row in cells)
    rule = "-+-".join("-" * width for width in widths)
    return "\n".join((head, rule, *rows))


def listed(table: Table) -> str:
    """The table as Markdown: each row an item, with what its cells are below it."""
    head, *rows = _even(table)
    if not rows:
        return " · ".join(head)
    return "\n".join(line for row in rows for line in _item(head, row))


def _item(head: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """A row: its first cell, and the others one step below."""
    indent = ""
    for name, cell in zip(head, row, strict=True):
        if said := ": ".join(part for part in (name, cell) if part):
            yield f"{indent}- {said}"
            indent = "  "


def _even(table: Table) -> list[list[str]]:
    """The cells of the head and of each row, as many in each."""
    rows = [_cells(row) for row in (table.head[0], *table.rows)]
    most = max(map(len, rows))
    return [row + [""] * (most - len(row)) for row in rows]


def _cells(row: str) -> list[str]:
    within = row.strip().lstrip("> \t").removeprefix("|")
    cells = [cell.strip() for cell in _BORDER.split(within)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _bare(cell: str) -> str:
    return _ESCAPED.sub(r"\1", _MARKUP.sub("", decoded(cell)))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))
