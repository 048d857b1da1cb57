"""What stands around an answer in a terminal: where it comes from, or what comes nearest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rich.style import Style
from rich.text import Text

from footnote.bot.platforms.wording import CLOSEST, NOT_IN_SOURCES
from footnote.bot.questions import Answer, Outcome


def safe(text: str) -> str:
    """The text without control characters, so that no document can give a terminal orders."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) != "Cc"
    )


def footer(answer: Answer) -> Iterator[Text]:
    """The lines below an answer's blocks."""
    match answer.outcome:
        case Outcome.ANSWERED:
            yield from _cited(answer)
            if answer.note:
                yield Text(safe(answer.note), "dim")
        case Outcome.NOT_IN_SOURCES:
            yield Text(NOT_IN_SOURCES)
            yield from _closest(answer)
        case _:
            pass


def _cited(answer: Answer) -> Iterator[Text]:
    numbered = {citation.number: citation.passage for citation in answer.citations}
    for number, passage in numbered.items():
        yield from _place(
            f"[{number}]", passage.context, passage.place, passage.url, passage.document_id
        )


def _closest(answer: Answer) -> Iterator[Text]:
    if answer.closest:
        yield Text(CLOSEST)
    for passage in answer.closest:
        yield from _place("-", passage.context, passage.place, passage.url, passage.document_id)


def _place(
    mark: str, context: str, place: str, url: str | None, document_id: str
) -> Iterator[Text]:
    """Two lines: the title and headings, and below them the link or else the document's id."""
    named = " ".join(safe(context).split())
    named += f", {safe(place)}" if place else ""
    where = safe(url or document_id)
    yield Text.assemble((f"{mark} ", "bold"), (named, Style(link=where) if url else ""))
    yield Text(" " * (len(mark) + 1) + where, "dim", overflow="fold")
