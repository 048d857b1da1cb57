"""Two processes with the same shard of Discord: each hears everything, and one of them does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.platforms.discord.scene import Scene, footnote_in, scene

pytestmark = pytest.mark.usefixtures("brisk")


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[Scene]:
    """A scene with two replicas that are both connected."""
    async with scene(folder) as s, footnote_in(s.discord, s.state, s.script, replica="two"):
        assert len(s.discord.gateway.connected()) == 2
        yield s


def quietly(caplog: pytest.LogCaptureFixture) -> bool:
    """Whether nothing was logged that somebody has to see to."""
    return not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]


async def test_questions(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Get one answer each, wherever they are asked."""
    async with both(tmp_path) as s:
        thread = s.acme.thread(s.general, "plans", s.alice)
        for number, where in enumerate((s.general, thread, s.alice.dm, s.general)):
            asked = await s.alice.says(where, s.mention(f"leave {number}?"))
            await s.answer(asked, f"About leave {number}?")
        assert len(s.script.asked) == 4
    assert quietly(caplog)


async def test_many_questions_at_once(tmp_path: Path) -> None:
    """As well."""
    async with both(tmp_path) as s:
        asked = [await s.alice.says(s.general, s.mention(f"{n}?")) for n in range(8)]
        for number, question in enumerate(asked):
            await s.answer(question, f"About {number}?")
        assert sorted(question.text for question in s.script.asked) == [f"{n}?" for n in range(8)]


async def test_an_edit_and_a_deletion(tmp_path: Path) -> None:
    """Change the answer once, and remove it."""
    async with both(tmp_path) as s:
        asked = await s.alice.says(s.general, s.mention("leave?"))
        before = await s.answer(asked, "About leave?")
        await s.alice.edits(asked, s.mention("travel?"))
        assert await s.answer(asked, "About travel?") is before
        await s.settled()
        assert [question.text for question in s.script.asked].count("travel?") == 1
        await s.alice.deletes(asked)
        await s.discord.until(lambda: before.gone)


@pytest.mark.parametrize("private", [True, False])
async def test_ask(tmp_path: Path, caplog: pytest.LogCaptureFixture, private: bool) -> None:  # noqa: FBT001  a parameter
    """Is deferred by both, which one of them may, and answered once; that is no error to report."""
    async with both(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
        await s.answer(asked, "> leave?\n\nAbout leave?")
        await s.discord.until(lambda: s.discord.recording.codes() == [40_060])
        assert len(s.discord.recording.calls("create_interaction_response")) == 2
        assert len(s.script.asked) == 1
    assert quietly(caplog)


async def test_commands(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Are done by the first, which alone replies."""
    async with both(tmp_path) as s:
        for name in ("sources", "footnote", "sources"):
            used = await s.alice.slash(name, s.general)
            told = await s.discord.reply_to(used)
            assert told.content == f"/{name}"
            assert told.only_for == s.alice.id
        await s.settled()
        assert [command.name for command in s.script.commands] == ["sources", "footnote", "sources"]
        assert s.discord.recording.codes() == []
    assert quietly(caplog)


async def test_presses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Are done by the first, and Discord hears of it once."""
    async with both(tmp_path) as s:
        asked = await s.alice.slash("ask", s.general, question="leave?")
        answer = await s.answer(asked, "> leave?\n\nAbout leave?")
        thumb = answer.components[0]["components"][0]["custom_id"]
        pressed = await s.alice.presses(answer, thumb)
        await s.discord.reply_to(pressed)
        opened = await s.alice.presses(answer, "Continue in a thread")
        await s.discord.reply_to(opened)
        await s.settled()
        assert len(s.discord.replies_to(pressed)) == len(s.discord.replies_to(opened)) == 1
        assert len(s.acme.guild.threads) == 1
    assert quietly(caplog)


async def test_telling_discord_of_the_commands(tmp_path: Path) -> None:
    """Is done once, since nothing has changed for the second."""
    async with both(tmp_path) as s:
        assert len(s.discord.recording.calls("bulk_set_application_commands")) == 1
