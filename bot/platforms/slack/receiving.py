"""What comes in from Slack: events, commands and clicks, each acknowledged when it is taken."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltError
from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.audience import Audience
from footnote.bot.platforms.base import Intake, Lookups
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.slack.asking import Asking
from footnote.bot.platforms.slack.events import (
    Payload,
    Written,
    change_of,
    deleted,
    edited,
    installed_in,
    question_of,
    written,
)
from footnote.bot.platforms.slack.interactions import Interactions
from footnote.bot.platforms.slack.settings import Mode, SlackSettings, Tokens
from footnote.bot.platforms.slack.socket import Socket
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces
from footnote.bot.questions import Question

PING_S = 5.0
"""Seconds between two pings; a socket that answers none of four is opened anew."""

SUGGESTIONS, TITLE = 4, 60
"""Slack shows so many prompts at most, and their titles on one line."""


class Receiving:
    """Slack's side of the bot.

    Args:
        workspaces: Where the app is installed.
        settings: How Footnote behaves in Slack.
        tokens: What Slack knows the app by.
        intake: Takes what people do.
        interactions: Does what buttons say.
        lookups: Knows what one can ask.
    """

    def __init__(  # noqa: PLR0913, PLR0917  every part that it connects is named once, here
        self,
        workspaces: Workspaces,
        settings: SlackSettings,
        tokens: Tokens,
        intake: Intake,
        interactions: Interactions,
        lookups: Lookups,
    ) -> None:
        self._workspaces = workspaces
        self._settings = settings
        self._tokens = tokens
        self._intake = intake
        self._lookups = lookups
        self._replied = interactions.replied
        self._chores = Chores()
        # An event is acknowledged when its listener has returned, and not before: what was not
        # taken comes again.
        self._app = AsyncApp(
            signing_secret=tokens.signing,
            authorize=_authorizing(workspaces),
            process_before_response=True,
            client=AsyncWebClient(base_url=settings.api_url, retry_handlers=[]),
            ignoring_self_events_enabled=False,
        )
        self._app.event("app_mention")(self._message)
        self._app.event("message")(self._message)
        self._app.event("app_home_opened")(self._home)
        self._app.command(re.compile(".*"))(Asking(workspaces, intake, self._chores).command)
        self._app.action(re.compile(".*"))(interactions.pressed)
        self._app.view(re.compile(".*"))(interactions.submitted)

    async def run(self) -> None:
        """Receive until cancelled."""
        try:
            if self._settings.mode is Mode.SOCKET:
                await self._over_a_socket()
            else:
                await self._over_http()
        finally:
            await self._chores.close()

    async def _over_a_socket(self) -> None:
        socket = Socket(self._app, self._tokens.app, ping_interval=PING_S)
        try:
            await socket.connect_async()  # type: ignore[no-untyped-call]  # bolt does not say
            await asyncio.Event().wait()
        finally:
            await socket.close()

    async def _over_http(self) -> None:
        runner = web.AppRunner(self._app.web_app(path=self._settings.path))
        try:
            await runner.setup()
            await web.TCPSite(runner, self._settings.host, self._settings.port).start()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _home(self, event: Payload, body: Payload) -> None:
        """The agent's pane was opened: what one can ask is shown in it, a little later."""
        workspace = self._workspaces.get(installed_in(body))
        if workspace and event.get("tab") == "messages":
            self._chores.begin(self._suggest(workspace, event["channel"], event["user"]))

    async def _suggest(self, workspace: Workspace, channel: str, user: str) -> None:
        viewer = await workspace.people.audience(channel, user, private=True)
        texts = await self._lookups.suggestions(viewer, SUGGESTIONS)
        if texts:
            await workspace.client.assistant_threads_setSuggestedPrompts(
                channel_id=channel,
                prompts=[{"title": text[:TITLE], "message": text} for text in texts],
            )

    async def _message(self, event: Payload, body: Payload) -> None:
        """A message was written, changed or deleted: nothing else is done before it is taken."""
        team = installed_in(body)
        if gone := deleted(event, team):
            await self._intake.take(gone)
        elif event.get("subtype") == "message_changed":
            if edit := edited(event, team):
                await self._changed(*edit)
        elif message := written(event, team):
            question = self._question(message)
            if (question is None or not question.mentioned) and await self._replied(message):
                return
            if question:
                await self._intake.take(question)

    async def _changed(self, now: Written, before: Written | None) -> None:
        was = self._question(before) if before else None
        if not (was and was.mentioned) and await self._replied(now):
            return
        if change := change_of(now, self._question(now), was):
            await self._intake.take(change)

    def _question(self, message: Written) -> Question | None:
        workspace = self._workspaces.get(message.team)
        if workspace is None:
            return None
        return question_of(
            message,
            workspace.bot,
            Audience(private=message.direct),
            follows=self._settings.follows(message.channel),
        )


def _authorizing(workspaces: Workspaces) -> Callable[[str], Awaitable[AuthorizeResult]]:
    """What bolt asks for the token of a workspace; it reads the names of the arguments."""

    async def authorize(team_id: str) -> AuthorizeResult:
        workspace = workspaces.get(team_id)
        if workspace is None:
            raise BoltError(f"there is no token for the workspace {team_id}")
        return AuthorizeResult(
            enterprise_id=None,
            team_id=workspace.team,
            bot_user_id=workspace.bot,
            bot_token=workspace.client.token,
        )

    return authorize
