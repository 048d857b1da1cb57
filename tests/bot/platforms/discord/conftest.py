"""What lets scenarios of Discord take less time than people would."""

from __future__ import annotations

import asyncio

import discord
import pytest
from discord import http
from discord.webhook import async_

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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py repeats at once what has failed, which it does after one second, three and more.

    It waits for limits no longer than that, either.
    """
    for module in (http, async_):
        monkeypatch.setattr(module, "asyncio", _Hasty())


class _Hasty:
    """asyncio, in which nobody sleeps for long."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        """Sleep, at most for a moment."""
        await asyncio.sleep(min(seconds, 0.02))


async def _at_once(*_: object, **__: object) -> None:
    """Wait for nothing."""
