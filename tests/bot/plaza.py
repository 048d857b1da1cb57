"""A platform in memory: what was said there, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager

from footnote.bot.audience import Audience
from footnote.bot.checks.check import Check
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Command, Intake, Services
from footnote.bot.questions import Question, View
from footnote.bot.settings.schema import Settings

Visit = Callable[[Intake], Awaitable[None]]
"""What people do there, until it ends."""


class Plaza:
    """A `Platform`.

    Args:
        visit: What people do there; it never ends by itself.
        failure: What ends it afterwards, if anything does.

    Attributes:
        messages: What each message says, by its key.
        final: The keys of the messages that say how a question ended, in order.
        replies: What commands had to say.
    """

    name = "plaza"
    pace_s = 0.0
    lead_s = 0.0

    def __init__(self, visit: Visit | None = None, failure: FootnoteError | None = None) -> None:
        self._visit = visit
        self._failure = failure
        self.messages: dict[str, str] = {}
        self.final: list[str] = []
        self.replies: list[str] = []

    async def receive(self, intake: Intake) -> None:
        """Let people do what they do."""
        if self._visit:
            await self._visit(intake)
        if self._failure:
            raise self._failure
        await asyncio.Event().wait()

    async def audience(self, question: Question) -> Audience:
        """What was known when it was asked."""
        return question.audience

    def render(self, view: View) -> Sequence[Hashable]:
        """One message with all blocks; its second part says whether it is final."""
        text = "".join(block.gap + block.text for block in view.blocks)
        if view.answer:
            return [(text or view.answer.note or str(view.answer.outcome), True)]
        return [(text, False)] if text else []

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Show a message."""
        await self.update(question, key, message)
        return key

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Show it otherwise."""
        del question
        assert isinstance(message, tuple)
        self.messages[sent], final = message
        if final:
            self.final.append(sent)

    async def find(self, question: Question, key: str) -> str | None:
        """A message by its key."""
        del question
        return key if key in self.messages else None

    async def remove(self, question: Question, sent: str) -> None:
        """Take a message away."""
        del question
        self.messages.pop(sent, None)

    async def tell(self, question: Question, status: str) -> None:
        """Nobody listens."""

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Keep it."""
        del command, shown
        self.replies.append(text)
        return ""


class PlazaKind:
    """A `PlatformKind` that opens one plaza.

    Attributes:
        opened: Whether it is open now.
    """

    def __init__(self, plaza: Plaza, lacking: str = "") -> None:
        self._plaza = plaza
        self._lacking = lacking
        self.opened = False

    def lacks(self, settings: Settings) -> str:
        """What the test says."""
        del settings
        return self._lacking

    async def examine(self, settings: Settings) -> list[Check]:
        """All is well."""
        del settings
        return []

    @asynccontextmanager
    async def open(self, settings: Settings, services: Services) -> AsyncIterator[Plaza]:
        """The plaza."""
        del settings, services
        self.opened = True
        try:
            yield self._plaza
        finally:
            self.opened = False
