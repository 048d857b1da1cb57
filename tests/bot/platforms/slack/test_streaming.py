"""How an answer is seen while it is made, and what it looks like in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from footnote.bot.inbox import stream
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.slack import sending
from footnote.bot.questions import Block, Status
from footnote.bot.state.sqlite import open_state
from tests.bot.platforms.answers import WIKI, citation
from tests.bot.platforms.slack.scene import Scene, footnote_in, scene
from tests.servers.slack.world import Message, texts_in

PAGE = "A sentence of some length, so that few of them fill a message. " * 100


def calls(room: Scene) -> Mapping[str, int]:
    """How often each method was called that brings an answer."""
    names = ("startStream", "appendStream", "stopStream", "postMessage", "update", "delete")
    counted = {name: len(room.slack.recording.calls(f"chat.{name}")) for name in names}
    return {name: count for name, count in counted.items() if count}


def kinds(message: Message) -> list[str]:
    """The kinds of its blocks."""
    return [block["type"] for block in message.blocks]


def key(message: Message) -> Any:
    """What it is found by."""
    assert message.metadata
    return message.metadata["event_payload"]["key"]


@pytest.mark.usefixtures("brisk")
async def test_an_answer_is_streamed_block_by_block(tmp_path: Path) -> None:
    """Each block is seen when it is there; thumbs and buttons come with the last of it."""
    async with scene(tmp_path) as room:
        second, third = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = ["One.", second, "Two.", third, "Three."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        assert (seen.text, seen.streaming) == ("One.", True)
        second.set()
        await room.slack.until(lambda: seen.text == "One.\n\nTwo.")
        assert seen.streaming
        third.set()
        final = await room.answer(asked, "One.\n\nTwo.\n\nThree.")
        assert final is seen
        assert kinds(final) == ["context_actions", "actions"]
        assert key(final) == f"{room.question_id(asked)}#0"
        assert calls(room) == {"startStream": 1, "appendStream": 1, "stopStream": 1}
        (started,) = room.slack.recording.calls("chat.startStream")
        assert started["recipient_user_id"] == room.alice.id


async def test_an_answer_that_is_there_at_once_is_posted(tmp_path: Path) -> None:
    """No stream is started for what needs none; the post has all that a stream's end has."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = ["One.", 0.05, "Two."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        final = await room.slack.reply_to(asked)
        await room.answer(asked, final.text)
        assert final.text.startswith("One.\n\nTwo.")
        assert kinds(final) == ["markdown", "context_actions", "actions"]
        assert calls(room) == {"postMessage": 1}


@pytest.mark.usefixtures("brisk")
async def test_citations_are_links(tmp_path: Path) -> None:
    """In what was streamed and below it; the citation without a link has a button."""
    cited = Block("28 days [1]. Ask first [2].", citations=(citation(1, WIKI), citation(2)))
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        room.script.answers["leave"] = [cited, more]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        more.set()
        await room.ended(asked)
        assert f"28 days [[1]({WIKI})]" in seen.text
        shown = "\n".join(texts_in(seen.blocks))
        assert f"<{WIKI.replace('&', '&amp;')}|" in shown
        assert "Show passage [2]" in shown


@pytest.mark.usefixtures("brisk")
async def test_a_long_answer_continues_in_further_messages(tmp_path: Path) -> None:
    """Each is a stream of its own, and stops when it is full; buttons stand below the last."""
    async with scene(tmp_path) as room:
        second, third = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = [f"1 {PAGE}", second, f"2 {PAGE}", third, f"3 {PAGE}"]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.reply_to(asked)
        second.set()
        await room.slack.reply_to(asked, nth=2)
        third.set()
        kept = await room.ended(asked)
        messages = room.slack.replies_to(asked)
        assert [message.text[0] for message in messages] == ["1", "2", "3"]
        assert [message.streaming for message in messages] == [False] * 3
        assert [sent.message for sent in kept.sent] == [message.ts for message in messages]
        assert [key(message) for message in messages] == [sent.key for sent in kept.sent]
        assert [bool(message.blocks) for message in messages[:1]] == [False]
        assert "context_actions" in kinds(messages[2])


@pytest.mark.usefixtures("brisk")
async def test_a_status_is_shown_until_there_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack lets it expire after two minutes: it is set again before, and is over with the answer.

    The minute after which Footnote sets it again is a short one here.
    """
    monkeypatch.setattr(stream, "AGAIN_S", 0.1)
    async with scene(tmp_path) as room:
        found = asyncio.Event()
        room.script.answers["leave"] = [Status("Searching 3 sources…"), found, "28 days."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.until(lambda: room.slack.status(asked) == "Searching 3 sources…")
        for _ in range(2):
            room.slack.clock.advance(130.0)
            assert not room.slack.status(asked)
            await room.slack.until(lambda: room.slack.status(asked) == "Searching 3 sources…")
        found.set()
        await room.answer(asked, "28 days.")
        assert not room.slack.status(asked)


@pytest.mark.usefixtures("brisk")
async def test_replicas_share_the_budget_of_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past it, an answer is one post, whichever replica makes it."""
    monkeypatch.setattr(sending, "STARTS", 1)
    one = InboxOptions(workers=1, poll_s=0.05)
    async with scene(tmp_path, options=one) as room, open_state(tmp_path / "state.db") as shared:
        found, more = asyncio.Event(), asyncio.Event()
        room.script.answers["leave"] = [Status("Searching…"), found, "One.", more, "Two."]
        async with footnote_in(
            room.slack, [room.acme], shared, room.script, options=one, replica="two"
        ):
            asked = [
                await room.alice.says(room.general, room.mention(f"leave {n}?")) for n in (1, 2)
            ]
            await room.slack.until(lambda: all(map(room.slack.status, asked)))
            found.set()
            await room.slack.until(lambda: room.slack.recording.calls("chat.startStream"))
            # Nothing shows that the other has found out that it may start none.
            await asyncio.sleep(0.1)
            more.set()
            for question in asked:
                await room.answer(question, "One.\n\nTwo.")
        assert calls(room) == {"startStream": 1, "stopStream": 1, "postMessage": 1}


@pytest.mark.usefixtures("brisk")
async def test_what_may_not_be_appended_comes_with_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the budget of pieces nothing is lost, and nothing is refused by Slack."""
    monkeypatch.setattr(sending, "APPENDS", 1)
    async with scene(tmp_path) as room:
        room.slack.rates.on = True
        room.slack.rates.calls_a_minute["chat.appendStream"] = 1
        room.script.answers["leave"] = [step for n in range(8) for step in (f"Sentence {n}.", 0.03)]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "\n\n".join(f"Sentence {n}." for n in range(8)))
        assert calls(room) == {"startStream": 1, "appendStream": 1, "stopStream": 1}


@pytest.mark.usefixtures("brisk")
async def test_what_may_not_be_changed_comes_with_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer whose stream has expired is changed within the budget, and once at its end."""
    monkeypatch.setattr(sending, "UPDATES", 1)
    async with scene(tmp_path) as room:
        more = asyncio.Event()
        sentences = [f"Sentence {n}." for n in range(6)]
        rest = [step for sentence in sentences[1:] for step in (sentence, 0.03)]
        room.script.answers["leave"] = [sentences[0], more, *rest]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        seen = await room.slack.reply_to(asked)
        room.slack.expire_streams()
        more.set()
        await room.ended(asked)
        assert seen.text.startswith("\n\n".join(sentences))
        assert calls(room)["update"] == 2
