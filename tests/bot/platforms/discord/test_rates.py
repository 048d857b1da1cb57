"""Limits of Discord, and our own: everything is said, and no more often than is allowed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from footnote.bot.platforms.discord import restraint
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene
from tests.servers.discord.recording import What

pytestmark = pytest.mark.usefixtures("brisk")

ROUTES = (
    "create_message",
    "update_message",
    "update_original_webhook_message",
    "execute_webhook",
    "create_interaction_response",
    "delete_message",
)
PAGE = "A sentence of some length, so that few of them fill a message. " * 25

LONG_S = 1.5
"""Longer than a send may take here."""


async def everything(s: Scene) -> None:
    """One of each sort: a reply, a command in private with two messages, and a removal."""
    more, never = asyncio.Event(), asyncio.Event()
    s.script.answers["leave"] = ["One.", more, "Two."]
    s.script.answers["long"] = [f"1 {PAGE}", f"2 {PAGE}", "End."]
    s.script.answers["gone"] = ["One.", never]
    asked = await s.alice.says(s.general, s.mention("leave?"))
    await s.discord.reply_to(asked)
    more.set()
    await s.answer(asked, "One.\n\nTwo.")
    command = await s.alice.slash("ask", s.general, question="long?", private=True)
    await s.ended(command)
    await s.quiet()
    assert [message.content[-4:] for message in s.alice.sees][1:] == ["End."]
    gone = await s.alice.says(s.general, s.mention("gone?"))
    await s.discord.reply_to(gone)
    await s.alice.deletes(gone)
    await s.ended(gone)
    await s.quiet()
    said = [message for message in s.discord.messages_in(s.general) if not message.ephemeral]
    assert [message.content for message in said] == ["One.\n\nTwo."]


async def test_calls_that_are_limited(tmp_path: Path) -> None:
    """Whichever it is, and more than once: it is made again, and each message is there once."""
    async with scene(tmp_path) as s:
        for route in ROUTES:
            s.discord.faults.limit(route, 0.05, times=2)
        await everything(s)
        for route in ROUTES:
            statuses = s.discord.recording.statuses(route)
            assert (route, statuses.count(429)) == (route, 2)
            assert statuses[-1] in {200, 204}


async def test_calls_that_hold_all_others_back(tmp_path: Path) -> None:
    """As well, where a limit is that of everything that the bot does."""
    async with scene(tmp_path) as s:
        for route in ROUTES:
            s.discord.faults.limit(route, 0.05, everywhere=True)
        await everything(s)
        for route in ROUTES:
            statuses = s.discord.recording.statuses(route)
            assert (route, statuses.count(429)) == (route, 1)
            assert statuses[-1] in {200, 204}


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_limit_that_takes_long(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    everywhere: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is waited for without a call, and nothing else waits for it that need not.

    The wait is longer than a send may take; cut off in it, discord.py would call nobody any more.
    """
    if not everywhere:
        # The limit of everything is never left to discord.py, short as it may be.
        monkeypatch.setattr(restraint, "LONGEST_S", 0.2)
    async with scene(tmp_path) as s:
        s.discord.faults.limit("create_message", LONG_S, everywhere=everywhere)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.until(lambda: s.discord.recording.statuses("create_message"))
        command = await s.alice.slash("ask", s.general, question="travel?")
        await s.ended(command)
        assert [one.content for one in command.messages] == ["> travel?\n\nAbout travel?"]
        assert not s.discord.replies_to(asked)
        await s.answer(asked, "About leave?")
        first, second = (
            entry.at
            for entry in s.discord.recording.of(What.CALL)
            if entry.route == "create_message"
        )
        assert second - first >= LONG_S


@pytest.mark.usefixtures("landing")
async def test_a_ban_by_cloudflare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names no time, and is asked again after a while."""
    monkeypatch.setattr("footnote.bot.platforms.discord.trouble.DEFAULT_WAIT_S", 0.05)
    async with scene(tmp_path) as s:
        s.discord.faults.limit("create_message", times=2, via=False)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        assert s.discord.recording.statuses("create_message") == [429, 429, 200]


async def test_discords_own_limits(tmp_path: Path) -> None:
    """Many ask at once in one channel: all are answered, each once, within what Discord takes."""
    async with scene(tmp_path) as s:
        s.discord.rates.on = True
        s.discord.rates.pace = 20.0
        asked = [await s.alice.says(s.general, s.mention(f"leave {n}?")) for n in range(12)]
        for number, question in enumerate(asked):
            await s.answer(question, f"About leave {number}?")
        assert s.discord.recording.statuses("create_message").count(200) == len(asked)


async def test_one_change_a_second_in_a_channel(tmp_path: Path) -> None:
    """Whatever is answered there, by however many replicas; the last one is made in any case."""
    async with AsyncExitStack() as stack:
        s = await stack.enter_async_context(scene(tmp_path))
        await stack.enter_async_context(footnote_in(s.discord, s.state, s.script, replica="two"))
        steps = [step for number in range(30) for step in (f"Block {number}.", 0.04)]
        s.script.answers["leave"] = steps
        asked = [await s.alice.says(s.general, s.mention(f"leave {n}?")) for n in range(3)]
        for question in asked:
            await s.ended(question)
        await s.quiet()
        finals = [s.discord.replies_to(question)[0] for question in asked]
        assert all(final.content.endswith("Block 29.") for final in finals)
        changes = [
            entry.at
            for entry in s.discord.recording.of(What.CALL)
            if entry.route == "update_message" and "Cancel" in str(entry.data)
        ]
        times = max(changes) - min(changes)
        assert len(changes) <= times + 1.1
        assert len(changes) >= 2


async def test_changes_without_the_state(tmp_path: Path) -> None:
    """Nobody knows what others have spent: what is not final is left out."""
    async with scene(tmp_path) as s:
        more, done = asyncio.Event(), asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two.", done]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        await asyncio.sleep(0.1)
        s.link.away = True
        more.set()
        await asyncio.sleep(0.2)
        assert not s.discord.recording.calls("update_message")
        s.link.away = False
        done.set()
        await s.answer(asked, "One.\n\nTwo.")
