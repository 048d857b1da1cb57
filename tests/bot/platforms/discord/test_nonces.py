"""A message that is sent twice is there once, by its nonce."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox import waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.discord.channel_messages import ChannelMessages
from footnote.bot.questions import Question
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord import desk
from tests.servers.discord.model import Message
from tests.servers.discord.routes import messages as routes

pytestmark = pytest.mark.usefixtures("brisk", "landing", "soon")

ONE = InboxOptions(workers=1)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell people soon, and again and again."""
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    monkeypatch.setattr(waiting, "EVERY_S", 0.02)


async def waits(s: Scene) -> tuple[Message, asyncio.Event]:
    """A question that waits behind another, until this is set."""
    done = asyncio.Event()
    s.script.answers["leave"] = [done, "Here."]
    await s.alice.says(s.general, s.mention("leave?"))
    await s.soon(lambda: s.script.asked)
    return await s.alice.says(s.general, s.mention("travel?")), done


async def test_every_post_can_be_told_from_all_others(tmp_path: Path) -> None:
    """It has a nonce that Discord shall enforce, and no two have the same."""
    async with scene(tmp_path) as s:
        for number in range(3):
            asked = await s.alice.says(s.general, s.mention(f"leave {number}?"))
            await s.answer(asked, f"About leave {number}?")
        posts = s.discord.recording.calls("create_message")
        assert all(post["enforce_nonce"] for post in posts)
        assert len({post["nonce"] for post in posts}) == len(posts) == 3


async def test_a_post_that_is_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be found, as history comes late, Discord knows it, and it says the last."""

    async def find(self: ChannelMessages, question: Question, key: str) -> str | None:
        del self, question, key
        return None

    monkeypatch.setattr(ChannelMessages, "find", find)
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two."]
        s.discord.faults.drop("create_message")
        asked = await s.alice.says(s.general, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        more.set()
        assert await s.answer(asked, "One.\n\nTwo.") is seen
        assert "Cancel" not in str(seen.components)
        assert len(s.discord.recording.calls("create_message")) == 2


async def test_buttons_that_came_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words with other buttons are another message: it gets them."""

    async def find(self: ChannelMessages, question: Question, key: str) -> str | None:
        del self, question, key
        return None

    monkeypatch.setattr(ChannelMessages, "find", find)
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more]
        s.discord.faults.drop("create_message")
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        more.set()
        final = await s.answer(asked, "One.")
        assert "Cancel" not in str(final.components)
        assert "feedback" in str(final.components)


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("lost", [True, False])
async def test_what_told_them_to_wait_becomes_the_answer(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    remembered: bool,  # noqa: FBT001  a parameter
    lost: bool,  # noqa: FBT001  a parameter
) -> None:
    """Also where nobody knows which message it is, or Discord knows the nonce no longer."""
    if not remembered:
        for module in (desk, routes):
            monkeypatch.setattr(module, "NONCE_S", -1.0)
    async with scene(tmp_path, options=ONE) as s:
        if lost:
            s.discord.faults.drop("create_message")
        asked, done = await waits(s)
        told = await s.discord.reply_to(asked)
        await s.soon(lambda: s.discord.recording.statuses("create_message"))
        done.set()
        assert await s.answer(asked, "About travel?") is told


async def test_telling_that_failed(tmp_path: Path) -> None:
    """Nothing was said: the answer is posted as any other."""
    async with scene(tmp_path, options=ONE) as s:
        s.discord.faults.drop("create_message", taken=False)
        asked, done = await waits(s)
        await s.soon(lambda: s.discord.recording.statuses("create_message"))
        done.set()
        await s.answer(asked, "About travel?")
