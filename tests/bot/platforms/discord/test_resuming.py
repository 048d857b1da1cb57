"""What is asked in Discord while the connection is away: nothing of it is lost, nor asked twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import discord
import pytest

from footnote.bot.platforms.discord import seen
from tests.bot.platforms.discord.scene import PATIENCE_S, Scene, footnote_in, scene
from tests.bot.platforms.discord.test_edits import withdrawn
from tests.bot.platforms.discord.test_threads import forum_of, questions_in_help
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")


def resumed(s: Scene, times: int = 1) -> bool:
    """Whether the app has resumed its session so often, and begun none anew."""
    recording = s.discord.gateway.recording
    return len(recording.sent("RESUMED")) == times and len(recording.sent("READY")) == 1


def asked_once(s: Scene, *texts: str) -> bool:
    """Whether each of these came to be answered, once."""
    asked = [question.text for question in s.script.asked]
    return [asked.count(text) for text in texts] == [1] * len(texts)


async def test_a_socket_that_is_cut_in_mid_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The session is resumed: the answer goes on, and what was asked meanwhile is told then."""
    async with scene(tmp_path) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = ["One.", done, "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.discord.reply_to(asked)
        s.discord.gateway.faults.cut_before("MESSAGE_CREATE")
        again = await s.alice.says(s.general, s.mention("travel?"))
        direct = await s.alice.says(s.alice.dm, "laptops?")
        for question, text in ((again, "About travel?"), (direct, "About laptops?")):
            assert (await s.discord.reply_to(question)).content == text
        done.set()
        assert await s.answer(asked, "One.\n\nTwo.") is answer
        assert resumed(s)
        assert asked_once(s, "leave?", "travel?", "laptops?")
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_a_gateway_that_asks_to_reconnect(tmp_path: Path) -> None:
    """Is left and come back to, in the same session."""
    async with scene(tmp_path) as s:
        s.discord.gateway.ask_to_reconnect()
        await s.discord.until(lambda: resumed(s))
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")


async def test_heartbeats_that_nobody_answers(tmp_path: Path) -> None:
    """Mean that the connection is dead: another is made, in the same session."""
    async with (
        scene(tmp_path, runs=False) as s,
        footnote_in(s.discord, s.state, s.script) as client,
    ):
        gateway = s.discord.gateway
        gateway.heartbeat_s = 0.1
        client._connection.heartbeat_timeout = 0.3
        gateway.ask_to_reconnect()
        await s.discord.until(lambda: resumed(s))
        gateway.faults.answers_heartbeats = False
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.until(lambda: len(gateway.recording.received(Op.RESUME)) > 1)
        gateway.faults.answers_heartbeats = True
        await s.answer(asked, "About leave?")
        assert asked_once(s, "leave?")


async def test_a_session_that_is_lost(tmp_path: Path) -> None:
    """What was asked meanwhile is read, in channels, threads and direct messages, and taken once.

    What was asked before is not asked again, and what is no question is none.
    """
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        quiet = s.acme.channel("quiet")
        for where in (s.general, thread, s.alice.dm):
            await s.answer(await s.alice.says(where, s.mention("before?")), "About before?")
        async with s.unheard():
            asked = [
                await s.alice.says(s.general, s.mention("one?")),
                await s.alice.says(quiet, s.mention("two?")),
                await s.alice.says(thread, "three?"),
                await s.alice.says(s.alice.dm, "four?"),
            ]
            new = s.acme.thread(quiet, "new", s.alice)
            asked.append(await s.alice.says(new, s.mention("five?")))
            aside = await s.alice.says(s.general, "Good morning!")
        for message, text in zip(asked, ("one", "two", "three", "four", "five"), strict=True):
            await s.answer(message, f"About {text}?")
        await s.ignored(aside)
        assert asked_once(s, "one?", "two?", "three?", "four?", "five?")
        assert [question.text for question in s.script.asked].count("before?") == 3


async def test_a_reply_while_the_session_was_lost(tmp_path: Path) -> None:
    """Goes on with the conversation of what it replies to."""
    async with scene(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "About leave?")
        async with s.unheard():
            again = await s.alice.says(s.general, "and when?", reply_to=answer)
        await s.answer(again, "About and when?")
        assert [turn.question for turn in s.script.asked[1].conversation.turns] == ["leave?"]


async def test_a_forum_while_the_session_was_lost(tmp_path: Path) -> None:
    """A post in a configured one is a question as ever."""
    async with scene(tmp_path, questions_in_help) as s:
        await s.settled()
        async with s.unheard():
            asked = await s.alice.opens_post(forum_of(s, "help"), "Holidays", "leave?")
        await s.answer(asked, "About leave?")


async def test_what_comes_first_in_a_new_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does not hide what came before it, which is looked for a moment later."""
    monkeypatch.setattr(seen, "OVERLAP_S", 0)
    monkeypatch.setattr(seen, "EVERY_S", 0.0)
    async with scene(tmp_path) as s:
        await s.settled()
        async with s.unheard():
            missed = await s.alice.says(s.general, s.mention("leave?"))
        heard = await s.alice.says(s.general, s.mention("travel?"))
        await s.answer(heard, "About travel?")
        await s.answer(missed, "About leave?")
        assert asked_once(s, "leave?", "travel?")


async def test_what_is_long_ago(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a day is not answered any more: who asked it has gone on."""
    async with scene(tmp_path) as s:
        await s.settled()
        real = discord.utils.utcnow
        async with s.unheard():
            old = await s.alice.says(s.general, s.mention("leave?"))
            s.discord.clock.advance(7_200.0)
            new = await s.alice.says(s.general, s.mention("travel?"))
            later = timedelta(hours=25)
            monkeypatch.setattr(discord.utils, "utcnow", lambda: real() + later)
        await s.answer(new, "About travel?")
        await s.ignored(old)


async def test_what_was_said_before_a_thread_was_engaged(tmp_path: Path) -> None:
    """Is no question when it is read once more; what is said after that is."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        aside = await s.alice.says(thread, "Good morning!")
        await s.answer(await s.alice.says(thread, s.mention("leave?")), "About leave?")
        async with s.unheard():
            again = await s.alice.says(thread, "and when?")
        await s.answer(again, "About and when?")
        await s.ignored(aside)


async def test_an_edit_while_the_session_was_lost(tmp_path: Path) -> None:
    """Replaces the answer, or is what is asked at first, or takes the question back."""
    async with scene(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        await s.answer(await s.alice.says(thread, s.mention("hello?")), "About hello?")
        before = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(before, "About leave?")
        gone = await s.alice.says(s.general, s.mention("laptops?"))
        await s.answer(gone, "About laptops?")
        async with s.unheard():
            await s.alice.edits(before, s.mention("travel?"))
            await s.alice.edits(gone, "laptops?")
            meanwhile = await s.alice.says(s.general, s.mention("laeve?"))
            await s.alice.edits(meanwhile, s.mention("when?"))
            follows = await s.alice.says(thread, "adn how?")
            await s.alice.edits(follows, "and how?")
        assert await s.answer(before, "About travel?") is answer
        await s.answer(meanwhile, "About when?")
        await s.answer(follows, "About and how?")
        await withdrawn(s, gone)
        assert asked_once(s, "leave?", "travel?", "when?", "and how?", "laptops?")


async def test_a_look_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Is done again, whether Discord or the state fails, and the log says so."""
    async with scene(tmp_path) as s:
        await s.settled()
        async with s.unheard():
            asked = await s.alice.says(s.general, s.mention("leave?"))
            s.discord.faults.drop("list_messages", times=2)
        await s.answer(asked, "About leave?")
        assert "could not be looked for" in caplog.text
        caplog.clear()
        async with s.unheard():
            again = await s.alice.says(s.general, s.mention("travel?"))
            s.link.away = True
        await s.soon(lambda: "could not be looked for" in caplog.text)
        s.link.away = False
        await s.answer(again, "About travel?")
        assert asked_once(s, "leave?", "travel?")


async def test_a_channel_that_cannot_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Is passed over without a word, and the others are read."""
    async with scene(tmp_path) as s:
        closed = s.acme.channel("closed")
        bot = s.discord.application.bot.id
        s.acme.overwrite(closed, bot, deny=Permission.READ_MESSAGE_HISTORY)
        refused = s.acme.channel("refused")
        await s.settled()
        async with s.unheard():
            await s.alice.says(closed, s.mention("leave?"))
            await s.alice.says(refused, s.mention("leave?"))
            asked = await s.alice.says(s.alice.dm, "travel?")
            s.discord.faults.refuse("list_messages", 50_001)
        await s.answer(asked, "About travel?")
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_two_processes_that_come_back(tmp_path: Path) -> None:
    """Both look for what was asked, and it is answered once."""
    async with (
        scene(tmp_path) as s,
        footnote_in(s.discord, s.state, s.script, replica="two"),
    ):
        await s.settled()
        async with s.unheard():
            asked = await s.alice.says(s.general, s.mention("leave?"))
            direct = await s.alice.says(s.alice.dm, "travel?")
        await s.answer(asked, "About leave?")
        await s.answer(direct, "About travel?")
        assert asked_once(s, "leave?", "travel?")


async def test_a_restart(tmp_path: Path) -> None:
    """The next process takes up what was asked while there was none, and nothing twice."""
    async with scene(tmp_path, runs=False) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        async with footnote_in(s.discord, s.state, s.script):
            for where in (s.general, thread, s.alice.dm):
                await s.answer(await s.alice.says(where, s.mention("before?")), "About before?")
        asked = [
            await s.alice.says(s.general, s.mention("one?")),
            await s.alice.says(thread, "two?"),
            await s.alice.says(s.alice.dm, "three?"),
        ]
        async with footnote_in(s.discord, s.state, s.script):
            for message, text in zip(asked, ("one", "two", "three"), strict=True):
                await s.answer(message, f"About {text}?")
        assert asked_once(s, "one?", "two?", "three?")
        assert [question.text for question in s.script.asked].count("before?") == 3


async def test_the_very_first_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people wrote before there was a Footnote is not answered; what is missed later is."""
    monkeypatch.setattr(seen, "OVERLAP_S", 0)
    async with scene(tmp_path, runs=False) as s:
        before = await s.alice.says(s.general, s.mention("leave?"))
        async with footnote_in(s.discord, s.state, s.script) as client:
            await caught_up(s, client)
        missed = await s.alice.says(s.general, s.mention("travel?"))
        async with footnote_in(s.discord, s.state, s.script):
            await s.answer(missed, "About travel?")
            await s.ignored(before)


async def caught_up(s: Scene, client: discord.Client) -> None:
    """Return once it is kept up to where was read."""
    async with asyncio.timeout(PATIENCE_S):
        while not await s.state.records.get("discord:seen", str(client.application_id)):  # noqa: ASYNC110  a file
            await asyncio.sleep(0.01)
