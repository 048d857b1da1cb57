"""Where and how a question can be asked in Slack."""

from __future__ import annotations

from pathlib import Path

from tests.bot.platforms.slack.scene import scene


async def test_a_mention_is_answered_in_its_thread(tmp_path: Path) -> None:
    """Once, although Slack tells of it twice: as a mention and as a message."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        answer = await room.slack.reply_to(asked)
        await room.ended(asked)
        assert answer.text == "About leave?"
        assert len(room.slack.replies_to(asked)) == 1
