"""Commands other than `/ask`: what they say is for those who give them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footnote.bot.platforms.discord.settings import DiscordSettings
from tests.bot.platforms.discord.pressing import own, told
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene
from tests.servers.discord.interaction_model import Interaction
from tests.servers.discord.model import Channel, Message
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission

pytestmark = pytest.mark.usefixtures("brisk")

PUT = "bulk_set_application_commands"


def manager(s: Scene, name: str = "boss") -> Person:
    """Somebody who may manage the server."""
    return s.acme.person(name, s.acme.role(f"{name}s", int(Permission.MANAGE_GUILD)))


async def says(s: Scene, given: Interaction, *texts: str) -> list[Message]:
    """The reply to a command, once it is just that, seen by nobody else."""
    await s.discord.until(lambda: [m.content for m in given.messages] == list(texts))
    assert {message.only_for for message in given.messages} == {given.user.id}
    return given.messages


async def completed(s: Scene, who: Person, where: Channel, begun: str) -> list[str]:
    """The sources that are offered to somebody who has begun to type the name of one."""
    typed = await who.types("reindex", where, focused="source", source=begun)
    await s.discord.until(lambda: typed.choices is not None)
    return [choice["value"] for choice in typed.choices or ()]


@pytest.mark.parametrize("where", ["general", "dm", "thread"])
async def test_what_is_done(tmp_path: Path, where: str) -> None:
    """Is what was wanted, for the one who gave it; nobody else sees the reply."""
    async with scene(tmp_path) as s:
        places = {
            "general": s.general,
            "dm": s.alice.dm,
            "thread": s.acme.thread(s.general, "about leave", s.alice),
        }
        for name in ("sources", "forget", "footnote"):
            await says(s, await s.alice.slash(name, places[where]), f"/{name}")
            command = s.script.commands[-1]
            assert (command.name, command.argument) == (name, "")
            assert command.asker == f"discord:{s.alice.id}"
        assert len(s.script.commands) == 3
        assert not own(s, s.general)


async def test_what_is_to_be_read_anew(tmp_path: Path) -> None:
    """A source, or all of them, and whether many documents may be removed."""
    wanted: list[tuple[dict[str, str | bool], str]] = [
        ({}, ""),
        ({"source": "docs"}, "docs"),
        ({"source": "docs", "confirm": True}, "docs --confirm"),
        ({"confirm": True}, "--confirm"),
        ({"confirm": False}, ""),
    ]
    async with scene(tmp_path) as s:
        boss = manager(s)
        for options, argument in wanted:
            given = await boss.slash("reindex", s.general, **options)
            await says(s, given, f"/reindex {argument}".strip())
        assert [command.argument for command in s.script.commands] == [
            argument for _, argument in wanted
        ]


async def test_for_whom_it_is_done(tmp_path: Path) -> None:
    """With what they may see, and whether they are an admin at this moment."""
    async with scene(tmp_path) as s:
        boss = manager(s)
        for who, where in ((s.alice, s.general), (boss, s.general), (boss, boss.dm)):
            await says(s, await who.slash("sources", where), "/sources")
        by_alice, by_boss, directly = (command.audience for command in s.script.commands)
        assert (by_alice.private, by_alice.admin) == (True, False)
        assert (by_boss.private, by_boss.admin) == (True, True)
        assert (directly.private, directly.admin) == (True, True)
        assert {f"discord:{s.alice.id}", f"discord:{s.general.id}"} <= by_alice.labels
        for role in [s.acme.guild.roles[name] for name in s.acme.guild.members[boss.id].roles]:
            s.acme.take(boss, role)
        await says(s, await boss.slash("sources", s.general), "/sources")
        await says(s, await boss.slash("sources", boss.dm), "/sources")
        assert not any(command.audience.admin for command in s.script.commands[-2:])


async def test_an_admin_by_the_settings(tmp_path: Path) -> None:
    """Has one of the roles that they name, and needs no permission."""
    async with scene(
        tmp_path, lambda acme: DiscordSettings(admins=(acme.role("editors").id,))
    ) as s:
        (role,) = [role for role in s.acme.guild.roles.values() if role.name == "editors"]
        editor = s.acme.person("editor", role)
        await says(s, await editor.slash("reindex", s.general), "/reindex")
        assert s.script.commands[0].audience.admin


async def test_one_that_says_how_it_gets_on(tmp_path: Path) -> None:
    """Does so in one message, which it changes."""
    async with scene(tmp_path) as s:
        s.script.said["reindex"] = ["listing…", "listing…", "2 of 3…", "done"]
        given = await manager(s).slash("reindex", s.general)
        (message,) = await says(s, given, "done")
        assert [said for said in message.contents if said] == ["listing…", "2 of 3…", "done"]
        await s.settled()
        assert len(given.messages) == 1


async def test_one_that_has_much_to_say(tmp_path: Path) -> None:
    """Says it in several messages, in order, with no line torn apart, and takes back what goes."""
    async with scene(tmp_path) as s:
        long, longer = (
            "\n".join(f"- failed: page {n}" for n in range(count)) for count in (150, 400)
        )
        s.script.said["reindex"] = ["listing…", longer, long, "done"]
        given = await manager(s).slash("reindex", s.general)
        await says(s, given, "done")
        await s.settled()
        (first,) = given.messages
        more = [message.contents for message in given.follow_ups]
        pieces = [first.contents[-2], *(contents[0] for contents in more)]
        assert "\n".join(pieces) == longer
        assert len(more) > 2
        assert "\n".join([first.contents[-2], *(more[0][1:])]) == long
        assert {message.only_for for message in given.follow_ups} == {given.user.id}


async def test_one_that_takes_longer_than_its_reply_can_be_changed(tmp_path: Path) -> None:
    """Goes on in direct messages, which it changes in turn."""
    async with scene(tmp_path) as s:
        boss, hold = manager(s), asyncio.Event()
        s.script.said["reindex"] = ["listing…", "2 of 3…", "done"]
        s.script.hold = hold
        given = await boss.slash("reindex", s.general)
        await s.soon(lambda: s.script.commands)
        s.discord.clock.advance(901.0)
        hold.set()
        await s.discord.until(lambda: [m.content for m in own(s, boss.dm)] == ["done"])
        (message,) = own(s, boss.dm)
        assert message.contents == ["listing…", "2 of 3…", "done"]
        assert not given.messages or given.messages[0].loading
        assert not own(s, s.general)


async def test_while_the_state_is_away(tmp_path: Path) -> None:
    """Nothing is done, and whoever gave it is told to try again."""
    async with scene(tmp_path) as s:
        s.link.away = True
        assert "try again" in await told(s, await s.alice.slash("forget", s.general))
        s.link.away = False
        assert not s.script.commands


async def test_while_discord_does_not_say_who_it_is(tmp_path: Path) -> None:
    """Nothing is done, and whoever gave it is told to try again."""
    async with scene(tmp_path) as s:
        s.discord.faults.refuse("get_guild_member", 50_001)
        await says(s, await s.alice.slash("sources", s.alice.dm), "/sources")
        s.discord.faults.fail("get_guild_member", 503, times=9)
        bob = s.acme.person("bob")
        given = await bob.slash("sources", bob.dm)
        assert "ask again in a minute" in await told(s, given)


async def test_on_a_server_that_is_not_the_teams(tmp_path: Path) -> None:
    """It is said that the bot does not answer there."""
    async with scene(tmp_path, lambda acme: DiscordSettings(servers=(acme.id,))) as s:
        other = s.discord.guild("other")
        mallory, lounge = other.person("mallory"), other.channel("lounge")
        for name in ("sources", "reindex"):
            said = await told(s, await mallory.slash(name, lounge))
            assert said == "This server is not one of those that I answer on."
        assert not s.script.commands


async def test_two_replicas_reply_once(tmp_path: Path) -> None:
    """Discord brings a command to both; one of them does it."""
    async with scene(tmp_path) as s:
        s.discord.gateway.handshake.identify_every_s = 0.0
        async with footnote_in(s.discord, s.state, s.script, replica="two"):
            for number in range(4):
                await says(s, await s.alice.slash("sources", s.general), "/sources")
                assert len(s.script.commands) == number + 1
            await s.settled()
        assert s.discord.recording.statuses("create_interaction_response") == [200] * 4


async def test_the_names_of_sources_are_offered(tmp_path: Path) -> None:
    """To admins alone, as far as they have begun one."""
    async with scene(tmp_path) as s:
        boss = manager(s)
        for who, begun, offered in (
            (boss, "", ["docs"]),
            (boss, "OC", ["docs"]),
            (boss, "wiki", []),
            (s.alice, "", []),
        ):
            for where in (s.general, who.dm):
                assert await completed(s, who, where, begun) == offered


async def test_nobody_is_hidden_a_command(tmp_path: Path) -> None:
    """Discord would hide it from the roles of the settings, too."""
    async with scene(tmp_path) as s:
        for where in (s.general, s.alice.dm):
            offered = s.alice.commands(where)
            assert set(offered) == {"ask", "footnote", "forget", "reindex", "sources"}
        calls = s.discord.recording.calls(PUT)
        assert len(calls) == 1
        assert not any(command.get("default_member_permissions") for command in calls[0])


async def test_the_names_of_sources_on_another_server(tmp_path: Path) -> None:
    """Are offered to nobody, not even to whoever owns it; who manages the team's sees them."""
    async with scene(tmp_path, lambda acme: DiscordSettings(servers=(acme.id,))) as s:
        other = s.discord.guild("other")
        lounge = other.channel("lounge")
        assert await completed(s, manager(s), s.general, "") == ["docs"]
        assert not await completed(s, other.owner, lounge, "")
