"""Up to which message Footnote has read along, so that none is missed while it was away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import discord

from footnote.bot.platforms.base import GoneError, RefusedError
from footnote.bot.platforms.discord.trouble import translated
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError, StateUnavailableError

AWAY_S = 86400.0
"""What was written longer ago is not taken up: who asked it has gone on."""

DIRECT_S = 7 * 86400.0
"""For so long it is remembered with whom there are direct messages: Discord does not list them."""

PER_CHANNEL = 500
"""So many messages of one channel are read again at most."""

EVERY_S = 5.0
OVERLAP_S = 60
"""Events do not come in the order of their messages, least of all to several replicas."""

_SEEN, _DIRECT = "discord:seen", "discord:direct"

Readable = discord.abc.Messageable


@dataclass(frozen=True, slots=True)
class Missed:
    """A message that came while nobody looked, or a moment before.

    Attributes:
        message: The message.
        new: Whether it is newer than all that was seen.
    """

    message: discord.Message
    new: bool


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
        self._newest = 0
        self._session = 0
        self._behind = True
        self._kept_at = -EVERY_S
        self._direct: dict[int, float] = {}

    def connected_anew(self) -> None:
        """From now on what comes is seen, but not what came before: it is missed."""
        self._session += 1
        self._behind = True

    async def saw(self, message: discord.Message) -> None:
        """A message was seen, and taken where it was a question."""
        self._newest = max(self._newest, message.id)
        # That it was seen counts at the next message; meanwhile it is only read once more.
        with suppress(StateUnavailableError):
            if isinstance(message.channel, discord.DMChannel):
                await self._keep_direct(message.channel.id)
            await self._keep()

    async def missed(self) -> AsyncIterator[Missed]:
        """The messages that came while nobody looked, channel by channel.

        Raises:
            StateUnavailableError: It cannot be said what was seen.
            PlatformError: Not all of them could be read.
        """
        session, newest = self._session, max(self._ids(), default=0)
        last = max(self._last, await self._kept())
        if last:
            now = discord.utils.time_snowflake(discord.utils.utcnow())
            since = max(last - _snowflakes(OVERLAP_S), now - _snowflakes(AWAY_S))
            for channel in [*self._channels(since), *await self._direct_messages()]:
                found = await _after(channel, since)
                repeated = {*self._to_be_repeated(found)}
                for message in found:
                    if message.id not in repeated:
                        yield Missed(message, new=message.id > last)
        if session == self._session:
            self._behind = False
            self._newest = max(self._newest, newest)
            await self._keep()

    async def _keep(self) -> None:
        if self._behind:
            return
        self._last = max(self._last, self._newest)
        if self._clock() - self._kept_at < EVERY_S:
            return
        name = str(self._client.application_id)
        kept = await self._records.get(_SEEN, name)
        if kept is None or int(kept.value) < self._last:
            with suppress(ConflictError):
                version = kept.version if kept else 0
                await self._records.put(_SEEN, name, str(self._last), version=version)
        self._kept_at = self._clock()

    async def _kept(self) -> int:
        kept = await self._records.get(_SEEN, str(self._client.application_id))
        return int(kept.value) if kept else 0

    async def _keep_direct(self, channel: int) -> None:
        if self._clock() < self._direct.get(channel, 0.0):
            return
        kept = await self._records.get(_DIRECT, str(channel))
        with suppress(ConflictError):
            version = kept.version if kept else 0
            await self._records.put(_DIRECT, str(channel), "", version=version, ttl_s=DIRECT_S)
        self._direct[channel] = self._clock() + AWAY_S

    def _ids(self) -> Iterator[int]:
        """Ids of channels and of the last messages in them: all are made of the time."""
        for guild in self._client.guilds:
            yield guild.id
            for channel in _readable(guild):
                yield max(channel.id, channel.last_message_id or 0)

    def _channels(self, since: int) -> Iterator[Readable]:
        """The channels and threads of servers in which something was written since."""
        for guild in self._client.guilds:
            for channel in _readable(guild):
                may = channel.permissions_for(guild.me)
                last = channel.last_message_id or 0
                if last > since and may.view_channel and may.read_message_history:
                    yield channel

    def _to_be_repeated(self, found: Iterable[discord.Message]) -> Iterator[int]:
        """The messages whose authors were told to ask again, by a reply without any buttons."""
        for message in found:
            reference = message.reference
            if message.author == self._client.user and reference and not message.components:
                yield reference.message_id or 0

    async def _direct_messages(self) -> list[Readable]:
        known = await self._records.all(_DIRECT)
        return [self._client.get_partial_messageable(int(name)) for name in known]


def _readable(
    guild: discord.Guild,
) -> list[discord.TextChannel | discord.VoiceChannel | discord.Thread]:
    return [*guild.text_channels, *guild.voice_channels, *guild.threads]


async def _after(channel: Readable, since: int) -> list[discord.Message]:
    """What was written there; nothing where that can no longer be read."""
    try:
        with translated():
            found = channel.history(
                after=discord.Object(since), oldest_first=True, limit=PER_CHANNEL
            )
            return [message async for message in found]
    except (RefusedError, GoneError):
        return []


def _snowflakes(seconds: float) -> int:
    """By how much ids grow in this time (discord.com/developers/docs, "Snowflakes")."""
    return int(seconds * 1000) << 22
