"""What a Slack holds: workspaces, members, channels and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.servers.clock import Changes, Clock

Json = dict[str, Any]

APP_ID = "A0FOOTNOTE"
DEFAULT_SCOPES = frozenset(
    "app_mentions:read assistant:write channels:history channels:read chat:write commands"
    " groups:history groups:read im:history im:read reactions:write users:read".split()
)


class Kind(StrEnum):
    """The kind of a channel, as `channel_type` has it."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"
    MPIM = "mpim"


@dataclass(slots=True, eq=False)
class Member:
    """A person or a bot of a workspace."""

    id: str
    team_id: str
    name: str
    admin: bool = False
    owner: bool = False
    primary_owner: bool = False
    guest: bool = False
    deleted: bool = False
    bot_id: str | None = None
    app_id: str | None = None

    @property
    def mention(self) -> str:
        """What mentions this member in a message's text."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Team:
    """A workspace with the app installed.

    Attributes:
        scopes: What the app was granted; a test may change it.
    """

    id: str
    domain: str
    bot: Member
    bot_token: str
    scopes: set[str] = field(default_factory=lambda: set(DEFAULT_SCOPES))


@dataclass(slots=True, eq=False)
class Channel:
    """A conversation of any kind.

    Attributes:
        team_ids: The workspaces that share it; more than one is Slack Connect.
        members: Ids.
        messages: By their ts, in order; those that were deleted are gone.
    """

    id: str
    name: str
    kind: Kind
    team_ids: list[str]
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    _replies: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        """A message appears."""
        self.messages[message.ts] = message
        if message.thread_ts:
            self._replies.setdefault(message.thread_ts, []).append(message)

    def remove(self, message: Message) -> None:
        """A message goes."""
        if self.messages.pop(message.ts, None) and not message.is_root:
            self._replies[str(message.thread_ts)].remove(message)

    def replies(self, root: str) -> list[Message]:
        """The replies to a root message, in order."""
        return list(self._replies.get(root, ()))

    def thread(self, root: str) -> list[Message]:
        """A root message, if it is there, and its replies."""
        there = self.messages.get(root)
        return ([there] if there else []) + self.replies(root)


@dataclass(slots=True)
class Stream:
    """The streaming state of a message."""

    opened_at: float
    open: bool = True
    stopped_by_user: bool = False
    chunks: list[Json] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Message:
    """A message.

    Attributes:
        thread_ts: The thread's root; a root with replies has its own ts here.
        only_for: Who alone sees it, when it is ephemeral.
        texts: Every text that it has had.
    """

    channel: Channel
    ts: str
    author: Member
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    stream: Stream | None = None
    only_for: str | None = None
    gone: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    @property
    def is_root(self) -> bool:
        """Whether it is not a reply."""
        return self.thread_ts in (None, self.ts)

    @property
    def streaming(self) -> bool:
        """Whether it still grows."""
        return self.stream is not None and self.stream.open

    @property
    def shown(self) -> str:
        """Everything that it says: its text and the texts in its blocks."""
        return "\n".join([self.text, *texts_in(self.blocks)])


def texts_in(value: Any) -> Iterator[str]:
    """The texts that blocks show, in order."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "text" and isinstance(part, str):
                yield part
            else:
                yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)


class World:
    """All that there is, with a name for everything new.

    Attributes:
        announce: Told of each event of a channel: the event, the channel and its author.
        seen: Ephemeral messages, in order.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changes = Changes()
        self.teams: dict[str, Team] = {}
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.seen: list[Message] = []
        self.announce: Callable[[Json, Channel, Member], None] = lambda *_: None
        self._count = 0
        self._last_ts = 0.0

    def new_id(self, letter: str) -> str:
        """An id that nothing else has."""
        self._count += 1
        return f"{letter}0{self._count:08d}"

    def new_ts(self) -> str:
        """A timestamp later than all before it, to the microsecond."""
        self._last_ts = max(round(self.clock.now(), 6), round(self._last_ts + 1e-6, 6))
        return f"{self._last_ts:.6f}"

    def team_of(self, token: str) -> Team | None:
        """The workspace of a bot token."""
        return next((team for team in self.teams.values() if team.bot_token == token), None)

    def direct(self, team: Team, member: Member) -> Channel:
        """The direct messages between the app and a member."""
        people = {team.bot.id, member.id}
        for channel in self.channels.values():
            if channel.kind is Kind.IM and channel.members == people:
                return channel
        return self.add_channel("directmessage", Kind.IM, [team.id], people)

    def add_channel(self, name: str, kind: Kind, team_ids: list[str], members: set[str]) -> Channel:
        """A new channel."""
        letter = {Kind.IM: "D", Kind.MPIM: "G"}.get(kind, "C")
        channel = Channel(self.new_id(letter), name, kind, team_ids, members)
        self.channels[channel.id] = channel
        return channel
