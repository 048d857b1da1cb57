"""What the agent's pane shows to somebody who opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.platforms.slack.scene import scene

pytestmark = pytest.mark.usefixtures("brisk")


async def test_questions_that_were_answered_well_are_suggested(tmp_path: Path) -> None:
    """One that somebody found good is a prompt, one that nobody did is not."""
    async with scene(tmp_path) as room:
        good = await room.alice.says(room.general, room.mention("leave?"))
        other = await room.alice.says(room.general, room.mention("travel?"))
        answer = await room.answer(good, "About leave?")
        await room.answer(other, "About travel?")
        block = next(b for b in answer.blocks if b["type"] == "context_actions")
        value = block["elements"][0]["positive_button"]["value"]
        await room.alice.clicks(answer, "feedback", value)
        bob = room.acme.person("bob")
        await bob.opens_pane()
        await room.slack.until(lambda: room.slack.prompts(bob.dm))
        assert room.slack.prompts(bob.dm) == [{"title": "leave?", "message": "leave?"}]


async def test_nothing_is_suggested_before_anything_was_found_good(tmp_path: Path) -> None:
    """The event is acknowledged, and that is all; so it is on the other tabs."""
    async with scene(tmp_path) as room:
        await room.alice.opens_pane()
        await room.alice.opens_pane("home")
        await room.quiet()
        assert not room.slack.prompts(room.alice.dm)
        assert not room.slack.recording.calls("assistant.threads.setSuggestedPrompts")
