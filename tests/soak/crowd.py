"""People who ask on Slack and on Discord, each the next question as soon as one is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

from footnote.bot.platforms.discord import events as discord_events
from footnote.bot.platforms.slack import events as slack_events
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace

PATIENCE_S = 150.0
"""An event that Slack could not bring twice comes again after a minute."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the bot's.

    Attributes:
        id: Of the message.
        text: What it says.
        whole: Whether nothing more comes.
    """

    id: str
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that somebody asked.

    Attributes:
        id: Of the question.
        topic: What it is about.
        replies: Looks at what the bot has said to it.
    """

    id: str
    topic: str
    replies: Callable[[], list[Reply]]


class Crowd:
    """Everybody who asks, and what they asked.

    Args:
        slack: Where half of them are.
        discord: Where the others are.
        topics: What they ask about.
        each: How many there are in each of the two.
        random: Draws the topics.

    Attributes:
        asked: Every question, in order.
    """

    def __init__(
        self,
        slack: SlackServer,
        discord: DiscordServer,
        topics: list[str],
        each: int,
        random: Random,
    ) -> None:
        self.slack = slack
        self.discord = discord
        self.asked: list[Asked] = []
        self.workspace: Workspace = slack.workspace("acme")
        self._topics = topics
        self._random = random
        self._enough = asyncio.Event()
        alice, guild = self.workspace.person("alice"), discord.guild("acme")
        bob = guild.person("bob")

        async def in_slack(number: int, topic: str) -> Asked:
            channel = channels[number]
            said = await alice.says(channel, f"{self.workspace.mention} {question(topic)}")
            name = slack_events.question_id(self.workspace.id, channel.id, said.ts)
            return Asked(name, topic, lambda: [
                Reply(one.ts, one.text, not one.streaming) for one in slack.replies_to(said)
            ])  # fmt: skip

        async def in_discord(number: int, topic: str) -> Asked:
            channel = rooms[number]
            said = await bob.says(channel, f"{discord.mention} {question(topic)}")
            name = discord_events.question_id(channel.id, said.id)
            return Asked(name, topic, lambda: [
                Reply(one.id, one.content, bool(one.components))
                for one in discord.replies_to(said)
            ])  # fmt: skip

        channels = [self.workspace.channel(f"general-{number}", alice) for number in range(each)]
        rooms = [guild.channel(f"general-{number}") for number in range(each)]
        numbers = range(each)
        self._people = [
            *(partial(in_slack, number) for number in numbers),
            *(partial(in_discord, number) for number in numbers),
        ]

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """Ask for as long as the block lasts; then wait for the last answers."""
        self._enough.clear()
        async with AsyncExitStack() as stack:
            group = await stack.enter_async_context(asyncio.TaskGroup())
            for ask in self._people:
                group.create_task(self._keep_asking(ask))
            yield
            self._enough.set()

    async def more(self, count: int) -> None:
        """Wait until so many more questions were asked, each by somebody who had an answer."""
        wanted = len(self.asked) + count
        async with asyncio.timeout(PATIENCE_S):
            while len(self.asked) < wanted:  # noqa: ASYNC110  nobody sets an event
                await asyncio.sleep(0.02)

    async def _keep_asking(self, ask: Callable[[str], Awaitable[Asked]]) -> None:
        while not self._enough.is_set():
            asked = await ask(self._random.choice(self._topics))
            self.asked.append(asked)
            async with asyncio.timeout(PATIENCE_S):
                while not any(reply.whole for reply in asked.replies()):  # noqa: ASYNC110  see above
                    await asyncio.sleep(0.02)


def question(topic: str) -> str:
    """What is asked about a topic."""
    return f"Which team services the {topic} machine?"
