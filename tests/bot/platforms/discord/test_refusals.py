"""What Discord does not take, or no longer: one message all the same, or the log says why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.platforms.discord import sending
from footnote.bot.questions import Outcome
from tests.bot.platforms.discord.pressing import cited
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord import desk, interactions
from tests.servers.discord.model import Message
from tests.servers.discord.permissions import Permission
from tests.servers.discord.routes import messages

pytestmark = pytest.mark.usefixtures("brisk")


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is young for a moment only."""
    monkeypatch.setattr(sending, "YOUNG_S", 0.2)
    monkeypatch.setattr(sending, "NOT_YET_S", 0.05)


def forbid(s: Scene, permission: Permission) -> None:
    """The bot may not do this in the channel."""
    bot = s.discord.application.bot.id
    s.acme.overwrite(s.general, bot, deny=int(permission))


async def begun(s: Scene, more: asyncio.Event) -> tuple[Message, Message]:
    """A question, and the message that its answer has begun with."""
    s.script.answers["leave"] = ["One.", more, "Two."]
    asked = await s.alice.says(s.general, s.mention("leave?"))
    return asked, await s.discord.reply_to(asked)


@pytest.mark.parametrize("by_command", [False, True])
async def test_a_message_that_is_not_taken(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    by_command: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is sent as text alone, and the log says why it has no buttons."""
    async with scene(tmp_path) as s:
        route = "update_original_webhook_message" if by_command else "create_message"
        s.discord.faults.refuse(route, 50_035)
        if by_command:
            command = await s.alice.slash("ask", s.general, question="leave?")
            final = await s.answer(command, "> leave?\n\nAbout leave?")
        else:
            asked = await s.alice.says(s.general, s.mention("leave?"))
            final = await s.answer(asked, "About leave?")
        assert not final.components
        assert not final.embeds
        assert "50035" in caplog.text
        assert "it is shown as plain text" in caplog.text


@pytest.mark.usefixtures("landing")
async def test_text_alone_whose_post_was_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Has no button to be known by, and is found by what it replies to."""
    for module in (desk, messages):
        monkeypatch.setattr(module, "NONCE_S", -1.0)
    async with scene(tmp_path) as s:
        s.discord.faults.refuse("create_message", 50_035)
        s.discord.faults.drop("create_message")
        asked = await s.alice.says(s.general, s.mention("leave?"))
        final = await s.answer(asked, "About leave?")
        assert s.discord.messages_in(s.general) == [final]
        assert "feedback" in str(final.components)


async def test_a_change_that_is_not_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The message says all of the answer, without buttons."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked, seen = await begun(s, more)
        s.discord.faults.refuse("update_message", 50_035)
        more.set()
        assert await s.answer(asked, "One.\n\nTwo.") is seen
        assert not seen.components
        assert "it is shown as plain text" in caplog.text


async def test_a_channel_without_embeds(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the bot may not embed links, the sources stand in the text; all buttons are there."""
    async with scene(tmp_path) as s:
        forbid(s, Permission.EMBED_LINKS)
        s.script.answers["leave"] = [cited()]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        kept = await s.ended(asked)
        await s.quiet()
        (final,) = s.discord.replies_to(asked)
        assert kept.outcome is Outcome.ANSWERED
        assert final.content.startswith("28 days")
        assert "Sources" in final.content
        assert not final.embeds
        assert "feedback" in str(final.components)
        assert "may not embed links" in caplog.text


async def test_a_channel_whose_history_the_bot_may_not_read(tmp_path: Path) -> None:
    """It cannot reply there, and so posts behind the question."""
    async with scene(tmp_path) as s:
        forbid(s, Permission.READ_MESSAGE_HISTORY)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.ended(asked)
        await s.quiet()
        (final,) = s.discord.messages_in(s.general)
        assert final.content == "About leave?"
        assert final.reply_to is None


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("private", [False, True])
async def test_an_acknowledgement_that_comes_too_late(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    private: bool,  # noqa: FBT001  a parameter
) -> None:
    """The question was taken: its answer comes into the channel, or to its asker directly."""
    monkeypatch.setattr(interactions, "FIRST_ANSWER_S", -1.0)
    async with scene(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
        await s.ended(asked)
        await s.quiet()
        (final,) = s.discord.messages_in(s.alice.dm if private else s.general)
        assert final.content == "> leave?\n\nAbout leave?"
        assert not final.ephemeral
        assert not private or not s.general.messages
        assert 10_062 in s.discord.recording.codes()


async def test_an_acknowledgement_that_is_slow(tmp_path: Path) -> None:
    """An answer that is there before is said after it, and not somewhere else."""
    async with scene(tmp_path) as s:
        s.discord.faults.slow("create_interaction_response", 0.3)
        asked = await s.alice.slash("ask", s.general, question="leave?")
        final = await s.answer(asked, "> leave?\n\nAbout leave?")
        assert final is asked.original
        assert 10_015 in s.discord.recording.codes()


async def test_a_message_that_somebody_deletes(tmp_path: Path) -> None:
    """The answer is posted anew."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked, seen = await begun(s, more)
        await s.alice.deletes(seen)
        more.set()
        final = await s.answer(asked, "One.\n\nTwo.")
        assert final is not seen
        assert 10_008 in s.discord.recording.codes()


async def test_a_question_that_is_gone_by_then(tmp_path: Path) -> None:
    """Its removal was not told: the answer is posted behind where it stood."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = [more, "One."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.soon(lambda: s.script.asked)
        del s.general.messages[asked.id]
        more.set()
        await s.ended(asked)
        await s.quiet()
        assert [one.content for one in s.discord.messages_in(s.general)] == ["One."]


@pytest.mark.parametrize(
    ("route", "code"),
    [("create_message", 50_001), ("create_message", 50_013), ("update_message", 10_003)],
)
async def test_a_channel_that_is_closed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, route: str, code: int
) -> None:
    """Nothing can be said there any more: the question ends, and the log says why."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        if route == "create_message":
            s.discord.faults.refuse(route, code, times=2)
            asked = await s.alice.says(s.general, s.mention("leave?"))
        else:
            asked, _ = await begun(s, more)
            s.discord.faults.refuse(route, code, times=2)
            more.set()
        kept = await s.ended(asked)
        await s.quiet()
        assert kept.outcome is Outcome.ANSWERED
        assert f"cannot be shown: Discord says {code}" in caplog.text
        after = await s.alice.says(s.general, s.mention("travel?"))
        await s.ended(after)


@pytest.mark.parametrize("locked", [False, True])
async def test_a_thread_that_is_archived_meanwhile(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    locked: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is opened again for the rest of the answer, as by any message, unless it is locked."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two."]
        thread = s.acme.thread(s.general, "about leave", s.alice)
        asked = await s.alice.says(thread, s.mention("leave?"))
        seen = await s.discord.reply_to(asked)
        await s.alice.archives(thread, locked=locked)
        more.set()
        await s.ended(asked)
        await s.quiet()
        assert s.discord.messages_in(thread) == [seen]
        assert 50_083 in s.discord.recording.codes()
        if locked:
            assert seen.content == "One."
            assert "cannot be shown: Discord says 50013" in caplog.text
        else:
            assert seen.content == "One.\n\nTwo."
            assert not thread.archived


@pytest.mark.usefixtures("landing")
async def test_a_token_that_is_no_longer_accepted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is kept for when there is another."""
    async with scene(tmp_path) as s:
        s.discord.faults.refuse("create_message", 0, times=3)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        assert "does not accept the token any more" in caplog.text
