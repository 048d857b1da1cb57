"""What replicas agree on through Redis: locks and rates."""

from __future__ import annotations

from footnote.bot.state.errors import LeaseLostError
from footnote.bot.state.redis_link import Link
from footnote.bot.state.redis_replies import microseconds, seconds

REMEMBERED_S = 86400.0
"""How long after it ran out a lock can still be renewed if nobody else has held it."""


class RedisLocks:
    """Locks by name; see `Locks`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def acquire(self, name: str, *, ttl_s: float) -> int | None:
        """Hold a lock for a while, under a number that grows with each lock that is given out.

        A repeat finds it held, by the first try, until that has run out.
        """
        fence = await self._link.run(
            "lock_acquire", name, microseconds(ttl_s), microseconds(REMEMBERED_S)
        )
        return None if fence is None else int(fence)

    async def renew(self, name: str, fence: int, *, ttl_s: float) -> None:
        """Hold it for so long from now on; a repeat from then on.

        Raises:
            LeaseLostError: Somebody else has held it since, or it was let go of, or it ran out
                more than `REMEMBERED_S` ago.
        """
        done = await self._link.run(
            "lock_renew", name, fence, microseconds(ttl_s), microseconds(REMEMBERED_S)
        )
        if done == b"lost":
            raise LeaseLostError(
                f"The lock {name} is no longer held under this number: stop what it protects."
            )

    async def release(self, name: str, fence: int) -> None:
        """Let go of it; a repeat does nothing."""
        await self._link.run("lock_release", name, fence)


class RedisBudgets:
    """Shared rates; see `Budgets`.

    Args:
        link: Where they are kept.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def spend(self, name: str, *, amount: float, capacity: float, per_s: float) -> float:
        """Take from a bucket, or say in how many seconds it can be.

        A repeat takes once more, so less is used than would be allowed, never more.
        """
        wait = await self._link.run(
            "spend", name, repr(float(amount)), repr(float(capacity)), microseconds(per_s)
        )
        return seconds(wait)
