"""Who reads along at an answer, as Slack says when the answer is made."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.audience import Audience
from footnote.bot.inbox import audience_of
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.slack.settings import Guests, SlackSettings
from tests.bot.platforms.slack.scene import Scene, scene
from tests.servers.slack.people import Person
from tests.servers.slack.world import Channel, Message

CALLS = ("conversations.info", "conversations.members", "users.list", "users.conversations")


async def asked(room: Scene, where: Channel, who: Person | None = None) -> Audience:
    """Who reads along at the answer to a question there."""
    message = await (who or room.alice).says(where, room.mention("leave?"))
    return await made(room, message)


async def made(room: Scene, message: Message) -> Audience:
    """Who reads along at the answer to this question."""
    await room.answer(message, "About leave?")
    return room.script.asked[-1].audience


async def test_a_public_channel(tmp_path: Path) -> None:
    """Everybody of the team may read it, and nobody else."""
    async with scene(tmp_path) as room:
        label = f"slack:{room.general.id}"
        assert await asked(room, room.general) == Audience(frozenset({label}), public=True)


async def test_a_private_channel(tmp_path: Path) -> None:
    """Its members read it, and they are known by the channel alone."""
    async with scene(tmp_path) as room:
        board = room.acme.channel("board", room.alice, private=True)
        assert await asked(room, board) == Audience(frozenset({f"slack:{board.id}"}))


@pytest.mark.parametrize("private", [False, True])
async def test_a_channel_of_two_companies(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """Outsiders read along, whether or not one of them is there by now."""
    async with scene(tmp_path) as room:
        partner = room.slack.workspace("partner")
        partner.team.bot.bot_id = None
        shared = room.acme.channel("shared", room.alice, private=private, shared_with=partner)
        shared.members.discard(partner.team.bot.id)
        audience = await asked(room, shared)
        assert audience.outsiders
        assert not audience.public


@pytest.mark.parametrize("private", [False, True])
async def test_a_guest_in_a_channel(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """Is an outsider for all who read along."""
    async with scene(tmp_path) as room:
        guest = room.acme.person("guest", guest=True)
        audience = await asked(room, room.acme.channel("x", room.alice, guest, private=private))
        assert audience.outsiders
        assert not audience.public


async def test_a_guest_where_guests_are_of_the_team(tmp_path: Path) -> None:
    """Reads as the others do."""
    async with scene(tmp_path, SlackSettings(guests=Guests.TEAM)) as room:
        guest = room.acme.person("guest", guest=True)
        audience = await asked(room, room.acme.channel("x", room.alice, guest))
        assert audience.public
        assert not audience.outsiders


async def test_a_guest_in_direct_messages(tmp_path: Path) -> None:
    """Is an outsider there too, unless the settings say otherwise."""
    async with scene(tmp_path) as room:
        guest = room.acme.person("guest", guest=True)
        assert (await asked(room, guest.dm, guest)).outsiders


async def test_direct_messages(tmp_path: Path) -> None:
    """Their reader carries the labels of the channels that they share with the bot."""
    async with scene(tmp_path) as room:
        board = room.acme.channel("board", room.alice, private=True)
        room.acme.channel("secret", room.alice, private=True, app=False)
        room.acme.channel("others")
        audience = await asked(room, room.alice.dm)
        names = (room.alice.id, room.general.id, board.id)
        labels = frozenset(f"slack:{name}" for name in names)
        assert audience == Audience(labels, private=True)


async def test_a_private_question_in_a_channel(tmp_path: Path) -> None:
    """Is read by its asker alone, whoever else is in the channel."""
    async with scene(tmp_path) as room:
        guest = room.acme.person("guest", guest=True)
        mixed = room.acme.channel("mixed", room.alice, guest)
        await room.alice.slash("/ask", "private leave?", mixed)
        await room.slack.until(lambda: room.alice.sees)
        audience = room.script.asked[-1].audience
        assert audience.private
        assert not audience.outsiders
        assert f"slack:{room.alice.id}" in audience.labels


@pytest.mark.parametrize("rank", ["admin", "owner", "primary_owner"])
async def test_an_admin_of_the_workspace(tmp_path: Path, rank: str) -> None:
    """Is one for Footnote too, and only where nobody reads along."""
    async with scene(tmp_path) as room:
        boss = room.acme.person("boss", **{rank: True})
        office = room.acme.channel("office", boss)
        assert (await asked(room, boss.dm, boss)).admin
        assert not (await asked(room, office, boss)).admin


async def test_an_admin_by_the_settings(tmp_path: Path) -> None:
    """Is one without being an admin of the workspace; others are not."""
    async with scene(tmp_path, SlackSettings(admins=("U000000004",))) as room:
        assert room.alice.id == "U000000004"
        bob = room.acme.person("bob")
        assert (await asked(room, room.alice.dm)).admin
        assert not (await asked(room, bob.dm, bob)).admin


async def test_who_reads_along_is_remembered(tmp_path: Path) -> None:
    """For the next questions, so that Slack is not asked each time."""
    async with scene(tmp_path) as room:
        assert (await asked(room, room.general)).public
        before = {name: len(room.slack.recording.calls(name)) for name in CALLS}
        assert (await asked(room, room.general)).public
        assert {name: len(room.slack.recording.calls(name)) for name in CALLS} == before


async def test_it_is_asked_when_the_answer_is_made(tmp_path: Path) -> None:
    """Not when the question comes in: who joins while it waits is counted."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as room:
        done = asyncio.Event()
        room.script.answers["first"] = [done, "Here."]
        await room.alice.says(room.alice.dm, "first")
        message = await room.alice.says(room.general, room.mention("leave?"))
        await room.slack.settled()
        room.general.members.add(room.acme.person("guest", guest=True).id)
        done.set()
        assert (await made(room, message)).outsiders


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("conversations.info", "fail"),
        ("conversations.info", "limit"),
        ("conversations.members", "drop"),
        ("users.list", "fail"),
    ],
)
async def test_while_slack_does_not_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, trouble: str
) -> None:
    """It is asked again, and nothing is answered before."""
    monkeypatch.setattr(audience_of, "PAUSE_S", 0.01)
    async with scene(tmp_path) as room:
        match trouble:
            case "fail":
                room.slack.faults.fail(method, times=2)
            case "drop":
                room.slack.faults.drop(method, times=2)
            case _:
                room.slack.faults.limit(method, retry_after=0)
        assert (await asked(room, room.general)).public
        assert len(room.slack.recording.calls(method)) >= 2


async def test_where_slack_refuses_to_say(tmp_path: Path) -> None:
    """The answer is made for people of whom nothing is known, rather than never."""
    async with scene(tmp_path) as room:
        room.slack.faults.refuse("users.list", "access_denied", times=9)
        audience = await asked(room, room.general)
        assert audience == Audience(outsiders=True)
