"""Which session hears of what: shards, several sessions, members, and ordered trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.clock import Clock
from tests.servers.discord.gateway_client import USUAL, GatewayClient, Scene, gateway_host
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.model import ApplicationFlag, Overwrite
from tests.servers.discord.permissions import Permission
from tests.servers.discord.posting import post
from tests.servers.discord.sessions import Session
from tests.servers.discord.threads import open_thread
from tests.servers.discord.world import World


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A gateway with an app that may identify as often as it likes."""
    async with gateway_host() as host:
        yield Scene(host)


@given(guild=st.integers(0, 2**63), count=st.integers(1, 64))
def test_a_guild_belongs_to_exactly_one_shard(guild: int, count: int) -> None:
    """Of all shards of a count one hears of a guild, and the first of direct messages."""
    app = World(Clock()).add_application("footnote")
    shards = [Session("s", app, USUAL, (number, count)) for number in range(count)]
    hears = [session.shard[0] for session in shards if session.carries(str(guild))]
    assert hears == [(guild >> 22) % count]
    assert [session.shard[0] for session in shards if session.carries(None)] == [0]


async def test_each_shard_hears_of_its_own_guilds(scene: Scene) -> None:
    """READY, GUILD_CREATE and messages go to the guild's shard; direct ones to the first."""
    home = (int(scene.guild.id) >> 22) % 2
    async with scene.host.client() as one, scene.host.client() as other:
        clients = [one, other]
        for number, client in enumerate(clients):
            ready = await client.identify(scene.token, USUAL, shard=[number, 2])
            assert bool(ready["guilds"]) == (number == home)
        scene.say("in the guild")
        direct = scene.world.direct(scene.app.bot, scene.alice)
        post(scene.world, direct, scene.alice, "direct")
        for number, client in enumerate(clients):
            expected = ["in the guild"] * (number == home) + ["direct"] * (number == 0)
            assert await contents(client, len(expected)) == expected


async def test_two_sessions_of_one_shard_both_hear_everything(scene: Scene) -> None:
    """There is no balancing: each of two replicas gets each message."""
    async with scene.host.client() as one, scene.host.client() as other:
        for client in (one, other):
            await client.identify(scene.token, USUAL, shard=[0, 1])
        scene.say("hello")
        assert await contents(one, 1) == await contents(other, 1) == ["hello"]


async def test_a_bot_hears_nothing_from_a_channel_that_it_does_not_see(scene: Scene) -> None:
    """Permissions decide, and another app's sessions hear of their own guilds alone."""
    stranger = scene.world.add_application("stranger")
    secret = scene.world.add_channel(
        scene.guild,
        "secret",
        overwrites={scene.guild.id: Overwrite(deny=int(Permission.VIEW_CHANNEL))},
    )
    async with scene.host.client() as ours, scene.host.client() as theirs:
        await ours.identify(scene.token, USUAL)
        ready = await theirs.identify(stranger.token, USUAL)
        assert ready["guilds"] == []
        post(scene.world, secret, scene.alice, "psst")
        scene.say("hello")
        assert await contents(ours, 1) == ["hello"]
        await theirs.say(Op.HEARTBEAT, 1)
        await theirs.until(Op.HEARTBEAT_ACK)
        assert theirs.events("MESSAGE_CREATE") == []


async def test_members_are_asked_for_in_chunks(scene: Scene) -> None:
    """Op 8 gives all members for the intent, and some by name or id without it."""
    scene.app.flags |= ApplicationFlag.MEMBERS_LIMITED
    for number in range(1_005):
        scene.world.join(scene.guild, scene.world.add_user(f"person{number}"))
    everybody = {"guild_id": scene.guild.id, "query": "", "limit": 0, "nonce": "n"}
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL | Intents.GUILD_MEMBERS)
        created = await client.until("GUILD_CREATE")
        assert created["d"]["large"] is True
        assert len(created["d"]["members"]) == 1
        await client.say(Op.REQUEST_GUILD_MEMBERS, everybody)
        chunks = [(await client.until("GUILD_MEMBERS_CHUNK"))["d"] for _ in range(2)]
        assert [len(chunk["members"]) for chunk in chunks] == [1_000, 7]
        assert [(c["chunk_index"], c["chunk_count"], c["nonce"]) for c in chunks] == [
            (0, 2, "n"),
            (1, 2, "n"),
        ]
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        for asked, found in (
            (everybody, 0),
            (everybody | {"query": "person10", "limit": 5}, 5),
            ({"guild_id": scene.guild.id, "user_ids": [scene.alice.id, "7"]}, 1),
        ):
            await client.say(Op.REQUEST_GUILD_MEMBERS, asked)
            chunk = (await client.until("GUILD_MEMBERS_CHUNK"))["d"]
            assert len(chunk["members"]) == found
        assert chunk["not_found"] == ["7"]


async def test_members_come_and_go_for_who_asked_to_know(scene: Scene) -> None:
    """GUILD_MEMBER_ADD needs its intent; what concerns the bot itself does not."""
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        bob = scene.world.join(scene.guild, scene.world.add_user("bob"))
        scene.world.change_member(scene.guild, bob)
        own = scene.guild.members[scene.app.bot.id]
        thread = open_thread(scene.world, scene.channel, scene.alice, "leave")
        post(scene.world, thread, bob.user, "me too")
        post(scene.world, thread, scene.app.bot, "and me")
        scene.world.change_member(scene.guild, own)
        update = await client.until("GUILD_MEMBER_UPDATE")
        assert update["d"]["user"]["id"] == scene.app.bot.id
        assert client.events("GUILD_MEMBER_ADD") == []
        [entered] = client.events("THREAD_MEMBERS_UPDATE")
        assert entered["added_members"][0]["user_id"] == scene.app.bot.id


async def test_an_event_can_be_delivered_twice(scene: Scene) -> None:
    """Both deliveries are dispatches of their own, and only as many as ordered."""
    scene.gateway.faults.repeat("MESSAGE_CREATE")
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        scene.say("twice")
        scene.say("once")
        assert await contents(client, 3) == ["twice", "twice", "once"]
        assert [payload["s"] for payload in client.seen[-3:]] == [3, 4, 5]


async def test_an_event_can_be_held_up(scene: Scene) -> None:
    """It goes out when its time has come, and what comes after it does not overtake it."""
    scene.gateway.faults.slow("MESSAGE_CREATE", 60)
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        await client.until("GUILD_CREATE")
        scene.say("late")
        scene.say("later")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ws.receive(), 0.2)
        scene.world.clock.advance(60)
        assert await contents(client, 2) == ["late", "later"]


async def test_a_socket_can_be_cut_before_an_event(scene: Scene) -> None:
    """The event is lost with the socket, and a RESUME replays it."""
    scene.gateway.faults.cut_before("MESSAGE_CREATE")
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
        await client.until("GUILD_CREATE")
        scene.say("lost with the socket")
        assert await client.ended() == 1006
        assert client.events("MESSAGE_CREATE") == []
    async with scene.host.client() as client:
        await client.resume(scene.token, ready["session_id"], 2)
        assert await contents(client, 1) == ["lost with the socket"]
    assert scene.gateway.recording.close_codes()[0] is None


async def test_a_session_can_be_invalidated_as_it_runs(scene: Scene) -> None:
    """Op 9 comes unasked; one that is not resumable ends the session, and nothing more comes."""
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        await client.until("GUILD_CREATE")
        scene.gateway.invalidate(resumable=True)
        assert (await client.until(Op.INVALID_SESSION))["d"] is True
        assert scene.gateway.connected()
        scene.gateway.invalidate()
        assert (await client.until(Op.INVALID_SESSION))["d"] is False
        assert not scene.gateway.sessions.alive()


async def contents(client: GatewayClient, count: int) -> list[str]:
    """The contents of all messages that came, once there are so many."""
    while len(client.events("MESSAGE_CREATE")) < count:
        await client.until("MESSAGE_CREATE")
    return [message["content"] for message in client.events("MESSAGE_CREATE")]
