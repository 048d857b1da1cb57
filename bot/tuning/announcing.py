"""Telling admins what came of a run: filed by whoever ran it, said once by a replica that serves.

`footnote tune run` need not be the process that answers, nor on its machine. So it leaves what
there is to say in the state, and the first replica that sees it claims it and says it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from time import monotonic

from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.platforms.base import LostError, PlatformError
from footnote.bot.platforms.claims import BEGUN_S, Claims
from footnote.bot.platforms.telling import AsksAdmins, TellsAdmins
from footnote.bot.state.base import Records
from footnote.bot.state.errors import ConflictError

NEWS = "adapters:news"
KEPT_S = 14 * 86400.0
POLL_S = 5.0
AGAIN_S = 60.0
"""Seconds to the next try where a platform surely has not said it."""

TAKEN = "Another replica says it."
BY_HAND = "\nTo write further answers with it: footnote tune promote --run {run}"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What came of a run.

    Attributes:
        run: The run.
        text: What there is to say.
        adapter: The adapter that admins may promote, or "" where there is nothing to decide.
    """

    run: str
    text: str
    adapter: str = ""

    @property
    def key(self) -> str:
        """The same for the same news, however often they are filed."""
        return f"{self.run}:{self.adapter or 'no adapter'}"


async def file_news(records: Records, news: News) -> bool:
    """Leave something to say; False where that was filed before.

    Raises:
        StateUnavailableError: Nobody knows whether it is filed.
    """
    try:
        await records.put(NEWS, news.key, json.dumps(asdict(news)), ttl_s=KEPT_S)
    except ConflictError:
        return False
    return True


class Announcer:
    """Says what is filed, where admins read.

    Args:
        platforms: Where there may be admins, by the names of the platforms.
        records: Where it is filed, and who says it.
    """

    def __init__(self, platforms: Mapping[str, object], records: Records) -> None:
        self._platforms = {
            name: platform
            for name, platform in platforms.items()
            if isinstance(platform, TellsAdmins) and platform.tells_admins
        }
        self._records = records
        self._not_before: dict[tuple[str, str], float] = {}

    async def look(self) -> None:
        """Say what was not said yet.

        Raises:
            StateUnavailableError: Nobody can say what there is.
        """
        if not self._platforms:
            return
        for record in (await self._records.all(NEWS)).values():
            news = News(**json.loads(record.value))
            for name, platform in self._platforms.items():
                if monotonic() >= self._not_before.get((name, news.key), 0.0):
                    pause_s = await self._say(name, platform, news)
                    self._not_before[name, news.key] = monotonic() + pause_s

    async def _say(self, name: str, platform: TellsAdmins, news: News) -> float:
        """Say it, unless somebody has; gives back after how many seconds to look at it again."""
        claims = Claims(self._records, f"{name}:{NEWS}", TAKEN)
        try:
            async with claims.claimed(news.key):
                await _said(name, platform, news)
        except (FootnoteError, PlatformError) as error:
            if isinstance(error, UnavailableError) and str(error) == TAKEN:
                # Whoever has claimed it may have died before it was said.
                return BEGUN_S
            _log.warning("The admins on %s could not be told of a run: %s", name, error)
            return AGAIN_S
        return BEGUN_S


@asynccontextmanager
async def announcing(platforms: Mapping[str, object], records: Records) -> AsyncIterator[None]:
    """Say meanwhile what is filed."""
    stopping = asyncio.Event()
    task = asyncio.ensure_future(_announce(Announcer(platforms, records), stopping))
    try:
        yield
    finally:
        # Redis' client may lose a cancellation that comes together with an answer.
        stopping.set()
        task.cancel()
        await asyncio.wait((task,))


async def _announce(announcer: Announcer, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        # That the state is away is told by others, who need it more.
        with suppress(FootnoteError):
            await announcer.look()
        await asyncio.sleep(POLL_S)


async def _said(name: str, platform: TellsAdmins, news: News) -> None:
    """Say it; where nobody knows whether it was said it counts as said."""
    try:
        if news.adapter and isinstance(platform, AsksAdmins):
            await platform.ask_admins(news.text, news.adapter, news.key)
        else:
            more = BY_HAND.format(run=news.run) if news.adapter else ""
            await platform.tell_admins(news.text + more, news.key)
    except LostError as error:
        _log.warning("Whether the admins on %s were told of a run is not known: %s", name, error)
