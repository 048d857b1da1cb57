"""The bot's session with Discord: what it asks for, and what it means when it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord
from aiohttp import ClientError

from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.platforms.discord.restraint import restraint
from footnote.bot.platforms.discord.settings import PORTAL, TOKEN, DiscordSettings, Token

BAD_TOKEN = (
    f"Discord does not accept the token in {TOKEN}: reset it on the page Bot of the application at "
    f"{PORTAL}, and put the new one there."
)
NO_CONTENT = (
    "Discord does not let the bot read messages: switch on Message Content Intent on the page Bot "
    f"of the application at {PORTAL}."
)
UNREACHED = "Discord cannot be reached ({}): look at the network, and try again in a minute."
ANYBODY = (
    "Anybody may invite this bot to a server of theirs and ask it: switch off Public Bot on the "
    f"page Bot of the application at {PORTAL} (Install Link, on the page Installation, has to be "
    "None), or name the team's `servers` in [discord]."
)


def intents() -> discord.Intents:
    """What the bot is told of: servers with their roles and channels, and messages."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = True
    return wanted


def new_client() -> discord.Client:
    """A client that keeps neither messages nor members in memory, and calls nobody."""
    # What it lacks for voice is no news to anybody: it only reads and writes.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    return discord.Client(
        intents=intents(),
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        allowed_mentions=discord.AllowedMentions.none(),
        http_trace=restraint(),
    )


@asynccontextmanager
async def logged_in(token: Token) -> AsyncIterator[discord.Client]:
    """A client that Discord knows, and does not send events yet.

    Raises:
        SettingsError: The token is not accepted.
        UnavailableError: Discord cannot be reached.
    """
    client = new_client()
    try:
        with refusals():
            await client.login(token.value)
        yield client
    finally:
        await client.close()


def open_to_all(about: discord.AppInfo, settings: DiscordSettings) -> str:
    """What to do where anybody could ask the bot, as one sentence; "" where nobody else can."""
    return ANYBODY if about.bot_public and not settings.servers else ""


async def listen(client: discord.Client) -> None:
    """Receive events until cancelled; a connection that breaks is made anew.

    Raises:
        SettingsError: Discord refuses for good, and what to do about it.
        UnavailableError: Discord cannot be reached.
    """
    with refusals():
        await client.connect(reconnect=True)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what discord.py raises while it connects into what a person can do about it.

    Raises:
        SettingsError: Discord refuses for good.
        UnavailableError: Discord cannot be reached.
    """
    try:
        yield
    except discord.PrivilegedIntentsRequired as error:
        raise SettingsError(NO_CONTENT) from error
    except discord.LoginFailure as error:
        raise SettingsError(BAD_TOKEN) from error
    except discord.ConnectionClosed as error:
        raise SettingsError(closed(error.code)) from error
    except (discord.DiscordException, ClientError, OSError, TimeoutError) as error:
        raise UnavailableError(UNREACHED.format(type(error).__name__)) from error


def closed(code: int | None) -> str:
    """What it means that the gateway has closed for good."""
    if code == 4004:  # noqa: PLR2004  "Authentication failed"
        return BAD_TOKEN
    if code in {4013, 4014}:
        return NO_CONTENT
    return f"Discord has closed the connection for good (code {code}): update Footnote."
