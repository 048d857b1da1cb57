"""A conversation in a terminal: the inbox of the chat platforms, over a state in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from footnote.bot.app import App
from footnote.bot.audience import Audience, Audiences
from footnote.bot.commands import HELP, ServedCommands, reply_to
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.base import Command, Platform
from footnote.bot.schedule.freshness import keeping_fresh
from footnote.bot.state.base import State
from footnote.bot.state.entries import Owner
from footnote.bot.state.sqlite import open_state
from footnote.retrieval.readers import ADMIN, Readers

QUIT = "\n- /quit ends the chat, as Ctrl-D does; Ctrl-C cancels an answer."
"""What /help says here beyond what it says on every platform."""

IN_MEMORY = Path(":memory:")
LOOK_S = 0.01


async def converse(platform: Platform, app: App) -> None:
    """Answer until the platform ends; nothing of the conversation is kept.

    What changes meanwhile in a source that can be watched is indexed.

    Args:
        platform: Where admins alone ask, and nobody reads along.
        app: What answers.

    Raises:
        Exception: The platform cannot go on, and why.
    """
    everything = Everything()
    # A clock that stands still while the machine sleeps: nobody is to take over what it holds.
    async with open_state(IN_MEMORY, clock=time.monotonic) as state:
        inbox = Inbox(
            state=state,
            owner=Owner(platform.name, "the only one"),
            platforms={platform.name: platform},
            answering=lambda question: answer_events(app.core.answerer, question),
            commands=ChatCommands(app, state),
            readers=everything,
            sources=app.settings.audiences,
            options=InboxOptions(workers=1, grace_s=0.0),
        )
        async with (
            keeping_fresh(app, state, {}, grace_s=0.0, scheduled=False),
            inbox.running(),
        ):
            await platform.receive(inbox.intake(platform.name))


class Everything(Audiences):
    """Turns every audience into readers who may see every document, whatever its source says."""

    def readers(self, audience: Audience) -> Readers:
        """Those of the local command line."""
        del audience
        return ADMIN


class ChatCommands:
    """Does what commands say in the chat.

    Args:
        app: What they are about.
        state: What /new makes forget.
    """

    def __init__(self, app: App, state: State) -> None:
        self._app = app
        self._state = state
        self._served = ServedCommands(app, state, Everything())

    async def __call__(self, command: Command) -> AsyncGenerator[str, None]:
        """Do it, and give back the reply.

        Raises:
            FootnoteError: It could not be done, and why.
        """
        match command.name:
            case "help":
                yield HELP + QUIT
            case "new":
                # An answer is shown a moment before its turn is remembered.
                while not await self._state.queue.idle():  # noqa: ASYNC110  it tells nobody
                    await asyncio.sleep(LOOK_S)
                async for text in self._served(command):
                    yield text
            case _:
                yield await reply_to(command, self._app, ADMIN)
