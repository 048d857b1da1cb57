"""What lets an app answer an interaction: trigger ids, response URLs and views.

Not documented, and so this server's choice: a response URL that is used up or over answers 404
with `used_url` or `expired_url`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.servers.slack.call import SlackError
from tests.servers.slack.wire import with_block_ids
from tests.servers.slack.world import APP_ID, Channel, Json, Member, Message, Team, World

TRIGGER_S = 3.0
RESPONSE_URL_S = 1_800.0
RESPONSE_URL_USES = 5
VIEWS_IN_A_STACK = 3
NULLS = ("previous_view_id", "submit", "close")


@dataclass(slots=True)
class Trigger:
    """What lets an app open a view for somebody, once and for three seconds."""

    member: Member
    made_at: float
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer up to five times in half an hour."""

    team: Team
    channel: Channel
    member: Member
    made_at: float
    message: Message | None = None
    uses: int = 0


@dataclass(slots=True, eq=False)
class View:
    """A modal or a home tab that somebody sees.

    Attributes:
        data: The view as Slack writes it.
        member: Who sees it.
    """

    data: Json
    member: Member
    team: Team
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.data["id"])

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        found: list[Json] = self.data["blocks"]
        return found


class Interactions:
    """Every trigger id, response URL and view of a run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.views: dict[str, View] = {}

    def new_trigger(self, member: Member) -> str:
        """A trigger id."""
        name = f"{self._world.new_id('')}.{self._world.new_id('')}"
        self._triggers[name] = Trigger(member, self._world.clock.now())
        return name

    def take_trigger(self, name: str) -> Member:
        """Whose interaction this was.

        Raises:
            SlackError: There is no such trigger id, or it was used, or it is too old.
        """
        trigger = self._triggers.get(name)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._world.clock.now() - trigger.made_at > TRIGGER_S:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.member

    def new_response_url(
        self, team: Team, channel: Channel, member: Member, message: Message | None = None
    ) -> str:
        """The last part of a response URL."""
        name = self._world.new_id("R")
        now = self._world.clock.now()
        self.response_urls[name] = ResponseUrl(team, channel, member, now, message)
        return name

    def take_response_url(self, name: str) -> ResponseUrl:
        """What this response URL answers.

        Raises:
            SlackError: There is none, or it is used up or over.
        """
        url = self.response_urls.get(name)
        if url is None or self._world.clock.now() - url.made_at > RESPONSE_URL_S:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url

    def seen_by(self, member: Member) -> list[View]:
        """The modals that somebody has before them, the topmost last."""
        return [v for v in self.views.values() if v.member is member and v.data["type"] == "modal"]

    def open_view(self, given: Json, member: Member, team: Team, root: str | None = None) -> View:
        """A view comes up.

        Raises:
            SlackError: Too many lie on one another, or its external id is taken.
        """
        if root and len(self.seen_by(member)) >= VIEWS_IN_A_STACK:
            raise SlackError("push_limit_reached")
        if not root and given["type"] == "modal":
            for view in self.seen_by(member):
                del self.views[view.id]
        outside = given.get("external_id")
        if outside and any(view.data["external_id"] == outside for view in self.views.values()):
            raise SlackError("duplicate_external_id")
        name = self._world.new_id("V")
        view = View(self._written(given, name, root or name, team), member, team)
        self.views[name] = view
        self._world.changes.tell()
        return view

    def change_view(self, view: View, given: Json) -> None:
        """A view shows something else."""
        view.data = self._written(given, view.id, view.data["root_view_id"], view.team)
        view.errors = {}
        self._world.changes.tell()

    def close_view(self, view: View) -> None:
        """A view goes."""
        self.views.pop(view.id, None)
        self._world.changes.tell()

    def _written(self, given: Json, name: str, root: str, team: Team) -> Json:
        written = {
            "id": name,
            "team_id": team.id,
            "type": given["type"],
            "blocks": with_block_ids(given["blocks"]),
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": {"values": {}},
            "hash": f"{self._world.new_ts()}.{self._world.new_id('h')}",
            "title": given.get("title"),
            "clear_on_close": bool(given.get("clear_on_close")),
            "notify_on_close": bool(given.get("notify_on_close")),
            "close": given.get("close"),
            "submit": given.get("submit"),
            "previous_view_id": None,
            "root_view_id": root,
            "app_id": APP_ID,
            "external_id": given.get("external_id", ""),
            "app_installed_team_id": team.id,
            "bot_id": team.bot.bot_id,
        }
        return {key: value for key, value in written.items() if value is not None or key in NULLS}
