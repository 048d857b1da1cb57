"""What comes in from Discord over the gateway."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace

import discord

from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import Deleted, Edited, PlatformError
from footnote.bot.platforms.discord.answered import answered_by
from footnote.bot.platforms.discord.events import (
    Bot,
    Written,
    mentions,
    question_id,
    question_of,
    written,
)
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.persons import Replier, reply_of
from footnote.bot.platforms.discord.places import of_message
from footnote.bot.platforms.discord.seen import Seen
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.questions import Question

REMEMBERED = 5_000
"""So many questions are known to be some when an edit makes them none."""

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
        self._asked: OrderedDict[str, None] = OrderedDict()

    async def message(self, message: discord.Message) -> None:
        """A message was written."""
        said = self._heard(message)
        if said is None:
            return
        try:
            await self._taken(said, message)
            await self._seen.saw(message)
        except UnavailableError as error:
            await self._sorry(message, str(error))

    async def edited(self, event: discord.RawMessageUpdateEvent) -> None:
        """A message was changed: by a person, or by Discord, which unfolds links in it."""
        said = self._heard(event.message)
        if said is None or not said.revision:
            return
        try:
            if not await self._taken(said, event.message) and said.question_id in self._asked:
                await self._intake.take(Deleted(said.question_id, said.revision))
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

    async def catch_up(self) -> None:
        """Take what was asked while nobody looked, since Discord tells a new session nothing."""
        try:
            async for message in self._seen.missed():
                await self.message(message)
        except FootnoteError as error:
            _log.warning("What was asked in Discord meanwhile could not be looked for: %s", error)

    async def _taken(self, said: Written, message: discord.Message) -> bool:
        """Whether a message is for the bot; it is then taken."""
        question = await self._question(said, message)
        if (question is None or not question.mentioned) and await self._replied(said, message):
            return True
        if question is None:
            return False
        await self._intake.take(Edited(question) if question.revision else question)
        self._asked[question.id] = None
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return True

    async def _replied(self, said: Written, message: discord.Message) -> bool:
        """Whether it is the reply of a person who was asked; it is then kept."""
        reply = reply_of(said, self._bot(said)) if self._parts.settings.people else None
        return reply is not None and await self._parts.persons.replied(reply, Replier(message))

    def _heard(self, message: discord.Message) -> Written | None:
        said = written(message)
        if said is None or (said.server and not self._parts.people.is_team(said.server)):
            return None
        return said

    async def _question(self, said: Written, message: discord.Message) -> Question | None:
        answered = self._answered(message)
        post = said.post and said.parent in self._parts.settings.forums
        question = question_of(
            said,
            self._bot(said),
            "",
            meant=bool(answered) or post,
            follows=self._parts.settings.follows(said.channel, said.parent),
        )
        return replace(question, place=await self._place(said, answered)) if question else None

    async def _place(self, said: Written, answered: str) -> str:
        if said.direct or said.in_thread:
            return await self._parts.places.of_thread(said.channel)
        if answered:
            return await self._parts.places.of_reply(said.channel, said.id, answered)
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
        said = written(message)
        meant = said and (said.direct or mentions(said, self._bot(said)))
        if not meant:
            return
        try:
            with translated():
                await message.reply(
                    text,
                    nonce=nonce(f"{question_id(str(message.channel.id), str(message.id))}#sorry"),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
        except PlatformError as error:
            _log.warning("Somebody could not be told that the state is away: %s", error)
