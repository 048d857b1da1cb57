"""Footnote in a Slack of its own: the real bolt over loopback, and answers from a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from footnote.bot.audience import Audiences
from footnote.bot.inbox.inbox import Inbox
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.lookups import KeptAnswers
from footnote.bot.platforms.base import Command, Services
from footnote.bot.platforms.slack.events import question_id
from footnote.bot.platforms.slack.kind import open_slack
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.questions import Answer, Block, Event, Outcome, Question, Status
from footnote.bot.state.base import State
from footnote.bot.state.entries import Kept, Owner
from footnote.bot.state.sqlite import open_state
from footnote.retrieval.stores.base import PassageStore
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.people import Person
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack.world import Channel, Message

PATIENCE_S = 20.0
SOURCES = {"docs": frozenset({"everyone"})}


@dataclass(slots=True)
class Script:
    """What is said to each question: blocks, pauses in seconds, statuses, or an error.

    Attributes:
        answers: The steps, by what the question holds; else "About …" is said.
        asked: The questions that came to be answered.
    """

    answers: dict[str, Sequence[Any]] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)

    async def events(self, question: Question) -> AsyncGenerator[Event, None]:
        """The events of an answer."""
        self.asked.append(question)
        steps = next((s for text, s in self.answers.items() if text in question.text), None)
        blocks: tuple[Block, ...] = ()
        outcome = Outcome.ANSWERED
        for step in steps if steps is not None else (f"About {question.text}",):
            match step:
                case float() | int():
                    await asyncio.sleep(step)
                case Exception():
                    raise step
                case Status():
                    yield step
                case Outcome():
                    outcome = step
                case Block():
                    blocks = (*blocks, step)
                    yield step
                case _:
                    block = Block(step, gap="\n\n" if blocks else "")
                    blocks = (*blocks, block)
                    yield block
        yield Answer(question, outcome, blocks=blocks)


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
    """

    slack: SlackServer
    acme: Workspace
    alice: Person
    general: Channel
    script: Script
    state: State

    def mention(self, text: str) -> str:
        """A text that mentions Footnote."""
        return f"{self.acme.mention} {text}"

    async def ended(self, asked: Message) -> Kept:
        """How the question in a message ended, once it has."""
        name = question_id(self.acme.id, asked.channel.id, asked.ts)
        async with asyncio.timeout(PATIENCE_S):
            while (kept := await self.state.queue.kept(name)) is None:  # noqa: ASYNC110  it is a file
                await asyncio.sleep(0.02)
        return kept


@asynccontextmanager
async def scene(
    folder: Path,
    settings: SlackSettings | None = None,
    options: InboxOptions | None = None,
) -> AsyncIterator[Scene]:
    """Footnote, running in a workspace until the block ends."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(checked_slack())
        acme = slack.workspace("acme")
        alice = acme.person("alice")
        general = acme.channel("general", alice)
        state = await stack.enter_async_context(open_state(folder / "state.db"))
        script = Script()
        await stack.enter_async_context(
            footnote_in(slack, [acme], state, script, settings, options)
        )
        yield Scene(slack, acme, alice, general, script, state)


@asynccontextmanager
async def footnote_in(  # noqa: PLR0913, PLR0917  every part of a deployment can be another
    slack: SlackServer,
    workspaces: Sequence[Workspace],
    state: State,
    script: Script,
    settings: SlackSettings | None = None,
    options: InboxOptions | None = None,
    store: PassageStore | None = None,
) -> AsyncIterator[None]:
    """One replica of Footnote in these workspaces."""
    settings = (settings or SlackSettings()).model_copy(update={"api_url": slack.api_url})
    tokens = Tokens(
        tuple(workspace.bot_token for workspace in workspaces),
        slack.app_token,
        slack.signing_secret,
    )
    audiences = Audiences()
    lookups = KeptAnswers(state.queue, cast("PassageStore", store), audiences, SOURCES)
    services = Services(lookups, state.budgets)
    async with open_slack(settings, tokens, services) as platform:
        inbox = Inbox(
            state=state,
            owner=Owner("one", "boot"),
            platforms={platform.name: platform},
            answering=script.events,
            commands=_command,
            readers=audiences,
            sources=SOURCES,
            options=options,
        )
        async with inbox.running():
            receiving = asyncio.ensure_future(platform.receive(inbox.intake(platform.name)))
            try:
                yield
            finally:
                receiving.cancel()
                await asyncio.wait([receiving])


async def _command(command: Command) -> str:
    return f"/{command.name} {command.argument}".strip()
