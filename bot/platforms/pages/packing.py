"""An answer's blocks dealt out to messages, so that a full message never changes again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from footnote.bot.platforms.pages.links import addresses
from footnote.bot.platforms.pages.paper import Paper
from footnote.bot.platforms.pages.reading import segments
from footnote.bot.platforms.pages.safety import BREAK
from footnote.bot.platforms.pages.segments import Code, Segment
from footnote.bot.questions import Block


@dataclass(frozen=True, slots=True)
class Part:
    """A block on a page, or a part of one that is too long for a page.

    Attributes:
        gap: The white space between what stands before it on the page and this.
        segments: Its segments.
    """

    gap: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What one message shows of the answer.

    Attributes:
        text: As the paper writes it.
        parts: What was written, for platforms that say it a second time in other ways.
        mark: What stands at the end where the rest is left out, or "".
    """

    text: str
    parts: tuple[Part, ...]
    mark: str = ""

    def followed(self, gap: str, text: str, segments: tuple[Segment, ...]) -> Page:
        """This page with another part behind it."""
        return Page(self.text + gap + text, (*self.parts, Part(gap, segments)))

    def marked(self, mark: str) -> Page:
        """This page with the mark that what comes behind it is left out."""
        return replace(self, text=self.text + mark, mark=mark)

    def said(self, say: Callable[[Segment], str]) -> str:
        """The page with its segments written another way."""
        first, *others = ("\n".join(map(say, part.segments)) for part in self.parts)
        gaps = (part.gap for part in self.parts[1:])
        behind = (gap + said for gap, said in zip(gaps, others, strict=True))
        return "".join((first.lstrip(), *behind, self.mark))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Paper for one block: where its markers lead is known."""

    paper: Paper
    leads: Mapping[int, str]
    room: int

    @property
    def most(self) -> int:
        return self.paper.room

    def written(self, segments: Iterable[Segment]) -> str:
        return "\n".join(self.paper.written(segment, self.leads) for segment in segments)

    def fill(self, segments: Iterable[Segment]) -> float:
        return self.paper.size(self.written(segments)) / self.room

    def fills(self, segment: Segment) -> float:
        return self.fill((segment,))


def pages(blocks: Iterable[Block], paper: Paper, most: int) -> tuple[Page, ...]:
    """The messages that these blocks fill, in order.

    Each block goes to the last message if it fits, else to a new one; one that is longer than a
    message fills several of its own. What comes after a block never changes where it stands.

    Args:
        blocks: The blocks.
        paper: What the platform's messages are written on.
        most: So many messages at most; if there is more, the last one says that it is left out.
    """
    mark = f"\n\n{paper.left_out}"
    room = paper.room - paper.size(mark)
    filled: list[Page] = []
    gap, before = "", None
    for block in blocks:
        gap += block.gap
        found = segments(block.text)
        sheet = _Sheet(paper, addresses(block.citations, paper.longest_link), room)
        for part, text in _shown(found, sheet):
            space, gap = gap, ""
            if filled and before and part is found:
                longer = filled[-1].followed(_between(before, space, part), text, part)
                if paper.size(longer.text) <= room:
                    filled[-1], before = longer, part
                    continue
            if len(filled) == most:
                filled[-1] = filled[-1].marked(mark)
                return tuple(filled)
            filled.append(Page(text.lstrip(), (Part("", part),)))
            before = part
    return tuple(filled)


def _shown(found: tuple[Segment, ...], sheet: _Sheet) -> Iterator[tuple[tuple[Segment, ...], str]]:
    """The parts of a block that show anything, each with how it is written."""
    for part in _parts(found, sheet):
        if (text := sheet.written(part)).strip():
            yield part, text


def _parts(found: tuple[Segment, ...], sheet: _Sheet) -> Iterator[tuple[Segment, ...]]:
    """The segments of a block themselves, or in as few parts as fit a message each."""
    if sheet.fill(found) <= 1:
        yield found
        return
    held: tuple[Segment, ...] = ()
    for segment in found:
        for part in _cut(segment, sheet):
            if held and sheet.fill((*held, part)) > 1:
                yield held
                held = ()
            held = (*held, part)
    yield held


def _cut(segment: Segment, sheet: _Sheet) -> Iterator[Segment]:
    if sheet.fills(segment) <= 1:
        yield segment
    else:
        yield from segment.cut(sheet)


def _between(before: tuple[Segment, ...], gap: str, behind: tuple[Segment, ...]) -> str:
    """What stands between two parts: a fence has its own lines, and nothing closes up."""
    lines = min(2, gap.count("\n"))
    if isinstance(before[-1], Code) or isinstance(behind[0], Code):
        lines = max(1, lines)
    return "\n" * lines or (" " if gap else BREAK)
