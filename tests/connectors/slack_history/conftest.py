"""A workspace on loopback, and connectors that read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footnote.connectors.slack_history.connector import SlackHistoryConnector
from footnote.connectors.slack_history.settings import SlackHistorySettings
from tests.connectors.history.listing import Listing, Waiting, listed
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.recording import What
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel


@dataclass(slots=True)
class Team:
    """A workspace with two people and a channel, and what reads it.

    Attributes:
        slack: The server.
        acme: The workspace.
        folder: Where connectors remember.
        ann: Somebody.
        bo: Somebody else.
        general: A public channel with both and the app.
        clock: What connectors wait by.
    """

    slack: SlackServer
    acme: Workspace
    folder: Path
    ann: Person
    bo: Person
    general: Channel
    clock: Waiting

    def connector(self, *channels: Channel | str, **keys: Any) -> SlackHistoryConnector:
        """A connector as a new process has it; of the public channel where none is named."""
        chosen = [one if isinstance(one, str) else one.id for one in channels or [self.general]]
        settings = SlackHistorySettings.model_validate(
            {"channels": chosen, "api_url": self.slack.api_url, **keys}
        )
        return SlackHistoryConnector(
            "chat", settings, self.folder, clock=self.clock, now=self.slack.clock.now
        )

    async def read(self, *channels: Channel | str, **keys: Any) -> Listing:
        """What such a connector lists."""
        return await listed(self.connector(*channels, **keys))

    def calls(self, method: str = "") -> list[str]:
        """The methods that were called, or each call of one."""
        made = [entry.name for entry in self.slack.recording.of(What.CALL)]
        return [name for name in made if method in {"", name}]

    def forget_calls(self) -> None:
        """Count calls from now on."""
        self.slack.recording.entries.clear()


@pytest.fixture
async def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    """A workspace whose token is in the environment."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        ann, bo = acme.person("ann"), acme.person("bo")
        monkeypatch.setenv("SLACK_BOT_TOKEN", acme.bot_token)
        general = acme.channel("general", ann, bo)
        yield Team(slack, acme, tmp_path / "memory", ann, bo, general, Waiting(slack.clock))
