"""What becomes of an answer when its question is deleted in Discord."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox import waiting
from footnote.bot.inbox.options import InboxOptions
from tests.bot.platforms.discord.scene import scene
from tests.bot.platforms.discord.test_edits import withdrawn

pytestmark = pytest.mark.usefixtures("brisk")


@pytest.mark.parametrize("direct", [True, False])
async def test_when_it_is_answered(tmp_path: Path, direct: bool) -> None:  # noqa: FBT001  a parameter
    """The answer goes, and those of others stay."""
    async with scene(tmp_path) as s:
        where = s.alice.dm if direct else s.general
        other = await s.alice.says(where, s.mention("travel?"))
        kept = await s.answer(other, "About travel?")
        asked = await s.alice.says(where, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        await s.alice.deletes(asked)
        await withdrawn(s, asked)
        assert s.discord.messages_in(where) == [kept]


async def test_many_at_once(tmp_path: Path) -> None:
    """As moderators' bots delete: each answer goes."""
    async with scene(tmp_path) as s:
        asked = [await s.alice.says(s.general, s.mention(f"{n}?")) for n in range(3)]
        for n, question in enumerate(asked):
            await s.answer(question, f"About {n}?")
        await s.alice.purges(*asked)
        for question in asked:
            await withdrawn(s, question)
        assert s.discord.messages_in(s.general) == []


async def test_while_it_waits(tmp_path: Path) -> None:
    """It is never answered."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = [done, "Here."]
        first = await s.alice.says(s.general, s.mention("leave?"))
        await s.soon(lambda: s.script.asked)
        second = await s.alice.says(s.general, s.mention("travel?"))
        await s.waits(second)
        await s.alice.deletes(second)
        await withdrawn(s, second)
        done.set()
        await s.answer(first, "Here.")
        assert [question.text for question in s.script.asked] == ["leave?"]


async def test_when_its_asker_was_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What told them goes as well, and no answer comes in its place."""
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    async with scene(tmp_path, options=InboxOptions(workers=1)) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = [done, "Here."]
        first = await s.alice.says(s.general, s.mention("leave?"))
        second = await s.alice.says(s.general, s.mention("travel?"))
        told = await s.discord.reply_to(second)
        assert "next question" in told.content
        await s.alice.deletes(second)
        await s.discord.until(lambda: told.gone)
        done.set()
        await s.answer(first, "Here.")
        await withdrawn(s, second)
        assert [m.content for m in s.discord.messages_in(s.general)] == ["Here."]


async def test_while_it_is_answered(tmp_path: Path) -> None:
    """What is there of the answer goes, and no more of it comes."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = ["One.", asyncio.Event(), "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        await s.alice.deletes(asked)
        await withdrawn(s, asked)


async def test_before_there_is_anything_of_the_answer(tmp_path: Path) -> None:
    """Nothing is posted."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = [asyncio.Event(), "Here."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.soon(lambda: s.script.asked)
        await s.alice.deletes(asked)
        await withdrawn(s, asked)
        assert not s.discord.messages_in(s.general)


async def test_before_it_is_told_of(tmp_path: Path) -> None:
    """A question that is gone when it comes to be taken is not answered."""
    async with scene(tmp_path) as s:
        s.link.away = True
        asked = await s.alice.says(s.alice.dm, "leave?")
        await s.discord.reply_to(asked)
        s.link.away = False
        await s.alice.deletes(asked)
        await s.settled()
        async with s.unheard():
            pass
        await s.settled()
        assert "leave?" not in [question.text for question in s.script.asked]


async def test_an_answer_that_a_person_deletes(tmp_path: Path) -> None:
    """Stays deleted, and disturbs nothing."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        asked = await s.alice.says(thread, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        await s.alice.deletes(answer)
        await s.settled()
        assert not s.discord.replies_to(asked)
        again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")
