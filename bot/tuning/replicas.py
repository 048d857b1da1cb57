"""What every replica writes with, as each says of itself now and then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from time import monotonic

from footnote.bot.errors import FootnoteError
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

REPLICAS = "adapters:replicas"
EVERY_S = 30.0
LASTS_S = 4 * EVERY_S


@dataclass(frozen=True, slots=True)
class Using:
    """What a replica writes with.

    Attributes:
        adapter: The adapter; "" for the bare model.
        trouble: Why that is not the current one, or "".
    """

    adapter: str = ""
    trouble: str = ""


class Teller:
    """Says what one replica writes with, when that has changed and every half a minute.

    Where nothing was ever promoted there is nothing to say.

    Args:
        records: Where.
        replica: The name of the replica.
    """

    def __init__(self, records: Records, replica: str) -> None:
        self._records = records
        self._replica = replica
        self._said = Using()
        self._again: float | None = None

    async def say(self, using: Using) -> None:
        """Say it, if it is time to; where the state is away it is left out."""
        due = self._again is not None and monotonic() >= self._again
        if using == self._said and not due:
            return
        with suppress(FootnoteError):
            await self._put(using)
        self._said, self._again = using, monotonic() + EVERY_S

    async def end(self) -> None:
        """Say nothing more, and take back what was said."""
        if self._again is not None:
            with suppress(FootnoteError):
                await self._records.delete(REPLICAS, self._replica)

    async def _put(self, using: Using) -> None:
        before = await self._records.get(REPLICAS, self._replica)
        version, value = before.version if before else 0, json.dumps(asdict(using))
        with suppress(ConflictError):
            await self._records.put(REPLICAS, self._replica, value, version=version, ttl_s=LASTS_S)


async def replicas_using(records: Records) -> Mapping[str, Using]:
    """What each replica writes with that has said so lately, by its name.

    Raises:
        StateUnavailableError: The state cannot be read.
    """
    found = {}
    for name, record in (await records.all(REPLICAS)).items():
        said = json.loads(record.value)
        found[name] = Using(str(said["adapter"]), str(said["trouble"]))
    return found
