"""Bringing messages to Slack: as a stream where that is allowed, else as posts and updates."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.platforms.base import GoneError, RateLimitedError, RefusedError
from footnote.bot.platforms.slack.messages import (
    JsonObject,
    SlackMessage,
    stop_arguments,
    stream_piece,
)
from footnote.bot.platforms.slack.plain import first_taken, posts, updates
from footnote.bot.platforms.slack.trouble import SlackRefusedError, translated
from footnote.bot.questions import Question
from footnote.bot.state.base import Budgets
from footnote.bot.state.errors import StateUnavailableError

MINUTE_S = 60.0
STARTS, APPENDS, UPDATES = 20, 100, 50
"""So many streams may be started, pieces appended, and messages changed in a minute
(docs.slack.dev, rate limits of chat.startStream, chat.appendStream and chat.update)."""

STILL_STREAMS, NOT_STREAMING = "streaming_state_conflict", "message_not_in_streaming_state"
STOPPED = "stopped_by_user"

METADATA = "footnote_answer"
PAGE = 100
REMEMBERED = 500
"""So many messages of this process are remembered; others are changed as a successor would."""


class StoppedError(RefusedError):
    """A person stopped the stream in Slack, which is how one cancels an answer there."""


class NoStreamError(RefusedError):
    """A part of an answer is not shown, since no stream may be started; all of it will be."""


@dataclass(frozen=True, slots=True)
class _Ours:
    """A message that this process has sent or found.

    Attributes:
        key: What it is found by.
        streamed: What was streamed so far, while it is a stream that this process has opened.
    """

    key: str
    streamed: SlackMessage | None = None


class Sending:
    """The messages of one workspace.

    Args:
        client: Calls Slack; it must never repeat a call by itself.
        team: The workspace.
        bot: The bot's own user.
        budgets: What all replicas may use together.
    """

    def __init__(self, client: AsyncWebClient, team: str, bot: str, budgets: Budgets) -> None:
        self.client = client
        self._team = team
        self._bot = bot
        self._budgets = budgets
        self._ours: OrderedDict[str, _Ours] = OrderedDict()
        self._posting: set[str] = set()

    async def post(self, question: Question, message: SlackMessage, key: str) -> str:
        """Send a new message: a stream where more will come.

        Raises:
            NoStreamError: More will come, and the budget allows no stream.
            PlatformError: It was not sent, or nobody knows.
        """
        if "alone" in question.address:
            return await self._post_alone(question, message)
        if not message.final:
            return await self._start(question, message, key)

        async def send(arguments: JsonObject) -> str:
            with translated():
                posted = await self.client.chat_postMessage(
                    **_thread(question), **arguments, metadata=_metadata(key)
                )
            return str(posted["ts"])

        self._posting.add(key)
        ts = await first_taken(posts(message), send, question.id)
        self._posting.discard(key)
        self._remember(ts, _Ours(key))
        return ts

    async def say(self, channel: str, text: str) -> tuple[str, str]:
        """Say something of one's own in a channel; the channel's id, and the message's.

        Raises:
            PlatformError: It was not said, or nobody knows.
        """
        with translated():
            posted = await self.client.chat_postMessage(
                channel=channel, text=text, unfurl_links=False, unfurl_media=False
            )
        return str(posted["channel"]), str(posted["ts"])

    async def update(self, question: Question, ts: str, message: SlackMessage) -> None:
        """Make a message say this: by appending to its stream, or by changing it.

        Beyond the budget, what is not final is left out: it is shown with what comes after it.

        Raises:
            StoppedError: A person stopped the stream in Slack.
            PlatformError: It was not changed, or nobody knows.
        """
        # Whose key is not known here has it on record which message it is, and is never searched.
        ours = self._ours.pop(ts, _Ours(question.id))
        self._remember(ts, _Ours(ours.key))
        piece = stream_piece(ours.streamed, message) if ours.streamed else None
        if piece is None:
            await self._change(question, ts, message)
        elif message.final:
            await self._stop(question, ts, message, ours, piece)
        elif not piece or await self._spent("append", APPENDS):
            self._remember(ts, ours)
        else:
            await self._append(question, ts, message, ours, piece)

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`, or the stream of this question that has no key yet.

        A stream gets its key when it is stopped, as Slack takes none before. In one thread one
        answer is streamed at a time, so that one behind the question without a key is its own,
        unless this question was only told something, and never had a stream.

        Raises:
            PlatformError: Nobody knows.
        """
        if "alone" in question.address:
            return None
        unclaimed = None
        cursor = ""
        while True:
            with translated():
                page = await self.client.conversations_replies(
                    channel=question.address["channel"],
                    ts=question.address["thread"],
                    oldest=question.address["ts"],
                    limit=PAGE,
                    cursor=cursor,
                    include_all_metadata=True,
                )
            for message in page["messages"]:
                if message.get("user") != self._bot or not _is_behind(message, question):
                    continue
                carried = _key_of(message)
                if carried == key:
                    self._remember(str(message["ts"]), _Ours(key))
                    return str(message["ts"])
                if carried is None and key not in self._posting:
                    unclaimed = str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        if unclaimed:
            self._remember(unclaimed, _Ours(key))
        return unclaimed

    async def remove(self, question: Question, ts: str) -> None:
        """Remove a message; nothing if it is gone already.

        Raises:
            PlatformError: It was not removed, or nobody knows.
        """
        self._ours.pop(ts, None)
        with suppress(GoneError), translated():
            await self.client.chat_delete(channel=question.address["channel"], ts=ts)

    async def tell(self, question: Question, status: str) -> None:
        """Say under the question what is happening; Slack shows it for two minutes.

        Raises:
            PlatformError: It could not be said.
        """
        if "alone" in question.address:
            return
        with translated():
            await self.client.assistant_threads_setStatus(
                channel_id=question.address["channel"],
                thread_ts=question.address["thread"],
                status=status,
            )

    async def _post_alone(self, question: Question, message: SlackMessage) -> str:
        """Show a message to the asker alone; Slack lets nobody change or find it afterwards."""
        address = question.address

        async def send(arguments: JsonObject) -> str:
            kept = {name: arguments[name] for name in ("text", "blocks", "parse", "link_names")}
            with translated():
                posted = await self.client.chat_postEphemeral(
                    channel=address["channel"], user=address["user"], **kept
                )
            return str(posted["message_ts"])

        return await first_taken(posts(message), send, question.id)

    async def _start(self, question: Question, message: SlackMessage, key: str) -> str:
        if await self._spent("start", STARTS):
            raise NoStreamError("no stream may be started this minute")
        with translated():
            started = await self.client.chat_startStream(
                **_thread(question),
                markdown_text=message.markdown,
                recipient_user_id=question.address["user"],
                recipient_team_id=question.address.get("home", self._team),
            )
        ts = str(started["ts"])
        self._remember(ts, _Ours(key, message))
        return ts

    async def _append(
        self, question: Question, ts: str, message: SlackMessage, ours: _Ours, piece: str
    ) -> None:
        try:
            with translated():
                await self.client.chat_appendStream(
                    channel=question.address["channel"], ts=ts, markdown_text=piece
                )
        except RateLimitedError:
            self._remember(ts, ours)
            raise
        except SlackRefusedError as error:
            if error.code == STOPPED:
                raise StoppedError(str(error)) from error
            if error.code != NOT_STREAMING:
                raise
            await self._change(question, ts, message)
        else:
            self._remember(ts, _Ours(ours.key, message))

    async def _stop(
        self, question: Question, ts: str, message: SlackMessage, ours: _Ours, piece: str
    ) -> None:
        try:
            with translated():
                await self.client.chat_stopStream(
                    channel=question.address["channel"],
                    ts=ts,
                    markdown_text=piece or None,
                    **stop_arguments(message),
                    metadata=_metadata(ours.key),
                )
        except RateLimitedError:
            self._remember(ts, ours)
            raise
        except RefusedError:
            # A person stopped it, or it has expired, or is unfit: what it says can be changed.
            await self._change(question, ts, message)

    async def _change(self, question: Question, ts: str, message: SlackMessage) -> None:
        channel = question.address["channel"]
        if not message.final and await self._spent("update", UPDATES):
            return

        async def send(arguments: JsonObject) -> None:
            with translated():
                await self.client.chat_update(
                    channel=channel, ts=ts, **arguments, metadata=_metadata(self._ours[ts].key)
                )

        try:
            await first_taken(updates(message), send, question.id)
        except SlackRefusedError as error:
            if error.code != STILL_STREAMS:
                raise
            # A stream of a process that is no more, or one that was not stopped as it should be.
            with suppress(RefusedError), translated():
                await self.client.chat_stopStream(channel=channel, ts=ts)
            await first_taken(updates(message), send, question.id)

    def _remember(self, ts: str, ours: _Ours) -> None:
        self._ours[ts] = ours
        self._ours.move_to_end(ts)
        if len(self._ours) > REMEMBERED:
            self._ours.popitem(last=False)

    async def _spent(self, kind: str, a_minute: int) -> bool:
        """Whether this minute's budget is used up; without the state it is taken for that."""
        try:
            wait_s = await self._budgets.spend(
                f"slack:{self._team}:{kind}", amount=1, capacity=a_minute, per_s=MINUTE_S
            )
        except StateUnavailableError:
            return True
        return wait_s > 0


def _thread(question: Question) -> JsonObject:
    return {"channel": question.address["channel"], "thread_ts": question.address["thread"]}


def _metadata(key: str) -> JsonObject:
    return {"event_type": METADATA, "event_payload": {"key": key}}


def _is_behind(message: Mapping[str, Any], question: Question) -> bool:
    """Whether it was sent after the question, which the bot itself may have shown for somebody."""
    return float(message["ts"]) > float(question.address["ts"])


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA:
        return None
    return str(metadata.get("event_payload", {}).get("key"))
