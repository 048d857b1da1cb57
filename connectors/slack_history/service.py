"""One Slack workspace's channels, as histories need them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

from footnote.connectors.base import SourceError
from footnote.connectors.history.memory import Memory
from footnote.connectors.history.model import (
    Channel,
    ChannelError,
    HiddenError,
    Json,
    Line,
    Page,
    Part,
    Said,
    Thread,
)
from footnote.connectors.slack_history.client import Caller, RefusedError
from footnote.connectors.slack_history.mrkdwn import markdown

PAGE = 200
"""Messages of a call: Slack recommends no more, and takes 999."""
_PEOPLE_S = 86_400.0
_BARELY_S = 0.001
"""Slack leaves out what was sent at the very moment that is named."""
_TALK = frozenset({"", "file_share", "me_message", "thread_broadcast", "bot_message"})
"""The kinds of messages that somebody wrote; the others tell of joins, topics and the like."""
_MENTIONED = re.compile(r"<@([UW]\w+)")
_KEPT = ("user", "bot_id", "username", "text", "subtype", "ts", "thread_ts")
PREFIX = "slack"


class SlackService:
    """Reads channels with a bot's token.

    Args:
        caller: Calls Slack.
        bots: Whether what other bots say counts.
        now: Tells the time, in seconds since the epoch.
    """

    def __init__(
        self, caller: Caller, *, bots: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        self._caller = caller
        self._bots = bots
        self._now = now
        self._memory: Memory | None = None
        self._about: Json = {}
        self._people: dict[str, str] = {}
        self._met: set[str] = set()
        self._channels: dict[str, Json] = {}

    @asynccontextmanager
    async def open(self, memory: Memory) -> AsyncIterator[None]:
        """Be connected, and know the bot, its channels and the workspace's people.

        Raises:
            SourceError: The token is not accepted, or lacks a scope.
        """
        self._memory = memory
        self.recall(memory)
        async with self._caller.open():
            try:
                await self._greet(memory)
            except ChannelError as error:
                raise SourceError(str(error)) from error
            except RefusedError as error:
                raise SourceError(f"Slack refuses to say who is there ({error}).") from error
            yield

    async def _greet(self, memory: Memory) -> None:
        about = await self._caller.call("auth.test")
        own = await self._own_channels()
        self._about = {
            "url": about["url"],
            "user": about["user_id"],
            "bot": about.get("bot_id", ""),
            "name": about.get("user", ""),
            "channels": {name: one["name"] for name, one in own.items() if not one["is_private"]},
        }
        self._channels = own
        await asyncio.to_thread(memory.remember, "about", self._about)
        known = await asyncio.to_thread(memory.fact, "people")
        if known is None or self._now() - known["at"] > _PEOPLE_S:
            people = self._people | await self._everybody()
            self._people = people
            await asyncio.to_thread(memory.remember, "people", {"at": self._now(), "names": people})

    def recall(self, memory: Memory) -> None:
        """Read who the bot is and what people are called; blocks."""
        if not self._about:
            self._about = memory.fact("about") or {}
            self._people = (memory.fact("people") or {}).get("names", {})

    async def channel(self, name: str) -> Channel:
        """The channel of an id, or of a name with "#" before it.

        Raises:
            HiddenError: The bot is in no such channel.
        """
        found = self._channels.get(name)
        if found is None:
            given = name.removeprefix("#")
            found = next((one for one in self._channels.values() if one["name"] == given), None)
        if found is None:
            raise HiddenError(self._not_in(name))
        readers = frozenset({f"{PREFIX}:{found['id']}"}) if found["is_private"] else None
        return Channel(found["id"], found["name"], readers)

    async def pages(self, channel: Channel, since: float, below: str) -> AsyncGenerator[Page, None]:
        """What was said in a channel, the newest first; replies are in threads.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        limits = {"oldest": f"{since - _BARELY_S:.6f}"} if since else {}
        if below:
            limits["latest"] = below
        answers = self._caller.pages(
            "conversations.history", channel=channel.id, limit=PAGE, **limits
        )
        try:
            async with aclosing(answers) as pages:
                async for page in pages:
                    yield self._page(page["messages"])
        except RefusedError as error:
            raise self._unread(channel, error) from error

    def _page(self, messages: Sequence[Mapping[str, Any]]) -> Page:
        loose: list[Said] = []
        threads: list[Thread] = []
        for message in messages:
            if message.get("reply_count"):
                threads.append(_thread(message))
            elif message.get("thread_ts") in (None, message["ts"]):
                loose.append(self._said(message))
        return Page(loose, threads, messages[-1]["ts"] if messages else "")

    async def thread(self, channel: Channel, thread: Thread) -> Sequence[Said] | None:
        """A thread's messages, the first one included.

        Raises:
            ChannelError: It cannot be read.
            SourceError: Nothing can be read.
        """
        found: dict[str, Said] = {}
        pages = self._caller.pages(
            "conversations.replies", channel=channel.id, ts=thread.id, limit=PAGE
        )
        try:
            async with aclosing(pages) as answers:
                async for page in answers:
                    said = map(self._said, page["messages"])
                    found |= {one.id: one for one in said}
        except RefusedError as error:
            if error.code == "thread_not_found":
                return None
            raise self._unread(channel, error) from error
        return list(found.values())

    async def settle(self) -> None:
        """Ask for the names of those who are not in the workspace's list.

        Raises:
            ChannelError: Slack does not say.
            SourceError: Nothing can be read.
        """
        unknown = sorted(self._met - self._people.keys())
        self._met.clear()
        for user in unknown:
            try:
                answer = await self._caller.call("users.info", user=user)
            except RefusedError:
                self._people[user] = ""
            else:
                self._people[user] = _name(answer["user"])
        if unknown and self._memory:
            known = await asyncio.to_thread(self._memory.fact, "people")
            at = known["at"] if known else 0.0
            fact = {"at": at, "names": self._people}
            await asyncio.to_thread(self._memory.remember, "people", fact)

    def line(self, channel: Channel, said: Said) -> Line | None:
        """A message as people read it; None for what tells of joins and the like."""
        body = said.body
        if body.get("subtype", "") not in _TALK:
            return None
        user, bot = body.get("user", ""), body.get("bot_id", "")
        own = self._about
        if own and (user == own["user"] or (bot and bot == own["bot"])):
            part = Part.ANSWER
        elif bot and not self._bots:
            return None
        else:
            part = Part.QUESTION if f"<@{own.get('user')}" in body["text"] else Part.TALK
        text = markdown(
            body["text"],
            lambda name: self._people.get(name, ""),
            lambda name: channel.name if name == channel.id else own["channels"].get(name, ""),
        )
        shown = "\n\n".join(filter(None, (text, *body.get("files", ()))))
        if not shown and part is Part.TALK:
            return None
        name = self._people.get(user) or body.get("username") or user or bot
        return Line(said.at, user or bot, name, shown, self._link(channel, body), part)

    def _link(self, channel: Channel, body: Json) -> str:
        """What chat.getPermalink would give, without a call for each message."""
        link = f"{self._about['url']}archives/{channel.id}/p{body['ts'].replace('.', '')}"
        root = body.get("thread_ts")
        if root in (None, body["ts"]):
            return link
        return f"{link}?thread_ts={root}&cid={channel.id}"

    def _said(self, message: Mapping[str, Any]) -> Said:
        body = {name: message[name] for name in _KEPT if message.get(name)}
        body["text"] = message.get("text") or _attached(message)
        if profile := message.get("bot_profile"):
            body.setdefault("username", profile.get("name", ""))
        if files := [f"[file: {_file(one)}]" for one in message.get("files", ())]:
            body["files"] = files
        self._met.update(_MENTIONED.findall(body["text"]))
        if "user" in body and not body.get("bot_id"):
            self._met.add(body["user"])
        return Said(message["ts"], float(message["ts"]), body)

    async def _own_channels(self) -> dict[str, Json]:
        kinds = {"channels:read": "public_channel", "groups:read": "private_channel"}
        granted = [kind for scope, kind in kinds.items() if scope in self._caller.scopes]
        found: dict[str, Json] = {}
        pages = self._caller.pages(
            "users.conversations", types=",".join(granted or kinds.values()), limit=PAGE
        )
        async with aclosing(pages) as answers:
            async for page in answers:
                found |= {
                    one["id"]: {
                        "id": one["id"],
                        "name": one["name"],
                        "is_private": bool(one.get("is_private") or one.get("is_group")),
                    }
                    for one in page["channels"]
                }
        return found

    async def _everybody(self) -> dict[str, str]:
        found: dict[str, str] = {}
        async with aclosing(self._caller.pages("users.list", limit=PAGE)) as answers:
            async for page in answers:
                found |= {user["id"]: _name(user) for user in page["members"]}
        return found

    def _unread(self, channel: Channel, error: RefusedError) -> ChannelError:
        if error.code in {"not_in_channel", "channel_not_found"}:
            return HiddenError(self._not_in(f"#{channel.name}"))
        return ChannelError(f"#{channel.name} cannot be read: Slack says {error.code}.")

    def _not_in(self, name: str) -> str:
        lacking = (
            ""
            if "groups:read" in self._caller.scopes
            else (", and give the app the scope groups:read where the channel is private")
        )
        return (
            f"the app is in no channel {name}: invite it there with /invite "
            f"@{self._about.get('name', '')}{lacking}, or take the channel out of channels."
        )


def _thread(root: Mapping[str, Any]) -> Thread:
    latest = root.get("latest_reply") or root["ts"]
    edited = (root.get("edited") or {}).get("ts", "")
    mark = f"{root['reply_count']} {latest} {edited} {root.get('subtype', '')}"
    return Thread(root["ts"], float(root["ts"]), float(latest), mark)


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return str(next(filter(None, (*names, user.get("name"))), ""))


def _file(file: Mapping[str, Any]) -> str:
    return str(file.get("title") or file.get("name") or file.get("id", ""))


def _attached(message: Mapping[str, Any]) -> str:
    """What a message without a text of its own shows, as bots' messages do."""
    shown = (one.get("text") or one.get("fallback") for one in message.get("attachments", ()))
    return "\n\n".join(filter(None, shown))
