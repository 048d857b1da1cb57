"""An answer on a terminal: what is happening, the blocks, and below them where they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator

from rich.console import Console
from rich.markdown import Markdown
from rich.status import Status as StatusLine
from rich.text import Text

from footnote.bot.platforms.terminal_stream import PlainStream, RichStream
from footnote.bot.platforms.terminal_text import footer, safe
from footnote.bot.questions import Answer, Block, Event, Status


class AnswerView:
    """Shows answers, on a terminal as rendered Markdown, elsewhere as the Markdown that they are.

    Args:
        console: Where answers go.
        statuses: Where a line says what is happening until there is something to read: stderr.
    """

    def __init__(self, console: Console, statuses: Console) -> None:
        self._console = console
        self._statuses = statuses
        self._rich = _can_move(console)
        self._stream: RichStream | PlainStream | None = None
        self._status: StatusLine | None = None

    async def show(self, events: AsyncIterator[Event]) -> Answer:
        """Show an answer while it is made, then where it comes from.

        Raises:
            RuntimeError: The events end without an answer, which is a defect.
        """
        try:
            async for event in events:
                match event:
                    case Status(text):
                        self.tell(text)
                    case Block():
                        self.add(event)
                    case Answer():
                        self.end(event)
                        return event
        finally:
            self.close()
        raise RuntimeError("an answer's events ended without the answer")

    def tell(self, text: str) -> None:
        """Say what is happening, in place of what was said before; nothing behind a block."""
        if self._stream or not _can_move(self._statuses):
            return
        if self._status is None:
            self._status = self._statuses.status("")
        self._status.update(text)
        self._status.start()

    def add(self, block: Block) -> None:
        """Show one more block, and no status any more."""
        self._hush()
        if self._stream is None:
            self._stream = RichStream(self._console) if self._rich else PlainStream(self._console)
        self._stream.add(block)

    def end(self, answer: Answer) -> None:
        """Show where an answer comes from, below its blocks."""
        self.close()
        if answer.blocks:
            self.line()
        for line in footer(answer):
            self._console.print(line, soft_wrap=not self._rich)

    def close(self) -> None:
        """Leave the terminal ready for something else, whatever was being shown."""
        self._hush()
        if self._stream:
            self._stream.finish()
        self._stream = None

    def markdown(self, text: str) -> None:
        """Show a whole text."""
        shown = Markdown(safe(text)) if self._rich else Text(safe(text))
        self._console.print(shown, soft_wrap=not self._rich)

    def line(self, text: str = "") -> None:
        """Show one line of Footnote's own."""
        self._console.print(Text(text), soft_wrap=not self._rich)

    def _hush(self) -> None:
        if self._status:
            self._status.stop()
        self._status = None


def _can_move(console: Console) -> bool:
    """Whether it is a terminal that can write over what it shows."""
    return console.is_terminal and not console.is_dumb_terminal
