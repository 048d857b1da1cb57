"""How an answer grows in Discord: block by block, over as many messages as it takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.platforms.discord.scene import scene

pytestmark = pytest.mark.usefixtures("brisk")

PAGE = "A sentence of some length, so that few of them fill a message. " * 25


@pytest.mark.parametrize("by_command", [False, True])
async def test_block_by_block(tmp_path: Path, by_command: bool) -> None:  # noqa: FBT001  a parameter
    """Each block is shown when it is there; at the end Cancel gives way to the thumbs."""
    async with scene(tmp_path) as s:
        more, end = asyncio.Event(), asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two.", end, "Three."]
        if by_command:
            asked = await s.alice.slash("ask", s.general, question="leave?")
        else:
            asked = await s.alice.says(s.general, s.mention("leave?"))  # type: ignore[assignment]  # either
        above = "> leave?\n\n" if by_command else ""
        seen = await s.discord.reply_to(asked)
        assert seen.content == f"{above}One."
        assert "Cancel" in str(seen.components)
        more.set()
        await s.discord.until(lambda: seen.content == f"{above}One.\n\nTwo.")
        assert "Cancel" in str(seen.components)
        end.set()
        assert await s.answer(asked, f"{above}One.\n\nTwo.\n\nThree.") is seen
        assert "Cancel" not in str(seen.components)
        assert "feedback" in str(seen.components)


async def test_an_answer_that_is_there_at_once(tmp_path: Path) -> None:
    """It is one message, which is never changed."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = ["One.", "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        final = await s.answer(asked, "One.\n\nTwo.")
        assert final.edited_at is None
        assert not s.discord.recording.calls("update_message")


@pytest.mark.parametrize("private", [False, True])
async def test_a_long_answer(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """Full messages stay as they are, with a button that does nothing below all but the last."""
    async with scene(tmp_path) as s:
        mores = [asyncio.Event(), asyncio.Event()]
        s.script.answers["leave"] = [
            f"1 {PAGE}", mores[0], f"2 {PAGE}", mores[1], f"3 {PAGE}", "End.",
        ]  # fmt: skip
        asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
        for number, more in enumerate(mores, start=1):
            await s.discord.until(
                lambda: (
                    len(s.discord.messages_in(s.general)) == number  # noqa: B023  awaited here
                    and not s.discord.messages_in(s.general)[-1].loading
                )
            )
            more.set()
        kept = await s.ended(asked)
        await s.quiet()
        said = s.discord.messages_in(s.general)
        assert [sent.message.rpartition("/")[2].lstrip("@") for sent in kept.sent] == [
            message.id for message in said
        ]
        assert [message.ephemeral for message in said] == [private] * 3
        first, second, third = said
        assert not first.components
        (dots,) = second.components[0]["components"]
        assert (dots["label"], dots["disabled"]) == ("…", True)
        assert "feedback" in str(third.components)
        assert "".join(message.content for message in said).count("A sentence") == 75


async def test_an_edited_question(tmp_path: Path) -> None:
    """Its answer is made anew in the same message; what is left over of a longer one goes."""
    async with scene(tmp_path) as s:
        s.script.answers["leave"] = [f"1 {PAGE}", f"2 {PAGE}", asyncio.Event()]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        said = await s.discord.until(
            lambda: len(s.discord.messages_in(s.general)) == 2 and s.discord.messages_in(s.general)
        )
        assert said
        await s.alice.edits(asked, s.mention("travel?"))
        assert await s.answer(asked, "About travel?") is said[0]
        assert s.discord.messages_in(s.general) == [said[0]]
