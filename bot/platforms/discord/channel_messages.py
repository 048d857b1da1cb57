"""The bot's messages in channels and direct messages, each named "CHANNEL/MESSAGE"."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import discord

from footnote.bot.platforms.discord.marks import (
    controls_of,
    first_key,
    is_known_without_mark,
    mark,
    marks_of,
    names_in,
    nonce,
)
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.plain import first_taken
from footnote.bot.platforms.discord.trouble import (
    ARCHIVED,
    NO_HISTORY,
    DiscordRefusedError,
    translated,
)
from footnote.bot.platforms.discord.view import embeds
from footnote.bot.questions import Question

SEARCHED = 1_000
"""So many messages behind the question are looked through."""


class ChannelMessages:
    """Sends, changes, finds and removes them.

    Args:
        client: Calls Discord.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def post(self, question: Question, message: DiscordMessage, key: str) -> tuple[str, bool]:
        """Send a new message.

        Discord gives back the message that it knows by the same nonce, if there is one.

        Returns:
            Its name, and whether it says this.

        Raises:
            PlatformError: It was not sent, or nobody knows.
        """
        with translated():
            channel = await self._channel(question)

        reference = _reference(question, key)

        async def send(tried: DiscordMessage) -> tuple[str, bool]:
            controls = controls_of(question, tried, key)
            with translated():
                sent = await channel.send(
                    tried.content,
                    embeds=embeds(json.loads(tried.embeds)),
                    view=controls,
                    allowed_mentions=discord.AllowedMentions.none(),
                    nonce=nonce(key),
                    reference=reference,  # type: ignore[arg-type]  # None is none
                )
            says = sent.content.strip() == tried.content.strip()
            same = says and sorted(names_in(sent.components)) == sorted(controls.names())
            return f"{sent.channel.id}/{sent.id}", same

        try:
            return await first_taken(message, send, question.id)
        except DiscordRefusedError as error:
            if error.code != NO_HISTORY or reference is None:
                raise
            reference = None
            return await first_taken(message, send, question.id)

    async def change(
        self, question: Question, sent: str, message: DiscordMessage, key: str
    ) -> None:
        """Make a message say this.

        Raises:
            PlatformError: It was not changed, or nobody knows.
        """
        partial = self._partial(question, sent)

        async def edit(tried: DiscordMessage) -> None:
            with translated():
                await partial.edit(
                    content=tried.content,
                    embeds=embeds(json.loads(tried.embeds)),
                    view=controls_of(question, tried, key),
                    allowed_mentions=discord.AllowedMentions.none(),
                )

        await self._in_open_thread(partial, lambda: first_taken(message, edit, question.id))

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        partial = self._partial(question, sent)

        async def delete() -> None:
            with translated():
                await partial.delete()

        await self._in_open_thread(partial, delete)

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`, or one that answers this question and carries none.

        Raises:
            PlatformError: Nobody knows.
        """
        asked = discord.Object(int(question.address["message"]))
        answer: str | None = None
        with translated():
            channel = await self._channel(question)
            async for message in channel.history(after=asked, oldest_first=True, limit=SEARCHED):
                if message.author != self._client.user or message.flags.loading:
                    continue
                name = f"{message.channel.id}/{message.id}"
                carried = set(marks_of(message.components))
                if mark(key) in carried:
                    return name
                if not carried and _answers(message, asked.id):
                    answer = name
        return answer if is_known_without_mark(question, key) else None

    async def type_in(self, question: Question) -> None:
        """Show for a few seconds that an answer is written.

        Raises:
            PlatformError: It was not shown.
        """
        with translated():
            await (await self._channel(question)).typing()

    async def _in_open_thread(
        self, message: discord.PartialMessage, act: Callable[[], Awaitable[None]]
    ) -> None:
        """Open the thread again that was archived meanwhile, as a new message would."""
        try:
            await act()
        except DiscordRefusedError as error:
            if error.code != ARCHIVED:
                raise
            with translated():
                thread = await self._client.fetch_channel(message.channel.id)
                if isinstance(thread, discord.Thread):
                    await thread.edit(archived=False)
            await act()

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
        return place.get_partial_message(int(name))


def _answers(message: discord.Message, asked: int) -> bool:
    """Whether it replies to a message, or to the use of a command."""
    if message.interaction_metadata:
        return message.interaction_metadata.id == asked
    return bool(message.reference) and message.reference.message_id == asked  # type: ignore[union-attr]  # it is there


def _reference(question: Question, key: str) -> discord.MessageReference | None:
    """The message that is replied to by the first one, also by another in the place of it.

    What was asked by a command is no message.
    """
    address = question.address
    if "token" in address or key.rstrip("'") != first_key(question):
        return None
    return discord.MessageReference(
        message_id=int(address["message"]),
        channel_id=int(address["channel"]),
        guild_id=int(address["server"]) if address["server"] else None,
        fail_if_not_exists=False,
    )
