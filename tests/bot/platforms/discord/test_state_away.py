"""What people are told in Discord while the state cannot be reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.discord.settings import DiscordSettings
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene
from tests.bot.platforms.discord.test_threads import forum_of, questions_in_help
from tests.servers.discord.model import Message

pytestmark = pytest.mark.usefixtures("brisk")

AWAY = "The state is away: try again in a minute."


async def told_once(s: Scene, asked: Message) -> None:
    """Make sure that who asked this is told so below it, once, and that it is not answered."""
    told = await s.discord.reply_to(asked)
    assert told.reply_to == asked.id
    s.link.away = False
    await s.settled()
    replies = [m for m in s.discord.messages_in(asked.channel) if m.reply_to == asked.id]
    assert [message.content for message in replies] == [AWAY]
    assert replies[0].notified.users == frozenset()
    await s.ignored(asked)


async def test_a_mention(tmp_path: Path) -> None:
    """Its author is told to ask again, once."""
    async with scene(tmp_path) as s:
        s.link.away = True
        await told_once(s, await s.alice.says(s.general, s.mention("leave?")))


async def test_a_direct_message(tmp_path: Path) -> None:
    """As well."""
    async with scene(tmp_path) as s:
        s.link.away = True
        await told_once(s, await s.alice.says(s.alice.dm, "leave?"))


async def test_a_reply_to_an_answer(tmp_path: Path) -> None:
    """As well: it is a question without a mention."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        s.link.away = True
        await told_once(s, await s.alice.says(s.general, "and when?", reply_to=answer))


async def test_a_post(tmp_path: Path) -> None:
    """As well, in a forum of questions."""
    async with scene(tmp_path, questions_in_help) as s:
        s.link.away = True
        await told_once(s, await s.alice.opens_post(forum_of(s, "help"), "Holidays", "leave?"))


async def test_two_replicas(tmp_path: Path) -> None:
    """Tell it with one message, which both send: Discord knows it by its nonce."""
    async with scene(tmp_path) as s, footnote_in(s.discord, s.state, s.script, replica="two"):
        s.link.away = True
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.until(lambda: len(s.discord.recording.answers("create_message")) == 2)
        await told_once(s, asked)


async def test_what_may_be_no_question(tmp_path: Path) -> None:
    """Is not spoken of: nobody knows now whether its thread is engaged, or it is for the bot."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        s.link.away = True
        await s.alice.says(thread, "and when?")
        await s.alice.says(s.general, "Good morning!")
        await s.alice.says(s.general, s.mention("👋"))
        marker = await s.alice.says(s.alice.dm, "hm?")
        await s.discord.reply_to(marker)
        assert [m.content for m in s.discord.messages_in(thread)] == ["About leave?"]
        assert s.discord.messages_in(s.general) == []
        s.link.away = False


@pytest.mark.parametrize("private", [True, False])
async def test_ask(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """Whoever asks is told alone, and nothing is taken."""
    async with scene(tmp_path) as s:
        s.link.away = True
        asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
        told = await s.discord.reply_to(asked)
        assert told.content == AWAY
        assert told.only_for == s.alice.id
        s.link.away = False
        await s.settled()
        assert await s.state.queue.kept(s.question_id(asked)) is None
        assert len(s.script.asked) == 1


async def test_a_command(tmp_path: Path) -> None:
    """Whoever gives it is told alone, and it is not done."""
    async with scene(tmp_path) as s:
        s.link.away = True
        used = await s.alice.slash("sources", s.general)
        told = await s.discord.reply_to(used)
        assert told.content == AWAY
        assert told.only_for == s.alice.id
        s.link.away = False
        assert not s.script.commands


async def test_two_replicas_and_ask(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One of them tells it, and the other has no error to report."""
    async with scene(tmp_path) as s, footnote_in(s.discord, s.state, s.script, replica="two"):
        await s.settled()
        caplog.clear()
        s.link.away = True
        asked = await s.alice.slash("ask", s.general, question="leave?")
        await s.discord.reply_to(asked)
        await s.discord.until(lambda: s.discord.recording.codes() == [40_060])
        s.link.away = False
        await s.settled()
        assert [message.content for message in s.discord.replies_to(asked)] == [AWAY]
    discords = [record for record in caplog.records if "discord" in record.name]
    assert not [record for record in discords if record.levelname in {"WARNING", "ERROR"}]


async def test_where_nothing_can_be_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says that somebody was not told."""
    async with scene(tmp_path, DiscordSettings()) as s:
        s.discord.faults.refuse("create_message", 50_013)
        s.link.away = True
        await s.alice.says(s.general, s.mention("leave?"))
        await s.soon(lambda: "could not be told that the state is away" in caplog.text)
        s.link.away = False
        await s.settled()
