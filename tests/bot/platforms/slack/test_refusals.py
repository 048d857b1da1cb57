"""What Slack does not take, or no longer: an answer is one message all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.inbox import delivery
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.world import Message

pytestmark = pytest.mark.usefixtures("brisk")

LONG = "A sentence of some length & more, so that few of them fill a message. " * 100


async def begun(room: Scene, more: asyncio.Event) -> tuple[Message, Message]:
    """A question, and the stream that its answer has begun with."""
    room.script.answers["leave"] = ["One.", more, "Two.", 0.1, "Three."]
    asked = await room.alice.says(room.general, room.mention("leave?"))
    return asked, await room.slack.reply_to(asked)


async def ends(room: Scene, asked: Message, outcome: Outcome = Outcome.ANSWERED) -> Message:
    """The one final message of a question, which says all of the answer."""
    kept = await room.ended(asked)
    await room.quiet()
    (final,) = room.slack.replies_to(asked)
    assert kept.outcome is outcome
    assert [sent.message for sent in kept.sent] == [final.ts]
    assert not final.streaming
    return final


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format"])
async def test_blocks_that_are_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    """The answer is posted as text, and the log says why it has no buttons."""
    async with scene(tmp_path) as room:
        room.slack.faults.refuse("chat.postMessage", code)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await ends(room, asked)
        assert final.text.startswith("About leave?")
        assert "context_actions" not in [block["type"] for block in final.blocks]
        assert f"({code}); it is shown as plain text" in caplog.text


async def test_a_long_text_that_is_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One that is too long for a change is cut, and marked so, rather than not shown."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = ["One.", more, LONG]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.reply_to(asked)
        room.slack.expire_streams()
        room.slack.faults.refuse("chat.update", "invalid_blocks")
        more.set()
        final = await ends(room, asked)
        assert final.text.startswith("One.\n\nA sentence")
        assert final.text.endswith("…")
        assert 3900 < len(final.text) <= 4000
        assert "it is shown as plain text" in caplog.text


async def test_a_long_answer_that_is_changed(tmp_path: Path) -> None:
    """Its blocks say all of it, although its text may be cut for those who only hear it."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = ["One.", more, LONG, "The end."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.reply_to(asked)
        room.slack.expire_streams()
        more.set()
        final = await ends(room, asked)
        assert final.blocks[0]["text"].endswith("The end.")
        assert final.text.startswith("One.\n\nA sentence")


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("chat.startStream", "invalid_blocks"),
        ("chat.startStream", "channel_type_not_supported"),
        ("chat.appendStream", "msg_blocks_too_long"),
        ("chat.stopStream", "invalid_blocks"),
        ("chat.stopStream", "msg_blocks_too_long"),
        ("chat.stopStream", "message_not_in_streaming_state"),
        ("chat.appendStream", "message_not_in_streaming_state"),
    ],
)
async def test_a_stream_that_is_refused(tmp_path: Path, method: str, code: str) -> None:
    """The answer is posted, or its message is changed, with its buttons."""
    async with scene(tmp_path) as room:
        room.slack.faults.refuse(method, code)
        room.script.answers["leave"] = ["One.", 0.1, "Two.", 0.1, "Three."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await ends(room, asked)
        assert final.text.startswith("One.\n\nTwo.\n\nThree.")
        assert "context_actions" in [block["type"] for block in final.blocks]


async def test_a_stream_that_has_expired(tmp_path: Path) -> None:
    """What is still made is shown by changing the message, which then has a button to cancel."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        asked, seen = await begun(room, more)
        room.slack.clock.advance(301.0)
        more.set()
        await room.slack.until(lambda: "Two." in seen.text)
        assert "cancel" in str(seen.blocks)
        assert await ends(room, asked) is seen
        assert seen.text.startswith("One.\n\nTwo.\n\nThree.")
        assert "cancel" not in str(seen.blocks)


async def test_a_stream_that_somebody_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cancels the answer: what is there stays, with a word that it was cancelled.

    Nothing is waited for, however long a send may take to land.
    """
    monkeypatch.setattr(delivery, "LANDING_S", 1e6)
    async with scene(tmp_path) as room:
        more, never = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = ["One.", more, "Two.", never]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        room.slack.stop_stream(seen)
        more.set()
        assert await ends(room, asked, Outcome.CANCELLED) is seen
        assert seen.text.startswith("One.")


async def test_a_message_that_somebody_deletes(tmp_path: Path) -> None:
    """Another is sent in its place, with all of the answer."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        asked, seen = await begun(room, more)
        await room.alice.deletes(seen)
        more.set()
        final = await ends(room, asked)
        assert final is not seen
        assert final.text.startswith("One.\n\nTwo.\n\nThree.")


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel", "channel_not_found"])
async def test_a_channel_that_takes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    """The question is finished, and the log says why nobody has seen its answer."""
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = [more, "One."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.until(lambda: room.slack.recording.calls("users.list"))
        if code == "is_archived":
            room.general.archived = True
        elif code == "not_in_channel":
            room.general.members.discard(room.acme.team.bot.id)
        else:
            room.slack.faults.refuse("chat.postMessage", code)
        more.set()
        kept = await room.ended(asked)
        assert kept.outcome is Outcome.ANSWERED
        assert not room.slack.replies_to(asked)
        assert f"cannot be shown: Slack says {code}" in caplog.text
