"""Slack over the wire, with Alice in a channel and in direct messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import cast

from footnote.bot.audience import Audiences
from footnote.bot.lookups import KeptAnswers
from footnote.bot.platforms.actions import Pressed
from footnote.bot.platforms.base import Platform, Services, Verdict
from footnote.bot.platforms.slack.buttons import to_value
from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.platform import SlackPlatform
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.platforms.telling import AsksAdmins
from footnote.bot.questions import Question
from footnote.bot.state.base import State
from footnote.bot.state.sqlite import open_state
from footnote.retrieval.stores.base import PassageStore
from tests.bot.platforms.contract.place import Can, Place, Send, Taken, receiving, running, update
from tests.bot.platforms.scripts import SOURCES
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.delivery import ACK_S
from tests.servers.slack.posting import delete
from tests.servers.slack.server import SlackServer
from tests.servers.slack.world import Message

METHODS = {
    Send.POST: "chat.postMessage",
    Send.UPDATE: "chat.update",
    Send.REMOVE: "chat.delete",
}


class Door:
    """Where replicas come in.

    Args:
        slack: The server.
        state: What they share.
        stack: Closes what they have opened.
    """

    def __init__(self, slack: SlackServer, state: State, stack: AsyncExitStack) -> None:
        self.slack = slack
        self.acme = slack.workspace("acme")
        self._state = state
        self._stack = stack

    async def open(self) -> SlackPlatform:
        """Another replica."""
        lookups = KeptAnswers(self._state, cast("PassageStore", None), Audiences(), SOURCES)
        settings = SlackSettings(api_url=self.slack.api_url, admin_channel="#admins")
        tokens = Tokens((self.acme.bot_token,), self.slack.app_token, self.slack.signing_secret)
        services = Services(lookups, self._state.budgets, self._state.records)
        return await self._stack.enter_async_context(open_slack(settings, tokens, services))


class SlackPlace:
    """A `Place`."""

    def __init__(self, door: Door, platform: SlackPlatform) -> None:
        self.taken = Taken()
        self.cannot: Mapping[Can, str] = {}
        self.platform: Platform = platform
        self._door = door
        self._slack = door.slack
        self._alice = door.acme.person("alice")
        self._general = door.acme.channel("general", self._alice)
        self._boss = door.acme.person("boss", admin=True)
        self._admins = door.acme.channel("admins", self._boss)
        self._asked: list[Message] = []

    async def ask(self, text: str, *, alone: bool = False) -> None:
        """Write in the direct messages, or mention the bot in the channel."""
        where = self._alice.dm if alone else self._general
        said = text if alone else f"{self._door.acme.mention} {text}"
        self._asked.append(await self._alice.says(where, said))

    async def edit(self, text: str) -> None:
        """Edit the message."""
        await self._alice.edits(self._asked[-1], f"{self._door.acme.mention} {text}")

    async def delete(self) -> None:
        """Delete the message."""
        await self._alice.deletes(self._asked[-1])

    async def cancel(self, question: Question, sent: str) -> None:
        """Press Cancel, which a message has that is not streamed any more."""
        self._slack.expire_streams()
        await update(self, running(question, "more"), sent)
        assert (await self._alice.clicks(self._message(question, sent), "cancel")).ok

    async def judge(self, question: Question, sent: str, verdict: Verdict) -> None:
        """Press a thumb."""
        value = to_value(Pressed(question.id, verdict=verdict))
        message = self._message(question, sent)
        assert (await self._alice.clicks(message, "feedback", value)).ok

    async def choose(self, adapter: str, *, promote: bool) -> str:
        """Press a button below a message of the bot."""
        assert isinstance(self.platform, AsksAdmins)
        await self.platform.ask_admins("Shall it be?", adapter, "key")
        (asked,) = self._admins.messages.values()
        assert (await self._boss.clicks(asked, "promote" if promote else "keep")).ok
        return self._boss.id

    async def command(self, name: str, argument: str = "") -> None:
        """Give a slash command."""
        assert (await self._alice.slash(f"/{name}", argument, self._general)).ok

    async def deliver_again(self) -> None:
        """Let what was not acknowledged come again, or the last event if all was."""
        if not self.acknowledged():
            self._slack.clock.advance(ACK_S)
            return
        last = self._slack.events_sent()[-1]
        self._slack.announce(last, self._asked[-1].channel, self._alice.member)

    def acknowledged(self) -> bool:
        """Whether nothing is under way to the app."""
        return not self._slack.deliveries.open

    def sees(self, question: Question) -> str:
        """The thread below it."""
        channel = self._slack.world.channels[question.address["channel"]]
        root = question.address["thread"]
        return "\n".join(message.text for message in channel.replies(root))

    def told(self, question: Question) -> str:
        """The status in its thread."""
        return self._slack.desk.pane(question.address["channel"], question.address["thread"]).status

    def replies(self) -> str:
        """What she alone sees, and the direct messages."""
        messages = (*self._alice.sees, *self._alice.dm.messages.values())
        return "\n".join(message.text for message in messages)

    async def erase(self, question: Question, sent: str) -> None:
        """Somebody who may do so deletes the message."""
        delete(self._slack.world, self._message(question, sent))

    def lose(self, *, lands: bool, ended: bool) -> None:
        """Cut the connection of the next post."""
        method = "chat.postMessage" if ended else "chat.startStream"
        self._slack.faults.drop(method, taken=lands)

    def limit(self, send: Send, after_s: int) -> None:
        """Answer the next send with 429."""
        self._slack.faults.limit(METHODS[send], after_s)

    async def successor(self) -> Platform:
        """Another replica."""
        return await self._door.open()

    def _message(self, question: Question, sent: str) -> Message:
        return self._slack.world.channels[question.address["channel"]].messages[sent]


@asynccontextmanager
async def slack_place(folder: Path) -> AsyncIterator[Place]:
    """A workspace in which nothing was asked so far."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(checked_slack())
        state = await stack.enter_async_context(open_state(folder / "state.db"))
        door = Door(slack, state, stack)
        place = SlackPlace(door, await door.open())
        yield await stack.enter_async_context(receiving(place))
