"""A guild, as the tests fill it."""

from __future__ import annotations

from collections.abc import Iterable

from tests.servers.discord.model import (
    Application,
    Channel,
    Guild,
    Kind,
    Overwrite,
    Role,
)
from tests.servers.discord.people import Person, Service
from tests.servers.discord.permissions import Permission
from tests.servers.discord.threads import open_thread
from tests.servers.discord.world import World

BOT_PERMISSIONS = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ADD_REACTIONS
)
"""What the app's own role grants when a guild installs it; a test may change the role."""


class Community:
    """A guild with its people, roles and channels.

    Attributes:
        guild: Its data.
    """

    def __init__(self, service: Service, guild: Guild) -> None:
        self._service = service
        self.guild = guild

    @property
    def id(self) -> str:
        """Its id."""
        return self.guild.id

    @property
    def owner(self) -> Person:
        """Whom it belongs to."""
        return Person(self._service, self.guild.members[self.guild.owner_id].user, self.guild)

    def install(self, application: Application, permissions: int = int(BOT_PERMISSIONS)) -> Role:
        """Install an app: its bot enters with a role of its own."""
        role = self._world.add_role(self.guild, application.name, permissions)
        role.managed, role.bot_id = True, application.bot.id
        self._world.join(self.guild, application.bot, [role])
        return role

    def uninstall(self, application: Application) -> None:
        """The app's bot is thrown out."""
        self._world.leave(self.guild, application.bot)

    def person(self, name: str, *roles: Role) -> Person:
        """Somebody new."""
        user = self._world.add_user(name)
        self._world.join(self.guild, user, roles)
        return Person(self._service, user, self.guild)

    def bot(self, name: str) -> Person:
        """Another app's bot, which posts as people do."""
        user = self._world.add_user(name, bot=True)
        self._world.join(self.guild, user)
        return Person(self._service, user, self.guild)

    def welcome(self, person: Person, *roles: Role) -> Person:
        """Somebody who is elsewhere enters this guild as well."""
        self._world.join(self.guild, person.user, roles)
        return Person(self._service, person.user, self.guild)

    def role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """A new role."""
        return self._world.add_role(self.guild, name, permissions, mentionable=mentionable)

    def give(self, person: Person, *roles: Role) -> None:
        """Somebody gets roles."""
        member = self.guild.members[person.id]
        member.roles |= {role.id for role in roles}
        self._world.change_member(self.guild, member)

    def take(self, person: Person, *roles: Role) -> None:
        """Somebody loses roles."""
        member = self.guild.members[person.id]
        member.roles -= {role.id for role in roles}
        self._world.change_member(self.guild, member)

    def category(self, name: str, *, only: Iterable[Person | Role] | None = None) -> Channel:
        """A new category; `only` closes it to everybody else."""
        return self._channel(name, Kind.CATEGORY, None, only)

    def channel(
        self,
        name: str,
        *,
        only: Iterable[Person | Role] | None = None,
        category: Channel | None = None,
    ) -> Channel:
        """A new text channel.

        Args:
            name: Its name.
            only: Who alone sees it, apart from the bot; None for everybody. To shut the bot out
                as well, deny it with `overwrite`.
            category: Where it is; it takes over that one's overwrites.
        """
        return self._channel(name, Kind.TEXT, category, only)

    def forum(
        self,
        name: str,
        *,
        only: Iterable[Person | Role] | None = None,
        category: Channel | None = None,
    ) -> Channel:
        """A new forum."""
        return self._channel(name, Kind.FORUM, category, only)

    def thread(
        self, channel: Channel, name: str, *people: Person, private: bool = False
    ) -> Channel:
        """A thread that the first of these people opens, and the others are in."""
        kind = Kind.PRIVATE_THREAD if private else Kind.PUBLIC_THREAD
        thread = open_thread(self._world, channel, people[0].user, name, kind=kind)
        for person in people[1:]:
            thread.thread_members[person.id] = self._world.clock.now()
        return thread

    def overwrite(
        self,
        channel: Channel,
        whom: Person | Role | str,
        *,
        allow: int = 0,
        deny: int = 0,
    ) -> None:
        """Change what a channel allows and denies somebody or a role, or an id."""
        name = whom if isinstance(whom, str) else whom.id
        channel.overwrites[name] = Overwrite(int(allow), int(deny))
        self._world.change_channel(channel)

    def change_role(self, role: Role, permissions: int) -> None:
        """A role gets other permissions."""
        self._world.change_role(self.guild, role, permissions)

    @property
    def _world(self) -> World:
        return self._service.world

    def _channel(
        self,
        name: str,
        kind: Kind,
        category: Channel | None,
        only: Iterable[Person | Role] | None,
    ) -> Channel:
        overwrites: dict[str, Overwrite] | None = None
        if only is not None:
            see = int(Permission.VIEW_CHANNEL)
            overwrites = {self.guild.id: Overwrite(deny=see)}
            overwrites |= {one.id: Overwrite(allow=see) for one in only}
            overwrites |= {name: Overwrite(allow=see) for name in self.guild.bots}
        return self._world.add_channel(
            self.guild, name, kind, parent=category, overwrites=overwrites
        )
