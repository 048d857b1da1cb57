"""What `footnote doctor` says of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import discord

from footnote.bot.checks import Check
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import PlatformError
from footnote.bot.platforms.discord.connection import NO_CONTENT, logged_in, open_to_all
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.permissions import IN_CHANNELS, invite, lacking
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.platforms.discord.trouble import translated

SHOWN = 5


async def examine(settings: DiscordSettings, token: Token) -> list[Check]:
    """Whether Discord takes the token, and what the bot may not do where.

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
    servers = [guild async for guild in client.fetch_guilds(with_counts=False)]
    if not servers:
        link = invite(about.id)
        text = f"the bot is on no server: open {link} and choose one."
        yield Check(f"{NAME}, servers", fine=False, text=text)
    for server in servers:
        if not settings.servers or str(server.id) in settings.servers:
            yield await _server(client, server.id, about.id)
    there = {str(server.id) for server in servers}
    for missing in sorted(set(settings.servers) - there):
        text = f"the bot is not there: open {invite(about.id)} and choose it."
        yield Check(f"{NAME}, server {missing}", fine=False, text=text)
    for channel in _named(settings):
        if check := await _channel(client, channel):
            yield check


async def _server(client: discord.Client, server: int, application: int) -> Check:
    """Whether the bot may do on a server all that it has to, in every channel that it sees."""
    guild = await client.fetch_guild(server)
    me = await guild.fetch_member(client.user.id if client.user else 0)
    if missing := lacking(me.guild_permissions):
        text = (
            f"the bot may not {', '.join(missing)}: open {invite(application)} and choose this "
            "server again, or give them to its role."
        )
        return Check(f"{NAME}, {guild.name}", fine=False, text=text)
    hindered: list[str] = []
    for channel in await guild.fetch_channels():
        allowed = channel.permissions_for(me)
        missing = lacking(allowed, IN_CHANNELS)
        if isinstance(channel, discord.TextChannel) and allowed.view_channel and missing:
            hindered.append(f"#{channel.name} ({', '.join(missing)})")
    if not hindered:
        return Check(f"{NAME}, {guild.name}", fine=True, text="the bot may do all that it has to")
    shown = ", ".join(hindered[:SHOWN]) + (" …" if len(hindered) > SHOWN else "")
    text = (
        f"the bot lacks permissions in {shown}: give them to its role below Permissions in the "
        "channel's settings, or take View Channel from it."
    )
    return Check(f"{NAME}, {guild.name}", fine=False, text=text)


def _named(settings: DiscordSettings) -> Iterable[tuple[str, str]]:
    """The channels that the settings name, with the keys that name them."""
    for forum in settings.forums:
        yield "forums", forum
    if settings.people:
        yield "people", settings.people


async def _channel(client: discord.Client, named: tuple[str, str]) -> Check | None:
    """Whether a channel that the settings name is there, and of the right kind."""
    key, name = named
    try:
        channel = await client.fetch_channel(int(name))
    except (discord.NotFound, discord.Forbidden):
        text = (
            f"there is no channel {name} that the bot can see: look at `{key}` in [discord], or "
            "give its role View Channel there."
        )
        return Check(f"{NAME}, {key}", fine=False, text=text)
    if key == "forums" and not isinstance(channel, discord.ForumChannel):
        text = f"{name} is no forum channel: correct `forums` in [discord]."
        return Check(f"{NAME}, {key}", fine=False, text=text)
    return None
