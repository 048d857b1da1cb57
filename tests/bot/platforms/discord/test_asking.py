"""How people ask in Discord."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.platforms.discord.scene import scene

pytestmark = pytest.mark.usefixtures("brisk")


async def test_a_mention_is_answered_by_a_reply(tmp_path: Path) -> None:
    """A message that mentions the bot gets one reply."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("How long is the leave?"))
        await s.answer(asked, "About How long is the leave?")


async def test_a_command_is_answered_in_its_reply(tmp_path: Path) -> None:
    """What /ask asks is deferred, and answered where everybody sees it."""
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="How long is the leave?")
        await s.answer(asked, "> How long is the leave?\n\nAbout How long is the leave?")
