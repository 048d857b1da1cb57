"""Discord over the wire, with Alice in a channel and in direct messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

from footnote.bot.audience import Audiences
from footnote.bot.lookups import KeptAnswers
from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.base import Platform, Services, Verdict
from footnote.bot.platforms.discord.buttons import to_custom_id
from footnote.bot.platforms.discord.kind import open_discord
from footnote.bot.platforms.discord.marks import unmarked
from footnote.bot.platforms.discord.platform import DiscordPlatform
from footnote.bot.platforms.discord.settings import DiscordSettings, Token
from footnote.bot.platforms.telling import AsksAdmins
from footnote.bot.questions import Question
from footnote.bot.state.base import State
from footnote.bot.state.sqlite import open_state
from footnote.retrieval.stores.base import PassageStore
from tests.bot.platforms.contract.place import Can, Place, Send, Taken, receiving
from tests.bot.platforms.discord.scene import pointed_at
from tests.bot.platforms.scripts import SOURCES
from tests.servers.discord.checked import checked_discord
from tests.servers.discord.model import Message
from tests.servers.discord.permissions import Permission
from tests.servers.discord.posting import delete
from tests.servers.discord.server import DiscordServer

ROUTES = {
    Send.POST: "create_message",
    Send.UPDATE: "update_message",
    Send.REMOVE: "delete_message",
}
ARGUMENTS = {"reindex": "source"}
"""The option of each command that takes what is written behind it."""


class Door:
    """Where replicas come in.

    Args:
        discord: The server.
        state: What they share.
        stack: Closes what they have opened.
    """

    def __init__(self, discord: DiscordServer, state: State, stack: AsyncExitStack) -> None:
        self.discord = discord
        self.acme = discord.guild("acme")
        self.admins = self.acme.channel("admins")
        self._state = state
        self._stack = stack

    async def open(self) -> DiscordPlatform:
        """Another replica."""
        lookups = KeptAnswers(self._state, cast("PassageStore", None), Audiences(), SOURCES)
        services = Services(lookups, self._state.budgets, self._state.records)
        opened = open_discord(
            DiscordSettings(admin_channel=self.admins.id),
            Token(self.discord.token),
            sorted(SOURCES),
            services,
        )
        return await self._stack.enter_async_context(opened)


class DiscordPlace:
    """A `Place`."""

    def __init__(self, door: Door, platform: DiscordPlatform) -> None:
        self.taken = Taken()
        self.cannot: Mapping[Can, str] = {
            Can.ACKNOWLEDGE: "messages are told once, and what was missed is looked for",
            Can.DELIVER_AGAIN: "messages are told once, and what was missed is looked for",
            Can.TELL_APART: "there is no place for it but a message, which becomes the answer",
        }
        self.platform: Platform = platform
        self._door = door
        self._discord = door.discord
        self._alice = door.acme.person("alice")
        self._general = door.acme.channel("general")
        self._asked: list[Message] = []

    async def ask(self, text: str, *, alone: bool = False) -> None:
        """Write in the direct messages, or mention the bot in the channel."""
        where = self._alice.dm if alone else self._general
        said = text if alone else f"{self._discord.mention} {text}"
        self._asked.append(await self._alice.says(where, said))

    async def edit(self, text: str) -> None:
        """Edit the message."""
        await self._alice.edits(self._asked[-1], f"{self._discord.mention} {text}")

    async def delete(self) -> None:
        """Delete the message."""
        await self._alice.deletes(self._asked[-1])

    async def cancel(self, question: Question, sent: str) -> None:
        """Press Cancel."""
        del question
        await self._alice.presses(self._message(sent), "Cancel")

    async def judge(self, question: Question, sent: str, verdict: Verdict) -> None:
        """Press a thumb."""
        message = self._message(sent)
        thumb = to_custom_id(Action.FEEDBACK, Pressed(question.id, verdict=verdict))
        named = [each["custom_id"] for row in message.components for each in row["components"]]
        (custom_id,) = [name for name in named if unmarked(name) == thumb]
        await self._alice.presses(message, custom_id)

    async def choose(self, adapter: str, *, promote: bool) -> str:
        """Press a button below a message of the bot."""
        assert isinstance(self.platform, AsksAdmins)
        manager = self._door.acme.role("manager", int(Permission.MANAGE_GUILD))
        boss = self._door.acme.person("boss", manager)
        await self.platform.ask_admins("Shall it be?", adapter, "key")
        (asked,) = self._door.admins.messages.values()
        await boss.presses(asked, "Promote" if promote else "Keep")
        return str(boss.id)

    async def command(self, name: str, argument: str = "") -> None:
        """Give a slash command."""
        options = {ARGUMENTS[name]: argument} if argument else {}
        await self._alice.slash(name, self._general, **options)

    async def deliver_again(self) -> None:
        """Not here."""
        raise NotImplementedError

    def acknowledged(self) -> bool:
        """Nothing has to be."""
        return True

    def sees(self, question: Question) -> str:
        """All that the bot has said there since it was asked."""
        address = question.address
        channel = self._discord.world.channels[address["channel"]]
        later = [
            message
            for message in self._discord.messages_in(channel)
            if int(message.id) > int(address["message"])
        ]
        return "\n".join(message.content for message in later)

    def told(self, question: Question) -> str:
        """Not apart from messages."""
        return self.sees(question)

    def replies(self) -> str:
        """What she alone sees, and the direct messages."""
        messages = (*self._alice.sees, *self._alice.dm.messages.values())
        return "\n".join(message.content for message in messages)

    async def erase(self, question: Question, sent: str) -> None:
        """Somebody who may do so deletes the message."""
        del question
        delete(self._discord.world, self._message(sent))

    def lose(self, *, lands: bool, ended: bool) -> None:
        """Cut the connection of the next post."""
        del ended
        self._discord.faults.drop(ROUTES[Send.POST], taken=lands)

    def limit(self, send: Send, after_s: int) -> None:
        """Answer the next send with 429."""
        self._discord.faults.limit(ROUTES[send], after_s)

    async def successor(self) -> Platform:
        """Another replica."""
        return await self._door.open()

    def _message(self, sent: str) -> Message:
        channel, _, name = sent.partition("/")
        return self._discord.world.channels[channel].messages[name]


@asynccontextmanager
async def discord_place(folder: Path) -> AsyncIterator[Place]:
    """A server on which nothing was asked so far."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(checked_discord())
        discord.application.bot_public = False
        stack.enter_context(pointed_at(discord))
        state = await stack.enter_async_context(open_state(folder / "state.db"))
        door = Door(discord, state, stack)
        platform = await door.open()
        # There are few servers here, and discord.py waits so long for one more of them.
        platform.client._connection.guild_ready_timeout = 0.1
        place = DiscordPlace(door, platform)
        opened = await stack.enter_async_context(receiving(place))
        await platform.client.wait_until_ready()
        yield opened
