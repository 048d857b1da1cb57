"""What the bot does on a command, on every platform alike."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.metadata import version

from footnote.bot.app import App
from footnote.bot.audience import Audiences
from footnote.bot.conversations import conversation_key
from footnote.bot.errors import FootnoteError
from footnote.bot.feedback import forget_asker
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Question
from footnote.bot.state.base import Records, State
from footnote.bot.syncing.indexed import source_lines
from footnote.bot.syncing.reindexing import reindex
from footnote.bot.syncing.words import counted
from footnote.bot.tuning.dataset.forgetting import take_back_everywhere
from footnote.retrieval.readers import Readers

HELP = """\
- A question, or a follow-up to the one before.
- /new forgets the questions before.
- /sources lists what is searched.\
"""
FORGET = "\n- /forget removes what you asked, with the answers."
DENIED = "Only admins can have the sources read anew: ask one of them."
FORGOTTEN = "The next question stands by itself."

_log = logging.getLogger(__name__)


async def reply_to(
    command: Command, app: App, readers: Readers, records: Records | None = None
) -> str:
    """What a command has to say, as Markdown, to these readers.

    Args:
        command: The command.
        app: What it is about.
        readers: Who reads it.
        records: Where it is kept how the sources are synced by themselves, if they are.
    """
    match command.name:
        case "help":
            return HELP
        case "new":
            return FORGOTTEN
        case "sources":
            lines = await source_lines(app.settings, app.store, readers, records)
            return "\n".join(f"- {line}" for line in lines) or "There is nothing that you may see."
        case _:
            return f"There is no /{command.name}: /help says what there is."


class ServedCommands:
    """Does what commands say on chat platforms.

    Args:
        app: What they are about.
        state: What /new and /forget make forget.
        audiences: Who may see what.
    """

    def __init__(self, app: App, state: State, audiences: Audiences) -> None:
        self._app = app
        self._state = state
        self._audiences = audiences

    async def __call__(self, command: Command) -> AsyncGenerator[str, None]:
        """Do it, and give back the reply; each text takes the place of the one before.

        Raises:
            FootnoteError: It could not be done, and why.
        """
        if command.name == "reindex" and command.audience.admin:
            async with aclosing(reindex(self._app, command.argument)) as texts:
                async for text in texts:
                    yield text
        else:
            yield await self._done(command)

    async def _done(self, command: Command) -> str:
        match command.name:
            case "help":
                return HELP + FORGET
            case "footnote":
                lines = await self._about()
                return f"{lines}\n{HELP}{FORGET}"
            case "reindex":
                return DENIED
            case "forget":
                return await self._forgotten(command.asker)
            case "new":
                thread = conversation_key(_as_question(command))
                await self._state.conversations.forget(thread)
        readers = self._audiences.readers(command.audience)
        return await reply_to(command, self._app, readers, self._state.records)

    async def _forgotten(self, asker: str) -> str:
        """Forget all that somebody asked, in the datasets of this machine as well."""
        count = await forget_asker(self._state, asker)
        try:
            await take_back_everywhere(self._app.settings, self._state)
        except FootnoteError as error:
            # It is tried again every hour, and before anything is built upon a dataset.
            _log.warning("%s", error)
        return _forgotten(count)

    async def _about(self) -> str:
        waiting = await self._state.queue.waiting()
        return f"Footnote {version('footnote-bot')}, {counted(waiting, 'question')} waiting."


def _forgotten(count: int) -> str:
    if not count:
        return "There is nothing of yours that is kept."
    return f"{counted(count, 'question')} of yours and their answers are forgotten."


def _as_question(command: Command) -> Question:
    """A question by the same person at the same place."""
    return Question(
        "",
        "",
        asker=command.asker,
        place=command.place,
        platform=command.platform,
        audience=command.audience,
    )
