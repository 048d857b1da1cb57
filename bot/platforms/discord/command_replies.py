"""The reply to a command, which its token lets change for fifteen minutes, whoever may see it."""

from __future__ import annotations

import json

import discord

from footnote.bot.platforms.base import GoneError
from footnote.bot.platforms.discord.marks import controls_of
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.plain import first_taken
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.platforms.discord.view import embeds
from footnote.bot.questions import Question

REPLY = "@"
"""Begins the name of a message that belongs to the reply to a command."""

ORIGINAL = "@original"


class CommandReplies:
    """The messages of such replies.

    Args:
        client: Calls Discord.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def reply(self, question: Question, message: DiscordMessage, key: str) -> str:
        """Say this in place of the sign that somebody is at work; done twice, it is done once.

        Raises:
            PlatformError: It was not said, or nobody knows.
        """
        return await self._edit(question, ORIGINAL, message, key)

    async def add(self, question: Question, message: DiscordMessage, key: str) -> str:
        """Say one more thing that its asker alone sees; "" where the time for that is over.

        Raises:
            PlatformError: It was not said, or nobody knows.
        """

        async def send(tried: DiscordMessage) -> str:
            with translated():
                sent = await self._webhook(question).send(
                    tried.content,
                    embeds=embeds(json.loads(tried.embeds)),
                    view=controls_of(question, tried, key),
                    allowed_mentions=discord.AllowedMentions.none(),
                    ephemeral=True,
                    wait=True,
                )
            return f"{REPLY}{sent.id}"

        try:
            return await first_taken(message, send, question.id)
        except GoneError:
            return ""

    async def change(
        self, question: Question, sent: str, message: DiscordMessage, key: str
    ) -> None:
        """Make a message of the reply say this.

        Raises:
            PlatformError: It was not changed, or nobody knows.
        """
        await self._edit(question, sent.removeprefix(REPLY), message, key)

    async def original(self, question: Question) -> str:
        """The name of the first message of the reply.

        Raises:
            PlatformError: There is none, or nobody knows.
        """
        with translated():
            found = await self._webhook(question).fetch_message(
                ORIGINAL  # type: ignore[arg-type]  # as Discord names it
            )
        return f"{REPLY}{found.id}"

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message of the reply.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        with translated():
            await self._webhook(question).delete_message(int(sent.removeprefix(REPLY)))

    async def _edit(self, question: Question, name: str, message: DiscordMessage, key: str) -> str:
        async def edit(tried: DiscordMessage) -> str:
            with translated():
                changed = await self._webhook(question).edit_message(
                    name if name == ORIGINAL else int(name),  # type: ignore[arg-type]  # likewise
                    content=tried.content,
                    embeds=embeds(json.loads(tried.embeds)),
                    view=controls_of(question, tried, key),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            return f"{REPLY}{changed.id}"

        return await first_taken(message, edit, question.id)

    def _webhook(self, question: Question) -> discord.Webhook:
        application = self._client.application_id
        assert application is not None  # noqa: S101  nothing is asked before the bot has logged in
        webhook = discord.Webhook.partial(
            application, question.address["token"], client=self._client
        )
        webhook.type = discord.WebhookType.application
        return webhook
