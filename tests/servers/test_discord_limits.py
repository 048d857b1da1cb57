"""What the Discord server refuses because it is too long or too many, and where it may not be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.clock import Clock
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.community import Community
from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import Channel, Overwrite
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import ALL, EVERYBODY, NONE, Permission, in_channel
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.wire_client import WireClient, wire_client
from tests.servers.discord.world import World


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel, and the app's bare client."""

    discord: DiscordServer
    acme: Community
    alice: Person
    general: Channel
    wire: WireClient


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with a guild."""
    async with checked_discord() as discord, wire_client(discord) as wire:
        acme = discord.guild("acme")
        yield Scene(discord, acme, acme.person("alice"), acme.channel("general"), wire)


def button(**more: Any) -> Json:
    """A button that may be posted, or one with something else."""
    return {"type": 2, "style": 1, "label": "Press", "custom_id": "press"} | more


def row(*parts: Json) -> Json:
    """A row of a message."""
    return {"type": 1, "components": list(parts)}


LONG = {"description": "x" * 2_001}
FIELD = {"name": "n", "value": "v"}
SAME = "components.0.components.1.custom_id"
LABEL = "components.0.components.0.label"
CUSTOM_ID = "components.0.components.0.custom_id"
MANY_BUTTONS = [button(custom_id=f"b{number}") for number in range(6)]
MANY_ROWS = [row(button(custom_id=f"b{number}")) for number in range(6)]


@pytest.mark.parametrize(
    ("fits", "breaks", "path"),
    [
        ({"content": "x" * 2_000}, {"content": "x" * 2_001}, "content"),
        ({"embeds": [{"title": "x" * 256}]}, {"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        (
            {"embeds": [{"description": "x" * 4_096}]},
            {"embeds": [{"description": "x" * 4_097}]},
            "embeds.0.description",
        ),
        (
            {"embeds": [{"fields": [FIELD] * 25}]},
            {"embeds": [{"fields": [FIELD] * 26}]},
            "embeds.0.fields",
        ),
        ({"embeds": [{"title": "x"}] * 10}, {"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [LONG, LONG]}, {"embeds": [LONG, LONG, LONG]}, "embeds"),
        (
            {"components": [row(button(label="x" * 80))]},
            {"components": [row(button(label="x" * 81))]},
            LABEL,
        ),
        (
            {"components": [row(button(custom_id="x" * 100))]},
            {"components": [row(button(custom_id="x" * 101))]},
            CUSTOM_ID,
        ),
        (
            {"components": [row(*MANY_BUTTONS[:5])]},
            {"components": [row(*MANY_BUTTONS)]},
            "components.0.components",
        ),
        ({"components": MANY_ROWS[:5]}, {"components": MANY_ROWS}, "components"),
        (
            {"components": [row(button(), button(custom_id="other"))]},
            {"components": [row(button(), button())]},
            SAME,
        ),
        ({"content": "x", "nonce": "n" * 25}, {"content": "x", "nonce": "n" * 26}, "nonce"),
    ],
)
async def test_a_limit_is_met_and_not_passed(
    scene: Scene, fits: Json, breaks: Json, path: str
) -> None:
    """What just fits is taken, and one more is refused with 50035 that names the place."""
    assert (await scene.wire.posts(scene.general.id, **fits)).status == 200
    refused = await scene.wire.posts(scene.general.id, **breaks)
    assert (refused.status, refused.code) == (400, 50_035)
    assert refused.complaint(path)
    assert len(scene.general.messages) == 1


async def test_all_that_is_wrong_is_told_at_once(scene: Scene) -> None:
    """The errors are nested as the body is."""
    embeds = [{"title": "x"}, {"title": "x" * 257}]
    refused = await scene.wire.posts(scene.general.id, content="x" * 2_001, embeds=embeds)
    assert refused.complaint("content") == "BASE_TYPE_MAX_LENGTH"
    assert refused.complaint("embeds.1.title") == "BASE_TYPE_MAX_LENGTH"


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": " \n "}, {"embeds": []}])
async def test_an_empty_message_is_refused(scene: Scene, body: Json) -> None:
    """Also one of white space alone; and an edit that would leave nothing."""
    assert (await scene.wire.posts(scene.general.id, **body)).code == 50_006
    posted = await scene.wire.posts(scene.general.id, content="x")
    path = f"/channels/{scene.general.id}/messages/{posted.data['id']}"
    assert (await scene.wire.ask("PATCH", path, {"content": None})).code == 50_006


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"title": "x" * 46}, "data.title"),
        ({"custom_id": "x" * 101}, "data.custom_id"),
        ({"components": []}, "data.components"),
        ({"label": "x" * 46}, "data.components.0.components.0.label"),
        ({"value": "x" * 4_001}, "data.components.0.components.0.value"),
        ({"max_length": 4_001}, "data.components.0.components.0.max_length"),
    ],
)
async def test_a_modal_has_limits(scene: Scene, broken: Json, path: str) -> None:
    """A modal that breaks one is refused, and the interaction can still be answered."""
    await scene.wire.registers({"name": "ask", "description": "Ask"})
    asked = await scene.alice.slash("ask", scene.general)
    part: Json = {"type": 4, "style": 1, "label": "Text", "custom_id": "text"}
    modal: Json = {"title": "Answer", "custom_id": "modal"}
    whole = {name: value for name, value in broken.items() if name in {*modal, "components"}}
    part |= {name: value for name, value in broken.items() if name not in whole}
    modal |= {"components": [row(part)]} | whole
    refused = await scene.wire.answers(asked, 9, modal)
    assert refused.code == 50_035
    assert refused.complaint(path)
    assert (await scene.wire.answers(asked, 5)).status == 200


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (Permission.VIEW_CHANNEL, 50_001),
        (Permission.SEND_MESSAGES, 50_013),
        (Permission.EMBED_LINKS, 50_013),
    ],
)
async def test_a_post_needs_permissions(scene: Scene, missing: Permission, code: int) -> None:
    """Whoever does not see a channel learns no more than that."""
    embeds = [{"title": "Handbook"}]
    assert (await scene.wire.posts(scene.general.id, embeds=embeds)).status == 200
    bot = scene.discord.bot_in(scene.acme.guild).id
    scene.acme.overwrite(scene.general, bot, deny=missing)
    refused = await scene.wire.posts(scene.general.id, embeds=embeds)
    assert (refused.status, refused.code) == (403, code)


async def test_without_the_history_there_are_no_messages(scene: Scene) -> None:
    """The list is empty, and a reply is refused."""
    asked = await scene.alice.says(scene.general, "leave?")
    bot = scene.discord.bot_in(scene.acme.guild).id
    scene.acme.overwrite(scene.general, bot, deny=Permission.READ_MESSAGE_HISTORY)
    path = f"/channels/{scene.general.id}/messages"
    assert (await scene.wire.ask("GET", path)).data == []
    reply = {"message_id": asked.id}
    refused = await scene.wire.posts(scene.general.id, content="x", message_reference=reply)
    assert refused.code == 160_002


async def test_unknown_places_are_told_apart(scene: Scene) -> None:
    """Unknown channel, message and guild; a guild that the bot has left."""
    assert (await scene.wire.posts("1", content="x")).code == 10_003
    assert (await scene.wire.ask("GET", f"/channels/{scene.general.id}/messages/1")).code == 10_008
    scene.acme.uninstall(scene.discord.application)
    assert (await scene.wire.ask("GET", f"/guilds/{scene.acme.id}")).code == 10_004
    assert (await scene.wire.posts(scene.general.id, content="x")).code == 50_001


async def test_a_private_thread_is_for_its_members_and_managers(scene: Scene) -> None:
    """The bot sees it once it is let in, or where it manages threads."""
    thread = scene.acme.thread(scene.general, "secret", scene.alice, private=True)
    assert (await scene.wire.posts(thread.id, content="x")).code == 50_001
    thread.thread_members[scene.discord.application.bot.id] = 0.0
    assert (await scene.wire.posts(thread.id, content="x")).status == 200


BITS = st.integers(min_value=0, max_value=(1 << 41) - 1)


@given(everyone=BITS, role=BITS, closed=BITS, opened=BITS, own=BITS)
def test_overwrites_apply_in_the_documented_order(
    everyone: int, role: int, closed: int, opened: int, own: int
) -> None:
    """Roles add up; then come the overwrites of @everyone, the role and the member."""
    world = World(Clock())
    guild = world.add_guild("acme", world.add_user("owner"))
    guild.everyone.permissions = everyone & ~Permission.ADMINISTRATOR
    named = world.add_role(guild, "team", role & ~Permission.ADMINISTRATOR)
    alice = world.add_user("alice")
    world.join(guild, alice, [named])
    channel = world.add_channel(guild, "general")
    channel.overwrites = {
        guild.id: Overwrite(deny=closed),
        named.id: Overwrite(allow=opened),
        alice.id: Overwrite(deny=own),
    }
    expected = ((guild.everyone.permissions | named.permissions) & ~closed | opened) & ~own
    granted = in_channel(channel, alice.id)
    if not expected & Permission.VIEW_CHANNEL:
        assert granted == NONE
    else:
        assert granted & ~_DEPENDENT == expected & ~_DEPENDENT
        assert granted & ~expected == NONE


_DEPENDENT = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


def test_owners_and_administrators_may_everything() -> None:
    """No overwrite takes it from them."""
    world = World(Clock())
    owner, admin = world.add_user("owner"), world.add_user("admin")
    guild = world.add_guild("acme", owner)
    world.join(guild, admin, [world.add_role(guild, "admins", Permission.ADMINISTRATOR)])
    channel = world.add_channel(guild, "general")
    channel.overwrites = {guild.id: Overwrite(deny=int(EVERYBODY))}
    assert in_channel(channel, owner.id) == in_channel(channel, admin.id) == ALL
