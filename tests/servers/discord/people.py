"""What people do in Discord, as the tests write it: `await alice.says(general, "…")`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tests.servers.discord.command_data import (
    autocomplete_data,
    command_data,
    component_data,
    modal_data,
)
from tests.servers.discord.dispatch import Json
from tests.servers.discord.interaction_model import Interaction, InteractionKind, Modal
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.mentions import ALL_KINDS, notified
from tests.servers.discord.model import Application, Channel, Guild, Message, MessageKind, User
from tests.servers.discord.permissions import Permission, in_channel, may
from tests.servers.discord.posting import change, delete, delete_all, post, react
from tests.servers.discord.routes.commands import commands_in
from tests.servers.discord.threads import archive, open_post, open_thread
from tests.servers.discord.world import World


class Service(Protocol):
    """What people need of the server."""

    world: World
    interactions: Interactions
    application: Application


class Person:
    """Somebody, or another bot.

    Attributes:
        user: Their user object; a test may change its fields.
        guild: Where they were made, if they are in a guild.
    """

    def __init__(self, service: Service, user: User, guild: Guild | None = None) -> None:
        self._service = service
        self.user = user
        self.guild = guild

    @property
    def id(self) -> str:
        """Their id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """What mentions them in a message."""
        return self.user.mention

    @property
    def dm(self) -> Channel:
        """Their direct messages with the app."""
        return self._world.direct(self.user, self._service.application.bot)

    @property
    def sees(self) -> list[Message]:
        """The messages that they alone see, in order."""
        return [m for m in self._world.whispers if m.only_for == self.id]

    async def says(  # noqa: PLR0913  a message's fields
        self,
        channel: Channel,
        content: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        embeds: list[Json] | None = None,
        webhook: bool = False,
    ) -> Message:
        """Post a message; the app gets MESSAGE_CREATE where it sees the channel.

        Args:
            channel: Where.
            content: What, with mentions as the client writes them: `<@…>`.
            reply_to: What it answers.
            ping: Whether the author of what it answers is mentioned, as the client sees to.
            embeds: What comes with it, as the previews of links do.
            webhook: Whether it comes from a webhook.

        Raises:
            AssertionError: They may not write there.
        """
        assert webhook or may(channel, self.id, Permission.SEND_MESSAGES), "may not write there"
        if channel.archived:
            archive(self._world, channel, archived=False)
        return post(
            self._world,
            channel,
            self.user,
            content,
            reply_to=reply_to.id if reply_to else None,
            allowed=ALL_KINDS | {"replied_user": ping},
            embeds=embeds or [],
            webhook_id=self._world.new_id() if webhook else None,
        )

    async def edits(self, message: Message, content: str) -> None:
        """Change the content of a message."""
        whom = notified(message.channel, message.author, content, message.quoted)
        change(self._world, message, content=content, notified=whom)

    async def unfurls(self, message: Message, url: str) -> None:
        """A link's preview arrives, which changes a message without an edit."""
        preview = {"type": "link", "url": url, "title": "A page"}
        change(self._world, message, edited=False, embeds=[preview])

    async def deletes(self, message: Message) -> None:
        """Delete a message; an ephemeral one is only dismissed, and nobody is told."""
        if message.ephemeral:
            message.gone = True
            self._world.whispers.remove(message)
            self._world.changes.tell()
        else:
            delete(self._world, message)

    async def purges(self, *messages: Message) -> None:
        """Delete messages of one channel at once, as moderators' bots do."""
        delete_all(self._world, messages)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Add a reaction."""
        react(self._world, message, self.user, emoji)

    async def joins(self, channel: Channel) -> Message:
        """The message that greets a newcomer appears."""
        return post(self._world, channel, self.user, "", kind=MessageKind.MEMBER_JOIN)

    async def renames(self, thread: Channel, name: str) -> Message:
        """Rename a thread, of which a message in it tells."""
        thread.name = name
        self._world.change_channel(thread)
        return post(self._world, thread, self.user, name, kind=MessageKind.NAME_CHANGED)

    async def pins(self, message: Message) -> Message:
        """The message that tells of a pinned one appears."""
        kind, channel = MessageKind.PIN_ADDED, message.channel
        return post(self._world, channel, self.user, "", kind=kind, reply_to=message.id)

    async def opens_thread(self, message: Message, name: str) -> Channel:
        """Open a thread from a message."""
        return open_thread(self._world, message.channel, self.user, name, first=message)

    async def opens_post(self, forum: Channel, title: str, content: str) -> Message:
        """Open a post in a forum; its thread is the message's channel."""
        return open_post(self._world, forum, self.user, title, content)[1]

    async def archives(self, thread: Channel, *, locked: bool = False) -> None:
        """Close a thread, and lock it as a moderator may."""
        archive(self._world, thread, locked=locked)

    def commands(self, channel: Channel) -> dict[str, Json]:
        """The app's commands that they are offered in a channel, by name.

        A command that belongs elsewhere, or whose `default_member_permissions` they lack, is not.
        """
        offered: dict[str, Json] = {}
        granted = in_channel(channel, self.id)
        for command in commands_in(self._service.application, channel.guild_id):
            needed = command["default_member_permissions"]
            lacks = needed is not None and granted & int(needed) != int(needed)
            if channel.guild is not None and lacks and not granted & Permission.ADMINISTRATOR:
                continue
            contexts = command.get("contexts")
            if contexts is None or (0 if channel.guild else 1) in contexts:
                offered.setdefault(command["name"], command)
        return offered

    async def slash(
        self, command: str, channel: Channel | None = None, **options: Any
    ) -> Interaction:
        """Use a command, in the direct messages unless a channel is named.

        Args:
            command: Its name; that of a subcommand follows after a space.
            channel: Where.
            options: Values by the options' names.

        Raises:
            AssertionError: They are not offered this command, or it has no such option.
        """
        where = channel or self.dm
        data = command_data(self._offered(command, where), command, options)
        return self._does(InteractionKind.COMMAND, where, data)

    async def types(
        self, command: str, channel: Channel | None = None, *, focused: str, **options: Any
    ) -> Interaction:
        """Type in a command's option that completes itself; `choices` then has what is offered."""
        where = channel or self.dm
        data = autocomplete_data(self._offered(command, where), command, options, focused)
        return self._does(InteractionKind.AUTOCOMPLETE, where, data)

    async def presses(
        self, message: Message, button: str, values: list[str] | None = None
    ) -> Interaction:
        """Press a button of a message, named by its label or its custom id; or choose in a select.

        Raises:
            AssertionError: The message has no such button, it is disabled, or they cannot see it.
        """
        assert message.only_for in {None, self.id}, "this message is for somebody else"
        assert not message.gone, "this message is gone"
        data = component_data(message, button, values)
        return self._does(InteractionKind.COMPONENT, message.channel, data, message)

    async def submits(
        self, interaction: Interaction, values: Mapping[str, str] | None = None
    ) -> Interaction:
        """Submit the modal that an interaction showed, with values by the inputs' custom ids.

        Raises:
            AssertionError: There is no modal, or it has no such input, or a value breaks its limit.
        """
        modal = interaction.modal
        assert modal is not None, "no modal is open"
        return self._service.interactions.begin(
            InteractionKind.MODAL,
            self._service.application,
            self.user,
            interaction.channel,
            data=modal_data(modal.data, values or {}),
            source=modal.source,
            came_from=interaction,
        )

    @property
    def modals(self) -> list[Modal]:
        """The modals that they were ever shown, in order."""
        mine = [one for one in self._service.interactions.all if one.user is self.user]
        return [one.modal for one in mine if one.modal]

    @property
    def _world(self) -> World:
        return self._service.world

    def _offered(self, command: str, channel: Channel) -> Json:
        name, offered = command.split(maxsplit=1)[0], self.commands(channel)
        assert name in offered, f"/{name} is not among {sorted(offered)}"
        assert may(channel, self.id, Permission.USE_APPLICATION_COMMANDS), "may use no commands"
        return offered[name]

    def _does(
        self, kind: InteractionKind, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        begin = self._service.interactions.begin
        return begin(kind, self._service.application, self.user, channel, data=data, source=source)
