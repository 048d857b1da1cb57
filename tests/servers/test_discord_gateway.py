"""The gateway's protocol, held against what Discord documents, with a bare client."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

import pytest

from tests.servers.discord.gateway_client import PLAIN, USUAL, Scene, gateway_host
from tests.servers.discord.gateway_codes import Close, Op
from tests.servers.discord.gateway_compression import ZlibStream
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.model import ApplicationFlag
from tests.servers.discord.posting import post
from tests.servers.discord.threads import open_thread


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A gateway with an app that may identify as often as it likes."""
    async with gateway_host() as host:
        yield Scene(host)


async def test_an_app_is_told_of_its_guilds_and_then_of_messages(scene: Scene) -> None:
    """HELLO, READY with unavailable guilds, GUILD_CREATE with the channels, and the events."""
    said = scene.say("before")
    async with scene.host.client() as client:
        hello = await client.next()
        assert hello == {"op": 10, "t": None, "s": None, "d": {"heartbeat_interval": 41_250}}
        ready = await client.identify(scene.token, USUAL, shard=[0, 1])
        assert ready["guilds"] == [{"id": scene.guild.id, "unavailable": True}]
        assert ready["user"]["id"] == scene.app.bot.id
        assert ready["shard"] == [0, 1]
        assert ready["resume_gateway_url"] == scene.gateway.resume_url
        created = await client.until("GUILD_CREATE")
        [general] = created["d"]["channels"]
        assert general["last_message_id"] == said
        assert [member["user"]["id"] for member in created["d"]["members"]] == [scene.app.bot.id]
        assert created["d"]["member_count"] == 2
        scene.say("how long is the annual leave?")
        message = await client.until("MESSAGE_CREATE")
        assert message["d"]["content"] == "how long is the annual leave?"
        assert [payload["s"] for payload in client.seen] == [None, 1, 2, 3]


async def test_threads_come_with_the_guild(scene: Scene) -> None:
    """GUILD_CREATE lists the active threads that the bot sees."""
    first = post(scene.world, scene.channel, scene.alice, "a question")
    thread = open_thread(scene.world, scene.channel, scene.alice, "leave", first=first)
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        created = await client.until("GUILD_CREATE")
        assert [one["id"] for one in created["d"]["threads"]] == [thread.id]


@pytest.mark.parametrize("left_out", [Intents.GUILDS, Intents.GUILD_MESSAGES])
async def test_events_come_only_with_their_intent(scene: Scene, left_out: Intents) -> None:
    """Without GUILDS there is no guild, and without GUILD_MESSAGES no message of one."""
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL & ~left_out)
        scene.say("one")
        direct = scene.world.direct(scene.app.bot, scene.alice)
        post(scene.world, direct, scene.alice, "two")
        while "two" not in [one["content"] for one in client.events("MESSAGE_CREATE")]:
            await client.until("MESSAGE_CREATE")
        expected = {Intents.GUILDS: (0, 2), Intents.GUILD_MESSAGES: (1, 1)}[left_out]
        got = len(client.events("GUILD_CREATE")), len(client.events("MESSAGE_CREATE"))
        assert got == expected


async def test_without_message_content_an_app_reads_what_concerns_it(scene: Scene) -> None:
    """The content is empty but in direct messages, in mentions and in the app's own messages."""
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL & ~Intents.MESSAGE_CONTENT)
        scene.say("not for you")
        scene.say(f"{scene.app.bot.mention} for you")
        post(scene.world, scene.channel, scene.app.bot, "by you")
        direct = scene.world.direct(scene.app.bot, scene.alice)
        post(scene.world, direct, scene.alice, "to you")
        for _ in range(4):
            await client.until("MESSAGE_CREATE")
        contents = [message["content"] for message in client.events("MESSAGE_CREATE")]
        assert contents == ["", f"{scene.app.bot.mention} for you", "by you", "to you"]


async def test_a_resume_replays_what_was_missed_and_no_more(scene: Scene) -> None:
    """After a cut, missed events come in order with their numbers, then RESUMED, then new ones."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
        scene.say("one")
        await client.until("MESSAGE_CREATE")
        last = client.seen[-1]["s"]
        scene.gateway.cut()
        assert await client.ended() == 1006
    scene.say("two")
    scene.say("three")
    async with scene.host.client(url=ready["resume_gateway_url"]) as client:
        await client.resume(scene.token, ready["session_id"], last)
        await client.until("RESUMED")
        scene.say("four")
        await client.until("MESSAGE_CREATE")
        got = [one["content"] for one in client.events("MESSAGE_CREATE")]
        assert got == ["two", "three", "four"]
        numbers = [payload["s"] for payload in client.seen if payload["op"] == Op.DISPATCH]
        assert numbers == [last + 1, last + 2, last + 3, last + 4]


@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_clean_goodbye_ends_the_session(scene: Scene, code: int) -> None:
    """Who closes with 1000 or 1001 cannot resume; who closes with 4000 can."""
    for goodbye, resumed in ((code, False), (4000, True)):
        async with scene.host.client() as client:
            ready = await client.identify(scene.token, USUAL)
            await client.ws.close(code=goodbye)
        async with scene.host.client() as client:
            await client.resume(scene.token, ready["session_id"], 1)
            found = await client.until("RESUMED" if resumed else Op.INVALID_SESSION)
            assert found["d"] == ({} if resumed else False)


async def test_a_session_without_a_connection_ends_after_a_while(scene: Scene) -> None:
    """The replay expires: a RESUME that comes too late is an invalid session."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
    await scene.world.changes.until(lambda: not scene.gateway.connected(), 10)
    scene.world.clock.advance(179)
    assert scene.gateway.sessions.find(ready["session_id"])
    scene.world.clock.advance(2)
    async with scene.host.client() as client:
        await client.resume(scene.token, ready["session_id"], 1)
        assert (await client.until(Op.INVALID_SESSION))["d"] is False


async def test_an_ordered_invalid_session_may_be_resumable(scene: Scene) -> None:
    """A RESUME is refused as ordered; only where it is resumable the session is still there."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
    for resumable, then in ((True, "RESUMED"), (False, Op.INVALID_SESSION)):
        scene.gateway.faults.refuse_resumes(resumable=resumable)
        for name in (Op.INVALID_SESSION, then):
            async with scene.host.client() as client:
                await client.resume(scene.token, ready["session_id"], 1)
                found = await client.until(name)
                if name is Op.INVALID_SESSION:
                    assert found["d"] is resumable


async def test_a_number_that_was_never_sent_is_no_place_to_resume(scene: Scene) -> None:
    """RESUME with a sequence number from the future closes with 4007 and ends the session."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
    async with scene.host.client() as client:
        await client.resume(scene.token, ready["session_id"], 99)
        assert await client.ended() == Close.INVALID_SEQ
    assert not scene.gateway.sessions.alive()


async def test_what_a_heartbeat_acknowledged_is_forgotten(scene: Scene) -> None:
    """The replay does not grow without end, and never leaves a gap unsaid."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
        scene.say("one")
        last = (await client.until("MESSAGE_CREATE"))["s"]
        await client.say(Op.HEARTBEAT, last)
        await client.until(Op.HEARTBEAT_ACK)
        assert not scene.gateway.sessions.alive()[0].kept
    async with scene.host.client() as client:
        await client.resume(scene.token, ready["session_id"], last - 1)
        assert (await client.until(Op.INVALID_SESSION))["d"] is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "wrong"}, Close.AUTHENTICATION_FAILED),
        ({"token": "wröng"}, Close.AUTHENTICATION_FAILED),
        ({"shard": [1, 1]}, Close.INVALID_SHARD),
        ({"shard": "0"}, Close.INVALID_SHARD),
        ({"intents": 1 << 40}, Close.INVALID_INTENTS),
        ({"intents": None}, Close.INVALID_INTENTS),
        ({"intents": int(USUAL | Intents.GUILD_MEMBERS)}, Close.DISALLOWED_INTENTS),
    ],
)
async def test_a_bad_identify_is_closed_with_its_code(
    scene: Scene, change: dict[str, object], code: Close
) -> None:
    """Token, shard and intents are checked as documented."""
    about = {"token": scene.token, "intents": int(USUAL), "properties": {}}
    async with scene.host.client() as client:
        await client.say(Op.IDENTIFY, about | change)
        assert await client.ended() == code
    assert not scene.gateway.sessions.alive()


async def test_message_content_has_to_be_switched_on(scene: Scene) -> None:
    """An app without the intent in the developer portal is closed with 4014."""
    scene.app.flags = 0
    async with scene.host.client() as client:
        await client.say(Op.IDENTIFY, {"token": scene.token, "intents": int(USUAL)})
        assert await client.ended() == Close.DISALLOWED_INTENTS
    scene.app.flags = ApplicationFlag.MESSAGE_CONTENT
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)


async def test_too_many_guilds_have_to_be_sharded(scene: Scene) -> None:
    """A shard beyond its number of guilds is closed with 4011."""
    scene.gateway.handshake.most_guilds = 0
    async with scene.host.client() as client:
        await client.say(Op.IDENTIFY, {"token": scene.token, "intents": int(USUAL)})
        assert await client.ended() == Close.SHARDING_REQUIRED


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("nonsense", Close.DECODE_ERROR),
        ("[]", Close.DECODE_ERROR),
        ('{"op": 1, "d": "' + "x" * 4_096 + '"}', Close.DECODE_ERROR),
        ('{"op": 5, "d": null}', Close.UNKNOWN_OPCODE),
        ('{"op": 8, "d": {}}', Close.NOT_AUTHENTICATED),
    ],
)
async def test_a_bad_payload_is_closed_with_its_code(scene: Scene, sent: str, code: Close) -> None:
    """What the gateway cannot take ends the connection."""
    async with scene.host.client() as client:
        await client.ws.send_str(sent)
        assert await client.ended() == code


async def test_a_second_identify_is_one_too_many(scene: Scene) -> None:
    """4005, and the session is still there to resume."""
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
        await client.say(Op.IDENTIFY, {"token": scene.token, "intents": int(USUAL)})
        assert await client.ended() == Close.ALREADY_AUTHENTICATED
    assert scene.gateway.sessions.find(ready["session_id"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"v": "9"}, Close.INVALID_API_VERSION),
        ({}, Close.INVALID_API_VERSION),
        (PLAIN | {"encoding": "etf"}, Close.DECODE_ERROR),
        (PLAIN | {"compress": "brotli-stream"}, Close.DECODE_ERROR),
    ],
)
async def test_an_address_it_does_not_serve_is_refused(
    scene: Scene, query: dict[str, str], code: Close
) -> None:
    """Another version, encoding or compression ends the connection at once."""
    async with scene.host.client(query) as client:
        assert await client.ended() == code


async def test_payloads_are_limited(scene: Scene) -> None:
    """The 121st payload within a minute closes with 4008."""
    async with scene.host.client() as client:
        for _ in range(120):
            await client.say(Op.HEARTBEAT, None)
        received = scene.gateway.recording.received
        await scene.world.changes.until(lambda: len(received(Op.HEARTBEAT)) == 120, 10)
        scene.world.clock.advance(61)
        for _ in range(121):
            await client.say(Op.HEARTBEAT, None)
        assert await client.ended() == Close.RATE_LIMITED
        assert received(Op.HEARTBEAT) == [None] * 241


async def test_identify_is_limited_by_concurrency(scene: Scene) -> None:
    """A second IDENTIFY of one rate limit key within five seconds is an invalid session."""
    scene.gateway.handshake.identify_every_s = 5.0
    limit = scene.gateway.handshake.start_limit(scene.app)
    assert limit == {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    about = {"token": scene.token, "intents": int(USUAL)}
    for wait, name in ((0, "READY"), (4, Op.INVALID_SESSION), (6, "READY")):
        scene.world.clock.advance(wait)
        async with scene.host.client() as client:
            await client.say(Op.IDENTIFY, about)
            assert (await client.until(name))["d"] is not True
    assert scene.gateway.handshake.start_limit(scene.app)["remaining"] == 998


@pytest.mark.parametrize("compress", ["zlib-stream", "zstd-stream", None])
async def test_compression_is_as_asked(scene: Scene, compress: str | None) -> None:
    """One context over the whole connection, or big payloads one by one."""
    if compress == "zstd-stream":
        zstandard = pytest.importorskip("zstandard")
        inflate = zstandard.ZstdDecompressor().decompressobj().decompress
        query = PLAIN | {"compress": compress}
        async with scene.host.client(query) as client:
            message = await client.ws.receive()
            assert b'"op":10' in inflate(message.data)
        return
    query = PLAIN | ({"compress": compress} if compress else {})
    async with scene.host.client(query) as client:
        await client.identify(scene.token, USUAL, compress=True)
        await client.until("GUILD_CREATE")
        scene.say("x")
        message = await client.ws.receive()
        text = message.data
        if compress:
            assert message.data.endswith(b"\x00\x00\xff\xff")
            text = client._inflated(message.data)
        elif isinstance(message.data, bytes):
            text = zlib.decompress(message.data).decode()
        assert '"content":"x"' in text


def test_a_stream_remembers_what_it_has_sent() -> None:
    """The zlib context is shared: what was sent before costs hardly anything."""
    stream = ZlibStream()
    text = "".join(map(str, range(500)))
    assert len(stream.pack(text)) > 10 * len(stream.pack(text))


async def test_an_app_that_stops_its_heartbeats_is_closed(scene: Scene) -> None:
    """4009, and the session can be resumed."""
    scene.gateway.heartbeat_s = 1.0
    async with scene.host.client() as client:
        ready = await client.identify(scene.token, USUAL)
        assert await client.ended() == Close.SESSION_TIMED_OUT
    async with scene.host.client() as client:
        await client.resume(scene.token, ready["session_id"], 1)
        await client.until("RESUMED")


async def test_heartbeats_are_asked_for_and_withheld(scene: Scene) -> None:
    """Each heartbeat has its ACK unless a test withholds it; op 1 asks for one."""
    async with scene.host.client() as client:
        await client.identify(scene.token, USUAL)
        scene.gateway.ask_for_heartbeat()
        assert (await client.until(Op.HEARTBEAT))["d"] is None
        scene.gateway.faults.answers_heartbeats = False
        await client.say(Op.HEARTBEAT, 1)
        await scene.world.changes.until(lambda: scene.gateway.recording.received(Op.HEARTBEAT), 10)
        scene.gateway.faults.answers_heartbeats = True
        await client.say(Op.HEARTBEAT, 1)
        await client.until(Op.HEARTBEAT_ACK)
        scene.gateway.ask_to_reconnect()
        assert (await client.until(Op.RECONNECT))["d"] is None
        assert len(scene.gateway.recording.sent("HeartbeatAck")) == 1


async def test_a_silent_socket_neither_answers_nor_sends(scene: Scene) -> None:
    """It stays open; what was dispatched meanwhile comes with the RESUME."""
    async with scene.host.client() as dead:
        ready = await dead.identify(scene.token, USUAL)
        await dead.until("GUILD_CREATE")
        scene.gateway.fall_silent()
        scene.say("lost?")
        await dead.say(Op.HEARTBEAT, 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(dead.ws.receive(), 0.2)
        async with scene.host.client() as client:
            await client.resume(scene.token, ready["session_id"], 2)
            assert (await client.until("MESSAGE_CREATE"))["d"]["content"] == "lost?"
            assert await dead.ended() == Close.UNKNOWN_ERROR
    assert not scene.gateway.recording.received(Op.HEARTBEAT)
