"""One Discord bot's channels, as histories need them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from footnote.connectors.base import SourceError
from footnote.connectors.discord_history.client import Asker, RefusedError
from footnote.connectors.discord_history.content import beside, markdown
from footnote.connectors.discord_history.permissions import READ, READ_MESSAGE_HISTORY
from footnote.connectors.discord_history.servers import Server, Servers
from footnote.connectors.history.memory import Memory
from footnote.connectors.history.model import (
    Channel,
    ChannelError,
    HiddenError,
    Json,
    Line,
    Page,
    Part,
    Said,
    Thread,
)

PAGE = 100
"""Messages and threads of a request, at most."""
PREFIX = "discord"
_EPOCH_MS = 1_420_070_400_000
"""What the time in an id counts from (Discord's documentation, "Snowflakes")."""
_TALK = frozenset({0, 19, 20, 23})
"""Types of messages that somebody wrote: usual ones, replies, and what commands answer."""
_WITH_THREADS, _FORUMS = frozenset({0, 5, 15, 16}), frozenset({15, 16})
_READABLE = _WITH_THREADS | {2, 13}
_PRIVATE_THREAD = 12
_CONTENT = (1 << 18) | (1 << 19)
_UNKNOWN_CHANNEL = 10_003


class DiscordService:
    """Reads channels with a bot's token.

    Args:
        asker: Asks Discord.
        bots: Whether what other bots say counts.
    """

    def __init__(self, asker: Asker, *, bots: bool = False) -> None:
        self._asker = asker
        self._bots = bots
        self._servers = Servers(asker)
        self._memory: Memory | None = None
        self._about: Json = {}
        self._people: dict[str, str] = {}
        self._met: dict[str, str] = {}

    @asynccontextmanager
    async def open(self, memory: Memory) -> AsyncIterator[None]:
        """Be connected, and know the bot.

        Raises:
            SourceError: The token is not accepted, or what people write is kept from the bot.
        """
        self._memory = memory
        self.recall(memory)
        async with self._asker.open():
            try:
                application = await self._asker.get("applications/@me")
                bot = str((await self._asker.get("users/@me"))["id"])
            except (ChannelError, RefusedError) as error:
                raise SourceError(f"Discord does not say who the bot is ({error}).") from error
            if not int(application.get("flags", 0)) & _CONTENT:
                raise SourceError(
                    "the bot does not get what people write: switch on Message Content Intent on "
                    "the page Bot of the application."
                )
            self._servers = Servers(self._asker, bot)
            self._about = {**self._about, "bot": bot}
            yield

    def recall(self, memory: Memory) -> None:
        """Read who the bot is and what people are called; blocks."""
        if not self._about:
            self._about = memory.fact("about") or {}
            self._people = memory.fact("people") or {}

    async def channel(self, name: str) -> Channel:
        """The channel of an id.

        Raises:
            HiddenError: The bot cannot see it.
            ChannelError: It has no messages, or the bot may not read them.
        """
        try:
            found = await self._asker.get(f"channels/{name}")
        except RefusedError as error:
            raise _hidden(name) from error
        kind, shown = int(found["type"]), found.get("name") or name
        if kind not in _READABLE or not found.get("guild_id"):
            raise ChannelError(
                f"{shown} ({name}) is no channel with messages: name text channels, forums and "
                "voice channels; threads are read with their channel."
            )
        try:
            server = await self._servers.of(str(found["guild_id"]))
        except RefusedError as error:
            raise _hidden(name) from error
        rights = server.rights(found)
        granted = rights.granted(server.own_roles, self._about["bot"])
        if not granted & READ_MESSAGE_HISTORY or granted & READ != READ:
            raise ChannelError(
                f"#{shown} cannot be read: give the bot Read Message History and View Channel "
                "there."
            )
        more = {"server": server.id, "kind": kind}
        return Channel(str(found["id"]), shown, rights.readers(f"{PREFIX}:{found['id']}"), more)

    async def pages(self, channel: Channel, since: float, below: str) -> AsyncGenerator[Page, None]:
        """The threads of a channel, then what was said outside of them, the newest first.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        try:
            if channel.more["kind"] in _WITH_THREADS:
                active = (await self._server(channel)).threads
                yield _threads(one for one in active if one.get("parent_id") == channel.id)
                async for page in self._archived(channel, since):
                    yield page
            if channel.more["kind"] not in _FORUMS:
                async for messages in self._messages(channel.id, below or None):
                    loose = [self._said(one) for one in messages]
                    yield Page([one for one in loose if one.at >= since], (), loose[-1].id)
                    if loose[-1].at < since:
                        return
        except RefusedError as error:
            raise self._unread(channel, error) from error

    async def _archived(self, channel: Channel, since: float) -> AsyncGenerator[Page, None]:
        before: dict[str, str] = {}
        while True:
            answer = await self._asker.get(
                f"channels/{channel.id}/threads/archived/public", limit=str(PAGE), **before
            )
            threads = answer["threads"]
            if threads:
                yield _threads(threads)
                last = threads[-1]["thread_metadata"]["archive_timestamp"]
                before = {"before": last}
            if not threads or not answer["has_more"] or _seconds(last) < since:
                return

    async def _messages(
        self, channel: str, before: str | None = None
    ) -> AsyncGenerator[Sequence[Json], None]:
        """A channel's or a thread's messages in pages that hold something, the newest first."""
        while True:
            query = {"before": before} if before else {}
            page = await self._asker.get(f"channels/{channel}/messages", limit=str(PAGE), **query)
            if page:
                yield page
                before = page[-1]["id"]
            if len(page) < PAGE:
                return

    async def thread(self, channel: Channel, thread: Thread) -> Sequence[Said] | None:
        """A thread's messages; the one that it began from may be one of the channel's.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        found: list[Said] = []
        try:
            async for page in self._messages(thread.id):
                found += map(self._said, page)
        except RefusedError as error:
            if error.code == _UNKNOWN_CHANNEL:
                return None
            raise self._unread(channel, error) from error
        return found

    async def settle(self) -> None:
        """Remember what people were called."""
        if self._met and self._memory:
            self._people = {**self._people, **self._met}
            self._met = {}
            await asyncio.to_thread(self._memory.remember, "people", self._people)
        if self._memory:
            self._about = {**self._about, **self._servers.names()}
            await asyncio.to_thread(self._memory.remember, "about", self._about)

    def line(self, channel: Channel, said: Said) -> Line | None:
        """A message as people read it; None for what tells of joins and the like."""
        body = said.body
        if body["type"] not in _TALK:
            return None
        author, bot = body["author"], self._about.get("bot", "")
        if author == bot:
            part = Part.ANSWER
        elif body.get("bot") and not self._bots:
            return None
        else:
            mentions = (f"<@{bot}>", f"<@!{bot}>")
            asks = any(mention in body["content"] for mention in mentions)
            part = Part.QUESTION if asks else Part.TALK
        text = markdown(
            body["content"],
            lambda name: self._people.get(name, ""),
            lambda name: self._about.get("roles", {}).get(name, ""),
            lambda name: (
                channel.name
                if name == channel.id
                else self._about.get("channels", {}).get(name, "")
            ),
        )
        shown = "\n\n".join(filter(None, (text, *body.get("beside", ()))))
        if not shown and part is Part.TALK:
            return None
        link = f"https://discord.com/channels/{channel.more['server']}/{body['place']}/{said.id}"
        to = self._people.get(body.get("to", ""), "")
        return Line(said.at, author, self._people.get(author, ""), shown, link, part, to)

    def _said(self, message: Mapping[str, Any]) -> Said:
        author = message["author"]
        for one in (author, *message.get("mentions", ())):
            self._met[str(one["id"])] = one.get("global_name") or one.get("username", "")
        body: Json = {
            "type": int(message["type"]),
            "author": str(author["id"]),
            "content": message.get("content", ""),
            "place": message["channel_id"],
        }
        if author.get("bot") or message.get("webhook_id"):
            body["bot"] = True
        if came := [text for text in beside(message) if text]:
            body["beside"] = came
        if answered := message.get("referenced_message"):
            body["to"] = str(answered["author"]["id"])
            name = answered["author"].get("global_name") or answered["author"].get("username", "")
            self._met.setdefault(body["to"], name)
        return Said(str(message["id"]), moment_of(str(message["id"])), body)

    async def _server(self, channel: Channel) -> Server:
        return await self._servers.of(channel.more["server"])

    def _unread(self, channel: Channel, error: RefusedError) -> ChannelError:
        if error.status in {403, 404}:
            return _hidden(f"#{channel.name}")
        return ChannelError(f"#{channel.name} cannot be read: Discord says {error}.")


def moment_of(snowflake: str) -> float:
    """When the thing with this id was made, in seconds since the epoch."""
    return ((int(snowflake) >> 22) + _EPOCH_MS) / 1000


def _hidden(name: str) -> HiddenError:
    return HiddenError(
        f"the bot sees no channel {name}: give it View Channel and Read Message History there, or "
        "take the channel out of channels."
    )


def _threads(found: Any) -> Page:
    """Threads that everybody in the channel can read; for members of private ones is no label."""
    return Page((), [_thread(one) for one in found if int(one["type"]) != _PRIVATE_THREAD], "")


def _thread(found: Mapping[str, Any]) -> Thread:
    last = found.get("last_message_id") or found["id"]
    mark = f"{last} {found.get('message_count', 0)} {found.get('total_message_sent', 0)}"
    began = moment_of(str(found["id"]))
    return Thread(str(found["id"]), began, moment_of(str(last)), mark, found.get("name", ""))


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()
