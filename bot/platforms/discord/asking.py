"""Slash commands: a question, or something that the bot shall do."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace

import discord

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Command, GoneError, Intake, PlatformError
from footnote.bot.platforms.discord import replies
from footnote.bot.platforms.discord.claiming import claimed
from footnote.bot.platforms.discord.events import NAME, question_id
from footnote.bot.platforms.discord.people import People
from footnote.bot.platforms.discord.places import Places, of_message
from footnote.bot.platforms.discord.progress import Progress
from footnote.bot.questions import Question
from footnote.bot.state.base import Records

NOT_HERE = "This server is not one of those that I answer on."
EMPTY = "Write your question behind /ask."

REMEMBERED = 200
"""So many commands can still be replied to."""

_log = logging.getLogger(__name__)


class Asking:
    """Does what slash commands say.

    Args:
        intake: Takes what people do.
        people: Knows who may do what.
        places: Knows which thread goes on with which conversation.
        records: Where it is kept which replica replies.
    """

    def __init__(self, intake: Intake, people: People, places: Places, records: Records) -> None:
        self._intake = intake
        self._people = people
        self._places = places
        self._records = records
        self._replying: OrderedDict[str, Progress] = OrderedDict()

    async def ask(self, interaction: discord.Interaction, text: str, *, private: bool) -> None:
        """Take a question; it is acknowledged when it is taken, by whichever replica is first."""
        text = text.strip()
        if refusal := self._refusal(interaction) or ("" if text else EMPTY):
            await replies.tell(interaction, refusal)
            return
        private = private or interaction.guild_id is None
        try:
            question = await self._question(interaction, text, private=private)
            await self._intake.take(question)
        except FootnoteError as error:
            await replies.tell(interaction, str(error))
            return
        try:
            await replies.defer_among_others(
                interaction, private=private and interaction.guild_id is not None
            )
        except PlatformError as error:
            # It has been taken: the answer comes into the channel.
            _log.warning("Question %s could not be acknowledged: %s", question.id, error)

    async def command(self, interaction: discord.Interaction, name: str, argument: str) -> None:
        """Do something else, and reply to the one who asked for it."""
        if refusal := self._refusal(interaction):
            await replies.tell(interaction, refusal)
            return
        place = f"{interaction.channel_id}/{interaction.id}"
        try:
            if not await claimed(self._records, interaction.id):
                return
            if not await replies.defer(interaction):
                return
            self._remember(place, Progress(interaction))
            await self._intake.take(await self._command(interaction, name, argument, place))
        except FootnoteError as error:
            await replies.tell(interaction, str(error))
        except PlatformError as error:
            _log.warning("/%s could not be acknowledged: %s", name, error)

    async def reply(self, command: Command, text: str) -> str:
        """Show what a command has to say; past the life of its reply, in direct messages.

        Raises:
            PlatformError: It was not shown, or nobody knows.
        """
        progress = self._replying.get(command.place)
        if progress is None:
            raise GoneError("the command is not being replied to here")
        await progress.show(text)
        return command.place

    def _remember(self, place: str, progress: Progress) -> None:
        self._replying[place] = progress
        if len(self._replying) > REMEMBERED:
            self._replying.popitem(last=False)

    def _refusal(self, interaction: discord.Interaction) -> str:
        server = interaction.guild_id
        return NOT_HERE if server and not self._people.is_team(str(server)) else ""

    async def _question(
        self, interaction: discord.Interaction, text: str, *, private: bool
    ) -> Question:
        channel, name = str(interaction.channel_id), str(interaction.id)
        if interaction.guild_id is None or isinstance(interaction.channel, discord.Thread):
            place = await self._places.of_thread(channel)
        elif private:
            place = f"{channel}/private"
        else:
            place = of_message(channel, name)
        return Question(
            id=question_id(channel, name),
            text=text,
            asker=f"{NAME}:{interaction.user.id}",
            place=place,
            platform=NAME,
            audience=Audience(private=private),
            address={
                "channel": channel,
                "server": str(interaction.guild_id or ""),
                "message": name,
                "user": str(interaction.user.id),
                "token": interaction.token,
                **({"thread": "yes"} if isinstance(interaction.channel, discord.Thread) else {}),
            },
        )

    async def _command(
        self, interaction: discord.Interaction, name: str, argument: str, place: str
    ) -> Command:
        user = str(interaction.user.id)
        audience = await self._people.audience(str(interaction.channel_id), user, private=True)
        # What Discord has sent along with the command is what they are now.
        admin = await self._people.may_command(interaction.user)
        return Command(
            name=name,
            argument=argument,
            asker=f"{NAME}:{user}",
            place=place,
            platform=NAME,
            audience=replace(audience, admin=admin),
        )
