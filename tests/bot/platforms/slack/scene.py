"""Footnote in a Slack of its own: the real bolt over loopback, and answers from a script."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.slack.events import question_id
from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.questions import Outcome
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept
from footnote.bot.state.sqlite import SqliteState
from footnote.bot.state.sqlite_lane import ThreadLane
from footnote.retrieval.stores.base import PassageStore
from tests.bot.platforms import serving
from tests.bot.platforms.scripts import Link, Script
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Message

PATIENCE_S = 20.0


@dataclass(slots=True)
class Scene:
    """A workspace with Footnote in it.

    Attributes:
        slack: The server.
        acme: The workspace.
        alice: Somebody.
        general: A public channel with her and Footnote in it.
        script: What is answered.
        state: Where questions are kept.
        link: The way to it, which can be cut.
    """

    slack: SlackServer
    acme: Workspace
    alice: Person
    general: Channel
    script: Script
    state: State
    link: Link

    def mention(self, text: str) -> str:
        """A text that mentions Footnote."""
        return f"{self.acme.mention} {text}"

    async def ended(self, asked: Message | str) -> Kept:
        """How the question in a message, or with an id, ended, once it has."""
        name = asked if isinstance(asked, str) else self.question_id(asked)
        return await serving.ended(self.state, name)

    async def answer(
        self, asked: Message, says: str, outcome: Outcome = Outcome.ANSWERED, *, nth: int = 1
    ) -> Message:
        """The one final message of a question, once it is there.

        Args:
            asked: The message that asks.
            says: What the final message says.
            outcome: How the question ends.
            nth: The how many-th of the app's messages in the thread it is, and the last of them.
        """
        await self.slack.until(
            lambda: [m.text for m in self.slack.replies_to(asked)][-1:] == [says]
        )
        kept = await self.ended(asked)
        await self.quiet()
        found = self.slack.replies_to(asked)
        assert [message.text for message in found[nth - 1 :]] == [says]
        assert [sent.message for sent in kept.sent] == [found[nth - 1].ts]
        assert kept.outcome is outcome
        assert not found[nth - 1].streaming
        return found[nth - 1]

    async def ignored(self, *messages: Message) -> None:
        """Make sure that none of these was taken for a question, and that each is acknowledged."""
        await self.quiet()
        assert not self.slack.deliveries.given_up
        for message in messages:
            assert await self.state.queue.kept(self.question_id(message)) is None

    async def soon(self, look: Callable[[], object]) -> None:
        """Return once it is true of what nobody tells of."""
        await serving.soon(look)

    async def quiet(self) -> None:
        """Return once everything is acknowledged, and every accepted question is finished."""
        await self.slack.settled()
        await serving.quiet(self.state)

    def question_id(self, asked: Message) -> str:
        """The id of the question in a message."""
        return question_id(self.acme.id, asked.channel.id, asked.ts)


@asynccontextmanager
async def scene(
    folder: Path,
    settings: SlackSettings | None = None,
    options: InboxOptions | None = None,
    store: PassageStore | None = None,
) -> AsyncIterator[Scene]:
    """Footnote, running in a workspace until the block ends."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(checked_slack())
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        lane = ThreadLane(folder / "state.db", time.time)
        stack.push_async_callback(lane.close)
        link = Link(lane)
        state = SqliteState(link)
        script = Script()
        await stack.enter_async_context(
            footnote_in(slack, [acme], state, script, settings, options, store)
        )
        yield Scene(slack, acme, alice, general, script, state, link)


@asynccontextmanager
async def footnote_in(  # noqa: PLR0913, PLR0917  every part of a deployment can be another
    slack: SlackServer,
    workspaces: Sequence[Workspace],
    state: State,
    script: Script,
    settings: SlackSettings | None = None,
    options: InboxOptions | None = None,
    store: PassageStore | None = None,
    replica: str = "one",
) -> AsyncIterator[None]:
    """One replica of Footnote in these workspaces."""
    settings = (settings or SlackSettings()).model_copy(update={"api_url": slack.api_url})
    tokens = Tokens(
        tuple(workspace.bot_token for workspace in workspaces),
        slack.app_token,
        slack.signing_secret,
    )
    services = serving.services_of(state, store)
    async with (
        open_slack(settings, tokens, services) as platform,
        serving.serving(platform, state, script, options, replica),
    ):
        yield
