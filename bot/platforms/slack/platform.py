"""Slack as a platform: each workspace with its own token, people and messages."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import suppress

from footnote.bot.audience import Audience
from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.approvals import Approvals
from footnote.bot.platforms.base import (
    Cancelled,
    Command,
    Intake,
    LostError,
    RateLimitedError,
    RefusedError,
    Services,
)
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.options import BY_A_PERSON, RenderOptions
from footnote.bot.platforms.persons import Persons
from footnote.bot.platforms.slack.buttons import choice_block
from footnote.bot.platforms.slack.correcting import Correcting
from footnote.bot.platforms.slack.events import NAME
from footnote.bot.platforms.slack.interactions import Interactions
from footnote.bot.platforms.slack.messages import SlackMessage
from footnote.bot.platforms.slack.receiving import Receiving
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.platforms.slack.replying import Replying
from footnote.bot.platforms.slack.sending import StoppedError
from footnote.bot.platforms.slack.settings import SlackSettings, Tokens
from footnote.bot.platforms.slack.sharing import Sharing
from footnote.bot.platforms.slack.telling import tell_admins
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces
from footnote.bot.questions import Question, View


class SlackPlatform:
    """A `Platform`.

    Args:
        workspaces: Where the app is installed.
        settings: How Footnote behaves in Slack.
        tokens: What Slack knows the app by.
        services: What it may use of the rest.
    """

    name = NAME
    pace_s = 0.7
    lead_s = 0.3

    def __init__(
        self, workspaces: Workspaces, settings: SlackSettings, tokens: Tokens, services: Services
    ) -> None:
        self._workspaces = workspaces
        self._settings = settings
        self._tokens = tokens
        self._services = services
        self._replying = Replying(workspaces)
        self._intake: Intake | None = None

    async def receive(self, intake: Intake) -> None:
        """Hand in what people do, until cancelled."""
        self._intake = intake
        lookups, records = self._services.lookups, self._services.records
        people, chores = self._settings.people, Chores()
        approvals = Approvals(NAME, lookups, records, intake)
        interactions = Interactions(
            self._workspaces,
            intake,
            lookups,
            Sharing(lookups, records),
            Correcting(self._workspaces, intake, approvals, people, chores),
            Persons(NAME, lookups, records, intake),
            people,
            chores,
        )
        try:
            await Receiving(
                self._workspaces,
                self._settings,
                self._tokens,
                intake,
                interactions,
                self._services.lookups,
            ).run()
        finally:
            await chores.close()

    async def audience(self, question: Question) -> Audience:
        """Who will see the answer, asked from Slack."""
        address = question.address
        try:
            return await self._of(question).people.audience(
                address["channel"], address["user"], private=question.audience.private
            )
        except UnavailableError as error:
            # What Slack refuses for good, such as without a scope, it will not say later either.
            if isinstance(error.__cause__, RefusedError | RateLimitedError):
                raise error.__cause__ from error
            raise LostError(str(error)) from error

    def render(self, view: View) -> Sequence[SlackMessage]:
        """The messages that show this."""
        alone = "alone" in view.question.address
        if alone and view.answer is None:
            return ()
        if view.question.said:
            return render(view, BY_A_PERSON)
        return render(
            view,
            RenderOptions(share=alone, cancel=not alone, ask_person=bool(self._settings.people)),
        )

    async def post(self, question: Question, message: Hashable, key: str) -> str:
        """Send a new message."""
        return await self._of(question).sending.post(question, _slack(message), key)

    async def update(self, question: Question, sent: str, message: Hashable) -> None:
        """Make a message say this instead; a stream that a person stopped cancels the answer."""
        try:
            await self._of(question).sending.update(question, sent, _slack(message))
        except StoppedError:
            if self._intake:
                with suppress(UnavailableError):  # an answer that cannot be cancelled is shown
                    await self._intake.take(Cancelled(question.id, question.asker))
            raise

    async def find(self, question: Question, key: str) -> str | None:
        """The message that carries `key`."""
        return await self._of(question).sending.find(question, key)

    async def remove(self, question: Question, sent: str) -> None:
        """Remove a message."""
        await self._of(question).sending.remove(question, sent)

    async def tell(self, question: Question, status: str) -> None:
        """Say what is happening."""
        await self._of(question).sending.tell(question, status)

    async def reply(self, command: Command, text: str, shown: str = "") -> str:
        """Show what a command has to say to whoever gave it."""
        return await self._replying.reply(command, text, shown)

    @property
    def tells_admins(self) -> bool:
        """Whether there is a channel for it."""
        return self._settings.admin_channel is not None

    async def tell_admins(self, text: str, key: str) -> None:
        """Say something where admins read; Slack knows no second try by its key."""
        del key
        await tell_admins(self._workspaces, self._settings.admin_channel or "", text)

    async def ask_admins(self, text: str, adapter: str, key: str) -> None:
        """Ask there what becomes of an adapter; Slack knows no second try by its key."""
        del key
        channel = self._settings.admin_channel or ""
        await tell_admins(self._workspaces, channel, text, choice_block(adapter))

    def _of(self, question: Question) -> Workspace:
        workspace = self._workspaces.get(question.address["team"])
        if workspace is None:
            raise RefusedError("there is no token for its workspace any more")
        return workspace


def _slack(message: Hashable) -> SlackMessage:
    assert isinstance(message, SlackMessage)  # noqa: S101  only what render gave comes back
    return message
