"""The streaming methods of the Slack server, called by slack_sdk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.world import Channel, Json, Message
from tests.servers.slack_apps import client, refusal

FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "helpful",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"},
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody who has asked in a channel, and the app's client."""

    slack: SlackServer
    web: AsyncWebClient
    alice: Person
    general: Channel
    asked: Message

    async def start(self, text: str = "**One** ") -> str:
        """The ts of a new stream."""
        started = await self.web.chat_startStream(
            channel=self.general.id,
            thread_ts=self.asked.ts,
            recipient_user_id=self.alice.id,
            recipient_team_id=self.alice.team.id,
            markdown_text=text,
        )
        return str(started["ts"])


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A server with somebody who has asked."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        asked = await alice.says(general, "how long is the annual leave?")
        yield Scene(slack, client(slack, acme.bot_token), alice, general, asked)


async def test_a_message_grows_until_it_is_stopped(scene: Scene) -> None:
    """The SDK's stream becomes one message with all its text, the blocks and the metadata."""
    stream = await scene.web.chat_stream(
        channel=scene.general.id,
        thread_ts=scene.asked.ts,
        recipient_user_id=scene.alice.id,
        recipient_team_id=scene.alice.team.id,
        buffer_size=1,
    )
    await stream.append(markdown_text="Every employee ")
    answer = await scene.slack.reply_to(scene.asked)
    assert answer.streaming
    await stream.append(markdown_text="gets 28 days.")
    metadata = {"event_type": "answer", "event_payload": {"question": scene.asked.ts}}
    await stream.stop(blocks=[FEEDBACK], metadata=metadata)
    assert answer.text == "Every employee gets 28 days."
    assert answer.texts == ["", "Every employee ", answer.text, answer.text]
    assert (answer.streaming, answer.metadata) == (False, metadata)
    assert len(scene.slack.replies_to(scene.asked)) == 1


async def test_a_stream_needs_a_thread_and_in_channels_a_recipient(scene: Scene) -> None:
    """Without a recipient a channel refuses a stream; direct messages need none."""
    where = {"channel": scene.general.id, "thread_ts": scene.asked.ts, "markdown_text": "One"}
    assert await refusal(scene.web.api_call("chat.startStream", json=where)) == (
        "missing_recipient_user_id"
    )
    where["recipient_user_id"] = scene.alice.id
    assert await refusal(scene.web.api_call("chat.startStream", json=where)) == (
        "missing_recipient_team_id"
    )
    alone = await scene.alice.says(scene.alice.dm, "how long is the leave?")
    where = {"channel": scene.alice.dm.id, "thread_ts": alone.ts, "markdown_text": "One"}
    assert (await scene.web.api_call("chat.startStream", json=where))["ok"]


async def test_nothing_is_added_once_a_stream_is_stopped(scene: Scene) -> None:
    """Append and stop are refused after the stop, and the message can then be updated."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start()}
    during = await refusal(scene.web.chat_update(**where, text="Two"))
    assert during == "streaming_state_conflict"
    await scene.web.chat_stopStream(**where)
    for call in (
        scene.web.chat_appendStream(**where, markdown_text="two"),
        scene.web.chat_stopStream(**where),
    ):
        assert await refusal(call) == "message_not_in_streaming_state"
    await scene.web.chat_update(**where, text="Two")
    assert (await scene.slack.reply_to(scene.asked)).text == "Two"


async def test_a_stream_is_over_after_five_minutes(scene: Scene) -> None:
    """Time ends a stream even where text still comes; an update then says the rest."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start()}
    scene.slack.clock.advance(200)
    await scene.web.chat_appendStream(**where, markdown_text="two ")
    scene.slack.clock.advance(101)
    late = await refusal(scene.web.chat_appendStream(**where, markdown_text="three"))
    assert late == "message_not_in_streaming_state"
    await scene.web.chat_update(**where, text="One two three")


async def test_a_test_can_end_every_stream(scene: Scene) -> None:
    """What was ended is not in the streaming state any more."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start()}
    scene.slack.expire_streams()
    late = await refusal(scene.web.chat_stopStream(**where))
    assert late == "message_not_in_streaming_state"


async def test_a_person_can_stop_a_stream(scene: Scene) -> None:
    """What somebody stopped takes no more text."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start()}
    scene.slack.stop_stream(await scene.slack.reply_to(scene.asked))
    stopped = await refusal(scene.web.chat_appendStream(**where, markdown_text="two"))
    assert stopped == "stopped_by_user"


@pytest.mark.parametrize(
    "chunk",
    [
        {"type": "task_update", "id": "1", "title": "Search", "status": "half-way"},
        {"type": "markdown_text"},
        {"type": "confetti", "text": "!"},
    ],
)
async def test_broken_chunks_are_refused(scene: Scene, chunk: dict[str, str]) -> None:
    """A chunk of another form is `invalid_chunks`, and adds nothing."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start()}
    sent = scene.web.api_call("chat.appendStream", json={**where, "chunks": [chunk]})
    assert await refusal(sent) == "invalid_chunks"
    assert (await scene.slack.reply_to(scene.asked)).text == "**One** "
    scene.slack.recording.entries.clear()  # Slack's types refuse these chunks as well


async def test_a_stream_that_grows_too_long_is_refused(scene: Scene) -> None:
    """All that streams into one message counts together."""
    where: Json = {"channel": scene.general.id, "ts": await scene.start("x" * 12_000)}
    sent = scene.web.chat_appendStream(**where, markdown_text="y" * 1_201)
    assert await refusal(sent) == "msg_blocks_too_long"
