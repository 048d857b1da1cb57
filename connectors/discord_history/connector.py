"""The connector of Discord's channels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from footnote.connectors.discord_history.client import Asker
from footnote.connectors.discord_history.service import PREFIX, DiscordService
from footnote.connectors.discord_history.settings import DiscordHistorySettings
from footnote.connectors.history.connector import HistoryConnector
from footnote.connectors.http.pace import Clock


class DiscordHistoryConnector(HistoryConnector):
    """What was said in channels of Discord; an id is `source:channel/thread-or-day`.

    Args:
        source: The name of the configured source.
        keys: Its settings.
        folder: What it remembers between syncs is kept there.
        clock: Waits where Discord wants it.
        now: Tells the time, in seconds since the epoch.
    """

    settings_model = DiscordHistorySettings

    def __init__(
        self,
        source: str,
        keys: DiscordHistorySettings,
        folder: Path,
        *,
        clock: Clock | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        service = DiscordService(Asker(keys, clock), bots=keys.bots)
        super().__init__(source, keys, service, PREFIX, folder, now=now)

    @classmethod
    def from_settings(
        cls, name: str, settings: Mapping[str, Any], root: Path
    ) -> DiscordHistoryConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `DiscordHistorySettings` gives them back.
            root: The folder that relative paths are relative to.
        """
        keys = DiscordHistorySettings.model_validate(settings)
        return cls(name, keys, root / ".footnote" / "sources" / name)
