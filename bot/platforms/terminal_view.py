"""An answer on a terminal: what is happening, the blocks, and below them where they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markdown import Markdown
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

    async def show(self, events: AsyncIterator[Event]) -> Answer:
        """Show an answer while it is made, then where it comes from.

        Raises:
            RuntimeError: The events end without an answer, which is a defect.
        """
        stream = RichStream(self._console) if self._rich else PlainStream(self._console)
        try:
            with self._status_line() as tell:
                async for event in events:
                    match event:
                        case Status(text):
                            tell(text)
                        case Block():
                            tell(None)
                            stream.add(event)
                        case Answer():
                            tell(None)
                            stream.finish()
                            self._footer(event)
                            return event
        finally:
            stream.finish()
        raise RuntimeError("an answer's events ended without the answer")

    def markdown(self, text: str) -> None:
        """Show a whole text."""
        shown = Markdown(safe(text)) if self._rich else Text(safe(text))
        self._console.print(shown, soft_wrap=not self._rich)

    def line(self, text: str = "") -> None:
        """Show one line of Footnote's own."""
        self._console.print(Text(text), soft_wrap=not self._rich)

    @contextmanager
    def _status_line(self) -> Iterator[Callable[[str | None], None]]:
        """Gives what shows a status in place of the one before it; None ends it for good."""
        if not _can_move(self._statuses):
            yield lambda _: None
            return
        spinner = self._statuses.status("")
        ended = False

        def tell(text: str | None) -> None:
            nonlocal ended
            if text is None:
                ended = True
                spinner.stop()
            elif not ended:
                spinner.update(text)
                spinner.start()

        try:
            yield tell
        finally:
            spinner.stop()

    def _footer(self, answer: Answer) -> None:
        if answer.blocks:
            self._console.print()
        for line in footer(answer):
            self._console.print(line, soft_wrap=not self._rich)


def _can_move(console: Console) -> bool:
    """Whether it is a terminal that can write over what it shows."""
    return console.is_terminal and not console.is_dumb_terminal
