"""Commands other than `/ask`: what they say is for those who give them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import strategies as st

from footnote.bot.platforms.slack.limits import MARKDOWN, size
from footnote.bot.platforms.slack.replying import dealt
from tests.bot.platforms.slack.scene import Scene, scene
from tests.properties import holds_for
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel

POST, UPDATE = "chat.postMessage", "chat.update"


async def told(room: Scene, command: str, said: str, who: Person, where: Channel) -> list[str]:
    """What somebody alone is told when they give a command."""
    assert (await who.slash(command, said, where)).ok
    await room.slack.until(lambda: who.sees)
    return [message.text for message in who.sees]


@pytest.mark.parametrize(
    ("command", "said", "name", "argument"),
    [
        ("/sources", "", "sources", ""),
        ("/footnote", "", "footnote", ""),
        ("/footnote", " status ", "footnote", "status"),
        ("/frobnicate", "now", "frobnicate", "now"),
    ],
)
async def test_what_is_done(
    tmp_path: Path, command: str, said: str, name: str, argument: str
) -> None:
    """Is what was written, and its reply is seen by nobody else."""
    async with scene(tmp_path) as room:
        reply = f"/{name} {argument}".strip()
        assert await told(room, command, said, room.alice, room.general) == [reply]
        assert not room.general.messages
        (given,) = room.script.commands
        assert (given.name, given.argument) == (name, argument)
        assert given.asker == f"slack:{room.alice.id}"


async def test_for_whom_it_is_done(tmp_path: Path) -> None:
    """For the one who gives it, with what they may see and whether they are an admin."""
    async with scene(tmp_path) as room:
        boss = room.acme.person("boss", admin=True)
        room.general.members.add(boss.id)
        await told(room, "/sources", "", room.alice, room.general)
        await told(room, "/sources", "", boss, room.general)
        by_alice, by_boss = (command.audience for command in room.script.commands)
        assert (by_alice.private, by_alice.admin) == (True, False)
        assert (by_boss.private, by_boss.admin) == (True, True)
        assert by_alice.labels == {f"slack:{room.alice.id}", f"slack:{room.general.id}"}
        assert len(boss.sees) == len(room.alice.sees) == 1


async def test_one_that_says_how_it_gets_on(tmp_path: Path) -> None:
    """Does so in one direct message, which it changes; the channel sees nothing."""
    async with scene(tmp_path) as room:
        assert (await room.alice.slash("/reindex", "wiki --confirm", room.general)).ok
        await room.slack.until(lambda: room.alice.dm.messages)
        (message,) = room.alice.dm.messages.values()
        await room.slack.until(lambda: message.text == "/reindex wiki --confirm")
        assert message.texts == ["/reindex wiki --confirm…", "/reindex wiki --confirm"]
        assert not room.general.messages
        assert not room.alice.sees


async def test_one_that_has_much_to_say(tmp_path: Path) -> None:
    """Says it in several messages, in order, with no line torn apart."""
    async with scene(tmp_path) as room:
        lines = [f"- source {number}: 2,000 documents & more" for number in range(900)]
        room.script.said["sources"] = ["\n".join(lines)]
        assert (await room.alice.slash("/sources", "", room.general)).ok
        await room.slack.until(
            lambda: "\n".join(message.text for message in room.alice.sees) == "\n".join(lines)
        )
        assert len(room.alice.sees) > 1


async def test_one_that_gets_on_with_much_to_say(tmp_path: Path) -> None:
    """Has as many direct messages as it takes, each time that it says something else."""
    async with scene(tmp_path) as room:
        long, longer = ("\n".join(["- failed: a page"] * count) for count in (1000, 2000))
        room.script.said["reindex"] = ["listing…", longer, long, "done"]
        assert (await room.alice.slash("/reindex", "", room.general)).ok

        def there() -> list[str]:
            return [message.text for message in room.alice.dm.messages.values()]

        await room.slack.until(lambda: there() == ["done"])
        await room.quiet()
        posted = [call["blocks"][0]["text"] for call in room.slack.recording.calls(POST)]
        changed = [call["blocks"][0]["text"] for call in room.slack.recording.calls(UPDATE)]
        assert "\n".join([changed[0], *posted[1:]]) == longer
        assert "\n".join(changed[1 : 1 + len(dealt(long))]) == long


@holds_for(st.text(st.sampled_from("a&\n 😀"), max_size=60), st.integers(1, 900))
def test_nothing_is_lost_of_what_is_dealt(text: str, times: int) -> None:
    """Every sign that is no white space is there, in order, in pieces that fit."""
    pieces = dealt(text * times)
    assert "".join("".join(pieces).split()) == "".join((text * times).split())
    assert all(size(piece) <= MARKDOWN for piece in pieces)


async def test_one_that_takes_long(tmp_path: Path) -> None:
    """Is acknowledged before it is done, since Slack would call it failed otherwise."""
    async with scene(tmp_path) as room:
        room.script.hold = asyncio.Event()
        assert (await room.alice.slash("/sources", "", room.general)).ok
        assert not room.alice.sees
        room.script.hold.set()
        await room.slack.until(lambda: room.alice.sees)


async def test_one_that_is_not_done_when_footnote_stops(tmp_path: Path) -> None:
    """Is given up, and leaves nothing running."""
    async with scene(tmp_path) as room:
        room.script.hold = asyncio.Event()
        await room.alice.slash("/reindex", "", room.general)
        await room.soon(lambda: len(room.script.commands) == 1)
    assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize("private", [False, True])
async def test_where_the_bot_is_not(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """The reply comes as a direct message, as nothing can be shown there."""
    async with scene(tmp_path) as room:
        elsewhere = room.acme.channel("lounge", room.alice, app=False, private=private)
        await room.alice.slash("/sources", "", elsewhere)
        (reply,) = await room.slack.until(lambda: list(room.alice.dm.messages.values()))
        assert reply.text == "/sources"
        await room.quiet()
        assert not elsewhere.messages
        assert not room.script.asked


async def test_while_slack_does_not_say_who_it_is(tmp_path: Path) -> None:
    """Nothing is done, and whoever gave it is told to try again."""
    async with scene(tmp_path) as room:
        room.slack.faults.fail("users.info")
        (reply,) = await told(room, "/reindex", "", room.alice, room.general)
        assert "ask again in a minute" in reply
        assert not room.script.commands
