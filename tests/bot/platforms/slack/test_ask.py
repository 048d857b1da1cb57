"""Asking with `/ask`, which Slack shows to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.platforms.slack.asking import NOT_HERE, USAGE
from footnote.bot.questions import Outcome
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.delivery import ACK_S
from tests.servers.slack.world import Message

AWAY = "The state is away: try again in a minute."


def root_of(room: Scene) -> Message:
    """The one message outside of threads in the public channel."""
    (root,) = [message for message in room.general.messages.values() if message.is_root]
    return root


async def test_a_question_for_all(tmp_path: Path) -> None:
    """Is shown with its asker, and answered in its thread; nobody is told more."""
    async with scene(tmp_path) as room:
        answered = await room.alice.slash("/ask", "is 1 &lt; 2 &amp; leave?", room.general)
        assert answered.ok
        root = root_of(room)
        await room.answer(root, "About is 1 &lt; 2 &amp; leave?", nth=2)
        assert root.text == f"{room.alice.mention} asks: is 1 &lt; 2 &amp; leave?"
        assert room.alice.sees == []
        (question,) = room.script.asked
        assert question.asker == f"slack:{room.alice.id}"
        assert question.place == f"{room.general.id}/{root.ts}"
        assert question.text == "is 1 < 2 & leave?"
        assert not question.audience.private


async def test_a_follow_up_on_it(tmp_path: Path) -> None:
    """Whoever writes into its thread goes on with it."""
    async with scene(tmp_path) as room:
        await room.alice.slash("/ask", "leave?", room.general)
        root = root_of(room)
        await room.answer(root, "About leave?", nth=2)
        again = await room.alice.says(room.general, "and when?", thread=root)
        await room.answer(again, "About and when?", nth=3)
        assert [turn.question for turn in room.script.asked[1].conversation.turns] == ["leave?"]


async def test_in_direct_messages(tmp_path: Path) -> None:
    """The answer is for its asker alone, as that to any direct message."""
    async with scene(tmp_path) as room:
        await room.alice.slash("/ask", "leave?")
        (root,) = [message for message in room.alice.dm.messages.values() if message.is_root]
        await room.answer(root, "About leave?", nth=2)
        assert room.script.asked[0].audience.private


async def test_a_private_question(tmp_path: Path) -> None:
    """Its asker alone sees the answer, of which nothing stands in the channel."""
    async with scene(tmp_path) as room:
        answered = await room.alice.slash("/ask", "Private  leave?", room.general)
        assert answered.ok
        (seen,) = await room.slack.until(lambda: room.alice.sees)
        await room.quiet()
        assert room.alice.sees == [seen]
        assert seen.text == "About leave?"
        assert not room.general.messages
        (question,) = room.script.asked
        assert question.audience.private
        assert (await room.ended(question.id)).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("said", ["", "  ", "private", "private ", "<@U0SOMEBODY>"])
async def test_nothing_asked(tmp_path: Path, said: str) -> None:
    """Whoever asks nothing is told how to ask."""
    async with scene(tmp_path) as room:
        answered = await room.alice.slash("/ask", said, room.general)
        assert answered.ok
        assert [message.text for message in room.alice.sees] == [USAGE]
        await room.quiet()
        assert not room.general.messages
        assert not room.script.asked


@pytest.mark.parametrize("said", ["leave?", "private leave?"])
@pytest.mark.parametrize("private", [False, True])
async def test_where_the_bot_is_not(tmp_path: Path, said: str, private: bool) -> None:  # noqa: FBT001  a parameter
    """Whoever asks there is told so, instead of waiting for an answer that nobody can show."""
    async with scene(tmp_path) as room:
        elsewhere = room.acme.channel("lounge", room.alice, app=False, private=private)
        answered = await room.alice.slash("/ask", said, elsewhere)
        assert answered.ok
        assert [message.text for message in room.alice.sees] == [NOT_HERE]
        await room.quiet()
        assert not room.script.asked


@pytest.mark.parametrize("said", ["leave?", "private leave?"])
async def test_while_the_state_is_away(tmp_path: Path, said: str) -> None:
    """The asker is told, and no question stands there that nobody answers."""
    async with scene(tmp_path) as room:
        room.link.away = True
        answered = await room.alice.slash("/ask", said, room.general)
        room.link.away = False
        room.slack.clock.advance(ACK_S)
        assert answered.ok
        assert [message.text for message in room.alice.sees] == [AWAY]
        await room.quiet()
        assert not room.general.messages
        assert not room.script.asked


async def test_while_slack_fails(tmp_path: Path) -> None:
    """The asker is told that it is Slack that fails, and to ask again."""
    async with scene(tmp_path) as room:
        room.slack.faults.fail("chat.postMessage")
        await room.alice.slash("/ask", "leave?", room.general)
        (told,) = room.alice.sees
        assert "Slack failed (503)" in told.text
        assert "ask again in a minute" in told.text
        await room.quiet()
        assert not room.script.asked


async def test_a_channel_that_was_archived(tmp_path: Path) -> None:
    """The asker is told why the question is not shown."""
    async with scene(tmp_path) as room:
        room.general.archived = True
        await room.alice.slash("/ask", "leave?", room.general)
        (told,) = room.alice.sees
        assert "is_archived" in told.text
