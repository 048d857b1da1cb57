"""What the connectors of chats' histories share: documents are threads, and days of a channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from footnote.connectors.base import (
    CutShortError,
    Document,
    DocumentError,
    DocumentRef,
    SourceError,
)
from footnote.connectors.history.memory import Memory, is_day
from footnote.connectors.history.model import (
    Channel,
    ChannelError,
    HiddenError,
    Said,
    Service,
)
from footnote.connectors.history.reading import DAY_S, Habits, Reading
from footnote.connectors.history.settings import HistorySettings
from footnote.connectors.history.writing import Conversation, document


class HistoryConnector:
    """Conversations of chosen channels; an id is `source:channel/thread` or `source:channel/day`.

    Args:
        source: The name of the configured source.
        keys: Its settings.
        service: The chat.
        platform: The word before the ids of channels in labels, such as "slack".
        folder: What it remembers between syncs is kept there.
        now: Tells the time, in seconds since the epoch.
    """

    def __init__(  # noqa: PLR0913  the parts that it puts together
        self,
        source: str,
        keys: HistorySettings,
        service: Service,
        platform: str,
        folder: Path,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._keys = keys
        self._service = service
        self._platform = platform
        self._now = now
        self._memory = Memory(folder / "messages.db")
        self._chosen: dict[str, Channel] | None = None

    def remember_in(self, folder: Path) -> None:
        """Keep what is remembered between syncs in this folder."""
        self._memory = Memory(folder / "messages.db")

    async def list(self) -> AsyncIterator[DocumentRef]:
        """Reads what is new, then lists every conversation of the chosen channels.

        Raises:
            CutShortError: A channel cannot be read, or not to its end; the others were listed.
            SourceError: Nothing can be read.
        """
        keys, memory = self._keys, self._memory
        habits = Habits(keys.days * DAY_S, keys.edits_for * DAY_S, keys.complete_every * DAY_S)
        reading = Reading(self._service, memory, habits, self._now)
        try:
            await asyncio.to_thread(memory.prepare)
            async with self._service.open(memory):
                chosen, lacking = await self._choose()
                for channel in chosen.values():
                    if not lacking.get(channel.id):
                        try:
                            await reading.read(channel)
                        except ChannelError as error:
                            lacking[channel.id] = str(error)
                    for key, version in await asyncio.to_thread(self._versions, channel):
                        yield DocumentRef(f"{self._source}:{channel.id}/{key}", version)
        except SourceError as error:
            raise SourceError(f"Source {self._source}: {error}") from error
        finally:
            await asyncio.to_thread(memory.close)
        if lacking:
            raise CutShortError(f"Source {self._source}: {' '.join(lacking.values())}")

    async def fetch(self, document_id: str) -> Document:
        """One conversation, as it was when the source was listed last.

        Raises:
            DocumentError: There is no such conversation.
        """
        try:
            made = await asyncio.to_thread(self._fetched, document_id)
        except SourceError as error:
            raise DocumentError(document_id, f"what was read cannot be had ({error})") from error
        if made is None:
            raise DocumentError(document_id, f"source {self._source} does not hold it")
        return made

    async def _choose(self) -> tuple[dict[str, Channel], dict[str, str]]:
        """The channels by their ids, and why some cannot be read, by the same or by their names.

        One that is no longer to be seen may have been closed: what is known of it is then shown
        to its own members alone.
        """
        chosen: dict[str, Channel] = {}
        lacking: dict[str, str] = {}
        for name in self._keys.channels:
            known = await asyncio.to_thread(self._recalled, name)
            try:
                channel = await self._service.channel(name)
            except ChannelError as error:
                if known is None:
                    lacking[name] = str(error)
                    continue
                channel = known
                if isinstance(error, HiddenError):
                    channel = replace(known, readers=self._members_of(known))
                lacking[known.id] = str(error)
            chosen[channel.id] = channel
            fact = asdict(channel)
            fact["readers"] = None if channel.readers is None else sorted(channel.readers)
            await asyncio.to_thread(self._memory.remember, f"chosen {name}", fact)
        if lacking.keys() <= chosen.keys():
            await asyncio.to_thread(self._memory.keep_only, chosen)
        self._chosen = chosen
        return chosen, lacking

    def _members_of(self, channel: Channel) -> frozenset[str]:
        """The label of a channel's members, unless it was for fewer readers already."""
        members = frozenset({f"{self._platform}:{channel.id}"})
        return members if channel.readers is None else channel.readers & members

    def _recalled(self, name: str) -> Channel | None:
        fact = self._memory.fact(f"chosen {name}")
        if fact is None:
            return None
        readers = None if fact["readers"] is None else frozenset(fact["readers"])
        return Channel(**{**fact, "readers": readers})

    def _versions(self, channel: Channel) -> Sequence[tuple[str, str]]:
        titles = self._memory.titles(channel.id)
        return [
            (key, made.version)
            for key, messages in self._memory.conversations(channel.id)
            if (made := self._made(channel, key, messages, titles.get(key, "")))
        ]

    def _fetched(self, document_id: str) -> Document | None:
        source, _, rest = document_id.partition(":")
        name, _, key = rest.partition("/")
        if source != self._source or not key:
            return None
        try:
            channel = self._channels().get(name)
            if channel is None:
                return None
            self._service.recall(self._memory)
            messages = self._memory.conversation(name, key)
            return self._made(channel, key, messages, self._memory.title(name, key))
        finally:
            self._memory.close()

    def _channels(self) -> dict[str, Channel]:
        """The channels as they were listed last, by this process or by one before it."""
        if self._chosen is None:
            recalled = filter(None, map(self._recalled, self._keys.channels))
            self._chosen = {channel.id: channel for channel in recalled}
        return self._chosen

    def _made(
        self, channel: Channel, key: str, messages: Sequence[Said], title: str
    ) -> Document | None:
        lines = (self._service.line(channel, said) for said in messages)
        made = document(
            Conversation(
                self._source,
                channel,
                key,
                [line for line in lines if line],
                title=title,
                is_day=is_day(key),
            )
        )
        return made and replace(made, version=made.content_hash)
