"""Answering what comes in from one platform, in order, with the conversation of each place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from types import MappingProxyType

from footnote.bot.app import App
from footnote.bot.conversations import Conversation, Turn, turn_of
from footnote.bot.indexed import source_lines
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.base import Command, Dialogue
from footnote.bot.questions import Question
from footnote.retrieval.readers import Readers

HELP = """\
- A question, or a follow-up to the one before.
- /new forgets the questions before.
- /sources lists what is searched.
- /quit ends the chat, as Ctrl-D does; Ctrl-C cancels an answer.\
"""


async def converse(platform: Dialogue, app: App, readers: Readers) -> None:
    """Answer until the platform ends.

    Args:
        platform: Where people ask.
        app: What answers.
        readers: What everybody on this platform may see.
    """
    conversations: dict[str, Conversation] = {}
    async for incoming in platform.incoming():
        if isinstance(incoming, Command):
            if incoming.name == "new":
                conversations.pop(incoming.place, None)
            await platform.reply(incoming, await _replied(incoming, app))
            continue
        before = conversations.get(incoming.place, Conversation())
        question = replace(incoming, readers=readers, conversation=before)
        turn = await _turn(platform, app, question)
        if turn:
            conversations[incoming.place] = before.after(turn)


async def _turn(platform: Dialogue, app: App, question: Question) -> Turn | None:
    """Answer one question; None where later questions cannot follow up on the answer."""
    async with aclosing(answer_events(app.core.answerer, question)) as events:
        answer = await platform.show(question, events)
    return turn_of(answer) if answer else None


async def _replied(command: Command, app: App) -> str:
    reply = _COMMANDS.get(command.name)
    if reply is None:
        return f"There is no /{command.name}: /help says what there is."
    return await reply(app)


async def _help(app: App) -> str:
    del app
    return HELP


async def _new(app: App) -> str:
    del app
    return "The next question stands by itself."


async def _sources(app: App) -> str:
    return "\n".join(f"- {line}" for line in await source_lines(app.settings, app.store))


_COMMANDS: Mapping[str, Callable[[App], Awaitable[str]]] = MappingProxyType(
    {"help": _help, "new": _new, "sources": _sources}
)
