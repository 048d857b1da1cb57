"""Bringing messages to Slack: as a stream where that is allowed, else as posts and updates."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.platforms.base import (
    GoneError,
    PlatformError,
    RateLimitedError,
    RefusedError,
)
from footnote.bot.platforms.slack.messages import (
    SlackMessage,
    post_arguments,
    stop_arguments,
    stream_piece,
    update_arguments,
)
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.questions import Question
from footnote.bot.state.base import Budgets
from footnote.bot.state.errors import StateUnavailableError

MINUTE_S = 60.0
STARTS, APPENDS = 20, 100
"""So many streams may be started, and pieces appended, in a minute (docs.slack.dev, rate limits
of chat.startStream and chat.appendStream)."""

STREAMING, STOPPED = "streaming_state_conflict", "stopped_by_user"

METADATA = "footnote_answer"
LOOKED_AT = 50
"""Messages of a thread that are searched for one's own."""


class StoppedError(PlatformError):
    """A person stopped the stream in Slack, which is how one cancels an answer there."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """A stream that is open.

    Attributes:
        key: What it will be found by.
        says: What was streamed so far.
    """

    key: str
    says: SlackMessage


class Sending:
    """The messages of one workspace.

    Args:
        client: Calls Slack; it must never repeat a call by itself but for a rate limit.
        team: The workspace.
        bot: The bot's own user.
        budgets: What all replicas may use together.
    """

    def __init__(self, client: AsyncWebClient, team: str, bot: str, budgets: Budgets) -> None:
        self.client = client
        self._team = team
        self._bot = bot
        self._budgets = budgets
        self._streams: dict[str, _Stream] = {}

    async def post(self, question: Question, message: SlackMessage, key: str) -> str:
        """Send a new message: a stream where more will come and the budget allows one.

        Raises:
            PlatformError: It was not sent, or nobody knows.
        """
        if "alone" in question.address:
            return await self._post_alone(question, message)
        if not message.final and not await self._spend("start", STARTS):
            return await self._start(question, message, key)
        with translated():
            posted = await self.client.chat_postMessage(
                **_thread(question), **post_arguments(message), metadata=_metadata(key)
            )
        return str(posted["ts"])

    async def update(self, question: Question, ts: str, message: SlackMessage) -> None:
        """Make a message say this: by appending to its stream, or by changing it.

        Raises:
            StoppedError: A person stopped the stream in Slack.
            PlatformError: It was not changed, or nobody knows.
        """
        stream = self._streams.pop(ts, None)
        piece = stream_piece(stream.says, message) if stream else None
        if stream is None or piece is None:
            await self._change(question, ts, message)
        elif message.final:
            await self._stop(question, ts, message, stream, piece)
        else:
            await self._append(question, ts, message, stream, piece)

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`, or the stream of this question that has no key yet.

        A stream gets its key when it is stopped, as Slack takes none before. In one thread one
        answer is made at a time, so that an open stream behind the question is its own.

        Raises:
            PlatformError: Nobody knows.
        """
        with translated():
            page = await self.client.conversations_replies(
                channel=question.address["channel"],
                ts=question.address["thread"],
                oldest=question.address["ts"],
                limit=LOOKED_AT,
                include_all_metadata=True,
            )
        unclaimed = None
        for message in page["messages"]:
            if message.get("user") != self._bot:
                continue
            carried = _key_of(message)
            if carried == key:
                return str(message["ts"])
            if carried is None and key.endswith("#0"):
                unclaimed = str(message["ts"])
        return unclaimed

    async def remove(self, question: Question, ts: str) -> None:
        """Remove a message; nothing if it is gone already.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        self._streams.pop(ts, None)
        with suppress(GoneError), translated():
            await self.client.chat_delete(channel=question.address["channel"], ts=ts)

    async def tell(self, question: Question, status: str) -> None:
        """Say under the question what is happening; Slack shows it for two minutes.

        Raises:
            PlatformError: It could not be said.
        """
        with translated():
            await self.client.assistant_threads_setStatus(
                channel_id=question.address["channel"],
                thread_ts=question.address["thread"],
                status=status,
            )

    async def _post_alone(self, question: Question, message: SlackMessage) -> str:
        """Show a message to the asker alone; Slack lets nobody change or find it afterwards."""
        with translated():
            posted = await self.client.chat_postEphemeral(
                channel=question.address["channel"],
                user=question.address["user"],
                text=message.text,
                blocks=message.blocks,
            )
        return str(posted["message_ts"])

    async def _start(self, question: Question, message: SlackMessage, key: str) -> str:
        address = question.address
        with translated():
            started = await self.client.chat_startStream(
                **_thread(question),
                markdown_text=message.markdown,
                recipient_user_id=address["user"],
                recipient_team_id=self._team,
            )
        ts = str(started["ts"])
        self._streams[ts] = _Stream(key, message)
        return ts

    async def _append(
        self, question: Question, ts: str, message: SlackMessage, stream: _Stream, piece: str
    ) -> None:
        if wait := await self._spend("append", APPENDS):
            self._streams[ts] = stream
            raise RateLimitedError(wait)
        try:
            if piece:
                with translated():
                    await self.client.chat_appendStream(
                        channel=question.address["channel"], ts=ts, markdown_text=piece
                    )
        except RateLimitedError:
            self._streams[ts] = stream
            raise
        except RefusedError as error:
            if STOPPED in str(error):
                raise StoppedError(str(error)) from error
            raise
        self._streams[ts] = _Stream(stream.key, message)

    async def _stop(
        self, question: Question, ts: str, message: SlackMessage, stream: _Stream, piece: str
    ) -> None:
        try:
            with translated():
                await self.client.chat_stopStream(
                    channel=question.address["channel"],
                    ts=ts,
                    markdown_text=piece or None,
                    **stop_arguments(message),
                    metadata=_metadata(stream.key),
                )
        except RateLimitedError:
            self._streams[ts] = stream
            raise
        except RefusedError:
            # It was stopped by a person, or has expired: what it says can still be changed.
            await self._change(question, ts, message)

    async def _change(self, question: Question, ts: str, message: SlackMessage) -> None:
        channel = question.address["channel"]
        try:
            with translated():
                await self.client.chat_update(channel=channel, ts=ts, **update_arguments(message))
        except RefusedError as error:
            if STREAMING not in str(error):
                raise
            # A stream of a process that is no more.
            with translated():
                await self.client.chat_stopStream(channel=channel, ts=ts)
                await self.client.chat_update(channel=channel, ts=ts, **update_arguments(message))

    async def _spend(self, kind: str, a_minute: int) -> float:
        """Seconds to wait; 0 where it may be done now. Without the state, it may not."""
        try:
            return await self._budgets.spend(
                f"slack:{self._team}:{kind}", amount=1, capacity=a_minute, per_s=MINUTE_S
            )
        except StateUnavailableError:
            return MINUTE_S


def _thread(question: Question) -> dict[str, Any]:
    return {"channel": question.address["channel"], "thread_ts": question.address["thread"]}


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": METADATA, "event_payload": {"key": key}}


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA:
        return None
    return str(metadata.get("event_payload", {}).get("key"))
