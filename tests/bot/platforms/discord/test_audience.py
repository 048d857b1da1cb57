"""Who reads along at an answer in Discord, and who may do what admins may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from footnote.bot.app import App
from footnote.bot.audience import Audience, Audiences
from footnote.bot.commands import DENIED, ServedCommands
from footnote.bot.inbox import audience_of
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.base import Command
from footnote.bot.platforms.discord import people
from footnote.bot.platforms.discord.settings import DiscordSettings
from tests.bot.platforms.discord.scene import Scene, footnote_in, scene
from tests.bot.platforms.scripts import Script
from tests.servers.discord.community import Community
from tests.servers.discord.model import Channel, Message, Role
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission
from tests.servers.discord.threads import invite

pytestmark = pytest.mark.usefixtures("brisk")


async def asked(s: Scene, where: Channel, who: Person | None = None) -> Audience:
    """Who reads along at the answer to a question there."""
    return await made(s, await (who or s.alice).says(where, s.mention("leave?")))


async def made(s: Scene, message: Message) -> Audience:
    """Who reads along at the answer to this question."""
    await s.answer(message, "About leave?")
    return s.script.asked[-1].audience


async def is_admin(s: Scene, who: Person, where: Channel) -> bool:
    """Whether somebody who uses a command is taken for an admin."""
    before = len(s.script.commands)
    await s.discord.reply_to(await who.slash("reindex", where, source="docs"))
    (command,) = s.script.commands[before:]
    return command.audience.admin


def labels(*places: Channel | Person | str) -> frozenset[str]:
    """The labels of these."""
    return frozenset(f"discord:{one if isinstance(one, str) else one.id}" for one in places)


def role_named(s: Scene, name: str) -> Role:
    """The role of this name."""
    return next(role for role in s.acme.guild.roles.values() if role.name == name)


def of_team(acme: Community) -> DiscordSettings:
    """A server on which some are of the team."""
    return DiscordSettings(team_roles=(acme.role("team").id,))


def run_by_staff(acme: Community) -> DiscordSettings:
    """A server on which a role makes admins of Footnote."""
    return DiscordSettings(admins=(acme.role("staff").id,))


async def test_a_public_channel(tmp_path: Path) -> None:
    """Everybody of the server may read it, and nobody else."""
    async with scene(tmp_path) as s:
        assert await asked(s, s.general) == Audience(labels(s.general), public=True)


async def test_a_private_channel(tmp_path: Path) -> None:
    """Those who are let in read it, and they are known by the channel alone."""
    async with scene(tmp_path) as s:
        board = s.acme.channel("board", only=[s.alice])
        assert await asked(s, board) == Audience(labels(board))


async def test_a_channel_that_becomes_private(tmp_path: Path) -> None:
    """Is one when the answer is made, whatever it was when the question came in."""
    async with scene(tmp_path, options=InboxOptions(workers=1)) as s:
        done = asyncio.Event()
        s.script.answers["first"] = [done, "Here."]
        await s.alice.says(s.alice.dm, "first")
        await s.soon(lambda: s.script.asked)
        message = await s.alice.says(s.general, s.mention("leave?"))
        await s.waits(message)
        s.acme.overwrite(s.general, s.acme.id, deny=Permission.VIEW_CHANNEL)
        s.acme.overwrite(s.general, s.discord.application.bot.id, allow=Permission.VIEW_CHANNEL)
        done.set()
        assert not (await made(s, message)).public


@pytest.mark.parametrize("private", [True, False])
async def test_a_thread(tmp_path: Path, private: bool) -> None:  # noqa: FBT001  a parameter
    """Is read by those who see its channel, a private one by no more than those."""
    async with scene(tmp_path) as s:
        board = s.acme.channel("board", only=[s.alice])
        for channel in (s.general, board):
            thread = s.acme.thread(channel, "plans", s.alice, private=private)
            if private:
                invite(s.discord.world, thread, s.discord.application.bot)
            audience = await asked(s, thread)
            assert audience == Audience(labels(channel), public=channel is s.general)


async def test_a_post_in_a_forum(tmp_path: Path) -> None:
    """Is read by those who see the forum."""
    async with scene(tmp_path) as s:
        forum = s.acme.forum("help", only=[s.alice])
        message = await s.alice.opens_post(forum, "Holidays", s.mention("leave?"))
        assert await made(s, message) == Audience(labels(forum))


async def test_direct_messages(tmp_path: Path) -> None:
    """Their reader carries their roles and the channels that they can look into."""
    async with scene(tmp_path) as s:
        role = s.acme.role("people")
        bob = s.acme.person("bob", role)
        board = s.acme.channel("board", only=[bob])
        by_role = s.acme.channel("by-role", only=[role])
        s.acme.channel("others", only=[s.alice])
        audience = await asked(s, bob.dm, bob)
        mine = labels(bob, s.general, board, by_role)
        roles = labels(f"role:{role.id}", f"role:{s.acme.id}")
        assert audience == Audience(mine | roles, private=True)


async def test_a_private_question_in_a_channel(tmp_path: Path) -> None:
    """Is read by its asker alone, whoever else is in the channel."""
    async with scene(tmp_path) as s:
        board = s.acme.channel("board", only=[s.alice])
        used = await s.alice.slash("ask", s.general, question="leave?", private=True)
        await s.answer(used, "> leave?\n\nAbout leave?")
        audience = s.script.asked[-1].audience
        assert audience.private
        assert audience.labels >= labels(s.alice, board, s.general)


async def test_somebody_who_is_on_no_server_of_the_team(tmp_path: Path) -> None:
    """Is from outside, also where they write directly; what they see elsewhere does not count."""
    async with scene(tmp_path, lambda acme: DiscordSettings(servers=(acme.id,))) as s:
        other = s.discord.guild("other")
        mallory = other.owner
        other.channel("lounge")
        audience = await asked(s, mallory.dm, mallory)
        assert audience == Audience(labels(mallory), private=True, outsiders=True)
        assert not await is_admin(s, mallory, mallory.dm)


async def test_roles_of_the_team(tmp_path: Path) -> None:
    """Who has none of them is from outside, and so are the readers of what they can see."""
    async with scene(tmp_path, of_team) as s:
        team = role_named(s, "team")
        bob = s.acme.person("bob", team)
        inner = s.acme.channel("inner", only=[team])
        assert await asked(s, inner, bob) == Audience(labels(inner))
        public = await asked(s, s.general, bob)
        assert public.outsiders
        assert not public.public
        assert not (await asked(s, bob.dm, bob)).outsiders
        assert (await asked(s, s.alice.dm)).outsiders


async def test_who_is_let_in_by_name(tmp_path: Path) -> None:
    """Is not known to be of the team, and neither are those of another role."""
    async with scene(tmp_path, of_team) as s:
        team = role_named(s, "team")
        bob = s.acme.person("bob", team)
        by_name = s.acme.channel("by-name", only=[team, s.alice])
        by_role = s.acme.channel("by-role", only=[team, s.acme.role("guests")])
        assert (await asked(s, by_name, bob)).outsiders
        assert (await asked(s, by_role, bob)).outsiders


async def test_an_admin_by_permission(tmp_path: Path) -> None:
    """Who may manage the server is one, and only where nobody reads along."""
    async with scene(tmp_path) as s:
        boss = s.acme.person("boss", s.acme.role("boss", Permission.MANAGE_GUILD))
        owner = s.acme.owner
        for who in (boss, owner):
            assert (await asked(s, who.dm, who)).admin
            assert not (await asked(s, s.general, who)).admin
            assert await is_admin(s, who, s.general)
            assert await is_admin(s, who, who.dm)
        assert not await is_admin(s, s.alice, s.general)
        assert not await is_admin(s, s.alice, s.alice.dm)


async def test_an_admin_by_role(tmp_path: Path) -> None:
    """Who has a configured role is one without any permission."""
    async with scene(tmp_path, run_by_staff) as s:
        bob = s.acme.person("bob", role_named(s, "staff"))
        assert await is_admin(s, bob, s.general)
        assert (await asked(s, bob.dm, bob)).admin
        assert not await is_admin(s, s.alice, s.general)


@pytest.mark.parametrize("direct", [True, False])
async def test_an_admin_no_longer(tmp_path: Path, direct: bool) -> None:  # noqa: FBT001  a parameter
    """Whose role is taken is none at the next call, nor is who lost the permission with it."""
    async with scene(tmp_path, run_by_staff) as s:
        staff = role_named(s, "staff")
        boss = s.acme.role("boss", Permission.MANAGE_GUILD)
        bob, eve = s.acme.person("bob", staff), s.acme.person("eve", boss)
        for who in (bob, eve):
            assert await is_admin(s, who, who.dm if direct else s.general)
        s.acme.take(bob, staff)
        s.acme.change_role(boss, 0)
        await s.settled()
        for who in (bob, eve):
            assert not await is_admin(s, who, who.dm if direct else s.general)


async def test_an_admin_of_another_server(tmp_path: Path) -> None:
    """Is none here."""
    async with scene(tmp_path, lambda acme: DiscordSettings(servers=(acme.id,))) as s:
        other = s.discord.guild("other")
        mallory = other.owner
        s.acme.welcome(mallory)
        assert not await is_admin(s, mallory, s.general)
        assert not await is_admin(s, mallory, mallory.dm)


@dataclass(slots=True)
class Served(Script):
    """Commands as they are served.

    Attributes:
        served: Does what they say.
    """

    served: ServedCommands | None = None

    async def command(self, command: Command) -> AsyncGenerator[str, None]:
        """What is said to a command."""
        assert self.served
        async for text in self.served(command):
            yield text


async def test_who_may_not_reindex(tmp_path: Path) -> None:
    """Sees one sentence, alone."""
    async with scene(tmp_path, runs=False) as s:
        served = Served(served=ServedCommands(cast("App", None), s.state, Audiences()))
        async with footnote_in(s.discord, s.state, served):
            used = await s.alice.slash("reindex", s.general, source="docs", confirm=True)
            told = await s.discord.reply_to(used)
            assert told.content == DENIED
            assert told.only_for == s.alice.id
            assert s.discord.replies_to(used) == [told]


async def test_the_names_of_sources(tmp_path: Path) -> None:
    """Are offered to admins as they type, and to nobody else."""
    async with scene(tmp_path) as s:
        owner = s.acme.owner
        for where in (s.general, owner.dm):
            assert await offered(s, owner, where, "DO") == ["docs"]
        assert await offered(s, owner, s.general, "x") == []
        assert await offered(s, s.alice, s.general, "DO") == []


async def offered(s: Scene, who: Person, where: Channel, begun: str) -> list[str]:
    """The sources that somebody is offered who has typed the beginning of one."""
    typed = await who.types("reindex", where, focused="source", source=begun)
    await s.discord.until(lambda: typed.choices is not None)
    return [choice["value"] for choice in typed.choices or ()]


async def test_everybody_is_offered_every_command(tmp_path: Path) -> None:
    """No permission hides one, which would hide it from the configured roles, too."""
    async with scene(tmp_path) as s:
        for where in (s.general, s.alice.dm):
            offered = s.alice.commands(where)
            assert sorted(offered) == ["ask", "footnote", "forget", "reindex", "sources"]


async def test_what_somebody_is_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a minute, so that Discord is not asked with each message."""
    async with scene(tmp_path) as s:
        before = await asked(s, s.alice.dm)
        assert await asked(s, s.alice.dm) == before
        assert len(s.discord.recording.calls("get_guild_member")) == 1
        monkeypatch.setattr(people, "REMEMBERED_S", 0.0)
        s.acme.give(s.alice, role := s.acme.role("people"))
        after = await asked(s, s.alice.dm)
        assert after == replace(before, labels=before.labels | labels(f"role:{role.id}"))


async def test_while_discord_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again, and nothing is answered before."""
    monkeypatch.setattr(audience_of, "PAUSE_S", 0.01)
    async with scene(tmp_path) as s:
        s.discord.faults.drop("get_guild_member", times=2)
        assert (await asked(s, s.alice.dm)).private
        assert len(s.discord.recording.calls("get_guild_member")) == 3
