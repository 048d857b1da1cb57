"""What becomes of an answer when its question is deleted in Slack."""

from __future__ import annotations

import asyncio
from pathlib import Path

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import PATIENCE_S, Scene, scene
from tests.servers.slack.world import Message


async def withdrawn(room: Scene, asked: Message, *, left: int = 0) -> None:
    """Make sure that a question and its answer are gone; so many other answers are left."""
    await room.slack.settled()
    async with asyncio.timeout(PATIENCE_S):
        while (await room.ended(asked)).outcome is not Outcome.WITHDRAWN:  # noqa: ASYNC110  a file
            await asyncio.sleep(0.01)
    assert len(room.slack.replies_to(asked)) == left
    assert not room.slack.deliveries.given_up


async def test_a_root_with_replies(tmp_path: Path) -> None:
    """Leaves a tombstone in Slack, and its answer goes."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        await room.alice.deletes(asked)
        await withdrawn(room, asked)
        assert asked.subtype == "tombstone"


async def test_a_reply(tmp_path: Path) -> None:
    """Goes with its answer; the others of its thread stay."""
    async with scene(tmp_path) as room:
        first = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(first, "About leave?")
        second = await room.alice.says(room.general, "and when?", thread=first)
        await room.answer(second, "About and when?", nth=2)
        await room.alice.deletes(second)
        await withdrawn(room, second, left=1)
        await room.answer(first, "About leave?")


async def test_in_direct_messages(tmp_path: Path) -> None:
    """As in a channel."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        await room.answer(asked, "About leave?")
        await room.alice.deletes(asked)
        await withdrawn(room, asked)


async def test_while_it_waits(tmp_path: Path) -> None:
    """It is never answered."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as room:
        done = asyncio.Event()
        room.script.answers["leave"] = [done, "Here."]
        first = await room.alice.says(room.general, room.mention("leave?"))
        second = await room.alice.says(room.general, room.mention("travel?"))
        await room.slack.settled()
        await room.alice.deletes(second)
        await withdrawn(room, second)
        done.set()
        await room.answer(first, "Here.")
        assert [question.text for question in room.script.asked] == ["leave?"]


async def test_while_it_is_streamed(tmp_path: Path) -> None:
    """What is there of the answer goes, and no more of it comes."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = ["One.", asyncio.Event(), "Two."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.reply_to(asked)
        await room.alice.deletes(asked)
        await withdrawn(room, asked)


async def test_before_there_is_anything_of_the_answer(tmp_path: Path) -> None:
    """A root without replies goes as a whole, and nothing is posted in its stead."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = [asyncio.Event(), "Here."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.soon(lambda: len(room.script.asked) == 1)
        await room.alice.deletes(asked)
        await withdrawn(room, asked)
        assert not room.general.messages


async def test_an_answer_that_a_person_deletes(tmp_path: Path) -> None:
    """Stays deleted, and disturbs nothing."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        answer = await room.answer(asked, "About leave?")
        await room.alice.deletes(answer)
        await room.quiet()
        assert not room.slack.replies_to(asked)
        again = await room.alice.says(room.general, "and when?", thread=asked)
        await room.answer(again, "About and when?")
