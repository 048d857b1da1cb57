"""The connector of Slack's channels."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from footnote.connectors.history.connector import HistoryConnector
from footnote.connectors.http.pace import Clock
from footnote.connectors.slack_history.client import Caller
from footnote.connectors.slack_history.service import PREFIX, SlackService
from footnote.connectors.slack_history.settings import SlackHistorySettings


class SlackHistoryConnector(HistoryConnector):
    """What was said in channels of Slack; an id is `source:channel/thread-or-day`.

    Args:
        source: The name of the configured source.
        keys: Its settings.
        folder: What it remembers between syncs is kept there.
        clock: Waits where Slack wants it.
        now: Tells the time, in seconds since the epoch.
    """

    settings_model = SlackHistorySettings

    def __init__(
        self,
        source: str,
        keys: SlackHistorySettings,
        folder: Path,
        *,
        clock: Clock | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        service = SlackService(Caller(keys, clock), bots=keys.bots, now=now)
        super().__init__(source, keys, service, PREFIX, folder, now=now)

    @classmethod
    def from_settings(
        cls, name: str, settings: Mapping[str, Any], root: Path
    ) -> SlackHistoryConnector:
        """The connector of one configured source.

        Args:
            name: The source's name.
            settings: Its keys, as `SlackHistorySettings` gives them back.
            root: The folder that relative paths are relative to.
        """
        keys = SlackHistorySettings.model_validate(settings)
        return cls(name, keys, root / ".footnote" / "sources" / name)
