"""The turns of each thread in Redis."""

from __future__ import annotations

from collections.abc import Sequence

from footnote.bot.state.redis_link import Link


class RedisConversations:
    """The turns of each thread; see `Conversations`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def turns(self, thread: str, *, before: str = "") -> Sequence[str]:
        """The turns of a thread as JSON, in the order in which its questions were accepted."""
        return tuple(turn.decode() for turn in await self._link.run("turns", thread, before))

    async def forget(self, thread: str) -> None:
        """Forget all turns of a thread; a repeat does the same."""
        keys = (self._link.key(family, thread) for family in ("turns", "turn"))
        await self._link.command("DEL", *keys)

    async def engaged(self, thread: str) -> bool:
        """Whether the bot takes part in a thread."""
        return bool(await self._link.command("EXISTS", self._link.key("engaged", thread)))
