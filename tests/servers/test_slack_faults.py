"""The trouble that the Slack server makes when a test orders it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer
from tests.servers.slack.specs import specs_folder
from tests.servers.slack.world import Channel
from tests.servers.slack_apps import client, refusal


@dataclass(frozen=True, slots=True)
class Scene:
    """A channel, and the app's client."""

    slack: SlackServer
    general: Channel
    web: AsyncWebClient

    async def post(self) -> None:
        """Post a message."""
        await self.web.chat_postMessage(channel=self.general.id, text="28 days")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with a channel."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        yield Scene(slack, acme.channel("general"), client(slack, acme.bot_token))


@pytest.mark.parametrize("taken", [True, False])
async def test_a_dropped_connection_leaves_a_message_or_none(scene: Scene, *, taken: bool) -> None:
    """The caller learns nothing either way; the message is there only where it was taken."""
    scene.slack.faults.drop("chat.postMessage", taken=taken)
    with pytest.raises(aiohttp.ClientConnectionError):
        await scene.post()
    assert len(scene.general.messages) == taken


async def test_an_sdk_that_repeats_by_itself_posts_twice(scene: Scene) -> None:
    """The SDK's default handler repeats a call whose connection broke after it was taken."""
    scene.slack.faults.drop("chat.postMessage")
    scene.web.retry_handlers.append(AsyncConnectionErrorRetryHandler())
    await scene.post()
    assert len(scene.general.messages) == 2


@pytest.mark.parametrize("taken", [True, False])
async def test_a_server_error_leaves_a_message_or_none(scene: Scene, *, taken: bool) -> None:
    """A 503 comes before the effect or after it."""
    scene.slack.faults.fail("chat.postMessage", taken=taken)
    with pytest.raises(SlackApiError) as error:
        await scene.post()
    assert error.value.response.status_code == 503
    assert len(scene.general.messages) == taken
    await scene.post()
    assert len(scene.general.messages) == taken + 1


async def test_a_slow_call_is_overtaken(scene: Scene) -> None:
    """A call that is looked at late has its effect only then; others go through meanwhile."""
    scene.slack.faults.slow("chat.postMessage", 3_600)
    slow = asyncio.create_task(scene.post())
    await scene.slack.until(lambda: scene.slack.recording.calls("chat.postMessage"))
    await scene.web.auth_test()
    assert not scene.general.messages
    scene.slack.clock.advance(3_600)
    await slow
    assert len(scene.general.messages) == 1


async def test_faults_come_in_their_order_and_number(scene: Scene) -> None:
    """Two refusals, then a limit, then calls go through; other methods are left alone."""
    scene.slack.faults.refuse("chat.postMessage", "invalid_blocks", times=2)
    scene.slack.faults.limit("chat.postMessage")
    await scene.web.auth_test()
    for code in ("invalid_blocks", "invalid_blocks", "ratelimited"):
        assert await refusal(scene.post()) == code
    await scene.post()
    assert len(scene.general.messages) == 1


async def test_a_code_that_a_method_does_not_give_cannot_be_ordered(scene: Scene) -> None:
    """A test cannot make Slack say what it never says."""
    if specs_folder() is None:
        pytest.skip("FOOTNOTE_TEST_DATA names no folder with Slack's list of methods")
    with pytest.raises(ValueError, match="does not give hash_conflict"):
        scene.slack.faults.refuse("chat.postMessage", "hash_conflict")


async def test_one_can_find_ones_message_after_a_dropped_connection(scene: Scene) -> None:
    """Metadata comes back in the thread's pages, so that nobody has to post again."""
    root = await scene.web.chat_postMessage(channel=scene.general.id, text="question")
    for number in range(5):
        await scene.web.chat_postMessage(
            channel=scene.general.id,
            thread_ts=root["ts"],
            text=f"answer {number}",
            metadata={"event_type": "answer", "event_payload": {"key": f"k{number}"}},
        )
    found, cursor = [], ""
    while True:
        page = await scene.web.conversations_replies(
            channel=scene.general.id,
            ts=root["ts"],
            limit=2,
            cursor=cursor,
            include_all_metadata=True,
        )
        found += [message.get("metadata") for message in page["messages"]]
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    keys = [metadata["event_payload"]["key"] for metadata in found if metadata]
    assert keys == ["k0", "k1", "k2", "k3", "k4"]
    assert len(scene.slack.recording.calls("conversations.replies")) == 3


async def test_a_recording_is_written_as_json(
    scene: Scene, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Requests and responses are there in their order, without any token."""
    await scene.post()
    file = tmp_path_factory.mktemp("recording") / "run.json"
    scene.slack.recording.save(file)
    text = file.read_text()
    assert text.index("Web API request") < text.index("Web API response")
    assert "28 days" in text
    assert str(scene.web.token) not in text
