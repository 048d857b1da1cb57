"""What Slack tells twice, and what it tells again because it was not taken."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.platforms.slack.scene import scene
from tests.servers.slack.delivery import ACK_S
from tests.servers.slack.recording import What


@pytest.mark.parametrize("say_so", [True, False])
async def test_an_event_that_comes_twice(tmp_path: Path, say_so: bool) -> None:  # noqa: FBT001  a parameter
    """Gets one answer, whether or not Slack says that it is a repetition."""
    async with scene(tmp_path) as room:
        room.slack.faults.duplicate(2, say_so=say_so)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        again = [entry for entry in room.slack.recording.of(What.SENT) if "payload" in entry.data]
        attempts = [entry.data["retry_attempt"] for entry in again]
        assert sorted(attempts[:4]) == ([0, 0, 1, 1] if say_so else [0] * 4)
        assert len(room.script.asked) == 1


async def test_an_event_that_comes_again_when_it_is_answered(tmp_path: Path) -> None:
    """Gets no second answer, however late it is."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")
        told = room.slack.events_sent()[0]
        room.slack.announce(told, room.alice.dm, room.alice.member)
        await room.answer(asked, "About leave?")
        assert len(room.script.asked) == 1


async def test_a_question_while_the_state_is_away(tmp_path: Path) -> None:
    """Is not acknowledged, and answered once when Slack tells of it again."""
    async with scene(tmp_path) as room:
        room.link.away = True
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.until(lambda: len(room.slack.events_sent()) == 2)
        await room.soon(lambda: room.link.refused == 2)
        assert not room.slack.recording.of(What.ACK)
        room.link.away = False
        room.slack.clock.advance(ACK_S)
        await room.answer(asked, "About leave?")
        assert len(room.slack.events_sent()) >= 4
        assert len(room.script.asked) == 1


async def test_an_edit_while_the_state_is_away(tmp_path: Path) -> None:
    """Is made good when Slack tells of it again."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")
        room.link.away = True
        await room.alice.edits(asked, "travel?")
        await room.soon(lambda: room.link.refused == 1)
        room.link.away = False
        room.slack.clock.advance(ACK_S)
        await room.answer(asked, "About travel?")


async def test_a_question_that_was_deleted_before_it_was_taken(tmp_path: Path) -> None:
    """Gets no answer, though Slack tells of it after it told of the deletion."""
    async with scene(tmp_path) as room:
        room.link.away = True
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.soon(lambda: room.link.refused == 1)
        room.link.away = False
        await room.alice.deletes(asked)
        await room.slack.until(lambda: len(room.slack.recording.of(What.ACK)) == 1)
        room.slack.clock.advance(ACK_S)
        await room.quiet()
        assert len(room.slack.recording.of(What.ACK)) >= 2
        assert not room.script.asked
        assert not room.slack.replies_to(asked)


async def test_questions_are_acknowledged_before_they_are_answered(tmp_path: Path) -> None:
    """However long an answer takes, Slack has no reason to tell of its question again."""
    async with scene(tmp_path) as room:
        done = asyncio.Event()
        room.script.answers["leave"] = [done, "Here."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.settled()
        assert not room.slack.replies_to(asked)
        done.set()
        await room.answer(asked, "Here.")
        assert len(room.script.asked) == 1
