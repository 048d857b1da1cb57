"""Bringing messages to Discord.

As the reply to a command while that can be changed, else as messages of the channel, or as direct
messages where nobody else may see them.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from contextlib import suppress

import discord

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import GoneError, RateLimitedError
from footnote.bot.platforms.discord.channel_messages import ChannelMessages
from footnote.bot.platforms.discord.command_replies import REPLY, CommandReplies
from footnote.bot.platforms.discord.events import question_id
from footnote.bot.platforms.discord.marks import first_key
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.notices import SOMEWHERE, Notices
from footnote.bot.platforms.discord.trouble import UNKNOWN_WEBHOOK, DiscordGoneError, translated
from footnote.bot.platforms.discord.whispers import Whispers
from footnote.bot.questions import Question
from footnote.bot.state.base import Budgets
from footnote.bot.state.errors import StateUnavailableError

NOT_YET_S = 0.5
YOUNG_S = 5.0
"""A command is acknowledged a moment after its question was taken, or never."""

REMEMBERED = 500
"""So many messages of this process are remembered by their keys."""


class Sending:
    """The bot's messages, each named "CHANNEL/MESSAGE", or "@MESSAGE" as part of a command's reply.

    Args:
        client: Calls Discord.
        budgets: What all replicas may use together.
        notices: Which messages tell people to wait.
    """

    def __init__(self, client: discord.Client, budgets: Budgets, notices: Notices) -> None:
        self._client = client
        self._budgets = budgets
        self._notices = notices
        self._commands = CommandReplies(client)
        self._channels = ChannelMessages(client)
        self._whispers = Whispers()
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._young: OrderedDict[str, float] = OrderedDict()

    def heard(self, message: discord.Message) -> None:
        """The gateway tells of a message of the bot itself."""
        self._whispers.heard(message)

    async def post(self, question: Question, message: DiscordMessage, key: str) -> str:
        """Send a new message; the first of a command's answer becomes the reply to it.

        Raises:
            PlatformError: It was not sent, or nobody knows.
        """
        sent = ""
        if _by_command(question):
            if key == first_key(question):
                sent = await self._as_reply(question, message, key)
            elif _is_whispered(question):
                sent = await self._commands.add(question, message, key)
        if not sent:
            sent = await self._in_channel(question, message, key)
        self._remember(sent, key)
        return sent

    async def update(self, question: Question, sent: str, message: DiscordMessage) -> None:
        """Make a message say this; beyond the budget, what is not final is left out.

        Raises:
            PlatformError: It was not changed, or nobody knows.
        """
        if not message.final and await self._spent(question.address["channel"]):
            return
        # Whose key is not known here has it on record which message it is, and is never searched.
        key = self._keys.get(sent, first_key(question))
        if sent.startswith(REPLY):
            try:
                await self._commands.change(question, sent, message, key)
            except GoneError:
                if _is_whispered(question):
                    raise
            else:
                return
        await self._channels.change(question, sent.removeprefix(REPLY), message, key)

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`, or an answer to this question that carries none.

        Raises:
            PlatformError: Nobody knows.
        """
        found: str | None = None
        if _by_command(question):
            if key == first_key(question):
                with suppress(DiscordGoneError):
                    found = await self._commands.original(question)
            elif whisper := self._whispers.of(key):
                found = f"{REPLY}{whisper}"
        found = found or await self._channels.find(question, key)
        if found:
            self._remember(found, key)
        return found

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message; nothing if it is gone already.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        self._keys.pop(sent, None)
        with suppress(GoneError):
            if sent.startswith(REPLY):
                try:
                    await self._commands.remove(question, sent)
                except GoneError:
                    if _is_whispered(question):
                        raise
                else:
                    return
            await self._channels.remove(question, sent.removeprefix(REPLY))

    async def tell(self, question: Question, message: DiscordMessage) -> None:
        """Tell somebody who waits; a command shows of its own accord that it is at work.

        The message is never changed before it becomes the answer: a change that arrives late
        could take the answer's place, which a message that Discord knows already cannot.

        Raises:
            PlatformError: It could not be said.
        """
        if _by_command(question):
            return
        with suppress(FootnoteError):
            if await self._notices.begin(question):
                sent, _ = await self._channels.post(question, message, first_key(question))
                await self._notices.keep(question, sent)
                return
        await self._channels.type_in(question)

    async def withdraw(self, question_id: str) -> None:
        """Remove what told somebody to wait who has deleted the question.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        if sent := await self._notices.of(question_id):
            channel, _, name = sent.partition("/")
            place = self._client.get_partial_messageable(int(channel))
            with suppress(GoneError), translated():
                await place.get_partial_message(int(name)).delete()

    async def _as_reply(self, question: Question, message: DiscordMessage, key: str) -> str:
        """Make it the reply to the command; "" where there is none any more."""
        try:
            return await self._commands.reply(question, message, key)
        except DiscordGoneError as error:
            if error.code == UNKNOWN_WEBHOOK and self._is_young(question):
                raise RateLimitedError(NOT_YET_S) from error
            return ""

    async def _in_channel(self, question: Question, message: DiscordMessage, key: str) -> str:
        if told := await self._told(question, key):
            with suppress(GoneError):
                await self._channels.change(question, told, message, key)
                return told
        sent, says = await self._channels.post(question, message, key)
        if not says:
            # Discord knew the nonce already, and gave back what stands there.
            await self._channels.change(question, sent, message, key)
        return sent

    async def _told(self, question: Question, key: str) -> str | None:
        """The message that tells the asker to wait, where the answer's first one is to be sent."""
        if key != first_key(question):
            return None
        told = await self._notices.of(question.id)
        return await self._channels.find(question, key) if told == SOMEWHERE else told

    def _remember(self, sent: str, key: str) -> None:
        self._keys[sent] = key
        self._keys.move_to_end(sent)
        if len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)

    def _is_young(self, question: Question) -> bool:
        """Whether it may yet be acknowledged, by our clock alone."""
        now = time.monotonic()
        first = self._young.setdefault(question.id, now)
        if len(self._young) > REMEMBERED:
            self._young.popitem(last=False)
        return now - first < YOUNG_S

    async def _spent(self, channel: str) -> bool:
        """Whether this second's budget is used up; without the state it is taken for that."""
        try:
            wait_s = await self._budgets.spend(
                f"discord:{channel}:edit", amount=1, capacity=1, per_s=1.0
            )
        except StateUnavailableError:
            return True
        return wait_s > 0


def _by_command(question: Question) -> bool:
    """Whether the answer is the reply to a command, and not brought after it by a person."""
    address = question.address
    return "token" in address and question.id == question_id(address["channel"], address["message"])


def _is_whispered(question: Question) -> bool:
    """Whether the reply to its command is ephemeral, and cannot be changed by any other way."""
    return question.audience.private and bool(question.address["server"])
