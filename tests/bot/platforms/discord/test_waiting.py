"""What those see in Discord who wait for an answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox import waiting
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.discord.platform import DiscordPlatform
from footnote.bot.questions import Outcome, Status, before_yours
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Message

pytestmark = pytest.mark.usefixtures("brisk")

ONE = InboxOptions(workers=1)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell people soon, and again and again."""
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    monkeypatch.setattr(waiting, "EVERY_S", 0.02)


def buttons(message: Message) -> list[str]:
    """What its buttons are called."""
    return [each.get("label", "") for row in message.components for each in row["components"]]


async def occupied(s: Scene) -> asyncio.Event:
    """Keep the one worker at a question until this is set."""
    done = asyncio.Event()
    s.script.answers["leave"] = [done, "Here."]
    await s.alice.says(s.general, s.mention("leave?"))
    await s.soon(lambda: s.script.asked)
    return done


@pytest.mark.usefixtures("soon")
async def test_a_place_in_the_queue(tmp_path: Path) -> None:
    """Is told by a message below the question, which becomes its answer."""
    async with scene(tmp_path, options=ONE) as s:
        done = await occupied(s)
        second = await s.alice.says(s.general, s.mention("travel?"))
        third = await s.alice.says(s.general, s.mention("laptops?"))
        told = await s.discord.reply_to(third)
        assert told.content == f"*{before_yours(1)}*"
        assert "next question" in (await s.discord.reply_to(second)).content
        assert buttons(told) == ["Cancel"]
        done.set()
        assert await s.answer(third, "About laptops?") is told
        assert "Cancel" not in buttons(told)


@pytest.mark.usefixtures("soon")
async def test_the_place_that_moves(tmp_path: Path) -> None:
    """Is not told by more messages; that somebody is at work shows as typing."""
    async with scene(tmp_path, options=ONE) as s:
        done = await occupied(s)
        second = await s.alice.says(s.general, s.mention("travel?"))
        third = await s.alice.says(s.general, s.mention("laptops?"))
        await s.discord.reply_to(third)
        await s.alice.deletes(second)
        await s.discord.until(lambda: s.discord.recording.calls("trigger_typing_indicator"))
        assert len(s.discord.replies_to(third)) == 1
        done.set()
        await s.answer(third, "About laptops?")


@pytest.mark.usefixtures("soon")
async def test_who_waits_and_cancels(tmp_path: Path) -> None:
    """Has the message that told them say so, and is not answered."""
    async with scene(tmp_path, options=ONE) as s:
        done = await occupied(s)
        second = await s.alice.says(s.general, s.mention("travel?"))
        told = await s.discord.reply_to(second)
        pressed = await s.alice.presses(told, "Cancel")
        assert "cancelled" in (await s.discord.reply_to(pressed)).content
        done.set()
        assert await s.answer(second, "Cancelled.", Outcome.CANCELLED) is told
        assert [question.text for question in s.script.asked] == ["leave?"]


@pytest.mark.usefixtures("soon")
async def test_who_waits_for_a_command(tmp_path: Path) -> None:
    """Sees that somebody is at work, and no more messages."""
    async with scene(tmp_path, options=ONE) as s:
        done = await occupied(s)
        asked = await s.alice.slash("ask", s.general, question="travel?")
        await s.waits(asked)
        marker = await s.alice.says(s.alice.dm, "hm?")
        await s.discord.reply_to(marker)
        assert asked.original
        assert asked.original.loading
        done.set()
        await s.answer(asked, "> travel?\n\nAbout travel?")


async def test_what_is_happening(tmp_path: Path) -> None:
    """Is said after a moment, with a button to cancel, in the message that becomes the answer."""
    async with scene(tmp_path) as s:
        done = asyncio.Event()
        s.script.answers["leave"] = [Status("Searching…"), done, "Here."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        told = await s.discord.reply_to(asked)
        assert told.content == "*Searching…*"
        assert buttons(told) == ["Cancel"]
        done.set()
        assert await s.answer(asked, "Here.") is told


async def test_an_answer_that_is_there_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is one message that never said anything else."""
    monkeypatch.setattr(DiscordPlatform, "lead_s", 30.0)
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = [Status("Searching…"), "Here.", 0.1, "There."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        answer = await s.answer(asked, "Here.\n\nThere.")
        assert answer.contents == ["Here.\n\nThere."]


@pytest.mark.parametrize("by_command", [True, False])
async def test_an_answer_that_is_cancelled(tmp_path: Path, by_command: bool) -> None:  # noqa: FBT001  a parameter
    """Keeps what is there of it, and says that it was cancelled."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = ["One.", asyncio.Event(), "Two."]
        asked: Message | Interaction
        if by_command:
            asked = await s.alice.slash("ask", s.general, question="leave?")
        else:
            asked = await s.alice.says(s.general, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        await s.alice.presses(seen, "Cancel")
        kept = await s.ended(asked)
        await s.quiet()
        assert kept.outcome is Outcome.CANCELLED
        assert s.discord.replies_to(asked) == [seen]
        assert "One." in seen.content
        assert seen.shown.endswith("Cancelled."), seen


async def test_too_many_who_wait(tmp_path: Path) -> None:
    """The next one is told at once to ask again later."""
    async with scene(tmp_path, options=InboxOptions(workers=1, queue_limit=1)) as s:
        done = await occupied(s)
        second = await s.alice.says(s.general, s.mention("travel?"))
        await s.waits(second)
        third = await s.alice.says(s.general, s.mention("laptops?"))
        told = await s.discord.reply_to(third)
        assert "please ask again" in told.content
        assert (await s.ended(third)).outcome is Outcome.BUSY
        done.set()
        await s.answer(second, "About travel?")
