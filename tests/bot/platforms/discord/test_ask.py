"""Asking with `/ask`, whose answer takes the place of its reply."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.platforms.discord.asking import EMPTY, NOT_HERE
from footnote.bot.platforms.discord.settings import DiscordSettings
from tests.bot.platforms.discord.scene import scene
from tests.servers.discord.interaction_model import Callback

pytestmark = pytest.mark.usefixtures("brisk")


async def test_a_question_for_all(tmp_path: Path) -> None:
    """Is deferred, and answered where everybody sees it, under what was asked."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        asked = await s.alice.slash("ask", s.general, question="leave?")
        answer = await s.answer(asked, "> leave?\n\nAbout leave?")
        assert answer in s.discord.visible_to(bob, s.general)
        (question,) = s.script.asked
        assert question.id == f"discord:{s.general.id}:{asked.id}"
        assert question.asker == f"discord:{s.alice.id}"
        assert question.place == f"{s.general.id}/{asked.id}"
        assert not question.audience.private


async def test_it_is_deferred_at_once(tmp_path: Path) -> None:
    """However long the answer takes, the command has not failed."""
    async with scene(tmp_path) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = [done, "Here."]
        asked = await s.alice.slash("ask", s.general, question="leave?")
        await s.discord.until(lambda: asked.answered is Callback.DEFERRED_MESSAGE)
        assert asked.original
        assert asked.original.loading
        s.discord.clock.advance(60.0)
        done.set()
        await s.answer(asked, "> leave?\n\nHere.")


async def test_a_private_question(tmp_path: Path) -> None:
    """Its asker alone sees the answer, of which nothing stands in the channel."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        asked = await s.alice.slash("ask", s.general, question="leave?", private=True)
        answer = await s.answer(asked, "> leave?\n\nAbout leave?")
        assert answer.only_for == s.alice.id
        assert s.discord.visible_to(bob, s.general) == []
        assert not s.general.messages
        assert s.script.asked[0].audience.private


async def test_private_questions_of_two(tmp_path: Path) -> None:
    """Are two conversations, each of which goes on, and none of them is the channel's."""
    async with scene(tmp_path) as s:
        bob = s.acme.person("bob")
        for who, text in ((s.alice, "leave?"), (bob, "travel?"), (s.alice, "and when?")):
            asked = await who.slash("ask", s.general, question=text, private=True)
            await s.answer(asked, f"> {text}\n\nAbout {text}")
        asked = await s.alice.slash("ask", s.general, question="laptops?")
        await s.answer(asked, "> laptops?\n\nAbout laptops?")
        turns = [[turn.question for turn in q.conversation.turns] for q in s.script.asked]
        assert turns == [[], [], ["leave?"], []]


@pytest.mark.parametrize("private", [True, False])
async def test_in_direct_messages(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """The answer stays there, is for its asker alone, and is of the conversation there."""
    async with scene(tmp_path) as s:
        await s.answer(await s.alice.says(s.alice.dm, "leave?"), "About leave?")
        asked = await s.alice.slash("ask", question="and when?", private=private)
        answer = await s.answer(asked, "> and when?\n\nAbout and when?")
        assert not answer.ephemeral
        assert answer.channel is s.alice.dm
        question = s.script.asked[1]
        assert question.audience.private
        assert [turn.question for turn in question.conversation.turns] == ["leave?"]


async def test_in_a_thread(tmp_path: Path) -> None:
    """It is of the thread's conversation, which it engages."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        asked = await s.alice.slash("ask", thread, question="leave?")
        await s.answer(asked, "> leave?\n\nAbout leave?")
        again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")
        assert s.script.asked[0].place == thread.id
        assert [turn.question for turn in s.script.asked[1].conversation.turns] == ["leave?"]


async def test_a_private_question_in_a_thread(tmp_path: Path) -> None:
    """Is not of the conversation that the others see, and does not engage it."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        asked = await s.alice.slash("ask", thread, question="leave?", private=True)
        await s.answer(asked, "> leave?\n\nAbout leave?")
        await s.ignored(await s.alice.says(thread, "Good morning!"))
        again = await s.alice.says(thread, s.mention("and when?"))
        await s.answer(again, "About and when?")
        assert s.script.asked[-1].conversation.turns == ()


async def test_nothing_asked(tmp_path: Path) -> None:
    """Whoever asks nothing is told how to ask."""
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="  ")
        told = await s.discord.reply_to(asked)
        assert told.content == EMPTY
        assert told.ephemeral
        await s.settled()
        assert len(s.script.asked) == 1


async def test_on_a_server_that_is_not_the_teams(tmp_path: Path) -> None:
    """Whoever asks is told that it is not answered there, and nothing is taken."""
    async with scene(tmp_path, DiscordSettings(servers=("1",))) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?")
        told = await s.discord.reply_to(asked)
        assert told.content == NOT_HERE
        assert told.ephemeral
        other = await s.alice.slash("sources", s.general)
        assert (await s.discord.reply_to(other)).content == NOT_HERE
        assert not s.script.commands
        await s.settled()
        assert len(s.script.asked) == 1
