"""Up to which message Footnote has read along, so that none is missed while it was away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import discord

from footnote.bot.platforms.base import PlatformError
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

AWAY_S = 86400.0
"""What was written longer ago is not taken up: who asked it has gone on."""

PER_CHANNEL = 500
"""So many messages of one channel are read again at most."""

EVERY_S = 5.0
OVERLAP_S = 60
"""Events do not come in the order of their messages, least of all to several replicas."""

_SEEN, _DIRECT = "discord:seen", "discord:direct"

Readable = discord.abc.Messageable


class Seen:
    """The last message that was seen, and the direct messages that people write in.

    Args:
        client: Knows the channels and their last messages.
        records: Where it is kept what was seen.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        client: discord.Client,
        records: Records,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._records = records
        self._clock = clock
        self._last = 0
        self._kept_at = clock()
        self._direct: set[int] = set()

    async def saw(self, message: discord.Message) -> None:
        """A message was seen, and taken where it was a question.

        Raises:
            StateUnavailableError: That could not be kept.
        """
        self._last = max(self._last, message.id)
        channel = message.channel
        if isinstance(channel, discord.DMChannel) and channel.id not in self._direct:
            with suppress(ConflictError):
                await self._records.put(_DIRECT, str(channel.id), "", ttl_s=AWAY_S)
            self._direct.add(channel.id)
        if self._clock() - self._kept_at >= EVERY_S:
            self._kept_at = self._clock()
            await self._keep()

    async def missed(self) -> AsyncIterator[discord.Message]:
        """The messages that came while nobody looked, channel by channel.

        Raises:
            StateUnavailableError: It cannot be said what was seen.
        """
        last = max(self._last, await self._kept())
        if not last:
            return
        now = discord.utils.time_snowflake(discord.utils.utcnow())
        since = max(last - _snowflakes(OVERLAP_S), now - _snowflakes(AWAY_S))
        for channel in [*self._channels(since), *await self._direct_messages()]:
            with suppress(PlatformError):
                for message in await _after(channel, since):
                    yield message

    async def _keep(self) -> None:
        name = str(self._client.application_id)
        kept = await self._records.get(_SEEN, name)
        if kept is None or int(kept.value) < self._last:
            with suppress(ConflictError):
                version = kept.version if kept else 0
                await self._records.put(_SEEN, name, str(self._last), version=version)

    async def _kept(self) -> int:
        kept = await self._records.get(_SEEN, str(self._client.application_id))
        return int(kept.value) if kept else 0

    def _channels(self, since: int) -> Iterator[Readable]:
        """The channels and threads of servers in which something was written since."""
        for guild in self._client.guilds:
            channels: list[discord.TextChannel | discord.VoiceChannel | discord.Thread] = [
                *guild.text_channels,
                *guild.voice_channels,
                *guild.threads,
            ]
            for channel in channels:
                may = channel.permissions_for(guild.me)
                last = channel.last_message_id or 0
                if last > since and may.view_channel and may.read_message_history:
                    yield channel

    async def _direct_messages(self) -> list[Readable]:
        known = await self._records.all(_DIRECT)
        return [self._client.get_partial_messageable(int(name)) for name in known]


async def _after(channel: Readable, since: int) -> list[discord.Message]:
    with translated():
        history = channel.history(after=discord.Object(since), oldest_first=True, limit=PER_CHANNEL)
        return [message async for message in history]


def _snowflakes(seconds: float) -> int:
    """By how much ids grow in this time (discord.com/developers/docs, "Snowflakes")."""
    return int(seconds * 1000) << 22
