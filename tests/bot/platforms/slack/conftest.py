"""What lets scenarios of Slack take less time than people would."""

from __future__ import annotations

import pytest

from footnote.bot.inbox import delivery
from footnote.bot.platforms.slack.platform import SlackPlatform


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what there is at once, again and again."""
    monkeypatch.setattr(SlackPlatform, "pace_s", 0.01)
    monkeypatch.setattr(SlackPlatform, "lead_s", 0.02)
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.02)
