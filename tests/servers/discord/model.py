"""What a Discord holds: users, guilds, roles, members, channels and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from tests.servers.discord.dispatch import Json


class Kind(IntEnum):
    """The kind of a channel, as its `type` has it."""

    TEXT = 0
    DM = 1
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


class MessageKind(IntEnum):
    """The kind of a message, as its `type` has it."""

    DEFAULT = 0
    NAME_CHANGED = 4
    PIN_ADDED = 6
    MEMBER_JOIN = 7
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21


class MessageFlag(IntFlag):
    """The bits of a message's `flags`."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class ApplicationFlag(IntFlag):
    """The bits of an application's `flags`; LIMITED ones are those of bots in few guilds."""

    PRESENCE_LIMITED = 1 << 13
    MEMBERS = 1 << 14
    MEMBERS_LIMITED = 1 << 15
    MESSAGE_CONTENT = 1 << 18
    MESSAGE_CONTENT_LIMITED = 1 << 19


@dataclass(slots=True, eq=False)
class User:
    """A person, or a bot.

    Attributes:
        takes_dms: Whether bots may write to them.
    """

    id: str
    name: str
    global_name: str | None = None
    bot: bool = False
    takes_dms: bool = True

    @property
    def mention(self) -> str:
        """What mentions this user in a message."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Application:
    """An app and its bot.

    Attributes:
        token: The bot's; a test may change it, and then the old one is refused.
        commands: The global commands by id, as the API shows them.
        guild_commands: The same, by guild.
        creates: When commands were created, by guild (None for global ones).
    """

    id: str
    name: str
    bot: User
    owner: User
    token: str
    flags: int = ApplicationFlag.MESSAGE_CONTENT_LIMITED
    bot_public: bool = True
    bot_require_code_grant: bool = False
    commands: dict[str, Json] = field(default_factory=dict)
    guild_commands: dict[str, dict[str, Json]] = field(default_factory=dict)
    creates: dict[str | None, list[float]] = field(default_factory=dict)

    @property
    def reads_content(self) -> bool:
        """Whether the message-content intent is switched on for it."""
        both = ApplicationFlag.MESSAGE_CONTENT | ApplicationFlag.MESSAGE_CONTENT_LIMITED
        return bool(self.flags & both)


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; @everyone has the guild's id."""

    id: str
    name: str
    permissions: int = 0
    position: int = 1
    mentionable: bool = False
    managed: bool = False
    bot_id: str | None = None

    @property
    def mention(self) -> str:
        """What mentions this role in a message."""
        return f"<@&{self.id}>"


@dataclass(slots=True, eq=False)
class Member:
    """A user in a guild.

    Attributes:
        roles: Ids, without @everyone's.
        joined_at: Seconds since the epoch.
    """

    user: User
    roles: set[str]
    joined_at: float
    nick: str | None = None

    @property
    def id(self) -> str:
        """The user's id."""
        return self.user.id

    @property
    def shown_name(self) -> str:
        """The name that others see."""
        return self.nick or self.user.global_name or self.user.name


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies a role or a member, as permission bits."""

    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class Guild:
    """A guild; people call it a server."""

    id: str
    name: str
    owner_id: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[self.id]

    @property
    def threads(self) -> list[Channel]:
        """Its threads, archived ones too."""
        return [channel for channel in self.channels.values() if channel.is_thread]

    @property
    def bots(self) -> list[str]:
        """The ids of the bots in it."""
        return [member.id for member in self.members.values() if member.user.bot]


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of any kind, a thread or direct messages.

    Attributes:
        overwrites: By the id of a role or a member; only guild channels that are no threads.
        recipients: The users of direct messages, the bot among them, by id.
        messages: By id, in order; those that were deleted are gone, ephemeral ones never there.
        thread_members: When each member of a thread joined it, by id.
        first_id: The id of the message that a thread came from.
        sent: How many messages a thread ever had, without the one that it came from.
    """

    id: str
    name: str
    kind: Kind
    guild: Guild | None = None
    parent: Channel | None = None
    topic: str | None = None
    position: int = 0
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    recipients: dict[str, User] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    last_message_id: str | None = None
    owner_id: str | None = None
    thread_members: dict[str, float] = field(default_factory=dict)
    archived: bool = False
    locked: bool = False
    archived_at: float = 0.0
    auto_archive_min: int = 1_440
    first_id: str | None = None
    sent: int = 0
    tags: list[Json] = field(default_factory=list)
    applied_tags: list[str] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread, also a forum's post."""
        return self.kind in THREADS

    @property
    def is_private(self) -> bool:
        """Whether it is a private thread."""
        return self.kind is Kind.PRIVATE_THREAD

    @property
    def mention(self) -> str:
        """What links to it in a message."""
        return f"<#{self.id}>"

    @property
    def guild_id(self) -> str | None:
        """Its guild's id."""
        return self.guild.id if self.guild else None


@dataclass(frozen=True, slots=True)
class Notified:
    """Whom a message notifies, by id."""

    everyone: bool = False
    roles: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Message:
    """A message.

    Attributes:
        nonce: What its sender gave to recognise it by.
        reply_to: The id of the message that it answers.
        quoted: That message, as long as it was there when this one was sent.
        notified: Whom it notified.
        application_id: The app that sent it, by REST or in answer to an interaction.
        webhook_id: The app too, when it answers an interaction.
        interaction: The API's `interaction_metadata`.
        only_for: Who alone sees it, when it is ephemeral.
        thread: The thread that came from it.
        reactions: Users' ids by emoji.
        contents: Every content that it has had.
    """

    id: str
    channel: Channel
    author: User
    content: str
    sent_at: float
    kind: MessageKind = MessageKind.DEFAULT
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    reply_to: str | None = None
    quoted: Message | None = None
    notified: Notified = field(default_factory=Notified)
    edited_at: float | None = None
    application_id: str | None = None
    webhook_id: str | None = None
    interaction: Json | None = None
    only_for: str | None = None
    thread: Channel | None = None
    gone: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        """Whether one person alone sees it."""
        return self.only_for is not None

    @property
    def loading(self) -> bool:
        """Whether it shows that the bot is thinking."""
        return bool(self.flags & MessageFlag.LOADING)

    @property
    def shown(self) -> str:
        """Everything that it says: its content and the texts in its embeds."""
        texts = [self.content]
        for embed in self.embeds:
            texts += [str(embed.get(name) or "") for name in ("title", "description")]
            for one in embed.get("fields", ()):
                texts += [one["name"], one["value"]]
            texts.append((embed.get("footer") or {}).get("text", ""))
        return "\n".join(text for text in texts if text)
