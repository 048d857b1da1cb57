"""What `footnote doctor` says of Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from discord.http import Route

from footnote.bot.platforms.discord.examination import examine
from footnote.bot.platforms.discord.permissions import WORDS, needed
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from tests.bot.platforms.discord.scene import pointed_at
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import BOT_PERMISSIONS, Community
from tests.servers.discord.model import Role
from tests.servers.discord.permissions import Permission
from tests.servers.discord.server import DiscordServer

ALL_WELL = [
    (True, "discord, footnote", "the bot may read messages"),
    (True, "discord, acme", "the bot may do all that it has to"),
]
INVITE = "https://discord.com/oauth2/authorize?client_id="
PORTAL = "https://discord.com/developers/applications"


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    """A server, to which discord.py talks."""
    async with checked_discord() as server:
        server.application.bot_public = False
        with pointed_at(server):
            yield server


@pytest.fixture
def acme(discord: DiscordServer) -> Community:
    """A guild with the bot, where nobody has any permission by being there."""
    community = discord.guild("acme")
    community.change_role(community.guild.everyone, 0)
    return community


async def examined(
    discord: DiscordServer, token: str = "", /, **settings: Any
) -> list[tuple[bool, str, str]]:
    """What is said."""
    checks = await examine(DiscordSettings(**settings), Token(token or discord.token))
    return [(check.fine, check.name, check.text) for check in checks]


async def wrong(discord: DiscordServer, token: str = "", /, **settings: Any) -> tuple[str, str]:
    """The name and the sentence of the one thing that is wrong."""
    ((_, name, text),) = [
        said for said in await examined(discord, token, **settings) if not said[0]
    ]
    assert text.endswith((".", ")."))
    assert discord.token not in text
    return name, text


def role_of_bot(acme: Community) -> Role:
    """The bot's own role."""
    (role,) = [role for role in acme.guild.roles.values() if role.bot_id]
    return role


async def test_all_is_well(discord: DiscordServer, acme: Community) -> None:
    """With exactly the permissions that the invitation asks for."""
    acme.channel("general")
    assert int(BOT_PERMISSIONS) == needed().value
    assert await examined(discord) == ALL_WELL


async def test_without_a_token_nothing_is_looked_at(discord: DiscordServer) -> None:
    """What then has to be set is said by who looks for it."""
    assert await examine(DiscordSettings(), Token()) == []
    assert not discord.recording.entries


async def test_a_bad_token(discord: DiscordServer, acme: Community) -> None:
    """Is named with the page where there is a new one, and is not shown."""
    del acme
    name, text = await wrong(discord, "not.a.token")
    assert name == "discord"
    assert "does not accept the token in DISCORD_BOT_TOKEN" in text
    assert "page Bot" in text
    assert PORTAL in text
    assert "not.a.token" not in text


async def test_messages_that_may_not_be_read(discord: DiscordServer, acme: Community) -> None:
    """The switch is named, with its page."""
    del acme
    discord.application.flags = 0
    _, text = await wrong(discord)
    assert "switch on Message Content Intent on the page Bot" in text
    assert PORTAL in text


async def test_a_bot_that_anybody_may_invite(discord: DiscordServer, acme: Community) -> None:
    """Is none for a team, unless the settings say which servers are the team's."""
    discord.application.bot_public = True
    name, text = await wrong(discord)
    assert name == "discord, invitations"
    assert "switch off Public Bot on the page Bot" in text
    assert await examined(discord, servers=(acme.id,)) == ALL_WELL


async def test_a_bot_on_no_server(discord: DiscordServer) -> None:
    """The link that invites it is said."""
    name, text = await wrong(discord)
    assert name == "discord, servers"
    assert f"on no server: open {INVITE}{discord.application.id}" in text


async def test_a_server_that_it_is_not_on(discord: DiscordServer, acme: Community) -> None:
    """Is named; what is wrong on a server that is not the team's is not."""
    other = discord.guild("other")
    for role in (role_of_bot(other), other.guild.everyone):
        other.change_role(role, 0)
    name, text = await wrong(discord, servers=(acme.id, "123"))
    assert name == "discord, server 123"
    assert f"open {INVITE}" in text


@pytest.mark.parametrize("permission", sorted(WORDS))
async def test_a_permission_that_is_missing(
    discord: DiscordServer, acme: Community, permission: str
) -> None:
    """Is named as Discord shows it, with the link that gives it."""
    lacking = int(BOT_PERMISSIONS & ~Permission[permission.upper()])
    acme.change_role(role_of_bot(acme), lacking)
    name, text = await wrong(discord)
    assert name == "discord, acme"
    assert f"the bot may not {WORDS[permission]}: open {INVITE}" in text


@pytest.mark.parametrize("permission", ["SEND_MESSAGES", "EMBED_LINKS", "READ_MESSAGE_HISTORY"])
async def test_a_permission_that_is_missing_in_a_channel(
    discord: DiscordServer, acme: Community, permission: str
) -> None:
    """The channel is named; one that the bot cannot see is not meant for it."""
    bot = discord.application.bot.id
    for number in range(7):
        channel = acme.channel(f"channel-{number}")
        acme.overwrite(channel, bot, deny=int(Permission[permission]))
    acme.overwrite(acme.channel("secret"), bot, deny=int(Permission.VIEW_CHANNEL))
    _, text = await wrong(discord)
    assert f"#channel-0 ({WORDS[permission.lower()]}), #channel-1" in text or (
        permission == "SEND_MESSAGES" and "#channel-0 (Send Messages" in text
    )
    assert "#channel-4" in text
    assert "#channel-5" not in text
    assert " …: " in text
    assert "secret" not in text


def _none(acme: Community) -> str:
    del acme
    return "123"


def _text(acme: Community) -> str:
    return acme.channel("general").id


def _forum(acme: Community) -> str:
    return acme.forum("questions").id


def _shut(kind: Callable[[Community, str], Any], permission: Permission) -> Callable[..., str]:
    def made(acme: Community) -> str:
        channel = kind(acme, "shut")
        acme.overwrite(channel, role_of_bot(acme), deny=int(permission))
        return str(channel.id)

    return made


def _cases() -> Iterator[Any]:
    yield "people", _none, "there is no channel 123"
    yield "admin_channel", _none, "correct `admin_channel` in [discord]"
    yield "admin_channel", _forum, "#questions is no text channel: correct `admin_channel`"
    shut = _shut(Community.channel, Permission.VIEW_CHANNEL)
    yield "admin_channel", shut, "#shut (View Channels"
    yield "channels", _none, "there is no channel 123 on the servers: correct `channels` in"
    yield "people", _forum, "#questions is no text channel: correct `people` in [discord]."
    yield "forums", _none, "correct `forums` in [discord]"
    yield "forums", _text, "#general is no forum: correct `forums` in [discord]."
    for name in ("CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS", "ADD_REACTIONS"):
        shut = _shut(Community.channel, Permission[name])
        yield "people", shut, f"#shut ({WORDS[name.lower()]})"
    yield "people", _shut(Community.channel, Permission.VIEW_CHANNEL), "#shut (View Channels"
    shut = _shut(Community.forum, Permission.SEND_MESSAGES_IN_THREADS)
    yield "forums", shut, "#shut (Send Messages in Threads"


@pytest.mark.parametrize(("key", "made", "said"), list(_cases()))
async def test_a_channel_of_the_settings(
    discord: DiscordServer, acme: Community, key: str, made: Callable[[Community], str], said: str
) -> None:
    """One that is not there, of the wrong kind, or shut to the bot is named with its key."""
    name = made(acme)
    values = {"forums": (name,), "channels": {name: "mention"}}
    checked, text = await wrong(discord, **{key: values.get(key, name)})
    assert checked == f"discord, {key}"
    assert said in text


async def test_channels_of_the_settings_that_are_right(
    discord: DiscordServer, acme: Community
) -> None:
    """Are no trouble; those whose follow-ups are set may be threads."""
    quiet = acme.channel("quiet")
    thread = acme.thread(quiet, "launch", acme.person("alice"))
    said = await examined(
        discord,
        people=acme.channel("experts").id,
        forums=(acme.forum("questions").id,),
        admin_channel=acme.channel("admins").id,
        channels={quiet.id: "mention", thread.id: "mention"},
    )
    assert said == [
        *ALL_WELL,
        (True, "discord, people", "they can be asked"),
        (True, "discord, admin_channel", "admins can be told"),
    ]


@pytest.mark.parametrize("key", ["admins", "team_roles"])
async def test_a_role_that_is_not_there(discord: DiscordServer, acme: Community, key: str) -> None:
    """Is named with its key; one that is there is fine."""
    role = acme.role("editors").id
    name, text = await wrong(discord, **{key: (role, "123")})
    assert name == f"discord, {key}"
    assert "there is no role 123:" in text
    assert f"`{key}` in [discord]" in text
    assert await examined(discord, **{key: (role,)}) == ALL_WELL


async def test_a_discord_that_is_away(
    discord: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told in one sentence."""
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:9/api/v10")
    _, text = await wrong(discord)
    assert "Discord cannot be reached" in text
