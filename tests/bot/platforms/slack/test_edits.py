"""What becomes of an answer when its question is edited in Slack."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import scene


async def test_when_it_is_answered(tmp_path: Path) -> None:
    """The new answer replaces the old one in its message."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        before = await room.answer(asked, "About leave?")
        await room.alice.edits(asked, room.mention("travel?"))
        after = await room.answer(asked, "About travel?")
        assert after is before
        assert [question.text for question in room.script.asked] == ["leave?", "travel?"]


async def test_again_and_again(tmp_path: Path) -> None:
    """Each edit replaces the answer."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.alice.dm, "leave?")
        before = await room.answer(asked, "About leave?")
        for topic in ("travel", "laptops", "leave"):
            await room.alice.edits(asked, f"{topic}?")
            assert await room.answer(asked, f"About {topic}?") is before


async def test_a_follow_up(tmp_path: Path) -> None:
    """An edited follow-up needs no mention either, and still follows up on what came before it."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        again = await room.alice.says(room.general, "and when?", thread=asked)
        await room.answer(again, "About and when?", nth=2)
        await room.alice.edits(again, "and how?")
        await room.answer(again, "About and how?", nth=2)
        assert [turn.question for turn in room.script.asked[2].conversation.turns] == ["leave?"]


async def test_while_it_is_streamed(tmp_path: Path) -> None:
    """The answer in the making stops; the new one takes its place in the message that is there."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = ["One.", asyncio.Event(), "Two."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        await room.alice.edits(asked, room.mention("travel?"))
        assert await room.answer(asked, "About travel?") is seen


async def test_while_it_waits(tmp_path: Path) -> None:
    """Only what it says in the end is answered."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as room:
        done = asyncio.Event()
        room.script.answers["leave"] = [done, "Here."]
        first = await room.alice.says(room.general, room.mention("leave?"))
        second = await room.alice.says(room.general, room.mention("travel?"))
        await room.slack.settled()
        await room.alice.edits(second, room.mention("laptops?"))
        await room.slack.settled()
        done.set()
        await room.answer(first, "Here.")
        await room.answer(second, "About laptops?")
        assert [question.text for question in room.script.asked] == ["leave?", "laptops?"]


async def test_a_mention_that_is_added(tmp_path: Path) -> None:
    """Asks, also where the message was edited before without one."""
    async with scene(tmp_path) as room:
        said = await room.alice.says(room.general, "laeve?")
        await room.alice.edits(said, "leave?")
        await room.ignored(said)
        await room.alice.edits(said, room.mention("leave?"))
        await room.answer(said, "About leave?")
        assert len(room.script.asked) == 1


async def test_a_mention_that_is_removed(tmp_path: Path) -> None:
    """Takes the question back, and the answer with it."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        await room.alice.edits(asked, "leave?")
        await room.slack.until(lambda: not room.slack.replies_to(asked))
        await room.quiet()
        assert (await room.ended(asked)).outcome is Outcome.WITHDRAWN


async def test_a_mention_that_is_removed_and_added_again(tmp_path: Path) -> None:
    """Asks anew, as often as that happens: one answer is there in the end."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        for text in ("travel?", "laptops?"):
            await room.alice.edits(asked, text)
            await room.slack.until(lambda: not room.slack.replies_to(asked))
            await room.quiet()
            await room.alice.edits(asked, room.mention(text))
            await room.answer(asked, f"About {text}")


@pytest.mark.parametrize("left", ["", ":wave:"])
async def test_words_that_are_removed(tmp_path: Path, left: str) -> None:
    """Take the question back: nothing is asked any more."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        await room.alice.edits(asked, room.mention(left))
        await room.slack.until(lambda: not room.slack.replies_to(asked))
        await room.quiet()
        assert (await room.ended(asked)).outcome is Outcome.WITHDRAWN


async def test_what_never_was_a_question(tmp_path: Path) -> None:
    """Is none after an edit either, also in a thread that was engaged since."""
    async with scene(tmp_path) as room:
        root = await room.alice.says(room.general, "Good morning!")
        aside = await room.alice.says(room.general, "It rains.", thread=root)
        asked = await room.alice.says(room.general, room.mention("leave?"), thread=root)
        await room.answer(asked, "About leave?")
        for message in (root, aside):
            await room.alice.edits(message, "It rains no more.")
        await room.ignored(root, aside)
        assert len(room.script.asked) == 1


async def test_somebody_else_edits(tmp_path: Path) -> None:
    """What another bot does to its own messages changes no answer in their thread."""
    async with scene(tmp_path) as room:
        ci = room.acme.bot("ci")
        room.general.members.add(ci.id)
        root = await ci.says(room.general, "The build is red.")
        asked = await room.alice.says(room.general, room.mention("why?"), thread=root)
        await room.answer(asked, "About why?")
        await ci.edits(root, f"The build is green, {room.acme.mention}.")
        await room.ignored(root)
        await room.answer(asked, "About why?")
        assert len(room.script.asked) == 1
