"""Interactions: what somebody does with the app, and the token that lets the app answer it.

Documented: the first answer is due in 3 seconds, the token lives for 15 minutes, and an answer's
being ephemeral is fixed by the first one. Known from reports: late first answers get 10062, second
ones 40060, follow-ups before the first one 10015, and tokens that are over 401 with 50027.
"""

from __future__ import annotations

import secrets

from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.interaction_model import Interaction, InteractionKind
from tests.servers.discord.interaction_payloads import interaction_json
from tests.servers.discord.model import Application, Channel, Message, User
from tests.servers.discord.world import World

FIRST_ANSWER_S = 3.0
TOKEN_S = 900.0


class Interactions:
    """Every interaction of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: list[Interaction] = []
        self._by_token: dict[str, Interaction] = {}

    def begin(  # noqa: PLR0913  what somebody did, and where
        self,
        kind: InteractionKind,
        application: Application,
        user: User,
        channel: Channel,
        *,
        data: Json,
        source: Message | None = None,
        came_from: Interaction | None = None,
    ) -> Interaction:
        """Somebody does something, and the app's bot is told."""
        name, token = self._world.new_id(), secrets.token_urlsafe(64)
        now = self._world.clock.now()
        made = Interaction(name, token, kind, application, user, channel, data, now, source)
        made.came_from = came_from
        self.all.append(made)
        self._by_token[token] = made
        self._world.changes.tell()
        only = frozenset({application.bot.id})
        told = interaction_json(made)
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
