"""From a conversation's lines to a document: who said what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from footnote.connectors.base import Document, Mark
from footnote.connectors.history.model import Channel, Line, Part
from footnote.connectors.history.texts import begins_with_block, contained, first_words, one_line

PAUSE_S = 3600.0
"""After so long a silence in a channel something else is talked about."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What becomes one document.

    Attributes:
        source: The name of the source.
        channel: Where it took place.
        key: Its name within the channel: a thread's id, or a day.
        lines: What was said, in order.
        title: The thread's own name, or "".
        is_day: Whether it is what was said outside of threads on one day.
    """

    source: str
    channel: Channel
    key: str
    lines: Sequence[Line]
    title: str = ""
    is_day: bool = False

    @property
    def id(self) -> str:
        """The id of its document."""
        return f"{self.source}:{self.channel.id}/{self.key}"


def talk(lines: Sequence[Line], *, is_day: bool) -> list[Line]:
    """The lines that are worth reading: not the bot's own answers, nor what it was asked.

    Where in a thread nobody speaks but those who asked the bot, nothing is: they asked on.
    """
    people = [line for line in lines if line.part is Part.TALK]
    askers = {line.author for line in lines if line.part is Part.QUESTION}
    if not is_day and {line.author for line in people} <= askers:
        return []
    return people


def document(conversation: Conversation) -> Document | None:
    """The document of a conversation, or None where nothing in it is worth reading."""
    lines = talk(conversation.lines, is_day=conversation.is_day)
    if not any(line.text.strip() for line in lines):
        return None
    parts: list[str] = []
    marks: list[Mark] = []
    length = 0
    before: Line | None = None
    for line in lines:
        shown = _shown(line)
        if conversation.is_day and (before is None or line.at - before.at >= PAUSE_S):
            shown = f"## {_time(line.at):%H:%M}\n\n{shown}"
        marks.append(Mark(length, "", _label(line), line.link))
        parts.append(shown)
        length += len(shown) + 2
        before = line
    first = lines[0]
    return Document(
        id=conversation.id,
        source=conversation.source,
        version="",
        text="\n\n".join(parts),
        title=_title(conversation, first),
        url=first.link,
        author=None if conversation.is_day else one_line(first.name),
        modified_at=_time(lines[-1].at),
        restrictions=conversation.channel.readers,
        marks=tuple(marks),
    )


def _shown(line: Line) -> str:
    to = f" to {one_line(line.to)}" if line.to else ""
    text = contained(line.text)
    between = "\n\n" if begins_with_block(text) else " "
    return f"**{_name(line)}** ({_time(line.at):%Y-%m-%d %H:%M}){to}:{between}{text}"


def _label(line: Line) -> str:
    return f"{_name(line)}, {_time(line.at):%Y-%m-%d %H:%M}"


def _name(line: Line) -> str:
    return one_line(line.name) or "somebody"


def _title(conversation: Conversation, first: Line) -> str:
    subject = one_line(conversation.title) or first_words(first.text)
    if conversation.is_day:
        subject = conversation.key
    return f"#{one_line(conversation.channel.name)}: {subject}"


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
