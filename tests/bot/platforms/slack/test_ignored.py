"""What is acknowledged and no question, or none any more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.people import Person
from tests.servers.slack.recording import What


def machine(room: Scene) -> Person:
    """Another app's bot in the public channel."""
    ci = room.acme.bot("ci")
    room.general.members.add(ci.id)
    return ci


def told(room: Scene, subtype: str, **more: Any) -> None:
    """Slack itself says something of the public channel, which Alice did."""
    now = room.slack.world.new_ts()
    event = {
        "type": "message",
        "subtype": subtype,
        "user": room.alice.id,
        "text": room.mention("leave?"),
        "channel": room.general.id,
        "channel_type": "channel",
        "ts": now,
        "event_ts": now,
    }
    room.slack.announce({**event, **more}, room.general, room.alice.member)


async def test_other_bots(tmp_path: Path) -> None:
    """Get no answer, though they mention the bot, so that no two ever talk without end."""
    async with scene(tmp_path) as room:
        ci = machine(room)
        one = await ci.says(room.general, room.mention("leave?"))
        two = await ci.says(room.alice.dm, "leave?", webhook=True)
        await room.ignored(one, two)
        await ci.edits(one, room.mention("travel?"))
        await room.ignored(one, two)
        assert not room.script.asked


async def test_other_bots_in_an_engaged_thread(tmp_path: Path) -> None:
    """Are no part of the conversation."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        told = await machine(room).says(room.general, "The build is green.", thread=asked)
        await room.ignored(told)
        assert len(room.script.asked) == 1


async def test_its_own_messages(tmp_path: Path) -> None:
    """Are no questions to itself, not even those that mention it, nor those in its own thread."""
    async with scene(tmp_path) as room:
        room.script.answers["leave"] = [f"Ask {room.acme.mention} for leave."]
        asked = await room.alice.says(room.general, room.mention("leave?"))
        answer = await room.slack.reply_to(asked)
        await room.ignored(answer)
        direct = await room.alice.says(room.alice.dm, "leave?")
        told = await room.slack.reply_to(direct)
        await room.ignored(told)
        assert len(room.script.asked) == 2


NOTICES: dict[str, dict[str, str]] = {
    "channel_leave": {"team": "T1"},
    "channel_name": {"team": "T1", "name": "leave", "old_name": "general"},
    "channel_purpose": {"purpose": "leave"},
    "channel_topic": {"topic": "leave"},
}


@pytest.mark.parametrize("subtype", NOTICES)
async def test_what_slack_says_of_a_channel(tmp_path: Path, subtype: str) -> None:
    """Is no question, though its text mentions the bot, as a topic may."""
    async with scene(tmp_path) as room:
        told(room, subtype, **NOTICES[subtype])
        await room.quiet()
        assert not room.slack.deliveries.given_up
        assert not room.script.asked


async def test_people_who_join(tmp_path: Path) -> None:
    """Have not asked anything yet."""
    async with scene(tmp_path) as room:
        bob = room.acme.person("bob")
        joined = await bob.joins(room.general)
        await room.ignored(joined)
        assert not room.script.asked


async def test_a_link_that_unfolds(tmp_path: Path) -> None:
    """Changes no question, also where that was edited before."""
    async with scene(tmp_path) as room:
        asked = await room.alice.says(room.general, room.mention("leave, see this?"))
        await room.answer(asked, "About leave, see this?")
        await room.alice.edits(asked, room.mention("travel, see this?"))
        await room.answer(asked, "About travel, see this?")
        await room.alice.unfolds(asked, "https://a.example/")
        await room.quiet()
        assert len(room.script.asked) == 2
        await room.answer(asked, "About travel, see this?")


async def test_a_file_without_a_word(tmp_path: Path) -> None:
    """Asks nothing."""
    async with scene(tmp_path) as room:
        await room.ignored(await room.alice.says(room.alice.dm, "", files=["plan.txt"]))
        assert not room.script.asked


async def test_a_mention_without_a_word(tmp_path: Path) -> None:
    """Asks nothing."""
    async with scene(tmp_path) as room:
        await room.ignored(await room.alice.says(room.general, room.mention("")))
        assert not room.script.asked


async def test_everything_that_slack_tells_of(tmp_path: Path) -> None:
    """Is acknowledged at its first delivery: each kind of event that the app subscribes to."""
    async with scene(tmp_path) as room:
        closed = room.acme.channel("board", room.alice, private=True)
        for channel in (room.general, closed, room.alice.dm):
            said = await room.alice.says(channel, "Good morning!")
            await room.alice.edits(said, "Good evening!")
            await room.alice.deletes(said)
            await room.slack.settled()
        for tab in ("messages", "home"):
            await room.alice.opens_pane(tab)
        asked = await room.alice.says(room.general, room.mention("leave?"))
        await room.answer(asked, "About leave?")
        told = {(event["type"], event.get("channel_type")) for event in room.slack.events_sent()}
        assert told >= {
            ("app_home_opened", None),
            ("app_mention", None),
            *(("message", kind) for kind in ("channel", "group", "im")),
        }
        sent = room.slack.recording.of(What.SENT)
        assert all(entry.data.get("retry_attempt", 0) == 0 for entry in sent)
