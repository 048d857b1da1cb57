"""The state in Redis, which many replicas share.

Every operation that writes is one script, so it takes place as a whole or not at all, and times
are measured by the server's clock. What an operation acknowledged is on disk if the server has
`appendonly yes` and `appendfsync always`; `redis_health` says what holds otherwise.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from footnote.bot.state.redis_conversations import RedisConversations
from footnote.bot.state.redis_journal import RedisJournal
from footnote.bot.state.redis_link import Link, open_link
from footnote.bot.state.redis_queue import RedisQueue
from footnote.bot.state.redis_shared import RedisBudgets, RedisLocks
from footnote.bot.state.redis_values import RedisBlobs, RedisRecords


@dataclass(frozen=True, slots=True)
class RedisState:
    """Everything that has to outlive a process, in Redis."""

    queue: RedisQueue
    conversations: RedisConversations
    locks: RedisLocks
    budgets: RedisBudgets
    journal: RedisJournal
    records: RedisRecords
    blobs: RedisBlobs
    _link: Link

    async def tidy(self) -> None:
        """Remove what has expired and is still listed; Redis removes all else by itself."""
        while await self._link.run("tidy"):
            pass


@asynccontextmanager
async def open_state(url: str, *, prefix: str = "footnote") -> AsyncIterator[RedisState]:
    """Open the state, and close its connections at the end.

    Once open, it outlasts the server: while that is away each operation raises, and when it is
    back they go on.

    Args:
        url: redis://, rediss:// or unix://, of a primary.
        prefix: What the keys begin with; replicas that share a state have the same.

    Raises:
        StateUnavailableError: The server cannot be reached, or does not let this user in.
        StateError: The URL or the prefix cannot be used.
    """
    async with open_link(url, prefix=prefix) as link:
        await link.command("PING")
        yield RedisState(
            queue=RedisQueue(link),
            conversations=RedisConversations(link),
            locks=RedisLocks(link),
            budgets=RedisBudgets(link),
            journal=RedisJournal(link),
            records=RedisRecords(link),
            blobs=RedisBlobs(link),
            _link=link,
        )
