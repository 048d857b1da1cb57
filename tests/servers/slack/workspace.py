"""A workspace, as the tests fill it."""

from __future__ import annotations

import secrets
from typing import Self

from tests.servers.slack.people import Person, Service
from tests.servers.slack.world import APP_ID, Channel, Kind, Member, Team, World


class Workspace:
    """A workspace that has installed the app.

    Attributes:
        team: Its data, with the scopes that the app was granted.
    """

    def __init__(self, service: Service, team: Team) -> None:
        self._service = service
        self.team = team

    @classmethod
    def found(cls, service: Service, domain: str) -> Self:
        """A new one."""
        world = service.desk.world
        team_id = world.new_id("T")
        bot = Member(
            world.new_id("U"), team_id, "footnote", bot_id=world.new_id("B"), app_id=APP_ID
        )
        team = Team(team_id, domain, bot, f"xoxb-{secrets.token_hex(8)}")
        world.teams[team_id] = team
        world.members[bot.id] = bot
        return cls(service, team)

    @property
    def id(self) -> str:
        """Its id."""
        return self.team.id

    @property
    def bot_token(self) -> str:
        """The app's token in it."""
        return self.team.bot_token

    @property
    def mention(self) -> str:
        """What mentions the app in a text."""
        return self.team.bot.mention

    def person(  # noqa: PLR0913  the roles that Slack knows
        self,
        name: str,
        *,
        admin: bool = False,
        owner: bool = False,
        primary_owner: bool = False,
        guest: bool = False,
        deleted: bool = False,
    ) -> Person:
        """Somebody new."""
        member = self._member(name)
        member.admin, member.owner, member.primary_owner = admin, owner, primary_owner
        member.guest, member.deleted = guest, deleted
        return Person(self._service, member, self.team)

    def bot(self, name: str) -> Person:
        """Another app's bot, which posts as people do."""
        member = self._member(name)
        member.bot_id, member.app_id = self._world.new_id("B"), self._world.new_id("A")
        return Person(self._service, member, self.team)

    def channel(
        self,
        name: str,
        *people: Person,
        private: bool = False,
        shared_with: Workspace | None = None,
        app: bool = True,
    ) -> Channel:
        """A new channel, with these people and, unless said otherwise, the app.

        Args:
            name: Its name.
            people: Who is in it.
            private: Whether others cannot see it.
            shared_with: The other workspace of a Slack Connect channel.
            app: Whether the app is in it.
        """
        teams = [self.team, *([shared_with.team] if shared_with else [])]
        members = {person.id for person in people}
        if app:
            members |= {team.bot.id for team in teams}
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        return self._world.add_channel(name, kind, [team.id for team in teams], members)

    @property
    def _world(self) -> World:
        return self._service.desk.world

    def _member(self, name: str) -> Member:
        member = Member(self._world.new_id("U"), self.team.id, name)
        self._world.members[member.id] = member
        return member
