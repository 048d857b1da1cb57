"""What admins are told of sources that fail and recover: each once, whoever notices."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import LostError, PlatformError
from footnote.bot.platforms.telling import TellsAdmins
from footnote.bot.schedule.health import Health, Healths
from footnote.bot.syncing.words import lasted

FAILS = (
    "The source {source} could not be synced: {error}\n"
    "Answers go on from what was indexed before. I try again by myself, less and less often, and "
    "say so here when it has worked."
)
RECOVERED = "The source {source} is synced again; it had failed for {lasted}."

_log = logging.getLogger(__name__)


class Notices:
    """Tells admins.

    Args:
        platforms: Where there may be admins to tell, by the names of the platforms.
        healths: Where it is kept who knows.
    """

    def __init__(self, platforms: Mapping[str, object], healths: Healths) -> None:
        self._platforms = {
            name: platform
            for name, platform in platforms.items()
            if isinstance(platform, TellsAdmins) and platform.tells_admins
        }
        self._healths = healths

    async def fails(self, source: str, health: Health) -> None:
        """Tell those who do not know yet that a source fails.

        It is noted before it is said, so that of several replicas one says it.
        """
        text = FAILS.format(source=source, error=health.error)
        for name, platform in self._platforms.items():
            _, mine = await self._healths.change(source, partial(_know, name))
            key = f"{source}:{health.failing_since:.0f}:fails"
            if mine and not await _told(name, platform, text, key):
                await self._healths.change(source, partial(_know_not, name))

    async def recovered(self, source: str, before: Health, now: float) -> None:
        """Tell those who know that it failed that it does no more.

        Args:
            source: The source.
            before: Its health until now.
            now: Seconds since the epoch.
        """
        text = RECOVERED.format(source=source, lasted=lasted(now - before.failing_since))
        for name in before.told:
            if platform := self._platforms.get(name):
                await _told(name, platform, text, f"{source}:{before.failing_since:.0f}:recovered")


def _know(name: str, health: Health) -> Health:
    """The admins of a platform are told, unless there is nothing to tell any more."""
    return health.knowing(name) if health.failures else health


def _know_not(name: str, health: Health) -> Health:
    return health.unknowing(name)


async def _told(name: str, platform: TellsAdmins, text: str, key: str) -> bool:
    """Say it; False where it surely was not said."""
    try:
        await platform.tell_admins(text, key)
    except LostError as error:
        _log.warning("Whether the admins on %s were told is not known: %s", name, error)
    except (FootnoteError, PlatformError) as error:
        _log.warning("The admins on %s could not be told: %s", name, error)
        return False
    return True
