"""An answer's blocks dealt out to messages, so that a full message never changes again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from footnote.bot.platforms.slack.limits import MARKDOWN, size
from footnote.bot.platforms.slack.links import addresses
from footnote.bot.platforms.slack.safety import BREAK
from footnote.bot.platforms.slack.segments import Code, Fills, Segment, segments
from footnote.bot.questions import Block

LEFT_OUT = "_The rest is left out here: it is too long for Slack._"
_MARK = f"\n\n{LEFT_OUT}"
_ROOM = MARKDOWN - size(_MARK)


@dataclass(frozen=True, slots=True)
class Page:
    """What one message shows of the answer.

    Attributes:
        markdown: As Markdown.
        spoken: As mrkdwn for notifications and screen readers.
    """

    markdown: str
    spoken: str

    def followed(self, gap: str, page: Page) -> Page:
        """This page with another behind it."""
        return Page(self.markdown + gap + page.markdown, self.spoken + gap + page.spoken)

    @property
    def fits(self) -> bool:
        """Whether a message can hold it, and the mark that something is left out."""
        return size(self.markdown) <= _ROOM


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or a part of one that is too long for a message."""

    segments: tuple[Segment, ...]
    leads: Mapping[int, str]

    @property
    def page(self) -> Page:
        return Page(self.markdown, "\n".join(segment.spoken() for segment in self.segments))

    @property
    def markdown(self) -> str:
        return "\n".join(segment.markdown(self.leads) for segment in self.segments)

    @property
    def fills(self) -> float:
        return size(self.markdown) / _ROOM

    def parts(self) -> Iterator[_Piece]:
        """Itself, or as few pieces as fit a message each."""
        if self.fills <= 1:
            yield self
            return
        held: tuple[Segment, ...] = ()
        for segment in self.segments:
            for part in _cut(segment, lambda part: _Piece((part,), self.leads).fills):
                if held and _Piece((*held, part), self.leads).fills > 1:
                    yield _Piece(held, self.leads)
                    held = ()
                held = (*held, part)
        yield _Piece(held, self.leads)


def pages(blocks: Iterable[Block], most: int) -> tuple[Page, ...]:
    """The messages that these blocks fill, in order.

    Each block goes to the last message if it fits, else to a new one; one that is longer than a
    message fills several of its own. What comes after a block never changes where it stands.

    Args:
        blocks: The blocks.
        most: So many messages at most; if there is more, the last one says that it is left out.
    """
    filled: list[Page] = []
    gap, before = "", None
    for block in blocks:
        gap += block.gap
        piece = _Piece(segments(block.text), addresses(block.citations))
        if not piece.segments:
            continue
        for part in piece.parts():
            page = part.page
            if filled and before and part is piece:
                longer = filled[-1].followed(_between(before, gap, part), page)
                if longer.fits:
                    filled[-1], before = longer, part
                    continue
            if len(filled) == most:
                filled[-1] = filled[-1].followed("", Page(_MARK, _MARK))
                return tuple(filled)
            filled.append(Page(page.markdown.lstrip(), page.spoken.lstrip()))
            before = part
        gap = ""
    return tuple(filled)


def _cut(segment: Segment, fills: Fills) -> Iterator[Segment]:
    if fills(segment) <= 1:
        yield segment
    else:
        yield from segment.cut(fills)


def _between(before: _Piece, gap: str, behind: _Piece) -> str:
    """What stands between two pieces: a fence has its own lines, and nothing closes up."""
    lines = min(2, gap.count("\n"))
    if isinstance(before.segments[-1], Code) or isinstance(behind.segments[0], Code):
        lines = max(1, lines)
    return "\n" * lines or (" " if gap else BREAK)
