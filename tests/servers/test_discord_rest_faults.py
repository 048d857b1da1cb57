"""The trouble that the Discord server makes when a test orders it, and its rate limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from discord import Client, DiscordServerError, Forbidden, HTTPException, Intents
from discord.http import Route

from tests.servers.discord.checked import checked_discord
from tests.servers.discord.model import Channel
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.wire_client import WireClient, wire_client


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel, the app's bare client, and discord.py's."""

    discord: DiscordServer
    general: Channel
    wire: WireClient
    client: Client

    async def post(self, content: str = "28 days") -> None:
        """Post a message with discord.py, which names a nonce."""
        await self.client.get_partial_messageable(int(self.general.id)).send(content)


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A server with a channel."""
    async with checked_discord() as server, wire_client(server) as wire:
        monkeypatch.setattr(Route, "BASE", server.api_url)
        client = Client(intents=Intents.none())
        await client.login(server.token)
        acme = server.guild("acme")
        yield Scene(server, acme.channel("general"), wire, client)
        await client.close()


@pytest.mark.parametrize("taken", [True, False])
async def test_a_dropped_connection_leaves_a_message_or_none(scene: Scene, *, taken: bool) -> None:
    """The caller learns nothing either way; the message is there only where it was taken."""
    scene.discord.faults.drop("create_message", taken=taken)
    with pytest.raises(aiohttp.ClientError):
        await scene.wire.posts(scene.general.id, content="28 days")
    assert len(scene.general.messages) == taken


@pytest.mark.parametrize("taken", [True, False])
async def test_a_server_error_leaves_a_message_or_none(scene: Scene, *, taken: bool) -> None:
    """A 503 comes before the effect or after it, and discord.py does not repeat it."""
    scene.discord.faults.fail("create_message", taken=taken)
    with pytest.raises(DiscordServerError):
        await scene.post()
    assert len(scene.general.messages) == taken


async def test_discord_py_repeats_a_502_with_the_same_nonce(scene: Scene) -> None:
    """What was taken and then answered with 502 is one message after the repetition."""
    scene.discord.faults.fail("create_message", 502, taken=True)
    await scene.post()
    bodies = scene.discord.recording.calls("create_message")
    assert bodies[0]["nonce"] == bodies[1]["nonce"]
    assert len(scene.general.messages) == 1


async def test_a_slow_request_is_overtaken(scene: Scene) -> None:
    """A request that is looked at late has its effect only then."""
    scene.discord.faults.slow("create_message", 3_600)
    slow = asyncio.create_task(scene.post("slow"))
    await scene.discord.until(lambda: scene.discord.recording.calls("create_message"))
    await scene.wire.posts(scene.general.id, content="fast")
    scene.discord.clock.advance(3_600)
    await slow
    assert [one.content for one in scene.general.messages.values()] == ["fast", "slow"]


@pytest.mark.parametrize("everywhere", [True, False])
async def test_discord_py_waits_out_a_429(scene: Scene, *, everywhere: bool) -> None:
    """It repeats the request when the seconds are over, whichever limit it was."""
    scene.discord.faults.limit("create_message", 0.01, 2, everywhere=everywhere)
    await scene.post()
    assert scene.discord.recording.statuses("create_message") == [429, 429, 200]
    (first, *_) = scene.discord.recording.answers("create_message")
    assert (first["global"], first["retry_after"]) == (everywhere, 0.01)


async def test_a_429_without_via_is_taken_for_a_ban(scene: Scene) -> None:
    """Cloudflare's answers lack the header, and discord.py gives up."""
    scene.discord.faults.limit("create_message", via=False)
    with pytest.raises(HTTPException) as error:
        await scene.post()
    assert error.value.status == 429
    assert not scene.general.messages


async def test_any_code_can_be_ordered_once(scene: Scene) -> None:
    """The next request goes through; a code that this server does not know cannot be ordered."""
    scene.discord.faults.refuse("create_message", 50_013)
    with pytest.raises(Forbidden) as error:
        await scene.post()
    assert error.value.code == 50_013
    await scene.post()
    with pytest.raises(ValueError, match="there is no code 1"):
        scene.discord.faults.refuse("create_message", 1)


async def test_a_bucket_is_a_route_and_a_channel(scene: Scene) -> None:
    """The sixth post in a channel's window is refused, one in another channel is not."""
    scene.discord.rates.on = True
    scene.discord.rates.pace = 0.01
    assert scene.general.guild
    other = scene.discord.world.add_channel(scene.general.guild, "other")
    posts = [await scene.wire.posts(scene.general.id, content="x") for _ in range(6)]
    assert [post.status for post in posts] == [200] * 5 + [429]
    assert [post.headers["X-RateLimit-Remaining"] for post in posts[:5]] == list("43210")
    assert not posts[5].data["global"]
    assert 0 < posts[5].data["retry_after"] <= 500
    assert posts[5].headers["Retry-After"]
    assert posts[5].headers["X-RateLimit-Scope"] == "user"
    assert (await scene.wire.posts(other.id, content="x")).status == 200
    scene.discord.clock.advance(500)
    assert (await scene.wire.posts(scene.general.id, content="x")).status == 200


async def test_the_whole_bot_has_a_limit_that_interactions_are_free_of(scene: Scene) -> None:
    """The 51st request of a second is refused globally; a first answer is not counted."""
    scene.discord.rates.on = True
    scene.discord.rates.limits["get_my_user"] = (1_000, 1.0)
    scene.discord.rates.pace = 0.001
    asked = [await scene.wire.ask("GET", "/users/@me") for _ in range(51)]
    assert [answer.status for answer in asked] == [200] * 50 + [429]
    assert asked[50].data["global"]
    assert asked[50].headers["X-RateLimit-Global"] == "true"
    callback = await scene.wire.ask("POST", "/interactions/1/x/callback", {"type": 5})
    assert callback.code == 10_062


async def test_discord_py_keeps_to_the_headers(scene: Scene) -> None:
    """With the windows shortened, twelve posts all arrive, once each."""
    scene.discord.rates.on = True
    scene.discord.rates.pace = 50.0
    for number in range(12):
        await scene.post(str(number))
    said = [message.content for message in scene.general.messages.values()]
    assert said == [str(number) for number in range(12)]
