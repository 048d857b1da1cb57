"""Interactions: what somebody does with the app, and the token that lets the app answer it.

Documented: the first answer is due in 3 seconds, the token lives for 15 minutes, and an answer's
being ephemeral is fixed by the first one. Known from reports: late first answers get 10062, second
ones 40060, follow-ups before the first one 10015, and tokens that are over 401 with 50027.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import IntEnum

from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.interaction_payloads import interaction_json
from tests.servers.discord.model import Application, Channel, Message, User
from tests.servers.discord.world import World

FIRST_ANSWER_S = 3.0
TOKEN_S = 900.0


class InteractionKind(IntEnum):
    """The kind of an interaction, as its `type` has it."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """The kind of a first answer, as its `type` has it."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, eq=False)
class Modal:
    """A modal that somebody has before them.

    Attributes:
        data: The modal as the app sent it.
        source: The message whose button showed it.
    """

    data: Json
    source: Message | None = None

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.data["title"])


@dataclass(slots=True, eq=False)
class Interaction:
    """Something that somebody did, and what became of it.

    Attributes:
        data: What they did, as the API shows it.
        source: The message whose component it was.
        answered: The kind of the first answer; None until there is one.
        acknowledged_at: When that came.
        original: The first answer's message.
        follow_ups: The messages that came after it.
        choices: What an autocompletion offers.
        modal: The modal that it showed.
    """

    id: str
    token: str
    kind: InteractionKind
    application: Application
    user: User
    channel: Channel
    data: Json
    made_at: float
    source: Message | None = None
    answered: Callback | None = None
    acknowledged_at: float | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Modal | None = None

    @property
    def messages(self) -> list[Message]:
        """The messages that answered it and are still there, in order."""
        first = [self.original] if self.original and self.original is not self.source else []
        return [message for message in (*first, *self.follow_ups) if not message.gone]

    @property
    def metadata(self) -> Json:
        """What a message that answers it says about it."""
        return {
            "id": self.id,
            "type": int(self.kind),
            "authorizing_integration_owners": {"0": self.channel.guild_id or "0"},
        }


class Interactions:
    """Every interaction of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: list[Interaction] = []
        self._by_token: dict[str, Interaction] = {}

    def begin(  # noqa: PLR0913  an interaction's fields
        self,
        kind: InteractionKind,
        application: Application,
        user: User,
        channel: Channel,
        data: Json,
        source: Message | None = None,
    ) -> Interaction:
        """Somebody does something, and the app's bot is told."""
        name, token = self._world.new_id(), secrets.token_urlsafe(64)
        now = self._world.clock.now()
        made = Interaction(name, token, kind, application, user, channel, data, now, source)
        self.all.append(made)
        self._by_token[token] = made
        told = interaction_json(name, token, int(kind), application, user, channel, data, source)
        self._world.changes.tell()
        only = frozenset({application.bot.id})
        self._world.dispatches.publish("INTERACTION_CREATE", told, channel.guild_id, only)
        return made

    def to_answer(self, name: str, token: str) -> Interaction:
        """The interaction that a first answer is for.

        Raises:
            DiscordError: There is none, it was answered, or it is too late.
        """
        found = self._by_token.get(token)
        if found is None or found.id != name:
            raise DiscordError(10_062)
        if found.answered is not None:
            raise DiscordError(40_060)
        if self._world.clock.now() - found.made_at > FIRST_ANSWER_S:
            raise DiscordError(10_062)
        return found

    def to_follow_up(self, application_id: str, token: str) -> Interaction:
        """The interaction that a follow-up is for.

        Raises:
            DiscordError: There is none, it has no first answer yet, or its token is over.
        """
        found = self._by_token.get(token)
        if found is None or found.application.id != application_id:
            raise DiscordError(50_027)
        if self._world.clock.now() - found.made_at > TOKEN_S:
            raise DiscordError(50_027)
        if found.answered is None:
            raise DiscordError(10_015)
        return found
