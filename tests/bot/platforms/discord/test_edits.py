"""What becomes of an answer when its question is edited in Discord."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Outcome
from tests.bot.platforms.discord.scene import PATIENCE_S, Scene, footnote_in, scene
from tests.servers.discord.model import Message

pytestmark = pytest.mark.usefixtures("brisk")


async def withdrawn(s: Scene, asked: Message) -> None:
    """Make sure that a question is taken back, and its answer with it."""
    await s.discord.until(lambda: not s.discord.replies_to(asked))
    async with asyncio.timeout(PATIENCE_S):
        while (await s.ended(asked)).outcome is not Outcome.WITHDRAWN:  # noqa: ASYNC110  a file
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("direct", [True, False])
async def test_when_it_is_answered(tmp_path: Path, direct: bool) -> None:  # noqa: FBT001  a parameter
    """Each edit replaces the answer in its message."""
    async with scene(tmp_path) as s:
        where = s.alice.dm if direct else s.general
        asked = await s.alice.says(where, s.mention("leave?"))
        before = await s.answer(asked, "About leave?")
        for topic in ("travel", "laptops", "leave"):
            await s.alice.edits(asked, s.mention(f"{topic}?"))
            assert await s.answer(asked, f"About {topic}?") is before


async def test_a_follow_up_by_reply(tmp_path: Path) -> None:
    """It still follows up on what it replies to, also when that is gone, and so do later ones."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        again = await s.alice.says(s.general, "and when?", reply_to=answer)
        await s.answer(again, "About and when?")
        await s.alice.edits(again, "and how?")
        then = await s.answer(again, "About and how?")
        third = await s.alice.says(s.general, "and why?", reply_to=then)
        await s.answer(third, "About and why?")
        turns = [[turn.question for turn in q.conversation.turns] for q in s.script.asked]
        assert turns == [[], ["leave?"], ["leave?"], ["leave?", "and how?"]]
        await s.alice.deletes(asked)
        await withdrawn(s, asked)
        again.quoted = None
        await s.alice.edits(again, "and where?")
        await s.answer(again, "About and where?")
        assert s.script.asked[-1].place == s.script.asked[0].place


async def test_a_follow_up_in_a_thread(tmp_path: Path) -> None:
    """An edited follow-up needs no mention either."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")
        await s.alice.edits(again, "and how?")
        await s.answer(again, "About and how?")
        assert [turn.question for turn in s.script.asked[2].conversation.turns] == ["leave?"]


async def test_while_it_is_answered(tmp_path: Path) -> None:
    """The answer in the making stops; the new one takes its place in the message that is there."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = ["One.", asyncio.Event(), "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        await s.alice.edits(asked, s.mention("travel?"))
        assert await s.answer(asked, "About travel?") is seen


async def test_while_it_waits(tmp_path: Path) -> None:
    """Only what it says in the end is answered."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = [done, "Here."]
        first = await s.alice.says(s.general, s.mention("leave?"))
        second = await s.alice.says(s.general, s.mention("travel?"))
        await s.soon(lambda: s.script.asked)
        await s.alice.edits(second, s.mention("laptops?"))
        await s.alice.edits(second, s.mention("phones?"))
        await s.waits(await s.alice.says(s.alice.dm, "hm?"))
        done.set()
        await s.answer(first, "Here.")
        await s.answer(second, "About phones?")
        assert "travel?" not in [question.text for question in s.script.asked]


async def test_a_mention_that_is_added(tmp_path: Path) -> None:
    """Asks, also where the message was edited before without one."""
    async with scene(tmp_path) as s:
        said = await s.alice.says(s.general, "laeve?")
        await s.alice.edits(said, "leave?")
        await s.settled()
        assert s.discord.replies_to(said) == []
        await s.alice.edits(said, s.mention("leave?"))
        await s.answer(said, "About leave?")
        assert len(s.script.asked) == 2


@pytest.mark.parametrize("left", ["leave?", "", "mention", "👋"])
async def test_what_makes_no_question_any_more(tmp_path: Path, left: str) -> None:
    """Takes it back, and the answer with it: without a mention, or without a word."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        await s.alice.edits(asked, s.discord.mention if left == "mention" else left)
        await withdrawn(s, asked)


async def test_a_mention_that_is_removed_and_added_again(tmp_path: Path) -> None:
    """Asks anew, as often as that happens: one answer is there in the end."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        for text in ("travel?", "laptops?"):
            await s.alice.edits(asked, text)
            await withdrawn(s, asked)
            await s.alice.edits(asked, s.mention(text))
            await s.answer(asked, f"About {text}")


async def test_a_mention_that_is_removed_after_a_restart(tmp_path: Path) -> None:
    """Takes it back as well, though the process has never seen the question."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        s.discord.gateway.faults.slow("MESSAGE_UPDATE", 1e6)
        async with footnote_in(s.discord, s.state, s.script, replica="two"):
            await s.alice.edits(asked, "leave?")
            await withdrawn(s, asked)


async def test_what_never_was_a_question(tmp_path: Path) -> None:
    """Is none after an edit either, also in a thread that was engaged since."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        aside = await s.alice.says(thread, "It rains.")
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        await s.alice.edits(aside, "It rains no more.")
        await s.ignored(aside)


async def test_another_bots_edit(tmp_path: Path) -> None:
    """Changes no answer in its thread, nor asks anything."""
    async with scene(tmp_path) as s:
        ci = s.acme.bot("ci")
        thread = s.acme.thread(s.general, "build", s.alice)
        said = await ci.says(thread, "The build is red.")
        asked = await s.alice.says(thread, s.mention("why?"))
        await s.answer(asked, "About why?")
        await ci.edits(said, s.mention("why?"))
        await s.ignored(said)
        await s.answer(asked, "About why?", nth=1)
