"""From what a reader loads to documents: their names, titles, links, times and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from llama_index.core.schema import Document as LlamaDocument

from footnote.connectors.base import Mark
from footnote.connectors.paths import title_from

NAMES = (
    "doc_id document_id page_id issue_id message_id id url source_url page_url link web_url "
    "file_path path source file_name filename"
).split()
"""Keys of metadata by which readers tell their documents apart, surest first."""

_TITLES = "title page_title document_title name subject".split()
_LINKS = "url source_url page_url link web_url html_url permalink source".split()
_AUTHORS = "author authors owner creator created_by user from".split()
_TIMES = (
    "last_modified_date last_modified modified_at last_edited_time updated_at updated modified "
    "date created_at creation_date"
).split()
_PAGES = "page_label page_number page".split()
_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NamelessError(Exception):
    """A document has nothing that would tell it from the others tomorrow.

    Attributes:
        keys: Those of its metadata.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = tuple(keys)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a reader gave back at once: a document, or a page of one.

    Attributes:
        name: The document's.
        text: The piece's text.
        title: What a person calls the document.
        url: Where it can be opened, or None.
        author: Who wrote it, if that is said.
        modified_at: When it changed last (aware), if that is said.
        page: The page's label; "" where it is no page.
    """

    name: str
    text: str
    title: str
    url: str | None
    author: str | None
    modified_at: datetime | None
    page: str


def piece_of(document: LlamaDocument, identified_by: str = "") -> Piece:
    """What a reader gave back, in Footnote's words.

    Args:
        document: As LlamaIndex has it.
        identified_by: The key of the metadata that names it; "": the first usual one.

    Raises:
        NamelessError: It has no such key, and no id but a random one.
    """
    facts = document.metadata
    name = _name(document, identified_by)
    return Piece(
        name=name,
        text=document.text,
        title=_first(facts, _TITLES) or title_from(name),
        url=next((link for key in _LINKS if _is_link(link := str(facts.get(key, "")))), None),
        author=_first(facts, _AUTHORS) or None,
        modified_at=next((at for key in _TIMES if (at := _moment(facts.get(key)))), None),
        page=_first(facts, _PAGES),
    )


def put_together(pieces: Sequence[Piece]) -> tuple[str, tuple[Mark, ...]]:
    """The text of a document that came in pieces, and where its pages begin."""
    text, marks = "", list[Mark]()
    for piece in pieces:
        text = f"{text}\n\n" if text else ""
        if piece.page and piece.text:
            marks.append(Mark(len(text), f"page={piece.page}", f"page {piece.page}"))
        text += piece.text
    return text, tuple(marks)


def _name(document: LlamaDocument, identified_by: str) -> str:
    keys = (identified_by,) if identified_by else NAMES
    if name := _first(document.metadata, keys):
        return name
    if not identified_by and document.id_ and not _RANDOM.fullmatch(document.id_):
        return document.id_
    raise NamelessError(sorted(map(str, document.metadata)))


def _first(facts: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The first of these that is said, as text."""
    for key in keys:
        said = facts.get(key)
        if isinstance(said, str | int) and not isinstance(said, bool) and str(said).strip():
            return " ".join(str(said).split())
    return ""


def _is_link(text: str) -> bool:
    return text.startswith(("https://", "http://")) and not re.search(r"\s", text)


def _moment(said: Any) -> datetime | None:
    """A moment as readers write it: a datetime, a date, ISO 8601, or seconds since the epoch."""
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            return None
    elif isinstance(said, int | float) and not isinstance(said, bool):
        try:
            return datetime.fromtimestamp(said, UTC)
        except (OverflowError, OSError, ValueError):
            return None
    if not isinstance(said, datetime):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
