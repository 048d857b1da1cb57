"""That the check against Discord's published description finds what is broken, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.clock import Clock
from tests.servers.discord.allowances import EXTRA, QUERIES, as_described
from tests.servers.discord.dispatch import Json
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.payloads import channel_json, guild_json, member_json
from tests.servers.discord.posting import post
from tests.servers.discord.recording import What
from tests.servers.discord.rest import ROUTES
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.specs import Description, read_description, specs_folder
from tests.servers.discord.validation import check, problems
from tests.servers.discord.wire_client import wire_client
from tests.servers.discord.world import World

BUTTON: Json = {"type": 2, "style": 1, "label": "Press", "custom_id": "press"}
MODAL: Json = {
    "type": 9,
    "data": {
        "custom_id": "m",
        "title": "t",
        "components": [
            {
                "type": 1,
                "components": [{"type": 4, "style": 1, "label": "l", "custom_id": "t"}],
            }
        ],
    },
}
COMMAND: Json = {"name": "ask", "description": "Ask", "type": 1}
LIMITED: Json = {"message": "m", "retry_after": 0.5, "global": False, "code": 0}
REFUSAL: Json = {
    "message": "Invalid Form Body",
    "code": 50_035,
    "errors": {"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "m"}]}},
}


@pytest.fixture
def description() -> Description:
    """The description, or a skip."""
    found = read_description(specs_folder())
    if found is None:
        pytest.skip("FOOTNOTE_TEST_DATA names no folder with Discord's description")
    return found


def rows(button: Json) -> Json:
    """A message with a button."""
    return {"content": "x", "components": [{"type": 1, "components": [button]}]}


def without(payload: Json, name: str) -> Json:
    """A payload that lacks a field."""
    return {key: value for key, value in payload.items() if key != name}


@pytest.mark.parametrize(
    ("route", "good", "broken"),
    [
        ("create_message", {"content": "x"}, {"content": 5}),
        ("create_message", {"content": "x"}, {"contents": "x"}),
        ("create_message", rows(BUTTON), rows(BUTTON | {"style": 9})),
        ("create_message", rows(BUTTON), rows(BUTTON | {"lable": "x"})),
        ("create_message", {"embeds": [{"title": "x"}]}, {"embeds": [{"titel": "x"}]}),
        ("create_message", {"nonce": "n"}, {"nonce": "n" * 26}),
        (
            "create_message",
            {"allowed_mentions": {"parse": ["users"]}},
            {"allowed_mentions": {"parse": ["everybody"]}},
        ),
        ("create_interaction_response", {"type": 5}, {"type": 3}),
        ("create_interaction_response", MODAL, without(MODAL, "data")),
        ("create_thread", {"name": "x", "type": 11}, {"type": 11}),
        ("bulk_set_application_commands", [COMMAND], [COMMAND | {"options": [{"type": 3}]}]),
        ("create_dm", {"recipient_id": "1"}, {"recipient": "1"}),
        ("update_original_webhook_message", {"content": "x"}, {"content": "x" * 2_001}),
    ],
)
def test_a_broken_request_is_rejected_and_a_good_one_is_not(
    description: Description, route: str, good: Any, broken: Any
) -> None:
    """Each kind of request has a control that the check must reject."""
    validator = description.request(route)
    assert list(check(f"request {route}", good, validator)) == []
    assert list(check(f"request {route}", broken, validator)) != []


def responses() -> list[tuple[str, str, Json, Json]]:
    """Responses as this server gives them, each with a broken one."""
    world = World(Clock())
    guild = world.add_guild("acme", world.add_user("owner"))
    channel = world.add_channel(guild, "general")
    (member,) = guild.members.values()
    message = message_json(post(world, channel, member.user, "hello"))
    return [
        ("create_message", "200", message, without(message, "author")),
        ("create_message", "200", message, message | {"id": int(message["id"])}),
        ("create_message", "200", message, message | {"contents": "x"}),
        ("get_guild", "200", guild_json(guild), guild_json(guild) | {"roles": None}),
        ("get_channel", "200", channel_json(channel), channel_json(channel) | {"type": 99}),
        (
            "get_guild_member",
            "200",
            member_json(member),
            member_json(member) | {"joined_at": 5},
        ),
        ("get_guild", "4XX", REFUSAL, REFUSAL | {"code": "x"}),
        ("get_guild", "4XX", REFUSAL, REFUSAL | {"error": {}}),
        ("get_guild", "429", LIMITED, without(LIMITED, "retry_after")),
    ]


@pytest.mark.parametrize(("route", "status", "good", "broken"), responses())
def test_a_broken_response_is_rejected_and_a_good_one_is_not(
    description: Description, route: str, status: str, good: Json, broken: Json
) -> None:
    """Each kind of response has a control that the check must reject."""
    validator = description.response(route, status)
    where = f"response {route} {status}"
    assert list(check(where, good, validator)) == []
    assert list(check(where, broken, validator)) != []


async def test_a_broken_payload_in_a_recording_is_found(description: Description) -> None:
    """What the app or the server did wrong is named with its route and place."""
    async with DiscordServer() as discord, wire_client(discord) as wire:
        general = discord.guild("acme").channel("general")
        await wire.posts(general.id, content="fine")
        assert problems(discord.recording, description) == []
        await wire.posts(general.id, content="x", colour="red")
        await wire.ask("GET", f"/channels/{general.id}/messages?limits=5")
        await wire.ask("GET", "/nowhere")
        discord.recording.add(What.ANSWER, "get_gateway", "x", {"uri": "x"}, status=200)
        discord.recording.add(What.ANSWER, "get_gateway", "x", {"url": "x"}, status=201)
    assert [problem.where for problem in problems(discord.recording, description)] == [
        "request create_message",
        "request list_messages",
        "unknown",
        "response get_gateway 200",
        "response get_gateway 201",
    ]


def test_every_route_is_described(description: Description) -> None:
    """The server answers nothing that Discord does not, under its method and path."""
    for route in ROUTES:
        assert description.has(route.name), route.name
        assert description.place(route.name) == (route.method, route.path), route.name


def test_every_allowance_has_a_reason_and_hides_its_field_alone() -> None:
    """An entry says why, and takes out nothing else."""
    for (pattern, field), reason in (EXTRA | QUERIES).items():
        assert len(reason.split()) > 3, (pattern, field)
    body = {"embeds": [{"title": "x", "flags": 0}], "tts": False, "flags": 4}
    assert as_described("request update_message", body) == {"embeds": [{"title": "x"}], "flags": 4}
    assert as_described("response create_message 200", body) == body
