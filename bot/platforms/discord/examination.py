"""What `footnote doctor` says of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import discord

from footnote.bot.checks.check import Check
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import PlatformError
from footnote.bot.platforms.discord.connection import NO_CONTENT, logged_in, open_to_all
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.permissions import (
    IN_CHANNELS,
    IN_FORUMS,
    WITH_PEOPLE,
    invite,
    lacking,
)
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.platforms.discord.trouble import translated

SHOWN = 5
GRANTED = "give them to its role below Permissions in the channel's settings"


@dataclass(frozen=True, slots=True)
class _Server:
    """A server of the team that the bot is on.

    Attributes:
        guild: The server, with its roles.
        me: The bot there.
        channels: Its channels by their ids, also those that the bot cannot see.
    """

    guild: discord.Guild
    me: discord.Member
    channels: Mapping[str, discord.abc.GuildChannel]


async def examine(settings: DiscordSettings, token: Token) -> list[Check]:
    """Whether Discord takes the token, what the bot may not do where, and what is not there.

    Args:
        settings: How Footnote behaves in Discord.
        token: What Discord knows the bot by.
    """
    if not token.value:
        return []
    try:
        async with logged_in(token) as client:
            with translated():
                return [check async for check in _examined(client, settings)]
    except (FootnoteError, PlatformError) as error:
        return [Check(NAME, fine=False, text=str(error))]


async def _examined(client: discord.Client, settings: DiscordSettings) -> AsyncIterator[Check]:
    about = await client.application_info()
    flags = about.flags
    reads = flags.gateway_message_content or flags.gateway_message_content_limited
    said = "the bot may read messages" if reads else NO_CONTENT
    yield Check(f"{NAME}, {about.name}", fine=bool(reads), text=said)
    if warning := open_to_all(about, settings):
        yield Check(f"{NAME}, invitations", fine=False, text=warning)
    there = {str(guild.id): guild.id async for guild in client.fetch_guilds(with_counts=False)}
    if not there and not settings.servers:
        text = f"the bot is on no server: open {invite(about.id)} and choose one."
        yield Check(f"{NAME}, servers", fine=False, text=text)
    for missing in sorted(set(settings.servers) - set(there)):
        text = (
            f"the bot is not on this server of `servers` in [discord]: open {invite(about.id)} and "
            "choose it, or correct the id."
        )
        yield Check(f"{NAME}, server {missing}", fine=False, text=text)
    own = [there[name] for name in there if not settings.servers or name in settings.servers]
    servers = [await _server(client, guild) for guild in own]
    for server in servers:
        yield _permissions(server, about.id)
    for check in (*_roles(settings, servers), *_channels(settings, servers)):
        yield check
    known = {name for server in servers for name in server.channels}
    for name in settings.channels:
        if name not in known and not await _is_there(client, name):
            yield Check(f"{NAME}, channels", fine=False, text=_absent(name, "channels"))


async def _server(client: discord.Client, name: int) -> _Server:
    guild = await client.fetch_guild(name)
    me = await guild.fetch_member(client.user.id if client.user else 0)
    channels = {str(channel.id): channel for channel in await guild.fetch_channels()}
    return _Server(guild, me, channels)


def _permissions(server: _Server, application: int) -> Check:
    """Whether the bot may do on a server all that it has to, in every channel that it sees."""
    name = f"{NAME}, {server.guild.name}"
    if missing := lacking(server.me.guild_permissions):
        text = (
            f"the bot may not {', '.join(missing)}: open {invite(application)} and choose this "
            "server again, or give them to its role below Roles in the server's settings."
        )
        return Check(name, fine=False, text=text)
    hindered: list[str] = []
    for channel in server.channels.values():
        allowed = channel.permissions_for(server.me)
        missing = lacking(allowed, IN_CHANNELS)
        if isinstance(channel, discord.TextChannel) and allowed.view_channel and missing:
            hindered.append(f"#{channel.name} ({', '.join(missing)})")
    if not hindered:
        return Check(name, fine=True, text="the bot may do all that it has to")
    shown = ", ".join(hindered[:SHOWN]) + (" …" if len(hindered) > SHOWN else "")
    text = f"the bot lacks permissions in {shown}: {GRANTED}, or take View Channels from it."
    return Check(name, fine=False, text=text)


def _roles(settings: DiscordSettings, servers: Sequence[_Server]) -> Iterator[Check]:
    """The roles of the settings that are on none of the servers."""
    known = {str(role.id) for server in servers for role in server.guild.roles}
    for key, named in (("admins", settings.admins), ("team_roles", settings.team_roles)):
        if missing := [role for role in named if role not in known]:
            text = (
                f"there is no role {', '.join(missing)}: correct `{key}` in [discord] (Copy Role "
                "ID, below Roles in the server's settings)."
            )
            yield Check(f"{NAME}, {key}", fine=False, text=text)


def _channels(settings: DiscordSettings, servers: Sequence[_Server]) -> Iterator[Check]:
    """What is wrong with the channels of the settings."""
    for forum in settings.forums:
        if wrong := _wrong(servers, "forums", forum, discord.ForumChannel, IN_FORUMS):
            yield Check(f"{NAME}, forums", fine=False, text=wrong)
    if settings.people:
        wrong = _wrong(servers, "people", settings.people, discord.TextChannel, WITH_PEOPLE)
        yield Check(f"{NAME}, people", fine=not wrong, text=wrong or "they can be asked")
    if admins := settings.admin_channel:
        wrong = _wrong(servers, "admin_channel", admins, discord.TextChannel, IN_CHANNELS)
        text = wrong or "admins can be told"
        yield Check(f"{NAME}, admin_channel", fine=not wrong, text=text)


async def _is_there(client: discord.Client, thread: str) -> bool:
    """Whether the bot sees a thread, which no list of channels holds."""
    try:
        await client.fetch_channel(int(thread))
    except (discord.NotFound, discord.Forbidden):
        return False
    return True


def _absent(name: str, key: str) -> str:
    return (
        f"there is no channel {name} on the servers: correct `{key}` in [discord] (Copy "
        "Channel ID, in the channel's menu)."
    )


def _wrong(
    servers: Sequence[_Server],
    key: str,
    name: str,
    kind: type[discord.abc.GuildChannel],
    needed: tuple[str, ...],
) -> str:
    """What is wrong with a channel that the settings name, and what to do; "" if nothing is."""
    found = next((server for server in servers if name in server.channels), None)
    if found is None:
        return _absent(name, key)
    channel = found.channels[name]
    if not isinstance(channel, kind):
        wanted = "forum" if kind is discord.ForumChannel else "text channel"
        return f"#{channel.name} is no {wanted}: correct `{key}` in [discord]."
    if missing := lacking(channel.permissions_for(found.me), needed):
        return f"the bot lacks permissions in #{channel.name} ({', '.join(missing)}): {GRANTED}."
    return ""
