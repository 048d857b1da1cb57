"""Who will see an answer in Discord, and who may do what: from what the gateway has told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator

import discord

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import PlatformError, RefusedError
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.discord.trouble import translated

UNSAID = "Discord does not say who can read along ({}): ask again in a minute."

REMEMBERED_S = 60.0
"""For so long it is remembered what somebody is on a server; whether they may do what admins may is
looked at anew at each call."""

REMEMBERED = 2_000


class People:
    """Channels and people of the team's servers.

    Args:
        client: Knows servers, roles and channels from the gateway, and asks for members.
        settings: Who is of the team, and who is an admin.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        client: discord.Client,
        settings: DiscordSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._members: dict[tuple[int, int], tuple[float, discord.Member | None]] = {}

    def is_team(self, server: str) -> bool:
        """Whether a server is the team's."""
        return not self._settings.servers or server in self._settings.servers

    def channel_audience(self, channel: str) -> Audience:
        """Who will see what is written in a channel or thread.

        Raises:
            UnavailableError: The gateway has not told of it yet, or it is gone.
        """
        found = self._client.get_channel(int(channel))
        if isinstance(found, discord.Thread):
            # Who is in a private thread can read its channel, so that this is never too much.
            found = found.parent
        if not isinstance(found, discord.abc.GuildChannel):
            raise UnavailableError(UNSAID.format("it has not told of this channel"))
        outsiders = self._has_outsiders(found)
        everybody = found.permissions_for(found.guild.default_role).view_channel
        return Audience(
            labels=frozenset({f"{NAME}:{found.id}"}),
            outsiders=outsiders,
            public=everybody and not outsiders,
        )

    async def audience(self, channel: str, user: str, *, private: bool = False) -> Audience:
        """Who will see an answer there.

        Args:
            channel: Where it is asked.
            user: Who asks.
            private: Whether only they will see the answer.

        Raises:
            UnavailableError: Discord does not say.
        """
        if not private:
            return self.channel_audience(channel)
        members = [member async for member in self._memberships(user)]
        labels = {f"{NAME}:{user}"}
        for member in members:
            labels |= {f"{NAME}:role:{role.id}" for role in member.roles}
            labels |= {f"{NAME}:{place.id}" for place in _seen_by(member)}
        return Audience(
            labels=frozenset(labels),
            private=True,
            admin=any(map(self.is_admin, members)),
            outsiders=not any(map(self._is_of_the_team, members)),
        )

    def is_admin(self, member: discord.Member) -> bool:
        """Whether somebody may do what admins may, by the roles that come with them."""
        if member.bot or not self.is_team(str(member.guild.id)):
            return False
        return member.guild_permissions.manage_guild or _has_any(member, self._settings.admins)

    async def may_command(self, member: discord.abc.User) -> bool:
        """Whether somebody may do what admins may.

        Args:
            member: Who; a member of a server as a call has just named them, with their roles, or
                a user who writes directly.

        Raises:
            UnavailableError: Discord does not say.
        """
        if isinstance(member, discord.Member):
            return self.is_admin(member)
        found = self._memberships(str(member.id), anew=True)
        return any([self.is_admin(each) async for each in found])

    def _is_of_the_team(self, member: discord.Member) -> bool:
        return not self._settings.team_roles or _has_any(member, self._settings.team_roles)

    def _has_outsiders(self, channel: discord.abc.GuildChannel) -> bool:
        """Whether anybody may read along who is not of the team, as far as roles tell."""
        if not self.is_team(str(channel.guild.id)):
            return True
        team = self._settings.team_roles
        if not team:
            return False
        for role in channel.guild.roles:
            if str(role.id) in team or role.is_bot_managed() or role.permissions.administrator:
                continue
            if channel.permissions_for(role).view_channel:
                return True
        # Whom a channel lets in by name is not known to have any role.
        return any(
            allowed.view_channel and str(target.id) != str(channel.guild.me.id)
            for target, allowed in channel.overwrites.items()
            if not isinstance(target, discord.Role)
        )

    async def _memberships(self, user: str, *, anew: bool = False) -> AsyncIterator[discord.Member]:
        for guild in self._client.guilds:
            if self.is_team(str(guild.id)):
                member = await self._member(guild, int(user), anew=anew)
                if member:
                    yield member

    async def _member(
        self, guild: discord.Guild, user: int, *, anew: bool
    ) -> discord.Member | None:
        known = self._members.get((guild.id, user))
        if known and not anew and self._clock() - known[0] < REMEMBERED_S:
            return known[1]
        try:
            with translated():
                member = await guild.fetch_member(user)
        except RefusedError:
            member = None
        except PlatformError as error:
            raise UnavailableError(UNSAID.format(error)) from error
        self._remember((guild.id, user), member)
        return member

    def _remember(self, who: tuple[int, int], member: discord.Member | None) -> None:
        self._members.pop(who, None)
        self._members[who] = (self._clock(), member)
        if len(self._members) > REMEMBERED:
            del self._members[next(iter(self._members))]


def _has_any(member: discord.Member, roles: Collection[str]) -> bool:
    return any(str(role.id) in roles for role in member.roles)


def _seen_by(member: discord.Member) -> Iterator[discord.abc.GuildChannel]:
    """The channels of a server that somebody can look into."""
    for channel in member.guild.channels:
        if channel.permissions_for(member).view_channel:
            yield channel
