"""The smaller methods and answers of the Slack server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Json
from tests.servers.slack_apps import BUTTON, MODAL, client, over_sockets, refusal, small_app

Ack = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with somebody in it, an app and its client."""

    slack: SlackServer
    acme: Workspace
    alice: Person
    general: Channel
    app: AsyncApp
    web: AsyncWebClient


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with an app on a socket."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        app = small_app(slack)
        async with over_sockets(slack, app):
            yield Scene(slack, acme, alice, general, app, client(slack, acme.bot_token))


async def test_a_channel_is_read_with_its_members_and_messages(scene: Scene) -> None:
    """Information, members, roots from the newest on, and a link to a reply."""
    first = await scene.alice.says(scene.general, "one")
    await scene.alice.says(scene.general, "two")
    reply = await scene.web.chat_postMessage(
        channel=scene.general.id, thread_ts=first.ts, text="three"
    )
    channel = (await scene.web.conversations_info(channel=scene.general.id))["channel"]
    assert (channel["name"], channel["is_private"], channel["is_member"]) == (
        "general",
        False,
        True,
    )
    members = (await scene.web.conversations_members(channel=scene.general.id))["members"]
    assert set(members) == {scene.alice.id, scene.acme.team.bot.id}
    history = (await scene.web.conversations_history(channel=scene.general.id))["messages"]
    assert [message["text"] for message in history] == ["two", "one"]
    assert history[1]["reply_count"] == 1
    link = await scene.web.chat_getPermalink(channel=scene.general.id, message_ts=reply["ts"])
    assert f"thread_ts={first.ts}" in link["permalink"]


async def test_direct_messages_are_opened_with_the_scope_for_it(scene: Scene) -> None:
    """The same person has the same conversation each time."""
    scene.acme.team.scopes.add("im:write")
    opened = await scene.web.conversations_open(users=[scene.alice.id])
    assert opened["channel"]["id"] == scene.alice.dm.id
    assert await refusal(scene.web.conversations_open(users=["U404"])) == "user_not_found"


async def test_a_reaction_is_added_once(scene: Scene) -> None:
    """A second one of the same name is refused."""
    asked = await scene.alice.says(scene.general, "one")
    where: Json = {"channel": scene.general.id, "timestamp": asked.ts, "name": "eyes"}
    await scene.web.reactions_add(**where)
    assert await refusal(scene.web.reactions_add(**where)) == "already_reacted"
    assert asked.reactions == {"eyes": [scene.acme.team.bot.id]}


async def test_only_own_messages_are_changed_and_deleted(scene: Scene) -> None:
    """A person's message stays as it is, and a deleted one cannot be updated."""
    asked = await scene.alice.says(scene.general, "one")
    where: Json = {"channel": scene.general.id, "ts": asked.ts}
    assert await refusal(scene.web.chat_update(**where, text="x")) == "cant_update_message"
    assert await refusal(scene.web.chat_delete(**where)) == "cant_delete_message"
    posted = await scene.web.chat_postMessage(channel=scene.general.id, text="two")
    own: Json = {"channel": scene.general.id, "ts": posted["ts"]}
    await scene.web.chat_delete(**own)
    assert await refusal(scene.web.chat_update(**own, text="x")) == "message_not_found"


async def test_an_update_keeps_metadata_and_drops_blocks(scene: Scene) -> None:
    """As Slack documents it: blocks stay only without a text, metadata unless it is emptied."""
    metadata: Json = {"event_type": "answer", "event_payload": {"key": "k"}}
    posted = await scene.web.chat_postMessage(
        channel=scene.general.id, text="one", blocks=[BUTTON], metadata=metadata
    )
    message = scene.general.messages[posted["ts"]]
    where: Json = {"channel": scene.general.id, "ts": message.ts}
    await scene.web.chat_update(**where, text="two")
    assert (message.blocks, message.metadata) == ([], metadata)
    await scene.web.api_call("chat.update", json={**where, "text": "three", "metadata": {}})
    assert message.metadata is None


async def test_an_ephemeral_message_is_replaced_and_deleted_by_its_response_url(
    scene: Scene,
) -> None:
    """Only the reader sees it, no history has it, and a click's response URL reaches it."""

    @scene.app.action("share")
    async def share(ack: Ack) -> None:
        await ack()

    button = BUTTON["elements"][0] | {"action_id": "share"}
    await scene.web.chat_postEphemeral(
        channel=scene.general.id,
        user=scene.alice.id,
        text="only you",
        blocks=[{"type": "actions", "elements": [button]}],
    )
    (seen,) = scene.alice.sees
    assert not scene.general.messages
    assert (await scene.alice.clicks(seen, "share")).ok
    url = scene.slack.last_response_url()
    async with aiohttp.ClientSession() as session:
        await session.post(url, json={"replace_original": True, "text": "shared"})
        assert seen.text == "shared"
        await session.post(url, json={"response_type": "in_channel", "text": "28 days"})
        await session.post(url, json={"delete_original": True})
    assert not scene.alice.sees
    assert [message.text for message in scene.general.messages.values()] == ["28 days"]


@pytest.mark.parametrize("value", ["good", "bad"])
async def test_feedback_buttons_say_which_was_pressed(scene: Scene, value: str) -> None:
    """The action's value is that of the pressed button."""
    pressed: list[str] = []

    @scene.app.action("helpful")
    async def keep(ack: Ack, action: Json) -> None:
        pressed.append(action["value"])
        await ack()

    buttons = {
        f"{name}_button": {"text": {"type": "plain_text", "text": name}, "value": button}
        for name, button in (("positive", "good"), ("negative", "bad"))
    }
    element = {"type": "feedback_buttons", "action_id": "helpful", **buttons}
    posted = await scene.web.chat_postMessage(
        channel=scene.general.id,
        text="28 days",
        blocks=[{"type": "context_actions", "elements": [element]}],
    )
    message = scene.general.messages[posted["ts"]]
    assert (await scene.alice.clicks(message, "helpful", value)).ok
    assert pressed == [value]
    with pytest.raises(AssertionError, match="not other"):
        await scene.alice.clicks(message, "other")


async def test_a_modal_becomes_another_and_tells_of_its_end(scene: Scene) -> None:
    """`update` and `push` show other views, and a closed one is told where it asks for it."""
    closed: list[str] = []
    bigger = {**MODAL, "callback_id": "bigger", "notify_on_close": True}

    @scene.app.view("first")
    async def grow(ack: Ack) -> None:
        await ack(response_action="update", view=bigger)

    @scene.app.view_closed("bigger")
    async def note(ack: Ack, view: Json) -> None:
        closed.append(view["callback_id"])
        await ack()

    trigger = scene.slack.interactions.new_trigger(scene.alice.member)
    await scene.web.views_open(trigger_id=trigger, view={**MODAL, "callback_id": "first"})
    (view,) = scene.alice.views
    await scene.alice.submits(view, {"text": "30 days"})
    assert view.data["callback_id"] == "bigger"
    trigger = scene.slack.interactions.new_trigger(scene.alice.member)
    await scene.web.views_push(trigger_id=trigger, view=MODAL)
    assert len(scene.alice.views) == 2
    await scene.alice.closes(scene.alice.views[-1])
    await scene.alice.closes(view)
    assert closed == ["bigger"]
    assert not scene.alice.views


async def test_a_home_tab_is_published_and_replaced(scene: Scene) -> None:
    """Each member has one, and a stale hash is refused."""
    home: Json = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await scene.web.views_publish(user_id=scene.alice.id, view=home)
    second = await scene.web.views_publish(user_id=scene.alice.id, view=home)
    assert first["view"]["id"] == second["view"]["id"]
    stale = scene.web.views_publish(user_id=scene.alice.id, view=home, hash=first["view"]["hash"])
    assert await refusal(stale) == "hash_conflict"


async def test_acks_are_timed(scene: Scene) -> None:
    """The recording tells how long each acknowledgement took."""
    await scene.alice.slash("/ask", "leave?")
    await scene.alice.says(scene.general, "hello")
    await scene.slack.settled()
    assert len(scene.slack.recording.ack_seconds()) == 2
    scene.slack.recording.on = False
    await scene.alice.says(scene.general, "hello")
    await scene.slack.settled()
    assert len(scene.slack.recording.ack_seconds()) == 2
