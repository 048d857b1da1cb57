"""Slash commands: a question, or something that the bot shall do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from footnote.bot.audience import Audience
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Command, Intake, PlatformError
from footnote.bot.platforms.slack.events import NAME, Payload, plain, question_id
from footnote.bot.platforms.slack.mrkdwn import escaped
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces
from footnote.bot.questions import Question

Ack = Callable[..., Awaitable[Any]]

USAGE = "Write your question behind `/ask`; with `/ask private …` only you see the answer."
NOT_HERE = "I am not in this channel: invite me with `/invite`, or ask me in a direct message."

_PRIVATE = re.compile(r"private\s+", re.IGNORECASE)


class Asking:
    """Does what slash commands say.

    Args:
        workspaces: Where the app is installed.
        intake: Takes what people do.
    """

    def __init__(self, workspaces: Workspaces, intake: Intake) -> None:
        self._workspaces = workspaces
        self._intake = intake

    async def command(self, ack: Ack, body: Payload) -> None:
        """Do it, and acknowledge it with what there is to say at once."""
        workspace = self._workspaces[body["team_id"]]
        name = body["command"].removeprefix("/")
        try:
            if name == "ask":
                await ack(await self._ask(workspace, body))
                return
        except FootnoteError as error:
            await ack(str(error))
            return
        await ack()
        audience = await workspace.people.audience(
            body["channel_id"], body["user_id"], private=True
        )
        await self._intake.take(_command(name, body, audience))

    async def _ask(self, workspace: Workspace, body: Payload) -> str | None:
        """Take the question; what is given back is for the asker alone."""
        asked = (body.get("text") or "").strip()
        text, private = _PRIVATE.subn("", asked, count=1) if _PRIVATE.match(asked) else (asked, 0)
        text = plain(text, workspace.bot)
        if not text:
            return USAGE
        if private:
            await self._intake.take(_private(text, body))
            return None
        try:
            ts = await _shown(workspace, body, text)
        except PlatformError:
            return NOT_HERE
        await self._intake.take(_question(text, body, ts))
        return None


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
        name="help" if name == "footnote" else name,
        argument=(body.get("text") or "").strip(),
        asker=f"{NAME}:{body['user_id']}",
        place=f"{body['team_id']}/{body['channel_id']}",
        platform=NAME,
        audience=audience,
    )
