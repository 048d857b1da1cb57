"""What comes in from Discord over the gateway."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import discord

from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import Deleted, Edited, PlatformError
from footnote.bot.platforms.discord.answered import answered_by
from footnote.bot.platforms.discord.events import Bot, Written, question_id, question_of, written
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.persons import Replier, reply_of
from footnote.bot.platforms.discord.places import of_message
from footnote.bot.platforms.discord.seen import Missed, Seen
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.questions import Question

AGAIN_S = 5.0
"""Seconds from one look for what was missed to the next, where it did not succeed."""

_log = logging.getLogger(__name__)


class Receiving:
    """Discord's messages, as questions and what becomes of them.

    Args:
        parts: The parts of the bot.
        seen: Keeps up to where was read.
    """

    def __init__(self, parts: Parts, seen: Seen) -> None:
        self._parts = parts
        self._intake = parts.intake
        self._seen = seen

    async def message(self, message: discord.Message) -> None:
        """A message was written."""
        if message.author == self._parts.client.user:
            self._parts.sending.heard(message)
            return
        said = self._heard(message)
        if said is None:
            return
        try:
            await self._take(said, message)
        except UnavailableError as error:
            question = self._question(said, message)
            if question and question.mentioned:
                await self._sorry(message, str(error))
        else:
            await self._seen.saw(message)

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message was changed: by a person, or by Discord, which unfolds links in it."""
        said = self._heard(event.message)
        if said is None or not said.revision:
            return
        try:
            await self._take(said, event.message)
        except UnavailableError as error:
            _log.warning("An edit of question %s was not taken: %s", said.question_id, error)

    async def deleted(self, channel: int, message: int) -> None:
        """A message was deleted."""
        name = question_id(str(channel), str(message))
        try:
            await self._intake.take(Deleted(name))
            await self._parts.sending.withdraw(name)
        except (UnavailableError, PlatformError) as error:
            _log.warning("That question %s was deleted was not seen to: %s", name, error)

    def connected_anew(self) -> None:
        """A new session with Discord has begun, which is told nothing of what came before."""
        self._seen.connected_anew()

    async def catch_up(self) -> None:
        """Take what was asked while nobody looked."""
        while True:
            try:
                async for missed in self._seen.missed():
                    await self._take_missed(missed)
            except (FootnoteError, PlatformError) as error:
                _log.warning("What was asked meanwhile could not be looked for: %s", error)
            else:
                return
            await asyncio.sleep(AGAIN_S)

    async def _take_missed(self, missed: Missed) -> None:
        said = self._heard(missed.message)
        if said is None:
            return
        question = self._question(said, missed.message)
        if question and not (question.mentioned or missed.new):
            # It was seen, and was none if nobody had asked there before: now it would be one.
            return
        await self._take(said, missed.message, missed=True)

    async def _take(self, said: Written, message: discord.Message, *, missed: bool = False) -> None:
        """Take a message as what it is: a question, a reply of a person who was asked, or none.

        Args:
            said: The message.
            message: The same, as discord.py has it.
            missed: Whether it may never have been seen, whatever became of it since.
        """
        question = self._question(said, message)
        if question is None or not question.mentioned:
            if await self._replied(said, message):
                return
            if said.revision and said.replies_to:
                meant = await self._parts.places.is_chained(said.channel, said.id)
                question = self._question(said, message, meant=meant)
        if question is not None:
            question = replace(question, place=await self._place(said, self._answered(message)))
            if missed or not question.revision:
                await self._intake.take(question)
            if question.revision:
                await self._intake.take(Edited(question))
        elif said.revision:
            await self._intake.take(Deleted(said.question_id, said.revision))

    async def _replied(self, said: Written, message: discord.Message) -> bool:
        """Whether it is the reply of a person who was asked; it is then kept."""
        reply = reply_of(said, self._bot(said)) if self._parts.settings.people else None
        return reply is not None and await self._parts.persons.replied(reply, Replier(message))

    def _heard(self, message: discord.Message) -> Written | None:
        said = written(message)
        if said is None or (said.server and not self._parts.people.is_team(said.server)):
            return None
        return said

    def _question(
        self, said: Written, message: discord.Message, *, meant: bool = False
    ) -> Question | None:
        post = said.post and said.parent in self._parts.settings.forums
        return question_of(
            said,
            self._bot(said),
            "",
            meant=meant or post or bool(self._answered(message)),
            follows=self._parts.settings.follows(said.channel, said.parent),
        )

    async def _place(self, said: Written, answered: str) -> str:
        places = self._parts.places
        if said.direct or said.in_thread:
            return await places.of_thread(said.channel)
        if answered:
            return await places.of_reply(said.channel, said.id, answered)
        if said.revision:
            return await places.of_question(said.channel, said.question_id)
        return of_message(said.channel, said.id)

    def _answered(self, message: discord.Message) -> str:
        """The question whose answer this message replies to; "" where it replies to none."""
        reference = message.reference
        if reference is None or reference.message_id is None:
            return ""
        answer = reference.resolved
        if isinstance(answer, discord.Message) and answer.author == self._parts.client.user:
            return answered_by(answer)
        return ""

    def _bot(self, said: Written) -> Bot:
        guild = self._parts.client.get_guild(int(said.server)) if said.server else None
        own = guild.self_role if guild else None
        roles = frozenset({str(own.id)}) if own else frozenset[str]()
        return Bot(str(self._parts.client.user.id) if self._parts.client.user else "", roles)

    async def _sorry(self, message: discord.Message, text: str) -> None:
        """Tell somebody that their question was not taken: Discord does not bring it again."""
        try:
            with translated():
                await message.reply(
                    text,
                    nonce=nonce(f"{question_id(str(message.channel.id), str(message.id))}#sorry"),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
        except PlatformError as error:
            _log.warning("Somebody could not be told that the state is away: %s", error)
