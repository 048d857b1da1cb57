"""What the Slack server refuses: documented limits, arguments, scopes, tokens and rates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.specs import specs_folder
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Json
from tests.servers.slack_apps import client, refusal


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel with somebody in it, and the app's client."""

    slack: SlackServer
    acme: Workspace
    alice: Person
    general: Channel
    web: AsyncWebClient


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server whose recording is not checked: it is full of what Slack refuses."""
    async with SlackServer(specs_folder()) as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        yield Scene(slack, acme, alice, general, client(slack, acme.bot_token))


def section(text: str) -> Json:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(**fields: Any) -> Json:
    """A block with one button."""
    label = {"type": "plain_text", "text": fields.pop("label", "Go")}
    return {"type": "actions", "elements": [{"type": "button", "text": label, **fields}]}


@pytest.mark.parametrize(
    ("blocks", "where"),
    [
        ([section("x" * 3_001)], "/blocks/0/text/text"),
        ([section("")], "/blocks/0/text/text"),
        ([button(label="x" * 76)], "/blocks/0/elements/0/text/text"),
        ([button(value="x" * 2_001)], "/blocks/0/elements/0/value"),
        ([button(action_id="x" * 256)], "/blocks/0/elements/0/action_id"),
        ([button(style="purple")], "/blocks/0/elements/0/style"),
        ([{"type": "actions", "elements": []}], "/blocks/0/elements"),
        ([{"type": "markdown", "text": "x" * 12_001}], "/blocks/0/text"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "/blocks/0/text/type"),
        ([section("x")] * 51, "/blocks"),
        ([section("x") | {"block_id": "same"}] * 2, "/blocks"),
        ([{"type": "confetti"}], "/blocks/0/type"),
        ([{"type": "context", "elements": [{"type": "button"}]}], "/blocks/0/elements/0"),
    ],
)
async def test_blocks_beyond_a_limit_are_refused(
    scene: Scene, blocks: list[Json], where: str
) -> None:
    """`invalid_blocks` says which limit is broken and where."""
    with pytest.raises(SlackApiError) as error:
        await scene.web.chat_postMessage(channel=scene.general.id, text="x", blocks=blocks)
    answer = error.value.response
    assert answer["error"] == "invalid_blocks"
    assert any(f"json-pointer:{where}]" in said for said in answer["errors"])
    assert not scene.general.messages


async def test_blocks_at_their_limits_are_taken(scene: Scene) -> None:
    """One character less, and each of them is taken."""
    blocks = [
        section("x" * 3_000),
        button(label="x" * 75, value="x" * 2_000, action_id="x" * 255, style="danger"),
        {"type": "markdown", "text": "x" * 9_000},
    ]
    await scene.web.chat_postMessage(channel=scene.general.id, text="x", blocks=blocks)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "no_text"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "x", "blocks": [section("x" * 3_000)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "blocks": "no JSON"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": 1}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "x" * 9_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
    ],
)
async def test_a_message_beyond_a_limit_is_refused(
    scene: Scene, arguments: Json, code: str
) -> None:
    """Each has the error code that Slack gives, and nothing is posted."""
    call = scene.web.api_call("chat.postMessage", json={"channel": scene.general.id, **arguments})
    assert await refusal(call) == code
    assert not scene.general.messages


async def test_a_long_text_is_cut_when_posted_and_refused_when_updated(scene: Scene) -> None:
    """chat.postMessage keeps 40,000 characters; chat.update takes 4,000 and no more."""
    posted = await scene.web.chat_postMessage(channel=scene.general.id, text="x" * 40_001)
    message = scene.general.messages[posted["ts"]]
    assert len(message.text) == 40_000
    where: Json = {"channel": scene.general.id, "ts": message.ts}
    await scene.web.chat_update(**where, text="y" * 4_000)
    assert await refusal(scene.web.chat_update(**where, text="z" * 4_001)) == "msg_too_long"
    assert message.text == "y" * 4_000


async def test_arguments_scopes_and_tokens_are_enforced(scene: Scene) -> None:
    """What Slack's list requires is required here, and a missing scope is named."""
    if specs_folder() is None:
        pytest.skip("FOOTNOTE_TEST_DATA names no folder with Slack's list of methods")
    assert await refusal(scene.web.api_call("chat.update", json={"text": "x"})) == (
        "invalid_arguments"
    )
    scene.acme.team.scopes.discard("chat:write")
    with pytest.raises(SlackApiError) as error:
        await scene.web.chat_postMessage(channel=scene.general.id, text="x")
    answer = error.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "chat:write" not in answer.headers["x-oauth-scopes"].split(",")
    private = scene.acme.channel("private", private=True)
    scene.acme.team.scopes.discard("groups:history")
    asked = scene.web.conversations_history(channel=private.id)
    assert await refusal(asked) == "missing_scope"
    await scene.web.conversations_history(channel=scene.general.id)


async def test_tokens_are_told_apart(scene: Scene) -> None:
    """A wrong, a missing, a revoked and an unsuitable token each have their code."""
    slack = scene.slack
    assert await refusal(client(slack, "xoxb-wrong").auth_test()) == "invalid_auth"
    assert await refusal(client(slack, None).auth_test()) == "not_authed"
    assert await refusal(scene.web.apps_connections_open(app_token=scene.acme.bot_token)) == (
        "not_allowed_token_type"
    )
    slack.web.revoked.add(scene.acme.bot_token)
    assert await refusal(scene.web.auth_test()) == "token_revoked"


async def test_rates_hold_for_each_channel_and_method(scene: Scene) -> None:
    """A second post in a second is refused in that channel alone, and time lets it through."""
    slack, other = scene.slack, scene.acme.channel("other")
    slack.rates.on = True
    where: Json = {"channel": scene.general.id, "text": "x"}
    posted = await scene.web.chat_postMessage(**where)
    with pytest.raises(SlackApiError) as error:
        await scene.web.chat_postMessage(**where)
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "1"
    await scene.web.chat_postMessage(channel=other.id, text="x")
    slack.clock.advance(1)
    await scene.web.chat_postMessage(**where)

    for _ in range(50):
        await scene.web.chat_update(**where, ts=posted["ts"])
    assert await refusal(scene.web.chat_update(**where, ts=posted["ts"])) == "ratelimited"
    slack.clock.advance(60)
    await scene.web.chat_update(**where, ts=posted["ts"])


async def test_the_sdk_waits_as_long_as_it_is_told(scene: Scene) -> None:
    """A 429 has what the SDK's own handler needs to repeat the call once."""
    scene.slack.faults.limit("chat.postMessage", retry_after=0)
    scene.web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await scene.web.chat_postMessage(channel=scene.general.id, text="x")
    assert len(scene.general.messages) == 1
    assert len(scene.slack.recording.calls("chat.postMessage")) == 2


async def test_views_keep_their_limits(scene: Scene) -> None:
    """A title of 25 characters, and an input without a submit button, are refused."""
    title = {"type": "plain_text", "text": "x" * 25}
    view: Json = {"type": "modal", "title": title, "blocks": [section("x")]}
    call = scene.web.views_open(trigger_id="1", view=view)
    assert await refusal(call) == "invalid_arguments"
    view["title"] = {"type": "plain_text", "text": "x"}
    assert await refusal(scene.web.views_open(trigger_id="1", view=view)) == "invalid_trigger_id"
    label = {"type": "plain_text", "text": "x"}
    view["blocks"] = [{"type": "input", "label": label, "element": {"type": "plain_text_input"}}]
    assert await refusal(scene.web.views_open(trigger_id="1", view=view)) == "invalid_arguments"
