"""All that there is in this Discord, and a place to hear of what changes."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable

from tests.servers.clock import Changes, Clock
from tests.servers.discord.dispatch import Dispatches, Json
from tests.servers.discord.model import (
    Application,
    Channel,
    Guild,
    Kind,
    Member,
    Message,
    Overwrite,
    Role,
    User,
)
from tests.servers.discord.payloads import (
    EPOCH_MS,
    channel_json,
    guild_create_json,
    member_json,
    role_json,
    user_json,
)
from tests.servers.discord.permissions import EVERYBODY, sees


class World:
    """Users, applications, guilds and channels, with an id for everything new.

    Attributes:
        dispatches: Tells of every change that the gateway tells bots of.
        whispers: Ephemeral messages, in order; those that were deleted are gone.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changes = Changes()
        self.dispatches = Dispatches()
        self.users: dict[str, User] = {}
        self.applications: dict[str, Application] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.whispers: list[Message] = []
        self._last_id = 0

    def new_id(self) -> str:
        """A snowflake: later than all before it, and made of the clock's time."""
        now = int(self.clock.now() * 1_000) - EPOCH_MS
        self._last_id = max(now << 22, self._last_id + 1)
        return str(self._last_id)

    def tell(self, event: str, payload: Json, channel: Channel) -> None:
        """Tell the bots that see a channel of an event."""
        self.changes.tell()
        self.dispatches.publish(event, payload, channel.guild_id, self.bots_in(channel))

    def tell_guild(self, event: str, payload: Json, guild: Guild) -> None:
        """Tell every bot of a guild of an event."""
        self.changes.tell()
        self.dispatches.publish(event, payload, guild.id, frozenset(guild.bots))

    def bots_in(self, channel: Channel) -> frozenset[str]:
        """The bots that see a channel."""
        inside = channel.guild.members if channel.guild else channel.recipients
        return frozenset(name for name in inside if self.users[name].bot and sees(channel, name))

    def application_of(self, token: str) -> Application | None:
        """The application of a bot's token."""
        known = self.applications.values()
        return next((one for one in known if secrets.compare_digest(one.token, token)), None)

    def application_of_bot(self, bot_id: str) -> Application | None:
        """The application of a bot's user."""
        return next((a for a in self.applications.values() if a.bot.id == bot_id), None)

    def guilds_of(self, user_id: str) -> list[Guild]:
        """The guilds that a user is in."""
        return [guild for guild in self.guilds.values() if user_id in guild.members]

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Somebody new."""
        shown = None if bot else name.title()
        user = User(self.new_id(), name, shown, bot)
        self.users[user.id] = user
        return user

    def add_application(self, name: str) -> Application:
        """A new application with its bot."""
        owner, bot = self.add_user(f"{name}-owner"), self.add_user(name, bot=True)
        first = base64.urlsafe_b64encode(bot.id.encode()).decode().rstrip("=")
        token = f"{first}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
        application = Application(self.new_id(), name, bot, owner, token)
        self.applications[application.id] = application
        return application

    def add_guild(self, name: str, owner: User) -> Guild:
        """A new guild with @everyone and its owner."""
        guild = Guild(self.new_id(), name, owner.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", int(EVERYBODY), 0)
        self.guilds[guild.id] = guild
        self.join(guild, owner)
        return guild

    def join(self, guild: Guild, user: User, roles: Iterable[Role] = ()) -> Member:
        """Somebody enters a guild; a bot is told of the guild, the others of the member."""
        member = Member(user, {role.id for role in roles}, self.clock.now())
        guild.members[user.id] = member
        self.tell_guild("GUILD_MEMBER_ADD", member_json(member) | {"guild_id": guild.id}, guild)
        if user.bot:
            told = guild_create_json(guild, user.id)
            self.dispatches.publish("GUILD_CREATE", told, guild.id, frozenset({user.id}))
        return member

    def leave(self, guild: Guild, user: User) -> None:
        """Somebody leaves a guild; a bot is told that the guild is gone."""
        bots = frozenset(guild.bots) - {user.id}
        del guild.members[user.id]
        gone = {"guild_id": guild.id, "user": user_json(user)}
        self.changes.tell()
        self.dispatches.publish("GUILD_MEMBER_REMOVE", gone, guild.id, bots)
        if user.bot:
            told = {"id": guild.id}
            self.dispatches.publish("GUILD_DELETE", told, guild.id, frozenset({user.id}))

    def change_member(self, guild: Guild, member: Member) -> None:
        """Tell that a member's nick or roles have changed."""
        told = member_json(member) | {"guild_id": guild.id}
        self.tell_guild("GUILD_MEMBER_UPDATE", told, guild)

    def add_role(
        self, guild: Guild, name: str, permissions: int = 0, *, mentionable: bool = False
    ) -> Role:
        """A new role, above those before it."""
        role = Role(self.new_id(), name, int(permissions), len(guild.roles), mentionable)
        guild.roles[role.id] = role
        told = {"guild_id": guild.id, "role": role_json(role)}
        self.tell_guild("GUILD_ROLE_CREATE", told, guild)
        return role

    def change_role(self, guild: Guild, role: Role, permissions: int) -> None:
        """A role gets other permissions."""
        role.permissions = int(permissions)
        told = {"guild_id": guild.id, "role": role_json(role)}
        self.tell_guild("GUILD_ROLE_UPDATE", told, guild)

    def add_channel(
        self,
        guild: Guild,
        name: str,
        kind: Kind = Kind.TEXT,
        *,
        parent: Channel | None = None,
        overwrites: dict[str, Overwrite] | None = None,
    ) -> Channel:
        """A new channel of a guild; in a category it takes over that one's overwrites.

        Args:
            guild: Where.
            name: Its name.
            kind: Any but a thread or direct messages.
            parent: Its category.
            overwrites: Its own, by the id of a role or a member.
        """
        if overwrites is None:
            overwrites = dict(parent.overwrites) if parent else {}
        position = len(guild.channels)
        channel = Channel(self.new_id(), name, kind, guild, parent, position=position)
        channel.overwrites = overwrites
        self.channels[channel.id] = guild.channels[channel.id] = channel
        self.tell_guild("CHANNEL_CREATE", channel_json(channel), guild)
        return channel

    def change_channel(self, channel: Channel) -> None:
        """Tell that a channel's or a thread's fields have changed."""
        event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
        self.tell(event, channel_json(channel), channel)

    def remove_channel(self, channel: Channel) -> None:
        """A channel goes, and its threads with it."""
        assert channel.guild
        told, bots = channel_json(channel), self.bots_in(channel)
        for thread in [one for one in channel.guild.threads if one.parent is channel]:
            del self.channels[thread.id], channel.guild.channels[thread.id]
        del self.channels[channel.id], channel.guild.channels[channel.id]
        if channel.is_thread:
            told = {name: told[name] for name in ("id", "guild_id", "parent_id", "type")}
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self.changes.tell()
        self.dispatches.publish(event, told, channel.guild_id, bots)

    def direct(self, one: User, other: User) -> Channel:
        """The direct messages between two users."""
        pair = {one.id: one, other.id: other}
        for channel in self.channels.values():
            if channel.kind is Kind.DM and channel.recipients.keys() == pair.keys():
                return channel
        channel = Channel(self.new_id(), "", Kind.DM, recipients=pair)
        self.channels[channel.id] = channel
        for user in pair.values():
            if user.bot:
                told = channel_json(channel, reader=user.id)
                self.dispatches.publish("CHANNEL_CREATE", told, None, frozenset({user.id}))
        return channel
