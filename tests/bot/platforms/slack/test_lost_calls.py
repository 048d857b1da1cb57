"""Calls of Slack that are limited, that fail, and whose answers never come: one message each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from slack_sdk.http_retry.builtin_interval_calculators import BackoffRetryIntervalCalculator

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.questions import Outcome, Status
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.recording import What
from tests.servers.slack.world import Message

pytestmark = pytest.mark.usefixtures("brisk")


async def asked_and_begun(room: Scene, text: str, more: asyncio.Event) -> Message:
    """A question whose answer goes on when `more` is set."""
    room.script.answers[text] = [Status("Searching…"), "One.", more, "Two.", 0.05, "Three."]
    return await room.alice.says(room.general, room.mention(text))


@pytest.mark.parametrize(
    "method",
    [
        "assistant.threads.setStatus",
        "chat.appendStream",
        "chat.startStream",
        "chat.stopStream",
        "conversations.info",
    ],
)
async def test_a_limited_call_is_made_again(tmp_path: Path, method: str) -> None:
    """Whichever it is, the answer is streamed and ends as it would without."""
    async with scene(tmp_path) as room:
        room.slack.faults.limit(method, 0, times=2)
        found, more = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = [Status("Searching…"), found, "One.", more, "Two.", 0.1]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.until(lambda: room.slack.recording.calls("assistant.threads.setStatus"))
        found.set()
        seen = await room.slack.reply_to(asked)
        more.set()
        assert await room.answer(asked, "One.\n\nTwo.") is seen
        assert seen.stream
        assert not room.slack.recording.calls("chat.update")


async def test_a_limit_is_waited_for(tmp_path: Path) -> None:
    """Nothing is sent before Slack's Retry-After is over."""
    async with scene(tmp_path) as room:
        room.slack.faults.limit("chat.postMessage", 1)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.answer(asked, final.text)
        first, second = (
            entry.at
            for entry in room.slack.recording.of(What.CALL)
            if entry.name == "chat.postMessage"
        )
        assert second - first >= 1.0


async def test_a_limited_change_and_removal_are_made_again(tmp_path: Path) -> None:
    """An answer of a stream that has expired is changed, and one to nothing is removed."""
    async with scene(tmp_path) as room:
        room.slack.faults.limit("chat.update", 0, times=2)
        room.slack.faults.limit("chat.delete", 0, times=2)
        more = asyncio.Event()
        asked = await asked_and_begun(room, "leave?", more)
        await room.slack.reply_to(asked)
        room.slack.expire_streams()
        more.set()
        final = await room.slack.reply_to(asked)
        await room.slack.until(lambda: "Three." in final.text)
        await room.quiet()
        await room.alice.deletes(asked)
        await room.slack.until(lambda: not room.slack.replies_to(asked))
        await room.quiet()
        assert len(room.slack.recording.calls("chat.delete")) == 3


@pytest.mark.usefixtures("landing")
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_a_call_that_is_lost_while_streaming(tmp_path: Path, method: str) -> None:
    """Slack fails or hangs up, before or after the effect: each answer is still one message."""
    async with scene(tmp_path) as room:
        for taken in (False, True):
            room.slack.faults.fail(method, taken=taken)
            room.slack.faults.drop(method, taken=taken)
        more = asyncio.Event()
        asked = [await asked_and_begun(room, f"leave {n}?", more) for n in range(4)]
        await room.slack.until(lambda: all(map(room.slack.replies_to, asked)))
        more.set()
        for question in asked:
            kept = await room.ended(question)
            await room.quiet()
            (final,) = room.slack.replies_to(question)
            assert final.text.startswith("One.\n\nTwo.\n\nThree.")
            assert not final.streaming
            assert final.metadata
            assert final.metadata["event_payload"]["key"] == f"{room.question_id(question)}#0"
            assert [sent.message for sent in kept.sent] == [final.ts]
            assert "context_actions" in [block["type"] for block in final.blocks]


@pytest.mark.usefixtures("landing")
async def test_a_post_that_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Slack has taken is found by what it carries; what it has not is posted again.

    The SDK would post it again by itself, after a while that is none here.
    """
    monkeypatch.setattr(BackoffRetryIntervalCalculator, "calculate_sleep_duration", lambda *_: 0.0)
    async with scene(tmp_path) as room:
        for taken in (False, True):
            room.slack.faults.fail("chat.postMessage", taken=taken)
            room.slack.faults.drop("chat.postMessage", taken=taken)
        room.slack.faults.limit("conversations.replies", 0, times=2)
        asked = [await room.alice.says(room.general, room.mention(f"{n}?")) for n in range(4)]
        for question in asked:
            final = await room.slack.reply_to(question)
            await room.ended(question)
            await room.answer(question, final.text)
        assert len(room.slack.recording.calls("chat.postMessage")) == 6


@pytest.mark.usefixtures("landing")
async def test_a_lost_start_behind_other_messages(tmp_path: Path) -> None:
    """The second stream of a long answer is found, too, and not the first one or the question."""
    page = "A sentence of some length, so that few of them fill a message. " * 100
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = [f"1 {page}", more, f"2 {page}", 0.1, "End."]
        assert (await room.alice.slash("/ask", "leave?", room.general)).ok
        await room.slack.until(lambda: room.general.messages)
        (shown,) = room.general.messages.values()
        first = await room.slack.until(lambda: room.general.replies(shown.ts))
        room.slack.faults.drop("chat.startStream")
        more.set()
        kept = await room.ended(shown)
        await room.quiet()
        replies = room.general.replies(shown.ts)
        assert [message.text[0] for message in replies] == ["1", "2"]
        assert replies[0] is first[0]
        assert "asks" in shown.text
        assert replies[1].text.startswith(f"2 {page.strip()}"[:3000])
        assert [sent.message for sent in kept.sent] == [message.ts for message in replies]


@pytest.mark.usefixtures("landing")
async def test_the_question_is_never_taken_for_the_answer(tmp_path: Path) -> None:
    """The bot shows a question of a command itself: it stays when a start was lost for good."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = ["One.", 0.1, "Two."]
        room.slack.faults.drop("chat.startStream", taken=False)
        assert (await room.alice.slash("/ask", "leave?", room.general)).ok
        await room.slack.until(lambda: room.general.messages)
        (shown,) = room.general.messages.values()
        await room.ended(shown)
        (final,) = room.general.replies(shown.ts)
        assert final.text.startswith("One.\n\nTwo.")
        assert "leave?" in shown.text


@pytest.mark.usefixtures("landing")
async def test_a_private_answer_that_is_lost(tmp_path: Path) -> None:
    """Nobody can find it again: what Slack did not take is shown when Slack takes it."""
    async with scene(tmp_path) as room:
        room.slack.faults.drop("chat.postEphemeral", taken=False)
        room.slack.faults.fail("chat.postEphemeral")
        room.slack.faults.limit("chat.postEphemeral", 0)
        assert (await room.alice.slash("/ask", "private leave?", room.general)).ok
        await room.slack.until(lambda: room.alice.sees)
        await room.quiet()
        (seen,) = room.alice.sees
        assert seen.text.startswith("About leave?")
        assert not room.general.messages


@pytest.mark.usefixtures("landing")
async def test_a_stream_is_never_taken_for_another_questions_answer(tmp_path: Path) -> None:
    """Of three questions in one thread, the third is told at once that too many wait.

    That is lost while the first one's answer begins to be streamed, which has no key yet.
    """
    async with scene(tmp_path, options=InboxOptions(workers=1, queue_limit=1)) as room:
        begin, more = asyncio.Event(), asyncio.Event()
        room.script.answers["first"] = [Status("Searching…"), begin, "One.", more, "Two."]
        first = await room.alice.says(room.general, room.mention("first?"))
        await room.slack.until(lambda: room.slack.status(first))
        second = await room.alice.says(room.general, room.mention("second?"), thread=first)
        await room.slack.settled()
        room.slack.faults.drop("chat.postMessage", taken=False)
        third = await room.alice.says(room.general, room.mention("third?"), thread=first)
        await room.slack.until(lambda: room.slack.recording.calls("chat.postMessage"))
        begin.set()
        stream = await room.slack.reply_to(first)
        assert (await room.ended(third)).outcome is Outcome.BUSY
        more.set()
        for asked in (first, second):
            assert (await room.ended(asked)).outcome is Outcome.ANSWERED
        assert stream.text.startswith("One.\n\nTwo.")
        assert len(room.slack.replies_to(first)) == 3
