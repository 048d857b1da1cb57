"""Calls of Discord that fail, and whose answers never come: one final message each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.platforms.discord import sending
from tests.bot.platforms.discord.pressing import answered, told
from tests.bot.platforms.discord.scene import Scene, scene
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Message

pytestmark = pytest.mark.usefixtures("brisk", "landing", "hasty")

PAGE = "A sentence of some length, so that few of them fill a message. " * 25

LOST = pytest.mark.parametrize(
    ("how", "taken"), [("drop", True), ("drop", False), ("fail", True), ("fail", False)]
)
"""Discord hangs up or fails, after what it was asked for or before."""


def lose(s: Scene, route: str, how: str, *, taken: bool) -> None:
    """The answer to the next call of a route is lost."""
    (s.discord.faults.drop if how == "drop" else s.discord.faults.fail)(route, taken=taken)


async def begun(s: Scene, more: asyncio.Event, *, private: bool = False) -> Interaction:
    """A command whose answer has begun, and goes on with another message when `more` is set."""
    s.script.answers["leave"] = [f"1 {PAGE}", more, f"2 {PAGE}", "End."]
    asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
    await s.discord.until(lambda: any("1 A sent" in m.content for m in asked.messages))
    return asked


async def pages(s: Scene, asked: Message | Interaction) -> list[Message]:
    """All that the bot has said, once the question has ended: one message for each page."""
    kept = await s.ended(asked)
    await s.quiet()
    found = s.discord.messages_in(s.general)
    assert [sent.message.rpartition("/")[2].lstrip("@") for sent in kept.sent] == [
        message.id for message in found
    ]
    return found


@LOST
async def test_a_post(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """What Discord has taken is found by what it carries; what it has not is posted again."""
    async with scene(tmp_path) as s:
        lose(s, "create_message", how, taken=taken)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.answer(asked, "About leave?")
        assert len(s.discord.recording.calls("create_message")) == (1 if taken else 2)


@LOST
async def test_the_first_post_of_a_stream(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """It is found, and goes on."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two."]
        lose(s, "create_message", how, taken=taken)
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        more.set()
        await s.answer(asked, "One.\n\nTwo.")


@LOST
async def test_an_edit(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """It is made again, whether it was the last or not."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two.", 0.1, "Three."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        lose(s, "update_message", how, taken=taken)
        more.set()
        final = await s.answer(asked, "One.\n\nTwo.\n\nThree.")
        assert "Cancel" not in str(final.components)


@pytest.mark.parametrize(
    ("how", "taken", "private"),
    [
        ("drop", True, False),
        ("drop", False, True),
        ("fail", True, True),
        ("fail", False, False),
    ],
)
async def test_the_reply_to_a_command(
    tmp_path: Path,
    how: str,
    taken: bool,  # noqa: FBT001  a parameter
    private: bool,  # noqa: FBT001  a parameter
) -> None:
    """It is said again in the same place, whoever sees it."""
    async with scene(tmp_path) as s:
        lose(s, "update_original_webhook_message", how, taken=taken)
        asked = await s.alice.slash("ask", s.general, question="leave?", private=private)
        final = await s.answer(asked, "> leave?\n\nAbout leave?")
        assert final.ephemeral == private
        assert s.discord.messages_in(s.general) == [final]


@LOST
async def test_a_further_message_of_a_command(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """Posted in the channel, and found there by the mark of its button."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await begun(s, more)
        lose(s, "create_message", how, taken=taken)
        more.set()
        first, second = await pages(s, asked)
        assert (first.content[:4], second.content[:2]) == ("> le", "2 ")
        assert "End." in second.content


@LOST
async def test_a_further_message_that_one_alone_sees(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """It has no nonce and is in no history; but the gateway has told of it, if it is there."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        asked = await begun(s, more, private=True)
        lose(s, "execute_webhook", how, taken=taken)
        more.set()
        first, second = await pages(s, asked)
        assert (first.content[:4], second.content[:2]) == ("> le", "2 ")
        assert "End." in second.content
        assert s.alice.sees == [first, second]
        assert len(s.discord.recording.calls("execute_webhook")) == (1 if taken else 2)


@pytest.mark.parametrize(("how", "taken"), [("drop", True), ("drop", False), ("fail", True)])
async def test_the_acknowledgement_of_a_question(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    taken: bool,  # noqa: FBT001  a parameter
) -> None:
    """The answer is the reply where Discord has taken it, and else a message of the channel."""
    monkeypatch.setattr(sending, "YOUNG_S", 0.2)
    monkeypatch.setattr(sending, "NOT_YET_S", 0.05)
    async with scene(tmp_path) as s:
        lose(s, "create_interaction_response", how, taken=taken)
        asked = await s.alice.slash("ask", s.general, question="leave?")
        (final,) = await pages(s, asked)
        assert final.content == "> leave?\n\nAbout leave?"
        assert (final is asked.original) == taken


@LOST
async def test_the_acknowledgement_of_what_is_done_once(
    tmp_path: Path,
    how: str,
    taken: bool,  # noqa: FBT001  a parameter
) -> None:
    """Nothing stays at "thinking…": a command, a button that takes long, and a form."""
    async with scene(tmp_path) as s:
        _, answer = await answered(s)
        form = await s.alice.presses(answer, "Suggest a better answer")
        await s.discord.until(lambda: form.modal)

        lose(s, "create_interaction_response", how, taken=taken)
        given = await s.alice.slash("sources", s.general)
        assert await told(s, given) == "/sources"

        lose(s, "create_interaction_response", how, taken=taken)
        pressed = await s.alice.presses(answer, "Continue in a thread")
        assert (await told(s, pressed)).startswith("Go on in")

        lose(s, "create_interaction_response", how, taken=taken)
        sent_off = await s.alice.submits(form, {"suggestion": "30 days."})
        assert "is kept" in await told(s, sent_off)
        assert not [message for message in s.discord.everything() if message.loading]


@LOST
async def test_a_removal(tmp_path: Path, how: str, taken: bool) -> None:  # noqa: FBT001  a parameter
    """The answer to a question that was deleted meanwhile is gone in the end."""
    async with scene(tmp_path) as s:
        more = asyncio.Event()
        s.script.answers["leave"] = ["One.", more, "Two."]
        asked = await s.alice.says(s.general, s.mention("leave?"))
        await s.discord.reply_to(asked)
        lose(s, "delete_message", how, taken=taken)
        await s.alice.deletes(asked)
        await s.ended(asked)
        await s.quiet()
        assert not s.discord.messages_in(s.general)


async def test_the_reply_is_never_taken_for_the_answer_of_another(tmp_path: Path) -> None:
    """Of two questions in direct messages, the second one's post is lost for good."""
    async with scene(tmp_path) as s:
        first = await s.alice.says(s.alice.dm, "one?")
        await s.discord.until(lambda: s.discord.replies_to(first))
        s.discord.faults.drop("create_message", taken=False)
        second = await s.alice.says(s.alice.dm, "two?")
        await s.ended(second)
        await s.quiet()
        said = [message.content for message in s.discord.messages_in(s.alice.dm)]
        assert said == ["About one?", "About two?"]
