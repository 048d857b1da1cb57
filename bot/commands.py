"""What the bot does on a command, on every platform alike."""

from __future__ import annotations

from footnote.bot.app import App
from footnote.bot.audience import Audiences
from footnote.bot.conversations import conversation_key
from footnote.bot.indexed import source_lines
from footnote.bot.platforms.base import Command
from footnote.bot.questions import Question
from footnote.bot.state.base import Conversations
from footnote.retrieval.readers import Readers

HELP = """\
- A question, or a follow-up to the one before.
- /new forgets the questions before.
- /sources lists what is searched.\
"""
FORGOTTEN = "The next question stands by itself."


async def reply_to(command: Command, app: App, readers: Readers) -> str:
    """What a command has to say, as Markdown, to these readers."""
    match command.name:
        case "help":
            return HELP
        case "new":
            return FORGOTTEN
        case "sources":
            lines = await source_lines(app.settings, app.store, readers)
            return "\n".join(f"- {line}" for line in lines) or "There is nothing that you may see."
        case _:
            return f"There is no /{command.name}: /help says what there is."


class ServedCommands:
    """Does what commands say on chat platforms.

    Args:
        app: What they are about.
        conversations: What /new makes forget.
        audiences: Who may see what.
    """

    def __init__(self, app: App, conversations: Conversations, audiences: Audiences) -> None:
        self._app = app
        self._conversations = conversations
        self._audiences = audiences

    async def __call__(self, command: Command) -> str:
        """Do it, and give back the reply.

        Raises:
            FootnoteError: It could not be done, and why.
        """
        if command.name == "new":
            await self._conversations.forget(conversation_key(_as_question(command)))
        return await reply_to(command, self._app, self._audiences.readers(command.audience))


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
