"""The reply to a command past the fifteen minutes for which its token lets it change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.questions import Outcome
from tests.bot.platforms.discord.pressing import asking, experts_in
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord import interactions
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message

pytestmark = pytest.mark.usefixtures("brisk")

PAGE = "A sentence of some length, so that few of them fill a message. " * 25
ASKED = "> leave?\n\n"


async def ask(s: Scene, *steps: object, where: Channel, private: bool = False) -> Interaction:
    """Use /ask, whose answer consists of these steps."""
    s.script.answers["leave"] = steps
    asked = await s.alice.slash("ask", where, question="leave?", private=private)
    await s.discord.until(lambda: asked.answered)
    return asked


async def all_said(s: Scene, asked: Interaction) -> list[Message]:
    """What the record says is the answer, once it has ended."""
    kept = await s.ended(asked)
    await s.quiet()
    assert kept.outcome is Outcome.ANSWERED
    by_id = {message.id: message for message in s.discord.everything()}
    return [by_id[sent.message.rpartition("/")[2].lstrip("@")] for sent in kept.sent]


def expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tokens are over from now on."""
    monkeypatch.setattr(interactions, "TOKEN_S", 0.0)


async def test_a_reply_that_was_begun_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all see it, the same message is changed as any other message of the bot."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await ask(s, "One.", more, "Two.", 0.1, "Three.", where=s.general)
        seen = await s.discord.reply_to(asked)
        expire(monkeypatch)
        more.set()
        assert await s.answer(asked, f"{ASKED}One.\n\nTwo.\n\nThree.") is seen
        assert s.discord.messages_in(s.general) == [seen]
        assert "feedback" in str(seen.components)
        assert 50_027 in s.discord.recording.codes()


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("lost", [False, True])
async def test_an_answer_that_comes_too_late(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lost: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is a message of the channel, which says what was asked.

    What only says that somebody is at work is not taken for it, where its post was lost.
    """
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await ask(s, more, "One.", where=s.general)
        expire(monkeypatch)
        if lost:
            s.discord.faults.drop("create_message", taken=False)
        more.set()
        (final,) = await all_said(s, asked)
        assert final.content == f"{ASKED}One."
        said = [one for one in s.discord.messages_in(s.general) if not one.loading]
        assert said == [final]


async def test_the_rest_of_a_long_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It follows in the channel."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await ask(s, f"1 {PAGE}", more, f"2 {PAGE}", "End.", where=s.general)
        seen = await s.discord.reply_to(asked)
        expire(monkeypatch)
        more.set()
        first, second = await all_said(s, asked)
        assert first is seen
        assert second.content.startswith("2 A sentence")
        assert second.content.endswith("End.")
        assert s.discord.messages_in(s.general) == [first, second]


@pytest.mark.parametrize("begun", [False, True])
async def test_a_private_answer_goes_on_in_direct_messages(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: bool,  # noqa: FBT001  a parameter
) -> None:
    """All of it, since what was begun can no longer be changed; the channel hears none of it."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        before = ["One.", more, "Two."] if begun else [more, "One.", "Two."]
        asked = await ask(s, *before, where=s.general, private=True)
        if begun:
            await s.discord.reply_to(asked)
        expire(monkeypatch)
        more.set()
        (final,) = await all_said(s, asked)
        assert final.channel is s.alice.dm
        assert final.content == f"{ASKED}One.\n\nTwo."
        assert s.discord.messages_in(s.alice.dm) == [final]
        assert not s.general.messages


async def test_the_rest_of_a_private_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It follows in direct messages; in the channel nobody reads any of it."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        pages = f"1 {PAGE}", f"2 {PAGE}", more, f"3 {PAGE}", "End."
        asked = await ask(s, *pages, where=s.general, private=True)
        await s.discord.until(lambda: len(s.discord.replies_to(asked)) == 2)
        expire(monkeypatch)
        more.set()
        said = await all_said(s, asked)
        direct = s.discord.messages_in(s.alice.dm)
        assert said[-1] is direct[-1]
        assert said[-1].content.endswith("End.")
        assert [one.content[:2] for one in direct] == ["2 ", "3 "]
        assert not s.general.messages


async def test_in_direct_messages_nothing_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was begun there is finished in its place, too."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await ask(s, "One.", more, "Two.", where=s.alice.dm)
        seen = await s.discord.reply_to(asked)
        expire(monkeypatch)
        more.set()
        assert await s.answer(asked, f"{ASKED}One.\n\nTwo.") is seen
        assert s.discord.messages_in(s.alice.dm) == [seen]


async def test_a_private_answer_that_nobody_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who lets no bot write to them gets no late answer; the log says why, the channel nothing."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.alice.user.takes_dms = False
        asked = await ask(s, more, "One.", where=s.general, private=True)
        expire(monkeypatch)
        more.set()
        await s.ended(asked)
        await s.quiet()
        assert not s.general.messages
        assert not s.discord.messages_in(s.alice.dm)
        assert "cannot be shown: Discord says 50007" in caplog.text


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("late", [False, True])
async def test_what_a_person_says_never_takes_the_answers_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    private: bool,  # noqa: FBT001  a parameter
    late: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is another message, also when its post was lost, and as private as the answer."""
    async with scene(tmp_path, settings=asking) as s:
        bob = s.acme.person("bob")
        asked = await ask(s, f"1 {PAGE}", f"2 {PAGE}", where=s.general, private=private)
        answer = await all_said(s, asked)
        before = [message.content for message in answer]
        await s.alice.presses(answer[-1], "Ask a person")
        board = experts_in(s)
        (pinned,) = await s.discord.until(lambda: s.discord.messages_in(board))
        thread = await s.discord.until(lambda: pinned.thread)
        if late:
            expire(monkeypatch)
        s.discord.faults.drop("create_message", taken=False)
        assert thread
        reply = await bob.says(thread, "I would ask Carol.")
        kept = await s.ended(reply)
        await s.quiet()
        assert [message.content for message in answer] == before
        said = [
            one
            for one in s.discord.everything()
            if "ask Carol" in one.content and one.author is not bob.user
        ]
        assert [one.channel for one in said] == [s.alice.dm if private else s.general]
        assert [sent.message.rpartition("/")[2] for sent in kept.sent] == [said[0].id]
