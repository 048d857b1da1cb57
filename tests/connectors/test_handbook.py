"""The files connector over a real handbook of 244 pages, where that is at hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnote.connectors.base import DocumentError
from footnote.connectors.files import FilesConnector

if TYPE_CHECKING:
    from pathlib import Path

_PAGES = 244
# Pages that are nothing but front matter that sends the visitor elsewhere.
_WITHOUT_TEXT = 8


def outside_code(text: str) -> str:
    """The text without fences and code spans, by a simple reading of its own."""
    kept, fence = [], ""
    for line in text.split("\n"):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            kept.append(line)
    return re.sub(r"(`+)[^`]+\1", "", "\n".join(kept))


async def test_every_page_of_the_handbook(test_data: Path) -> None:
    """All pages are listed; all that have text are read, titled, and free of template tags."""
    connector = FilesConnector("handbook", test_data / "knowledge" / "handbook-18f")
    listed = [ref async for ref in connector.list()]
    assert len(listed) == _PAGES
    documents, refused = [], []
    for ref in listed:
        try:
            documents.append(await connector.fetch(ref.id))
        except DocumentError as error:
            refused.append(error.reason)
    assert refused == ["it has no text"] * _WITHOUT_TEXT
    for document in documents:
        prose = outside_code(document.text)
        assert not re.search(r"\{%|%\}|\{\{|<!--|\]\(\s*[{%]", prose), document.id
        assert document.title
        assert not document.text.startswith("---\ntitle:")
