"""What lets scenarios of Discord take less time than people would."""

from __future__ import annotations

import discord
import pytest

from footnote.bot.inbox import delivery
from footnote.bot.platforms.discord import receiving
from footnote.bot.platforms.discord.platform import DiscordPlatform


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show what there is at once, again and again."""
    monkeypatch.setattr(DiscordPlatform, "pace_s", 0.01)
    monkeypatch.setattr(DiscordPlatform, "lead_s", 0.02)
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(receiving, "AGAIN_S", 0.02)
    # discord.py waits here for five seconds before each session but the first.
    monkeypatch.setattr(discord.Client, "before_identify_hook", _at_once)


async def _at_once(*_: object, **__: object) -> None:
    """Wait for nothing."""
