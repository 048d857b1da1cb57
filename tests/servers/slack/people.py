"""What people do in Slack, as the tests write it: `await alice.says(general, "…")`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tests.servers.slack.delivery import Answered, Deliveries, Sort
from tests.servers.slack.desk import Desk
from tests.servers.slack.events import VERIFICATION_TOKEN
from tests.servers.slack.interactions import View
from tests.servers.slack.payloads import action_payload, view_payload
from tests.servers.slack.posting import change, delete, post, whisper
from tests.servers.slack.world import APP_ID, Channel, Json, Kind, Member, Message, Team


class Service(Protocol):
    """What people need of the server."""

    desk: Desk
    deliveries: Deliveries

    def announce(self, event: Json, channel: Channel, author: Member) -> None:
        """Tell the app of an event, where it is subscribed to it."""

    def response_url(self, name: str) -> str:
        """The whole of a response URL."""


class Person:
    """Somebody in a workspace, or another bot.

    Attributes:
        member: Their member object; a test may change its fields.
        team: The workspace whose app they meet in direct messages and commands.
    """

    def __init__(self, service: Service, member: Member, team: Team) -> None:
        self._service = service
        self.member = member
        self.team = team

    @property
    def id(self) -> str:
        """Their id."""
        return self.member.id

    @property
    def mention(self) -> str:
        """What mentions them in a text."""
        return self.member.mention

    @property
    def dm(self) -> Channel:
        """Their direct messages with the app."""
        return self._service.desk.world.direct(self.team, self.member)

    @property
    def views(self) -> list[View]:
        """The modals that they see, the topmost last."""
        return self._service.desk.interactions.seen_by(self.member)

    @property
    def sees(self) -> list[Message]:
        """The messages that they alone see, in order."""
        return [m for m in self._service.desk.world.seen if m.only_for == self.id]

    async def says(  # noqa: PLR0913  what messages can be
        self,
        channel: Channel,
        text: str,
        *,
        thread: Message | str | None = None,
        files: Sequence[str] = (),
        webhook: bool = False,
        me: bool = False,
    ) -> Message:
        """Post a message, in Slack's own mrkdwn; the app gets `message`, and `app_mention` too.

        Args:
            channel: Where.
            text: What, with `&`, `<` and `>` escaped as Slack does it.
            thread: The message or ts in whose thread it is.
            files: Names of files that come with it.
            webhook: Whether it comes from an incoming webhook (subtype `bot_message`).
            me: Whether they say it of themselves, with /me (subtype `me_message`).
        """
        root = thread if isinstance(thread, str) or thread is None else thread.ts
        if isinstance(thread, Message):
            root = thread.thread_ts or thread.ts
        kinds = {"file_share": files, "bot_message": webhook, "me_message": me}
        subtype = next((name for name, holds in kinds.items() if holds), None)
        world = self._service.desk.world
        return post(
            world,
            channel,
            self.member,
            text,
            thread=root,
            subtype=subtype,
            files=[_file(name) for name in files],
        )

    async def edits(self, message: Message, text: str) -> None:
        """Change the text of a message."""
        change(self._service.desk.world, message, text=text, blocks=[])

    async def deletes(self, message: Message) -> None:
        """Delete a message."""
        delete(self._service.desk.world, message)

    async def unfolds(self, message: Message, url: str) -> None:
        """Slack unfolds a link in a message, which changes it without an edit."""
        attachments = [{"from_url": url, "title": "A page", "fallback": "A page", "id": 1}]
        change(self._service.desk.world, message, edited=False, attachments=attachments)

    async def joins(self, channel: Channel) -> Message:
        """Enter a channel, which shows as a message."""
        channel.members.add(self.id)
        text = f"{self.mention} has joined the channel"
        world = self._service.desk.world
        return post(world, channel, self.member, text, subtype="channel_join")

    async def opens_pane(self, tab: str = "messages") -> None:
        """Open the app's pane: the event that comes before suggested prompts."""
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": tab,
            "event_ts": self._service.desk.world.new_ts(),
        }
        self._service.announce(event, self.dm, self.member)

    async def slash(self, command: str, text: str = "", channel: Channel | None = None) -> Answered:
        """Give a command, in the direct messages unless a channel is named."""
        desk, where = self._service.desk, channel or self.dm
        names = {Kind.IM: "directmessage", Kind.PRIVATE: "privategroup"}
        url = desk.interactions.new_response_url(self.team, where, self.member)
        payload = {
            "token": VERIFICATION_TOKEN,
            "team_id": self.member.team_id,
            "team_domain": self.team.domain,
            "channel_id": where.id,
            "channel_name": names.get(where.kind, where.name),
            "user_id": self.id,
            "user_name": self.member.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._service.response_url(url),
            "trigger_id": desk.interactions.new_trigger(self.member),
        }
        answered = await self._service.deliveries.answered(Sort.COMMAND, payload)
        self._show(answered, where)
        return answered

    async def clicks(self, message: Message, action_id: str, value: str | None = None) -> Answered:
        """Press a button of a message; of feedback buttons the one with this value.

        Raises:
            AssertionError: The message has no such button.
        """
        desk = self._service.desk
        payload = action_payload(message, action_id, value)
        url = desk.interactions.new_response_url(self.team, message.channel, self.member, message)
        payload |= {**self._who(), "response_url": self._service.response_url(url)}
        return await self._service.deliveries.answered(Sort.INTERACTION, payload)

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Answered:
        """Submit a modal, with values by the action ids of its inputs.

        The modal closes, shows the app's errors (`view.errors`), or becomes another one, as the
        app's answer says.

        Raises:
            AssertionError: The modal has no input with such an action id.
        """
        payload = view_payload(view, values or {}) | self._who()
        answered = await self._service.deliveries.answered(Sort.INTERACTION, payload)
        if answered.ok:
            self._follow(view, answered.payload or {})
        return answered

    async def closes(self, view: View) -> None:
        """Close a modal; the app is told where the modal asks for it."""
        self._service.desk.interactions.close_view(view)
        if view.data["notify_on_close"]:
            payload = {"type": "view_closed", "view": view.data, "is_cleared": False, **self._who()}
            payload.pop("trigger_id")
            await self._service.deliveries.answered(Sort.INTERACTION, payload)

    def _who(self) -> Json:
        member, team = self.member, self.team
        return {
            "token": VERIFICATION_TOKEN,
            "api_app_id": APP_ID,
            "trigger_id": self._service.desk.interactions.new_trigger(member),
            "user": {
                "id": member.id,
                "username": member.name,
                "name": member.name,
                "team_id": member.team_id,
            },
            "team": {"id": team.id, "domain": team.domain},
            "is_enterprise_install": False,
        }

    def _follow(self, view: View, payload: Json) -> None:
        interactions = self._service.desk.interactions
        action = payload.get("response_action")
        if action == "errors":
            view.errors = payload["errors"]
        elif action == "update":
            interactions.change_view(view, payload["view"])
        elif action == "push":
            root = view.data["root_view_id"]
            interactions.open_view(payload["view"], self.member, self.team, root)
        elif action == "clear":
            for seen in self.views:
                interactions.close_view(seen)
        else:
            interactions.close_view(view)

    def _show(self, answered: Answered, channel: Channel) -> None:
        """Show what a command was acknowledged with."""
        said = answered.payload
        if not isinstance(said, dict) or not (said.get("text") or said.get("blocks")):
            return
        world, bot = self._service.desk.world, self.team.bot
        text, blocks = said.get("text", ""), said.get("blocks")
        if said.get("response_type") == "in_channel":
            post(world, channel, bot, text, blocks=blocks)
        else:
            whisper(world, channel, bot, self.id, text, blocks=blocks)


def _file(name: str) -> Json:
    return {
        "id": f"F-{name}",
        "created": 1767225600,
        "name": name,
        "title": name,
        "mimetype": "text/plain",
        "filetype": "text",
        "pretty_type": "Plain text",
        "editable": False,
        "size": 1,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": True,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "permalink": f"https://files.example/{name}",
        "channels": [],
        "groups": [],
    }
