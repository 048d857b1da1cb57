"""Bringing messages to Discord.

As the reply to a command while that can be changed, else as messages of the channel, or as direct
messages where nobody else may see them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from contextlib import suppress

import discord

from footnote.bot.platforms.base import GoneError, RateLimitedError
from footnote.bot.platforms.discord.command_replies import REPLY, CommandReplies
from footnote.bot.platforms.discord.events import question_id
from footnote.bot.platforms.discord.marks import mark, marked, marks_of, nonce
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.notices import Notices
from footnote.bot.platforms.discord.trouble import UNKNOWN_WEBHOOK, DiscordGoneError, translated
from footnote.bot.platforms.discord.view import Controls, embeds
from footnote.bot.questions import Question
from footnote.bot.state.base import Budgets
from footnote.bot.state.errors import StateUnavailableError

NOT_YET_S = 0.5
YOUNG_S = 5.0
"""A command is acknowledged a moment after its question was taken, or never."""

SEARCHED = 1_000
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
        self._keys: OrderedDict[str, str] = OrderedDict()

    async def post(self, question: Question, message: DiscordMessage, key: str) -> str:
        """Send a new message; the first of a command's answer becomes the reply to it.

        Raises:
            PlatformError: It was not sent, or nobody knows.
        """
        controls = _controls(question, message, key)
        sent = ""
        if _by_command(question):
            if key == first_key(question):
                sent = await self._as_reply(question, message, controls)
            elif question.audience.private:
                sent = await self._commands.add(question, message, controls)
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
        controls = _controls(question, message, self._keys.get(sent, first_key(question)))
        if sent.startswith(REPLY):
            try:
                await self._commands.change(question, sent, message, controls)
            except GoneError:
                if question.audience.private:
                    raise
            else:
                return
        with translated():
            await self._partial(question, sent).edit(
                content=message.content,
                embeds=embeds(json.loads(message.embeds)),
                view=controls,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`, or an answer to this question that carries none.

        Raises:
            PlatformError: Nobody knows.
        """
        found: str | None = None
        if _by_command(question) and key == first_key(question):
            with suppress(DiscordGoneError):
                found = await self._commands.original(question)
        found = found or await self._searched(question, key)
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
                    if question.audience.private:
                        raise
                else:
                    return
            with translated():
                await self._partial(question, sent).delete()

    async def tell(self, question: Question, message: DiscordMessage) -> None:
        """Tell somebody who waits; a command shows of its own accord that it is at work.

        The message is never changed before it becomes the answer: a change that arrives late
        could take the answer's place, which a message that Discord knows already cannot.

        Raises:
            PlatformError: It could not be said.
        """
        if _by_command(question):
            return
        if not self._notices.is_first(question):
            with translated():
                await (await self._channel(question)).typing()
            return
        key = first_key(question)
        sent = await self._send(question, message, key)
        await self._notices.keep(question, f"{sent.channel.id}/{sent.id}")

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

    async def _as_reply(
        self, question: Question, message: DiscordMessage, controls: Controls
    ) -> str:
        """Make it the reply to the command; "" where there is none any more."""
        try:
            return await self._commands.reply(question, message, controls)
        except DiscordGoneError as error:
            if error.code == UNKNOWN_WEBHOOK and age_s(question) < YOUNG_S:
                raise RateLimitedError(NOT_YET_S) from error
            return ""

    async def _in_channel(self, question: Question, message: DiscordMessage, key: str) -> str:
        if key == first_key(question) and (told := await self._notices.of(question.id)):
            with suppress(GoneError):
                await self.update(question, told, message)
                return told
        sent = await self._send(question, message, key)
        name = f"{sent.channel.id}/{sent.id}"
        if sent.content.strip() != message.content.strip():
            # Discord knew the nonce already, and gave back what stands there.
            self._remember(name, key)
            await self.update(question, name, message)
        return name

    async def _send(self, question: Question, message: DiscordMessage, key: str) -> discord.Message:
        with translated():
            channel = await self._channel(question)
            return await channel.send(
                message.content,
                embeds=embeds(json.loads(message.embeds)),
                view=_controls(question, message, key),
                allowed_mentions=discord.AllowedMentions.none(),
                nonce=nonce(key),
                reference=_reference(question, key),  # type: ignore[arg-type]  # None is none
            )

    async def _searched(self, question: Question, key: str) -> str | None:
        asked = discord.Object(int(question.address["message"]))
        unmarked: str | None = None
        with translated():
            channel = await self._channel(question)
            async for message in channel.history(after=asked, oldest_first=True, limit=SEARCHED):
                if message.author != self._client.user:
                    continue
                name = f"{message.channel.id}/{message.id}"
                carried = set(marks_of(message.components))
                if mark(key) in carried:
                    return name
                reference = message.reference
                if not carried and reference and reference.message_id == asked.id:
                    unmarked = name
        return unmarked

    async def _channel(self, question: Question) -> discord.DMChannel | discord.PartialMessageable:
        """Where it is answered: what nobody else may see, in direct messages."""
        address = question.address
        if question.audience.private and address["server"]:
            return await self._client.create_dm(discord.Object(int(address["user"])))
        return self._client.get_partial_messageable(
            int(address["channel"]), guild_id=int(address["server"]) if address["server"] else None
        )

    def _partial(self, question: Question, sent: str) -> discord.PartialMessage:
        channel, _, name = sent.rpartition("/")
        place = self._client.get_partial_messageable(int(channel or question.address["channel"]))
        return place.get_partial_message(int(name.removeprefix(REPLY)))

    def _remember(self, sent: str, key: str) -> None:
        self._keys[sent] = key
        self._keys.move_to_end(sent)
        if len(self._keys) > REMEMBERED:
            self._keys.popitem(last=False)

    async def _spent(self, channel: str) -> bool:
        """Whether this second's budget is used up; without the state it is taken for that."""
        try:
            wait_s = await self._budgets.spend(
                f"discord:{channel}:edit", amount=1, capacity=1, per_s=1.0
            )
        except StateUnavailableError:
            return True
        return wait_s > 0


def first_key(question: Question) -> str:
    """The key of the first message of an answer, as the inbox makes them."""
    return f"{question.id}#0"


def age_s(question: Question) -> float:
    """Seconds since it was asked, by Discord's clock and ours."""
    asked = discord.utils.snowflake_time(int(question.address["message"]))
    return (discord.utils.utcnow() - asked).total_seconds()


def _by_command(question: Question) -> bool:
    """Whether the answer is the reply to a command, and not brought after it by a person."""
    address = question.address
    return "token" in address and question.id == question_id(address["channel"], address["message"])


def _controls(question: Question, message: DiscordMessage, key: str) -> Controls:
    """The buttons; the first message of an answer is known without any by what it replies to."""
    rows = json.loads(message.components)
    return Controls(marked(rows, key, in_any_case=key != first_key(question)))


def _reference(question: Question, key: str) -> discord.MessageReference | None:
    """The message that is replied to; what was asked by a command is none."""
    address = question.address
    if "token" in address or key != first_key(question):
        return None
    return discord.MessageReference(
        message_id=int(address["message"]),
        channel_id=int(address["channel"]),
        guild_id=int(address["server"]) if address["server"] else None,
        fail_if_not_exists=False,
    )
