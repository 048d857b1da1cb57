"""How the Slack server sends, waits for acknowledgements, and sends again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.delivery import ACK_S
from tests.servers.slack.recording import What
from tests.servers.slack.server import SlackServer
from tests.servers.slack.world import Json
from tests.servers.slack_apps import over_http, over_sockets, small_app


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A server."""
    async with checked_slack() as server:
        yield server


class StuckApp:
    """An app that leaves the first deliveries of a message unacknowledged.

    Attributes:
        got: The retry number of each delivery that came.
    """

    def __init__(self, slack: SlackServer, stuck: int = 1) -> None:
        self.got: list[str] = []
        self.app: AsyncApp = small_app(slack)
        self.let_go = asyncio.Event()
        self._slack = slack

        @self.app.middleware
        async def hold(
            req: Any,
            next: Callable[[], Awaitable[None]],  # noqa: A002  bolt's own name
        ) -> None:
            self.got += req.headers.get("x-slack-retry-num") or ["none"]
            slack.world.changes.tell()
            if len(self.got) <= stuck:
                await self.let_go.wait()
            await next()


def deliveries(slack: SlackServer) -> list[Json]:
    """The envelopes of events, in order."""
    return [e.data for e in slack.recording.of(What.SENT) if e.name == "events_api"]


async def unanswered(slack: SlackServer, app: StuckApp, number: int) -> None:
    """Let the nth delivery come and its three seconds pass."""
    await slack.until(lambda: len(app.got) == number)
    slack.clock.advance(ACK_S)


async def test_what_is_not_acked_in_three_seconds_comes_again_at_once(slack: SlackServer) -> None:
    """The second delivery has another envelope, the same event, and says that it is a retry."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack)
    async with over_sockets(slack, stuck.app):
        await alice.says(general, "hello")
        await slack.until(lambda: stuck.got)
        slack.clock.advance(ACK_S)
        await slack.settled()
        stuck.let_go.set()
    first, second = deliveries(slack)
    assert stuck.got == ["0", "1"]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"
    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"] == second["payload"]


async def test_after_four_deliveries_an_event_is_given_up(slack: SlackServer) -> None:
    """Retries come at once, after a minute and after five, and then no more."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack, stuck=9)
    async with over_sockets(slack, stuck.app):
        await alice.says(general, "hello")
        delivery = slack.deliveries.open[0]
        await unanswered(slack, stuck, 1)
        for number, seconds in ((2, 60), (3, 300)):
            await unanswered(slack, stuck, number)
            await slack.until(lambda: delivery.resting)
            slack.clock.advance(seconds)
        await unanswered(slack, stuck, 4)
        await slack.settled()
        stuck.let_go.set()
    assert stuck.got == ["0", "1", "2", "3"]
    assert len(slack.deliveries.given_up) == 1


async def test_a_late_ack_of_the_first_delivery_counts(slack: SlackServer) -> None:
    """Any acknowledgement ends the deliveries."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack, stuck=2)
    async with over_sockets(slack, stuck.app):
        await alice.says(general, "hello")
        await slack.until(lambda: len(stuck.got) == 1)
        slack.clock.advance(ACK_S)
        await slack.until(lambda: len(stuck.got) == 2)
        stuck.let_go.set()
        await slack.settled()
    assert not slack.deliveries.given_up
    assert len(deliveries(slack)) == 2


async def test_a_command_that_nobody_acks_fails_and_does_not_come_again(slack: SlackServer) -> None:
    """The person reads that it timed out, after which nothing more is sent."""
    alice = slack.workspace("acme").person("alice")
    stuck = StuckApp(slack)
    async with over_sockets(slack, stuck.app):
        asking = asyncio.create_task(alice.slash("/ask", "leave?"))
        await slack.until(lambda: stuck.got)
        slack.clock.advance(2 * ACK_S)
        answered = await asking
        await slack.settled()
        stuck.let_go.set()
    assert (answered.ok, answered.error) == (False, "operation_timeout")
    assert len(stuck.got) == 1


async def test_a_disconnect_is_followed_by_another_socket(slack: SlackServer) -> None:
    """The SDK reconnects when asked to, and what was said meanwhile reaches it."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with over_sockets(slack, small_app(slack)):
        await slack.sockets.disconnect()
        asked = await alice.says(general, f"{acme.mention} leave?")
        await slack.reply_to(asked)
        await slack.settled()
    opened = [entry for entry in slack.recording.of(What.SOCKET) if entry.name == "open"]
    assert len(opened) == 2


async def test_an_event_on_a_cut_socket_comes_again_on_another(slack: SlackServer) -> None:
    """A cut loses the acknowledgement, and the retry goes to the socket that is left."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack)
    async with over_sockets(slack, stuck.app):
        await alice.says(general, "hello")
        await slack.until(lambda: stuck.got)
        slack.sockets.drop()
        stuck.let_go.set()
        async with over_sockets(slack, stuck.app):
            await slack.settled()
    assert stuck.got[:2] == ["0", "1"]


async def test_a_deaf_socket_acks_nothing(slack: SlackServer) -> None:
    """A socket that is open but dead swallows an event; another one gets the retry."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    async with over_sockets(slack, small_app(slack)):
        slack.sockets.deafen()
        await alice.says(general, "hello")
        await slack.until(lambda: deliveries(slack))
        assert len(slack.deliveries.open) == 1
        dead = slack.sockets.open[0]
        async with over_sockets(slack, small_app(slack), opened=2):
            slack.sockets.open.remove(dead)
            slack.clock.advance(ACK_S)
            await slack.settled()
        dead.lost.set()
    assert [envelope["retry_attempt"] for envelope in deliveries(slack)] == [0, 1]


@pytest.mark.parametrize(("say_so", "number"), [(True, 1), (False, 0)])
async def test_an_acked_event_can_come_twice(
    slack: SlackServer, *, say_so: bool, number: int
) -> None:
    """A duplicate has the same event id, with or without saying that it is a retry."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    slack.faults.duplicate(say_so=say_so)
    async with over_sockets(slack, small_app(slack)):
        await alice.says(general, "hello")
        await slack.settled()
    first, second = deliveries(slack)
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, number)


async def test_a_request_that_fails_comes_again_with_a_number_and_a_reason(
    slack: SlackServer,
) -> None:
    """Over HTTP a 500 is retried at once, with the headers that Slack documents."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    app = small_app(slack)
    failed: list[Json] = []

    @app.middleware
    async def fail_once(req: Any, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  bolt's own name
        failed.append(req.headers)
        if len(failed) == 1:
            raise RuntimeError
        await next()

    async with over_http(slack, app):
        await alice.says(general, "hello")
        await slack.settled()
    first, second = slack.recording.of(What.POSTED)[-2:]
    assert not first.data["headers"]
    assert second.data["headers"] == {
        "X-Slack-Retry-Num": "1",
        "X-Slack-Retry-Reason": "http_error",
    }
    assert "x-slack-retry-num" not in failed[0]
    assert not slack.deliveries.given_up


async def test_a_request_that_is_not_answered_in_three_seconds_comes_again(
    slack: SlackServer,
) -> None:
    """Over HTTP the connection is given up, and the retry says why."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack)
    async with over_http(slack, stuck.app):
        await alice.says(general, "hello")
        await unanswered(slack, stuck, 1)
        await slack.settled()
        stuck.let_go.set()
    assert stuck.got == ["none", "1"]
    assert slack.recording.of(What.POSTED)[-1].data["headers"]["X-Slack-Retry-Reason"] == (
        "http_timeout"
    )


async def test_an_app_can_ask_not_to_get_a_request_again(slack: SlackServer) -> None:
    """`x-slack-no-retry` ends the deliveries of an event."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    app = small_app(slack)

    @app.middleware
    async def refuse() -> BoltResponse:
        return BoltResponse(status=500, headers={"x-slack-no-retry": "1"})

    async with over_http(slack, app):
        await alice.says(general, "hello")
        await slack.settled()
    assert len(slack.deliveries.given_up) == 1
    assert len(slack.events_sent()) == 1


async def test_a_retry_can_be_hurried(slack: SlackServer) -> None:
    """A test need not move the clock to see the next delivery."""
    acme = slack.workspace("acme")
    alice = acme.person("alice")
    general = acme.channel("general", alice)
    stuck = StuckApp(slack, stuck=2)
    async with over_sockets(slack, stuck.app):
        await alice.says(general, "hello")
        delivery = slack.deliveries.open[0]
        await unanswered(slack, stuck, 1)
        await unanswered(slack, stuck, 2)
        await slack.until(lambda: delivery.resting)
        slack.deliveries.redeliver()
        await slack.settled()
        stuck.let_go.set()
    assert stuck.got == ["0", "1", "2"]


async def test_a_wrong_or_old_signature_is_refused_by_bolt(slack: SlackServer) -> None:
    """Bolt takes what is signed with its secret in the last five minutes, and nothing else."""
    async with over_http(slack, small_app(slack)):
        requests = slack.requests
        payload = {"type": "event_callback", "event": {"type": "message"}}
        wrong = await requests.post("events_api", payload, secret="wrong")  # noqa: S106  it is wrong
        old = await requests.post("events_api", payload, signed_at=time.time() - 301)
        slack.recording.entries.clear()  # no real event has so little in it
    assert (wrong.status, old.status) == (401, 401)


async def test_a_socket_needs_a_ticket_of_its_own(slack: SlackServer) -> None:
    """A URL opens one socket, and an eleventh socket is not opened at all."""
    async with aiohttp.ClientSession() as session:
        url = slack._socket_url()
        async with session.ws_connect(url) as ws:
            hello = await ws.receive_json()
            assert hello["type"] == "hello"
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
            others = [await session.ws_connect(slack._socket_url()) for _ in range(9)]
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(slack._socket_url())
            for other in others:
                await other.close()
