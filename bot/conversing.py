"""Answering what comes in from one platform, in order, with the conversation of each place."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from footnote.bot.app import App
from footnote.bot.commands import reply_to
from footnote.bot.conversations import Conversation, Turn, turn_of
from footnote.bot.outcomes import answer_events
from footnote.bot.platforms.base import Command, Dialogue
from footnote.bot.questions import Question
from footnote.retrieval.readers import Readers

QUIT = "\n- /quit ends the chat, as Ctrl-D does; Ctrl-C cancels an answer."
"""What /help says here beyond what it says on every platform."""


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
            text = await reply_to(incoming, app, readers)
            await platform.reply(incoming, text + QUIT if incoming.name == "help" else text)
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
