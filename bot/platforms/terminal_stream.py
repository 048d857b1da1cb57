"""The blocks of one answer as they come: nothing that is written is ever written again."""

from __future__ import annotations

import re

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from footnote.bot.markdown import FENCE, HEADING
from footnote.bot.platforms.terminal_text import safe
from footnote.bot.questions import Block

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_STANDS_ALONE = re.compile(rf"{FENCE.pattern}|{HEADING.pattern}|[ \t]*\|")
"""How a block opens to which nothing can be added: a code fence, a heading, a table."""


class RichStream:
    """Renders the open paragraph, list or table with each block, and writes what that adds.

    Lines are filled greedily and blocks are whole, so that what is written stays a beginning of
    what is rendered next; nothing on the screen ever has to be drawn again.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._open = ""
        self._alone = False
        self._lines: list[str] = []
        self._written = False

    def add(self, block: Block) -> None:
        """Show one more block."""
        text = safe(block.text)
        alone = _STANDS_ALONE.match(text) is not None
        if alone or self._alone or _BLANK_LINE.search(block.gap):
            self._close()
        together = self._open + block.gap + text if self._open else text
        lines = self._rendered(together)
        if not _continues(lines, self._lines):
            self._close()
            together, lines = text, self._rendered(text)
        if not self._open and self._written:
            self._console.print()
        self._open, self._alone, self._written = together, alone, True
        self._extend(lines)

    def finish(self) -> None:
        """End the answer's text."""
        self._close()

    def _extend(self, lines: list[Text]) -> None:
        """Write what these lines add to those that are written; the last one stays open."""
        done = self._lines
        if done:
            rest = lines[len(done) - 1][len(done[-1]) :]
            self._console.print(rest, end="", soft_wrap=True)
        for number, line in enumerate(lines[len(done) :], start=len(done)):
            self._console.print(Text("\n" if number else "") + line, end="", soft_wrap=True)
        self._lines = [line.plain for line in lines]

    def _rendered(self, markdown: str) -> list[Text]:
        lines = self._console.render_lines(Markdown(markdown), pad=False)
        texts = [
            Text.assemble(*((segment.text, segment.style or "") for segment in line))
            for line in lines
        ]
        for text in texts:
            text.rstrip()
        return _without_blank_edges(texts)

    def _close(self) -> None:
        if self._lines:
            self._console.print()
        self._lines = []
        self._open = ""


def _without_blank_edges(lines: list[Text]) -> list[Text]:
    """The lines from the first to the last one with anything on it: a list begins with none."""
    filled = [number for number, line in enumerate(lines) if line.plain]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _continues(lines: list[Text], done: list[str]) -> bool:
    """Whether `lines` only add to what is done.

    They do not where the Markdown of two blocks means something else than each by itself.
    """
    if not done:
        return True
    plain = [line.plain for line in lines]
    *whole, last = done
    return (
        len(plain) > len(whole)
        and plain[: len(whole)] == whole
        and plain[len(whole)].startswith(last)
    )


class PlainStream:
    """Writes each block behind the one before it."""

    def __init__(self, console: Console) -> None:
        self._file = console.file
        self._written = False

    def add(self, block: Block) -> None:
        """Write one more block."""
        self._file.write((block.gap if self._written else "") + safe(block.text))
        self._file.flush()
        self._written = True

    def finish(self) -> None:
        """End the answer's text."""
        if self._written:
            self._file.write("\n")
            self._file.flush()
        self._written = False
