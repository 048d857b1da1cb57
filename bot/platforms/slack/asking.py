"""Slash commands: a question, or something that the bot shall do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Command, Intake, PlatformError
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.slack.events import NAME, Payload, plain, question_id
from footnote.bot.platforms.slack.mrkdwn import escaped
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces
from footnote.bot.questions import Question

Ack = Callable[..., Awaitable[Any]]

Respond = Callable[..., Awaitable[Any]]

USAGE = "Write your question behind `/ask`; with `/ask private …` only you see the answer."
NOT_HERE = "I am not in this channel: invite me with `/invite`, or ask me in a direct message."
NOT_SHOWN = "Your question could not be shown here ({}): ask again in a minute, or elsewhere."

_PRIVATE = re.compile(r"private(?:\s+|$)", re.IGNORECASE)
_ABSENT = ("not_in_channel", "channel_not_found")


class Asking:
    """Does what slash commands say.

    Args:
        workspaces: Where the app is installed.
        intake: Takes what people do.
        chores: Runs what takes longer than an acknowledgement may.
    """

    def __init__(self, workspaces: Workspaces, intake: Intake, chores: Chores) -> None:
        self._workspaces = workspaces
        self._intake = intake
        self._chores = chores

    async def command(self, ack: Ack, respond: Respond, body: Payload) -> None:
        """Do it, and acknowledge it with what there is to say at once."""
        workspace = self._workspaces[body["team_id"]]
        name = body["command"].removeprefix("/")
        if name == "ask":
            await ack(await self._ask(workspace, body))
            return
        await ack()
        self._chores.begin(self._do(name, workspace, body, respond))

    async def _do(self, name: str, workspace: Workspace, body: Payload, respond: Respond) -> None:
        """Do a command, however long that takes."""
        try:
            audience = await workspace.people.audience(
                body["channel_id"], body["user_id"], private=True
            )
            await self._intake.take(_command(name, body, audience))
        except FootnoteError as error:
            await respond(str(error))

    async def _ask(self, workspace: Workspace, body: Payload) -> str:
        """Take the question; what is given back is for the asker alone."""
        asked = (body.get("text") or "").strip()
        private = _PRIVATE.match(asked)
        text = plain(asked[private.end() :] if private else asked, workspace.bot)
        if not text:
            return USAGE
        try:
            if not private:
                return await self._ask_all(workspace, body, text)
            if not await workspace.people.is_here(body["channel_id"]):
                return NOT_HERE
            await self._intake.take(_private(text, body))
        except FootnoteError as error:
            return str(error)
        return ""

    async def _ask_all(self, workspace: Workspace, body: Payload, text: str) -> str:
        """Show the question, and take it; where it cannot be taken, it shall not stand there."""
        try:
            ts = await _shown(workspace, body, text)
        except PlatformError as error:
            absent = any(code in str(error) for code in _ABSENT)
            return NOT_HERE if absent else NOT_SHOWN.format(error)
        question = _question(text, body, ts)
        try:
            await self._intake.take(question)
        except FootnoteError:
            with suppress(PlatformError):
                await workspace.sending.remove(question, ts)
            raise
        return ""


async def _shown(workspace: Workspace, body: Payload, text: str) -> str:
    """Show the question to all, since Slack does not; its answer goes into its thread."""
    said = f"<@{body['user_id']}> asks: {escaped(text)}"
    with translated():
        posted = await workspace.sending.client.chat_postMessage(
            channel=body["channel_id"], text=said, unfurl_links=False, unfurl_media=False
        )
    return str(posted["ts"])


def _question(text: str, body: Payload, ts: str) -> Question:
    team, channel, user = body["team_id"], body["channel_id"], body["user_id"]
    return Question(
        id=question_id(team, channel, ts),
        text=text,
        asker=f"{NAME}:{user}",
        place=f"{channel}/{ts}",
        platform=NAME,
        audience=Audience(private=body.get("channel_name") == "directmessage"),
        address={"team": team, "channel": channel, "thread": ts, "ts": ts, "user": user},
    )


def _private(text: str, body: Payload) -> Question:
    team, channel, user = body["team_id"], body["channel_id"], body["user_id"]
    return Question(
        id=question_id(team, channel, body["trigger_id"]),
        text=text,
        asker=f"{NAME}:{user}",
        place=f"{channel}/private",
        platform=NAME,
        audience=Audience(private=True),
        address={
            "team": team,
            "channel": channel,
            "thread": "",
            "ts": "",
            "user": user,
            "alone": "yes",
        },
    )


def _command(name: str, body: Payload, audience: Audience) -> Command:
    return Command(
        name=name,
        argument=(body.get("text") or "").strip(),
        asker=f"{NAME}:{body['user_id']}",
        place=f"{body['team_id']}/{body['channel_id']}",
        platform=NAME,
        audience=audience,
    )
