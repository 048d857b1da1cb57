"""What every Web API method works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.interactions import Interactions
from tests.servers.slack.specs import Specs
from tests.servers.slack.world import Channel, Json, Kind, Member, Message, World

STATUS_S = 120.0


@dataclass(slots=True)
class Pane:
    """What the app shows around a thread: a status, prompts, a title."""

    status: str = ""
    status_at: float = 0.0
    prompts: list[Json] = field(default_factory=list)
    title: str = ""


@dataclass(slots=True)
class Desk:
    """The world, and what the methods share.

    Attributes:
        socket_url: Gives the URL of a new socket.
        panes: By channel and thread.
        homes: The app's home tab by member.
        messages_a_page: How many a page of a history has at most; 15 for an app that is sold
            outside of Slack's marketplace (docs.slack.dev, "Rate limits").
    """

    world: World
    specs: Specs
    interactions: Interactions
    socket_url: Callable[[], str]
    panes: dict[tuple[str, str], Pane] = field(default_factory=dict)
    messages_a_page: int = 999

    def channel(self, call: Call, name: str = "channel") -> Channel:
        """The channel of a call that the app may see; a member's id means direct messages.

        Raises:
            SlackError: There is none.
        """
        team, given = call.own_team, call.text(name)
        channel = self.world.channels.get(given)
        if channel is None and call.method.startswith("chat.post"):
            channel = self._named(call, given)
        if channel is None or team.id not in channel.team_ids:
            raise SlackError("channel_not_found")
        if channel.kind is not Kind.PUBLIC and team.bot.id not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def writable(self, call: Call) -> Channel:
        """The channel of a call that the app may write into.

        Raises:
            SlackError: There is none, or the app is not in it, or it is archived.
        """
        channel = self.channel(call)
        if channel.archived:
            raise SlackError("is_archived")
        if call.own_team.bot.id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, call: Call, name: str = "ts") -> Message:
        """The message of a call.

        Raises:
            SlackError: There is none.
        """
        message = self.channel(call).messages.get(call.text(name))
        if message is None or message.gone:
            raise SlackError("message_not_found")
        return message

    def member(self, call: Call, name: str) -> Member:
        """A member whom the app may see: of its workspace, or of a channel that both are in.

        Raises:
            SlackError: There is none.
        """
        member = self.world.members.get(call.text(name))
        if member is None:
            raise SlackError("user_not_found")
        if member.team_id != call.own_team.id and not self._shared(call, member):
            raise SlackError("user_not_found")
        return member

    def pane(self, channel: str, thread: str) -> Pane:
        """What the app shows around a thread; a status is over after two minutes."""
        pane = self.panes.setdefault((channel, thread), Pane())
        if self.world.clock.now() - pane.status_at > STATUS_S:
            pane.status = ""
        return pane

    def settle_status(self, message: Message) -> None:
        """A message of the app ends the status of its thread."""
        pane = self.panes.get((message.channel.id, message.thread_ts or message.ts))
        if pane:
            pane.status = ""

    def _named(self, call: Call, given: str) -> Channel | None:
        team = call.own_team
        member = self.world.members.get(given)
        if member is not None and member.team_id == team.id and call.method == "chat.postMessage":
            return self.world.direct(team, member)
        return next(
            (
                channel
                for channel in self.world.channels.values()
                if channel.name == given.removeprefix("#")
                and channel.kind in {Kind.PUBLIC, Kind.PRIVATE}
                and team.id in channel.team_ids
            ),
            None,
        )

    def _shared(self, call: Call, member: Member) -> bool:
        return any(
            call.own_team.id in channel.team_ids and member.id in channel.members
            for channel in self.world.channels.values()
        )


Method = Callable[[Desk, Call], Awaitable[Json]]
