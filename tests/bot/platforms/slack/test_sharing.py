"""Private answers that are shared with the channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.questions import Block
from tests.bot.platforms.answers import citation
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message

pytestmark = pytest.mark.usefixtures("brisk")


def cited(restrictions: frozenset[str] | None = None) -> Block:
    """A block that cites something of a source for all, which may be restricted itself."""
    found = citation(1)
    passage = replace(found.passage, source="docs", restrictions=restrictions)
    return Block("28 days [1].", citations=(replace(found, passage=passage),))


async def privately(room: Scene, who: Person, block: Block) -> Message:
    """An answer that only one person sees."""
    room.script.answers["leave"] = [block]
    assert (await who.slash("/ask", "private leave?", room.general)).ok
    await room.slack.until(lambda: who.sees)
    await room.quiet()
    (seen,) = who.sees
    assert "28 days" in seen.text
    return seen


async def pressed(room: Scene, who: Person, seen: Message, action_id: str) -> str:
    """What somebody is told who presses a button, when there is something."""
    before = len(who.sees)
    assert (await who.clicks(seen, action_id)).ok
    await room.slack.until(lambda: len(who.sees) > before)
    return who.sees[-1].text


def own(room: Scene, channel: Channel) -> list[Message]:
    """The bot's messages in a channel, in order."""
    bot = room.acme.team.bot
    return [message for message in channel.messages.values() if message.author is bot]


async def test_a_private_answer_is_shared(tmp_path: Path) -> None:
    """Everybody sees the question and, in its thread, the answer: once, however often it is asked.

    Nobody but its asker could say anything of it, so that there are no thumbs.
    """
    async with scene(tmp_path) as room:
        seen = await privately(room, room.alice, cited())
        assert not own(room, room.general)
        room.slack.faults.limit("chat.postMessage", 0, times=3)
        assert (await room.alice.clicks(seen, "share")).ok
        await room.slack.until(lambda: len(own(room, room.general)) == 2)
        root, answer = own(room, room.general)
        assert root.text == f"{room.alice.mention} has asked: leave?"
        assert answer.thread_ts == root.ts
        assert "28 days" in answer.text
        assert [block["type"] for block in answer.blocks][-1] == "actions"
        assert "show_passage" in str(answer.blocks)
        assert "feedback" not in str(answer.blocks)
        assert "shared" in await pressed(room, room.alice, seen, "share")
        assert len(own(room, room.general)) == 2


async def test_what_not_all_may_see_is_not_shared(tmp_path: Path) -> None:
    """An admin's answer from what is for admins stays with the admin, who is told so."""
    async with scene(tmp_path) as room:
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        seen = await privately(room, boss, cited(frozenset({"admins"})))
        assert "stays with you" in await pressed(room, boss, seen, "share")
        assert not own(room, room.general)


async def test_what_could_not_be_shared_can_be_shared_later(tmp_path: Path) -> None:
    """Slack did not take it: the asker is told, and presses again."""
    async with scene(tmp_path) as room:
        seen = await privately(room, room.alice, cited())
        room.slack.faults.fail("chat.postMessage")
        assert "press the button again" in await pressed(room, room.alice, seen, "share")
        assert (await room.alice.clicks(seen, "share")).ok
        await room.slack.until(lambda: len(own(room, room.general)) == 2)
