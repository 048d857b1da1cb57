"""Discord's hands for asking people: the channel where they are, and somebody who replies there."""

from __future__ import annotations

from contextlib import suppress

import discord

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import PlatformError, RefusedError
from footnote.bot.platforms.discord.events import NAME, Bot, Written, plain
from footnote.bot.platforms.discord.limits import shortened
from footnote.bot.platforms.discord.marks import nonce
from footnote.bot.platforms.discord.safety import escaped
from footnote.bot.platforms.discord.trouble import HAS_THREAD, DiscordRefusedError, translated
from footnote.bot.platforms.persons import HOW, Posted, Reply
from footnote.bot.questions import Question

NOBODY = "There is nobody to ask yet: `people` in [discord] names the channel of those who know."
UNREACHED = (
    "I cannot write where the people are whom you could ask ({}): somebody has to let me view that "
    "channel, send messages there and create threads."
)
NO_CHANNEL = "there is no such text channel for me"
DONE = "✅"
THREAD_NAME = 100
QUESTION = 1_500


class PeopleChannel:
    """A `Board`: the channel of those who know.

    Args:
        client: Calls Discord.
        channel: Its id, as in the settings; None where nobody can be asked.
        user: The id of who wants them to be asked.
    """

    def __init__(self, client: discord.Client, channel: str | None, user: str) -> None:
        self._client = client
        self._channel = channel
        self._user = user

    async def pin(self, question: Question) -> Posted:
        """Post a question with a thread, and a link to where it was asked if others can look.

        Raises:
            UnavailableError: There is no such channel, or the bot may not write there.
            PlatformError: It was not posted, or nobody knows.
        """
        if not self._channel:
            raise UnavailableError(NOBODY)
        said = [f"<@{self._user}> asks: {escaped(question.text[:QUESTION])}"]
        if link := _link(question):
            said.append(f"Where it was asked: {link}")
        channel = self._client.get_channel(int(self._channel))
        if not isinstance(channel, discord.TextChannel):
            raise UnavailableError(UNREACHED.format(NO_CHANNEL))
        try:
            with translated():
                posted = await channel.send(
                    "\n".join([*said, HOW]),
                    allowed_mentions=discord.AllowedMentions.none(),
                    nonce=nonce(f"{question.id}#people"),
                )
            await _open_thread(posted, named(question.text))
        except RefusedError as error:
            raise UnavailableError(UNREACHED.format(error)) from error
        return Posted(str(posted.id), f"<#{self._channel}>")


class Replier:
    """A `Writer`.

    Args:
        message: What they wrote.
    """

    def __init__(self, message: discord.Message) -> None:
        self._message = message

    async def name(self) -> str:
        """What people call them."""
        return self._message.author.display_name

    async def thank(self) -> None:
        """Put a mark on their reply.

        Raises:
            PlatformError: It was not put there.
        """
        with translated():
            await self._message.add_reaction(DONE)

    async def tell(self, text: str) -> None:
        """Tell them below their reply, since Discord lets nobody be told alone.

        Raises:
            PlatformError: They were not told.
        """
        with translated():
            await self._message.reply(text, allowed_mentions=discord.AllowedMentions.none())


def reply_of(message: Written, bot: Bot) -> Reply | None:
    """A message as a reply to the question that its thread, or what it replies to, may be."""
    thread = message.channel if message.in_thread else message.replies_to
    if not thread or message.direct:
        return None
    return Reply(
        id=message.question_id,
        thread=thread,
        person=f"{NAME}:{message.user}",
        text=plain(message, bot),
        revision=message.revision,
    )


def named(question: str) -> str:
    """The name of a thread about a question."""
    return shortened(" ".join(question.split()), THREAD_NAME)


async def _open_thread(posted: discord.Message, name: str) -> None:
    """Open a thread below the question; where that cannot be, nobody is asked."""
    try:
        with translated():
            await posted.create_thread(name=name)
    except DiscordRefusedError as error:
        if error.code == HAS_THREAD:
            return
        with suppress(PlatformError), translated():
            await posted.delete()
        raise


def _link(question: Question) -> str:
    """Where it was asked; "" where nobody else could look."""
    address = question.address
    if question.audience.private or not address["server"]:
        return ""
    return "https://discord.com/channels/{server}/{channel}/{message}".format(**address)
