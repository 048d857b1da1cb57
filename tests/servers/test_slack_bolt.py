"""slack_bolt against the Slack server, over Socket Mode and over signed HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.recording import What
from tests.servers.slack.server import SlackServer
from tests.servers.slack_apps import LEAVE, Way, over_http, over_sockets, small_app

ways = pytest.mark.parametrize("way", [over_sockets, over_http])


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A server."""
    async with checked_slack() as server:
        yield server


@ways
async def test_a_mention_is_answered_in_its_thread(slack: SlackServer, way: Way) -> None:
    """A mention comes as `message` and as `app_mention`, and the app's answer lands once."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with way(slack, small_app(slack)):
        asked = await alice.says(general, f"{acme.mention} how long is the annual leave?")
        answer = await slack.reply_to(asked)
        await slack.settled()
    assert answer.text == LEAVE
    assert answer.metadata == {"event_type": "answer", "event_payload": {"question": asked.ts}}
    assert len(slack.replies_to(asked)) == 1
    about = [event for event in slack.events_sent() if event.get("ts") == asked.ts]
    assert [event["type"] for event in about] == ["message", "app_mention"]


@ways
async def test_a_command_is_answered_to_the_asker_alone(slack: SlackServer, way: Way) -> None:
    """What a command is acknowledged with shows to the asker, and nobody else."""
    acme = slack.workspace("acme")
    alice, bob = acme.person("alice"), acme.person("bob")
    general = acme.channel("general", alice, bob)
    async with way(slack, small_app(slack)):
        answered = await alice.slash("/ask", "how long is the leave?", general)
    assert answered.ok
    assert [message.text for message in alice.sees] == ["You asked: how long is the leave?"]
    assert not bob.sees
    assert not general.messages


@ways
async def test_a_button_opens_a_modal_that_says_what_is_wrong(slack: SlackServer, way: Way) -> None:
    """A click opens a modal; it stays open with the app's errors, and closes without."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with way(slack, small_app(slack)):
        asked = await alice.says(general, f"{acme.mention} how long is the annual leave?")
        assert (await alice.clicks(await slack.reply_to(asked), "better")).ok
        view = (await slack.until(lambda: alice.views))[0]
        assert (await alice.submits(view)).ok
        assert view.errors == {"answer": "Write an answer."}
        assert (await alice.submits(view, {"text": "30 days"})).ok
    assert not alice.views


async def test_each_envelope_goes_to_one_of_two_sockets(slack: SlackServer) -> None:
    """Of two sockets each gets some of the events, and no event goes to both."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with over_sockets(slack, small_app(slack), count=2):
        for number in range(12):
            await alice.says(general, f"message {number}")
        await slack.settled()
    sent = [e for e in slack.recording.of(What.SENT) if e.name == "events_api"]
    assert {entry.number.partition(":")[0] for entry in sent} == {"1", "2"}
    events = [entry.data["payload"]["event_id"] for entry in sent]
    assert len(events) == len(set(events)) == 12


async def test_two_workspaces_have_tokens_of_their_own(slack: SlackServer) -> None:
    """One process answers in each workspace with that workspace's token."""
    acme, beta = slack.workspace("acme"), slack.workspace("beta")
    alice, bob = acme.person("alice"), beta.person("bob")
    async with over_sockets(slack, small_app(slack)):
        for workspace, person in ((acme, alice), (beta, bob)):
            general = workspace.channel("general", person)
            asked = await person.says(general, f"{workspace.mention} leave?")
            answer = await slack.reply_to(asked)
            assert answer.author is workspace.team.bot
        await slack.settled()
    calls = [e for e in slack.recording.of(What.CALL) if e.name == "chat.postMessage"]
    assert [call.team for call in calls] == [acme.id, beta.id]
