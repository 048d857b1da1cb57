"""That the check of the gateway finds what has not the published type, and nothing else."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator
from fnmatch import fnmatch
from random import Random
from typing import Any

import pytest

from tests.servers.discord.command_data import (
    autocomplete_data,
    command_data,
    component_data,
    modal_data,
)
from tests.servers.discord.dispatch import Json
from tests.servers.discord.gateway_allowances import EXTRA, NUMBERS, as_typed
from tests.servers.discord.gateway_client import USUAL, Scene, gateway_host
from tests.servers.discord.gateway_codes import Op
from tests.servers.discord.gateway_intents import Intents
from tests.servers.discord.gateway_recording import GatewayRecording, What
from tests.servers.discord.gateway_schemas import GatewaySchemas, gateway_schemas
from tests.servers.discord.gateway_validation import FAMILY_OF, check, problems, type_of
from tests.servers.discord.interaction_model import InteractionKind
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.model import ApplicationFlag, Channel, Kind
from tests.servers.discord.posting import change, delete, delete_all, post, react, type_in, unreact
from tests.servers.discord.threads import archive, open_post, open_thread

HELLO: Json = {"op": 10, "t": None, "s": None, "d": {"heartbeat_interval": 45_000}}
READY: Json = {
    "v": 10,
    "user": {
        "id": "1",
        "username": "footnote",
        "discriminator": "0000",
        "global_name": None,
        "avatar": None,
        "public_flags": 12_345,
    },
    "guilds": [{"id": "2", "unavailable": True}],
    "session_id": "s",
    "resume_gateway_url": "wss://gateway",
    "application": {"id": "3", "flags": 0, "flags_new": "0"},
}
IDENTIFY: Json = {
    "token": "t",
    "intents": 513,
    "properties": {"os": "", "browser": "", "device": ""},
}
DELETED: Json = {"id": "1", "channel_id": "2", "guild_id": "3"}


ASK: Json = {
    "id": "4",
    "name": "ask",
    "type": 1,
    "options": [{"name": "question", "type": 3, "required": True, "autocomplete": True}],
}
BUTTON: Json = {"type": 2, "id": 2, "style": 2, "label": "Better", "custom_id": "better"}
INPUT: Json = {"type": 4, "style": 1, "label": "Better", "custom_id": "text"}
MODAL: Json = {"custom_id": "modal", "components": [{"type": 1, "components": [INPUT]}]}


def dispatched(event: str, data: Json) -> Json:
    """A dispatch of an event."""
    return {"op": 0, "t": event, "s": 1, "d": data}


@pytest.fixture
def schemas() -> GatewaySchemas:
    """The schemas, or a skip."""
    found = gateway_schemas()
    if isinstance(found, str):
        pytest.skip(f"the published types cannot be had: {found}")
    return found


@pytest.mark.parametrize(
    ("where", "good", "broken"),
    [
        ("Received Hello", HELLO, HELLO | {"d": {"heartbeat_interval": "45000"}}),
        ("Received Hello", HELLO, HELLO | {"op": 11}),
        (
            "Received READY",
            dispatched("READY", READY),
            dispatched("READY", READY | {"guilds": None}),
        ),
        (
            "Received READY",
            dispatched("READY", READY),
            dispatched("READY", {k: v for k, v in READY.items() if k != "resume_gateway_url"}),
        ),
        ("Received READY", dispatched("READY", READY), dispatched("READY", READY | {"shards": []})),
        (
            "Received READY",
            dispatched("READY", READY),
            dispatched("READY", READY | {"user": READY["user"] | {"public_flags": -1}}),
        ),
        (
            "Received MESSAGE_DELETE",
            dispatched("MESSAGE_DELETE", DELETED),
            dispatched("MESSAGE_DELETE", DELETED | {"id": 1}),
        ),
        ("Sent Identify", {"op": 2, "d": IDENTIFY}, {"op": 2, "d": IDENTIFY | {"intents": "513"}}),
        ("Sent Identify", {"op": 2, "d": IDENTIFY}, {"op": 2, "d": IDENTIFY | {"shard": [0]}}),
        (
            "Sent Resume",
            {"op": 6, "d": {"token": "t", "session_id": "s", "seq": 1}},
            {"op": 6, "d": {"token": "t", "session_id": "s"}},
        ),
        ("Sent Heartbeat", {"op": 1, "d": None}, {"op": 1, "d": "1"}),
        (
            "Sent RequestGuildMembers",
            {"op": 8, "d": {"guild_id": 1, "query": "", "limit": 0}},
            {"op": 8, "d": {"guild_id": 1, "query": ""}},
        ),
    ],
)
def test_a_broken_payload_is_rejected_and_a_good_one_is_not(
    schemas: GatewaySchemas, where: str, good: Json, broken: Json
) -> None:
    """Each kind of payload has a control that the check must reject."""
    assert list(check(where, good, schemas)) == []
    assert list(check(where, broken, schemas)) != []


@pytest.fixture
async def recording() -> AsyncIterator[GatewayRecording]:
    """What goes over the gateway when everything happens that a chat bot hears of."""
    async with gateway_host() as host:
        scene = Scene(host)
        scene.app.flags |= ApplicationFlag.MEMBERS_LIMITED
        seldom = Intents.GUILD_MESSAGE_REACTIONS | Intents.GUILD_MESSAGE_TYPING
        asked = USUAL | Intents.GUILD_MEMBERS | seldom
        async with host.client() as client:
            ready = await client.identify(scene.token, asked)
            happen(scene)
            everybody = {"guild_id": int(scene.guild.id), "query": "", "limit": 0}
            await client.say(Op.REQUEST_GUILD_MEMBERS, everybody)
            await client.say(Op.HEARTBEAT, None)
            await client.until(Op.HEARTBEAT_ACK)
            host.gateway.ask_for_heartbeat()
            host.gateway.invalidate(resumable=True)
            host.gateway.ask_to_reconnect()
            await client.until(Op.RECONNECT)
        async with host.client() as client:
            await client.resume(scene.token, ready["session_id"], 1)
            await client.until("RESUMED")
            yield host.gateway.recording


async def test_all_that_can_happen_has_the_published_types(
    schemas: GatewaySchemas, recording: GatewayRecording
) -> None:
    """Every event that the world tells of is checked, and a broken one among them is found."""
    assert problems(recording, schemas) == []
    happened = {type_of(entry) for entry in recording.of(What.SENT)}
    assert schemas.names("Received") - happened == set()
    deleted = recording.sent("MESSAGE_DELETE")[0]
    deleted["d"]["ids"] = []
    assert {problem.where for problem in problems(recording, schemas)} == {
        "Received MESSAGE_DELETE"
    }
    del deleted["d"]["ids"]


async def test_what_is_remembered_hides_nothing(
    schemas: GatewaySchemas, recording: GatewayRecording, seed: int
) -> None:
    """A check that remembers what was sound says of whatever is changed in it what a new one says.

    Of 150 changes to what happens, some break a payload and others do not.
    """
    random = Random(seed)  # noqa: S311  test data
    found = set()
    for entry in random.choices([e for e in recording.entries if e.what in FAMILY_OF], k=150):
        where = f"{FAMILY_OF[entry.what]} {type_of(entry)}"
        remembers = schemas.of(*where.split())
        payload = as_typed(where, entry.data)
        assert remembers.error(payload) is None
        changed = with_a_change(payload, random)
        broken = remembers.error(changed) is not None
        assert broken == any(remembers.errors(changed)), (where, changed)
        found.add(broken)
    assert found == {True, False}


@pytest.mark.parametrize("table", [EXTRA, NUMBERS])
async def test_every_allowance_has_a_reason_and_is_needed(
    schemas: GatewaySchemas,
    recording: GatewayRecording,
    monkeypatch: pytest.MonkeyPatch,
    table: dict[tuple[str, str], str],
) -> None:
    """Each entry says why, and without it something that really happens is refused."""
    for entry, reason in list(table.items()):
        assert len(reason.split()) > 3, entry
        with monkeypatch.context() as without:
            without.delitem(table, entry)
            found = problems(recording, schemas)
        assert found, entry
        assert all(fnmatch(problem.where, entry[0]) for problem in found), entry


def with_a_change(payload: Json, random: Random) -> Json:
    """A copy in which one value or name, at any depth, is another, or is missing or one more."""
    changed = copy.deepcopy(payload)
    holder, key = random.choice(list(places(changed)))
    inner = holder[key]
    match random.randrange(4):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}_"] = holder.pop(key)
        case 2 if isinstance(inner, list):
            inner.append(random.choice([*inner, {}, "1"]))
        case _:
            holder[key] = random.choice([None, True, -1, 0, 1, 3, 10**9, 0.5, "", "2", {}, []])
    return changed


def places(payload: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that holds something, each with the name or the place of what it holds."""
    names = payload if isinstance(payload, dict) else range(len(payload))
    for name in names:
        yield payload, name
        if isinstance(payload[name], dict | list):
            yield from places(payload[name])


def happen(scene: Scene) -> None:
    """Everything that a chat bot hears of."""
    world, guild, channel, alice = scene.world, scene.guild, scene.channel, scene.alice
    bob = world.join(guild, world.add_user("bob"))
    asked = post(world, channel, alice, f"hello {scene.app.bot.mention}")
    answer = post(world, channel, scene.app.bot, "hello", reply_to=asked.id)
    react(world, answer, alice, "👍")
    react(world, answer, alice, "👎")
    unreact(world, answer, alice, "👎")
    change(world, answer, content="hello, Alice")
    thread = open_thread(world, channel, alice, "greetings", first=asked)
    post(world, thread, alice, "more")
    type_in(world, thread, alice)
    post(world, thread, bob.user, "me too")
    archive(world, thread)
    world.remove_channel(thread)
    forum = world.add_channel(guild, "help", Kind.FORUM)
    open_post(world, forum, alice, "a question", "how?")
    delete(world, answer)
    delete_all(world, [post(world, channel, alice, "one"), post(world, channel, alice, "two")])
    post(world, world.direct(scene.app.bot, alice), alice, "psst")
    world.change_role(guild, world.add_role(guild, "staff"), 8)
    world.change_member(guild, bob)
    world.leave(guild, bob.user)
    world.change_channel(channel)
    world.remove_channel(forum)
    second = world.add_guild("second", alice)
    world.join(second, scene.app.bot)
    world.leave(second, scene.app.bot)
    for place in (channel, world.direct(scene.app.bot, alice)):
        interact(scene, place)


def interact(scene: Scene, place: Channel) -> None:
    """Everything that somebody does with a bot."""
    begin = Interactions(scene.world).begin
    rows = [{"type": 1, "id": 1, "components": [BUTTON]}]
    answer = post(scene.world, place, scene.app.bot, "28 days", components=rows)
    options = {"question": "how?"}
    for kind, data, source in (
        (InteractionKind.COMMAND, command_data(ASK, "ask", options), None),
        (InteractionKind.AUTOCOMPLETE, autocomplete_data(ASK, "ask", options, "question"), None),
        (InteractionKind.COMPONENT, component_data(answer, "better", None), answer),
        (InteractionKind.MODAL, modal_data(MODAL, {"text": "30 days"}), answer),
    ):
        begin(kind, scene.app, scene.alice, place, data=data, source=source)
