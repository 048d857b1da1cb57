"""Discord as a platform."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import discord

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import Command, GoneError, Intake, LostError, Services
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.discord.asking import Asking
from footnote.bot.platforms.discord.buttons import choice_buttons
from footnote.bot.platforms.discord.commands import command_tree, sync
from footnote.bot.platforms.discord.connection import listen
from footnote.bot.platforms.discord.events import NAME
from footnote.bot.platforms.discord.interactions import Interactions
from footnote.bot.platforms.discord.listening import listen_to
from footnote.bot.platforms.discord.messages import DiscordMessage
from footnote.bot.platforms.discord.notices import Notices
from footnote.bot.platforms.discord.parts import Parts
from footnote.bot.platforms.discord.people import People
from footnote.bot.platforms.discord.places import Places
from footnote.bot.platforms.discord.receiving import Receiving
from footnote.bot.platforms.discord.rendering import render
from footnote.bot.platforms.discord.seen import Seen
from footnote.bot.platforms.discord.sending import Sending
from footnote.bot.platforms.discord.settings import DiscordSettings
from footnote.bot.platforms.discord.telling import tell_admins
from footnote.bot.platforms.discord.views import completed
from footnote.bot.platforms.options import BY_A_PERSON, RenderOptions
from footnote.bot.platforms.persons import Persons
from footnote.bot.questions import Question, View


class DiscordPlatform:
    """A `Platform`.

    Args:
        client: Calls Discord; it is logged in.
        settings: How Footnote behaves in Discord.
        sources: The names of the sources, for admins to choose from.
        services: What it may use of the rest.
    """

    name = NAME
    pace_s = 1.0
    lead_s = 1.0

    def __init__(
        self,
        client: discord.Client,
        settings: DiscordSettings,
        sources: Sequence[str],
        services: Services,
    ) -> None:
        self.client = client
        self._settings = settings
        self._sources = sources
        self._services = services
        self._people = People(client, settings)
        self._places = Places(services.records)
        self._sending = Sending(client, services.budgets, Notices(services.records))
        self._asking: Asking | None = None

    async def receive(self, intake: Intake) -> None:
        """Hand in what people do, until cancelled."""
        client, records = self.client, self._services.records
        self._asking = Asking(intake, self._people, self._places, records)
        tree = command_tree(client, self._asking, self._people, self._sources)
        persons = Persons(NAME, self._services.lookups, records, intake)
        parts = Parts(
            client,
            self._settings,
            intake,
            self._services,
            self._people,
            self._places,
            self._sending,
            persons,
        )
        underway = listen_to(client, Receiving(parts, Seen(client, records)), Interactions(parts))
        chores = Chores()
        chores.begin(sync(tree, records, client.application_id or 0))
        try:
            await listen(client)
        finally:
            await underway.end()
            await chores.close()

    async def audience(self, question: Question) -> Audience:
        """Who will see the answer."""
        address = question.address
        try:
            return await self._people.audience(
                address["channel"], address["user"], private=question.audience.private
            )
        except UnavailableError as error:
            raise LostError(str(error)) from error

    def render(self, view: View) -> Sequence[DiscordMessage]:
        """The messages that show this."""
        address, private = view.question.address, view.question.audience.private
        if view.question.said:
            return render(view, BY_A_PERSON)
        server = bool(address["server"])
        options = RenderOptions(
            share=private and server,
            ask_person=bool(self._settings.people),
            thread=server and not private and "thread" not in address,
        )
        return render(completed(view, asked="token" in address), options)

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Send a new message."""
        return await self._sending.post(question, _discord(message), key)

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Make a message say this instead."""
        await self._sending.update(question, sent, _discord(message))

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`."""
        return await self._sending.find(question, key)

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message."""
        await self._sending.remove(question, sent)

    async def tell(self, question: Question, status: str) -> None:
        """Say what is happening."""
        for message in self.render(View(question, status=status)):
            await self._sending.tell(question, message)

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Show what a command has to say to whoever gave it."""
        del shown
        if self._asking is None:
            raise GoneError("no command was given here")
        return await self._asking.reply(command, text)

    @property
    def tells_admins(self) -> bool:
        """Whether there is a channel for it."""
        return self._settings.admin_channel is not None

    async def tell_admins(self, text: str, key: str) -> None:
        """Say something where admins read."""
        await tell_admins(self.client, self._settings.admin_channel or "", text, key)

    async def ask_admins(self, text: str, adapter: str, key: str) -> None:
        """Ask there what becomes of an adapter."""
        channel, buttons = self._settings.admin_channel or "", list(choice_buttons(adapter))
        await tell_admins(self.client, channel, text, key, buttons)


def _discord(message: Hashable) -> DiscordMessage:
    assert isinstance(message, DiscordMessage)  # noqa: S101  only what render gave comes back
    return message
