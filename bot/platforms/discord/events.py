"""What Discord's messages mean: pure functions from a message to what somebody asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import discord

from footnote.bot.audience import Audience
from footnote.bot.questions import Question

NAME = "discord"

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_COMMAND = re.compile(r"</([^:<>]+):\d+>")
_OTHER = re.compile(r"<(?:t:-?\d+(?::\w)?|id:\w+)>")
_TYPES = {discord.MessageType.default, discord.MessageType.reply}


@dataclass(frozen=True, slots=True)
class Written:
    """A message that a person wrote.

    Attributes:
        channel: The channel, thread or direct messages that it stands in.
        parent: The channel that its thread is in; "" outside of threads.
        server: The server; "" in direct messages.
        user: Who wrote it.
        id: Discord's name of it.
        text: What it says, as Discord writes it.
        names: How the people, roles and channels that it mentions are shown, by their ids.
        roles: The roles that it mentions.
        replies_to: The message that it replies to, or "".
        post: Whether a post in a forum begins with it.
        revision: 0, or for an edited message when that was, in microseconds.
    """

    channel: str
    parent: str
    server: str
    user: str
    id: str
    text: str
    names: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    replies_to: str = ""
    post: bool = False
    revision: int = 0

    @property
    def direct(self) -> bool:
        """Whether it was written to the bot alone."""
        return not self.server

    @property
    def in_thread(self) -> bool:
        """Whether it stands in a thread, or in a post of a forum."""
        return bool(self.parent)

    @property
    def question_id(self) -> str:
        """The question's id: the same for every event about this message."""
        return question_id(self.channel, self.id)


@dataclass(frozen=True, slots=True)
class Bot:
    """By what people mean the bot.

    Attributes:
        user: Its user id.
        roles: The ids of the roles that are its own, one a server; people mention them by mistake.
    """

    user: str
    roles: frozenset[str] = frozenset()


def question_id(channel: str, name: str) -> str:
    """The id of the question that a message, or the use of a command, is."""
    return f"{NAME}:{channel}:{name}"


def written(message: discord.Message) -> Written | None:
    """What a person wrote; None where a machine did, or where it is no message of words.

    Webhooks, bots, joins, pins and the like are not people who ask.
    """
    if message.author.bot or message.webhook_id or message.type not in _TYPES:
        return None
    channel = message.channel
    thread = channel if isinstance(channel, discord.Thread) else None
    reference = message.reference
    return Written(
        channel=str(channel.id),
        parent=str(thread.parent_id) if thread else "",
        server=str(message.guild.id) if message.guild else "",
        user=str(message.author.id),
        id=str(message.id),
        text=message.content,
        names=_names(message),
        roles=frozenset(map(str, message.raw_role_mentions)),
        replies_to=str(reference.message_id) if reference and reference.message_id else "",
        post=bool(thread and thread.id == message.id),
        revision=_revision(message),
    )


def mentions(message: Written, bot: Bot) -> bool:
    """Whether a message names the bot."""
    return bot.user in _USER.findall(message.text) or not bot.roles.isdisjoint(message.roles)


def question_of(
    message: Written, bot: Bot, place: str, *, meant: bool, follows: bool
) -> Question | None:
    """The question that a message is; None where it is none.

    Args:
        message: What was written.
        bot: By what people mean the bot.
        place: The conversation that it belongs to.
        meant: Whether it is for the bot in any case, such as a reply to one of its messages.
        follows: Whether messages in an engaged thread are questions without a mention.
    """
    mentioned = meant or message.direct or mentions(message, bot)
    if message.user == bot.user or not (mentioned or (message.in_thread and follows)):
        return None
    text = plain(message, bot)
    if not any(sign.isalnum() for sign in text):
        return None
    return Question(
        id=message.question_id,
        text=text,
        asker=f"{NAME}:{message.user}",
        place=place,
        platform=NAME,
        audience=Audience(private=message.direct),
        address={
            "channel": message.channel,
            "server": message.server,
            "message": message.id,
            "user": message.user,
            **({"thread": "yes"} if message.in_thread else {}),
        },
        mentioned=mentioned,
        revision=message.revision,
    )


def plain(message: Written, bot: Bot) -> str:
    """What a person meant, in the signs that they see."""
    own = {bot.user, *bot.roles}

    def shown(sign: str, mention: re.Match[str]) -> str:
        name = message.names.get(mention[1], "")
        return " " if mention[1] in own or not name else f"{sign}{name}"

    text = _USER.sub(lambda mention: shown("@", mention), message.text)
    text = _ROLE.sub(lambda mention: shown("@", mention), text)
    text = _CHANNEL.sub(lambda mention: shown("#", mention), text)
    text = _COMMAND.sub(r"/\1", text)
    text = _OTHER.sub(" ", _EMOJI.sub(" ", text))
    return re.sub(r"[ \t]+", " ", text).strip()


def _names(message: discord.Message) -> dict[str, str]:
    names = {str(user.id): user.display_name for user in message.mentions}
    names |= {str(role.id): role.name for role in message.role_mentions}
    for channel in message.channel_mentions:
        names[str(channel.id)] = getattr(channel, "name", "")
    return names


def _revision(message: discord.Message) -> int:
    return int(message.edited_at.timestamp() * 1_000_000) if message.edited_at else 0
