"""What every route works with: the world, and what the asking bot may do in it.

Not documented, and so this server's choice: a guild without the bot is unknown to it (10004); a
channel of such a guild, and one that the bot cannot see, gives 50001.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.message_payloads import message_json, without_content
from tests.servers.discord.model import Application, Channel, Guild, Kind, Message
from tests.servers.discord.permissions import NONE, Permission, in_guild, may, sees
from tests.servers.discord.world import World

NONCE_S = 300.0
"""Documented as "the past few minutes"."""


@dataclass(slots=True)
class Desk:
    """The world, and what the routes share.

    Attributes:
        start_limit: How many sessions an app may still begin, as `/gateway/bot` says.
        gateway_url: What `/gateway` names.
        nonces: The message of each sender's nonce.
    """

    world: World
    interactions: Interactions
    start_limit: Callable[[Application], Json]
    gateway_url: str = ""
    nonces: dict[tuple[str, str], Message] = field(default_factory=dict)

    def channel(self, call: Call, needed: Permission = NONE) -> Channel:
        """The channel of a path, in which the bot has these permissions.

        Raises:
            DiscordError: There is none, or the bot does not see it or may not do this.
        """
        channel = self.world.channels.get(call.names["channel_id"])
        if channel is None:
            raise DiscordError(10_003)
        if not sees(channel, call.app.bot.id):
            raise DiscordError(50_001)
        if not may(channel, call.app.bot.id, needed):
            raise DiscordError(50_013)
        return channel

    def message(self, call: Call, needed: Permission = NONE) -> Message:
        """The message of a path.

        Raises:
            DiscordError: There is none, or its channel is refused.
        """
        return self.message_in(self.channel(call, needed), call.names["message_id"])

    def message_in(self, channel: Channel, name: str) -> Message:
        """The message of an id; a thread's starter is found in the thread too, in forums alone.

        Raises:
            DiscordError: There is none.
        """
        message = channel.messages.get(name)
        if message is None:
            raise DiscordError(10_008)
        return message

    def guild(self, call: Call, needed: Permission = NONE) -> Guild:
        """The guild of a path, in which the bot has these permissions.

        Raises:
            DiscordError: There is none with the bot in it, or the bot may not do this.
        """
        guild = self.world.guilds.get(call.names["guild_id"])
        if guild is None or call.app.bot.id not in guild.members:
            raise DiscordError(10_004)
        if in_guild(guild, guild.members[call.app.bot.id]) & needed != needed:
            raise DiscordError(50_013)
        return guild

    def shown(self, call: Call, message: Message) -> Json:
        """A message as its reader may see it; a nonce comes with the answer to its post alone."""
        told = message_json(message)
        told.pop("nonce", None)
        if call.app.reads_content or message.channel.kind is Kind.DM:
            return told
        return without_content(told, call.app.bot.id)

    def alive(self, thread: Channel) -> None:
        """Refuse a change in an archived thread.

        Raises:
            DiscordError: 50083.
        """
        if thread.is_thread and thread.archived:
            raise DiscordError(50_083)


Handler = Callable[[Desk, Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """A route.

    Attributes:
        name: The `operationId` of Discord's published description.
        needs_token: Whether it asks for the bot's token; others have one in the path.
    """

    name: str
    method: str
    path: str
    handler: Handler
    needs_token: bool = True
