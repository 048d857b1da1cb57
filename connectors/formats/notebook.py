"""Jupyter notebooks: prose as it is, code in fences, and the beginning of what the code printed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from footnote.connectors.base import Syntax
from footnote.connectors.formats.base import FormatError, Parsed
from footnote.connectors.formats.encoding import decode, tidy
from footnote.connectors.formats.markdown import first_heading
from footnote.connectors.formats.titles import sensible

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTPUT_LINES = 20
_OUTPUT_CHARACTERS = 1_000
_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OBJECT_NAME = re.compile(r"<[^<>\n]*>")


def read(raw: bytes, name: str) -> Parsed:  # noqa: ARG001 - every reader takes a name
    """Reads a notebook of format 3 or 4.

    Raises:
        FormatError: It is not a notebook.
    """
    try:
        notebook = json.loads(decode(raw))
    except (ValueError, RecursionError) as error:
        raise FormatError("it is not a notebook, as it is not valid JSON") from error
    metadata = _dict(_dict(notebook).get("metadata"))
    language = _language(metadata)
    parts = [part for cell in _cells(notebook) for part in _parts(cell, language)]
    text = tidy("\n\n".join(parts) + "\n" if parts else "")
    title = metadata.get("title")
    return Parsed(
        text=text,
        syntax=Syntax.MARKDOWN,
        title=(sensible(title) if isinstance(title, str) else None) or first_heading(text),
    )


def _cells(notebook: object) -> list[dict[str, object]]:
    content = _dict(notebook)
    if "cells" not in content and "worksheets" not in content:
        raise FormatError("it is not a notebook, as it has no cells")
    worksheets = [_dict(sheet) for sheet in _list(content.get("worksheets"))]
    cells = [cell for part in (content, *worksheets) for cell in _list(part.get("cells"))]
    return [_dict(cell) for cell in cells]


def _language(metadata: dict[str, object]) -> str:
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        language = _dict(metadata.get(place)).get(key)
        if isinstance(language, str) and re.fullmatch(r"[\w+#.-]{1,30}", language):
            return language
    return "python"


def _parts(cell: dict[str, object], language: str) -> Iterator[str]:
    """A cell's pieces of Markdown, without empty ones."""
    source = _joined(cell.get("source", cell.get("input"))).strip("\n")
    if not source.strip():
        return
    if cell.get("cell_type") == "code":
        yield _fenced(source, language)
        for output in _list(cell.get("outputs")):
            printed = _printed(_dict(output))
            if printed:
                yield _fenced(printed, "text")
    elif cell.get("cell_type") == "heading":
        level = cell.get("level")
        yield f"{'#' * level if level in range(1, 7) else '#'} {source}"  # type: ignore[operator]  # `in range` means int
    else:
        yield source


def _printed(output: dict[str, object]) -> str:
    """The first lines of a cell's output, where it is text that says something."""
    text = output.get("text", _dict(output.get("data")).get("text/plain"))
    printed = _TERMINAL_COLOUR.sub("", _joined(text)).strip("\n")
    if _OBJECT_NAME.fullmatch(printed.strip()):
        return ""
    lines = printed[:_OUTPUT_CHARACTERS].splitlines()[:_OUTPUT_LINES]
    return "\n".join(lines) if "".join(lines).strip() else ""


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _joined(value: object) -> str:
    """A notebook's text, which is stored as one string or as a list of lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
