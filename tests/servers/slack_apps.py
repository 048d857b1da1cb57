"""A small app on the real slack_bolt, for the tests of the Slack server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.server import SlackServer

Json = dict[str, Any]
Way = Callable[[SlackServer, AsyncApp], AbstractAsyncContextManager[None]]

LEAVE = "Every employee gets 28 days of annual leave."
BUTTON: Json = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "better",
            "text": {"type": "plain_text", "text": "Suggest a better answer"},
            "value": "answer-1",
        }
    ],
}
MODAL: Json = {
    "type": "modal",
    "callback_id": "correction",
    "title": {"type": "plain_text", "text": "A better answer"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "answer",
            "label": {"type": "plain_text", "text": "Answer"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        }
    ],
}


def client(slack: SlackServer, token: str | None) -> AsyncWebClient:
    """A client that repeats nothing by itself."""
    return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])


def small_app(slack: SlackServer) -> AsyncApp:
    """An app that answers mentions, `/ask`, a button and a modal, in every workspace."""

    async def authorize(team_id: str) -> AuthorizeResult:
        team = slack.world.teams[team_id]
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team.id,
            bot_id=team.bot.bot_id,
            bot_user_id=team.bot.id,
            bot_token=team.bot_token,
        )

    app = AsyncApp(
        client=client(slack, None),
        authorize=authorize,
        signing_secret=slack.signing_secret,
        process_before_response=True,
    )

    @app.event("app_mention")
    async def answer(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"],
            thread_ts=event.get("thread_ts") or event["ts"],
            text=LEAVE,
            blocks=[{"type": "markdown", "text": f"**{LEAVE}**"}, BUTTON],
            metadata={"event_type": "answer", "event_payload": {"question": event["ts"]}},
        )

    @app.event("message")
    @app.event("app_home_opened")
    async def ignore() -> None:
        """Acknowledge every message."""

    @app.command("/ask")
    async def ask(ack: Callable[..., Awaitable[Any]], command: Json) -> None:
        await ack(text=f"You asked: {command['text']}")

    @app.action("better")
    async def better(
        ack: Callable[..., Awaitable[Any]], body: Json, client: AsyncWebClient
    ) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("correction")
    async def keep(ack: Callable[..., Awaitable[Any]], view: Json) -> None:
        text = view["state"]["values"]["answer"]["text"]["value"]
        if text:
            await ack()
        else:
            await ack(response_action="errors", errors={"answer": "Write an answer."})

    return app


@asynccontextmanager
async def over_sockets(
    slack: SlackServer, app: AsyncApp, count: int = 1, opened: int = 0
) -> AsyncIterator[None]:
    """The app on so many sockets, which makes so many open ones in all."""
    handlers = [
        AsyncSocketModeHandler(app, slack.app_token, web_client=client(slack, None))
        for _ in range(count)
    ]
    try:
        for handler in handlers:
            await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt has no types here
        await slack.until(lambda: len(slack.sockets.open) == (opened or count))
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # bolt has no types here


@asynccontextmanager
async def over_http(slack: SlackServer, app: AsyncApp) -> AsyncIterator[None]:
    """The app behind a request URL."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        await slack.use_request_url(f"http://127.0.0.1:{port}/slack/events")
        yield
    finally:
        await runner.cleanup()


async def refusal(call: Awaitable[Any]) -> str:
    """The error code with which a call is refused.

    Raises:
        AssertionError: It is not refused.
    """
    try:
        answer = await call
    except SlackApiError as error:
        return str(error.response["error"])
    raise AssertionError(f"not refused: {answer}")
