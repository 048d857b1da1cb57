"""What people do, taken for good before a platform acknowledges it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from footnote.bot.conversations import conversation_key
from footnote.bot.errors import FootnoteError, UnavailableError
from footnote.bot.feedback import CHANGED, REFUSED, approve, keep
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.base import (
    Approved,
    Cancelled,
    Chosen,
    ChosenBeforeError,
    Command,
    Deleted,
    Edited,
    Feedback,
    Happening,
    NotTheirsError,
    Platform,
    PlatformError,
    Replied,
    UnheardError,
)
from footnote.bot.questions import Question
from footnote.bot.records import question_from_json, question_to_json
from footnote.bot.replies import keep_reply, replies_to, withdraw_reply
from footnote.bot.state.base import State
from footnote.bot.state.entries import LAST_REVISION, Acceptance, Accepted, Filing, Wish
from footnote.bot.tuning.adapters import Did
from footnote.bot.tuning.registry import DecidedError, Registry

Noticed = Callable[[str, Question | None], None]
"""Told that something is wanted of the question with this id; with the question if it is new."""

NO_LIMIT = 1_000_000_000
"""However many questions wait, an answer that is there already is brought."""

BROKEN = "A defect in Footnote ended this command: the log says more."

NOT_THEIRS = "Only the one who asked can cancel this answer, or an admin."

Commands = Callable[[Command], AsyncIterator[str]]
"""Does what a command says, and gives back the reply; each text takes the place of the last."""

_log = logging.getLogger(__name__)


class PlatformIntake:
    """The `Intake` of one platform.

    Args:
        platform: Whose events these are.
        state: Where questions are queued.
        noticed: Told of everything that there is to do.
        commands: Does what commands say.
        options: Limits.
    """

    def __init__(
        self,
        platform: Platform,
        state: State,
        noticed: Noticed,
        commands: Commands,
        options: InboxOptions,
    ) -> None:
        self._platform = platform
        self._state = state
        self._noticed = noticed
        self._commands = commands
        self._options = options
        self._closed = False

    def close(self) -> None:
        """Take nothing any more."""
        self._closed = True

    async def take(self, happening: Happening) -> None:
        """Take what somebody did; see `Intake`.

        Raises:
            UnavailableError: It was not taken: the state is away, or Footnote is shutting down.
            UnheardError: It was feedback on no answer that is kept, or on somebody else's, or is
                about a correction that has changed.
            NotTheirsError: It was cancelled by somebody who did not ask it.
            ChosenBeforeError: It was decided before.
        """
        if self._closed:
            raise UnavailableError("Footnote is shutting down: ask again in a minute.")
        match happening:
            case Question():
                await self._question(happening)
            case Edited(question):
                await self._edited(question)
            case Deleted(question_id, revision):
                await self._deleted(question_id, revision)
            case Cancelled():
                await self._cancelled(happening)
            case Feedback() | Approved() | Replied():
                await self._said(happening)
            case Chosen():
                await self._chosen(happening)
            case Command():
                await self._commanded(happening)

    async def _question(self, question: Question) -> None:
        self._filed(
            question,
            await self._state.queue.accept(
                _filing(question),
                limit=self._options.queue_limit,
                engaged_s=self._options.engaged_s,
            ),
        )

    async def _edited(self, question: Question) -> None:
        self._filed(
            question,
            await self._state.queue.revise(
                _filing(question),
                limit=self._options.queue_limit,
                engaged_s=self._options.engaged_s,
            ),
        )

    async def _said(self, said: Feedback | Approved | Replied) -> None:
        match said:
            case Feedback():
                if not await keep(self._state, said):
                    raise UnheardError(REFUSED)
            case Approved():
                if not await approve(self._state, said):
                    raise UnheardError(CHANGED)
            case Replied():
                await self._replied(said)

    async def _chosen(self, chosen: Chosen) -> None:
        try:
            await Registry(self._state).settle(
                chosen.adapter, chosen.admin, promote=chosen.promoted
            )
        except DecidedError as error:
            if (before := error.choice) is None:
                raise
            promoted = before.did is Did.PROMOTED
            raise ChosenBeforeError(str(error), promoted=promoted, by=before.by) from error

    async def _replied(self, reply: Replied) -> None:
        question = await keep_reply(self._state, reply)
        if question is None:
            raise UnheardError(REFUSED)
        await self._state.queue.revise(
            _filing(question), limit=NO_LIMIT, engaged_s=self._options.engaged_s
        )
        # Nobody waits for it in front of a screen, to be told how many questions come before it.
        self._noticed(question.id, None)

    def _filed(self, question: Question, accepted: Accepted) -> None:
        if accepted.acceptance is Acceptance.NEW:
            self._noticed(question.id, question)

    async def _cancelled(self, cancelled: Cancelled) -> None:
        if cancelled.by:
            body = await self._state.queue.pending(cancelled.question_id)
            if body and question_from_json(body).asker != cancelled.by:
                raise NotTheirsError(NOT_THEIRS)
        await self._wished(cancelled.question_id, Wish.CANCEL)

    async def _deleted(self, question_id: str, revision: int) -> None:
        await withdraw_reply(self._state, question_id, revision)
        await self._wished(question_id, Wish.WITHDRAW, revision)
        if revision == LAST_REVISION:
            for reply in await replies_to(self._state, question_id):
                await self._wished(reply, Wish.WITHDRAW)

    async def _wished(self, question_id: str, wish: Wish, revision: int = LAST_REVISION) -> None:
        if await self._state.queue.wish(question_id, wish, revision=revision):
            self._noticed(question_id, None)

    async def _commanded(self, command: Command) -> None:
        first, shown, last = True, "", ""
        async with aclosing(_said(self._commands, command)) as texts:
            async for text in texts:
                if first or shown:
                    shown = await self._reply(command, text, shown)
                else:
                    last = text
                first = False
        if last:
            await self._reply(command, last, "")

    async def _reply(self, command: Command, text: str, shown: str) -> str:
        try:
            return await self._platform.reply(command, text, shown)
        except PlatformError as error:
            _log.warning("The reply to /%s could not be shown: %s", command.name, error)
            return shown


async def _said(commands: Commands, command: Command) -> AsyncGenerator[str, None]:
    """What a command has to say, and at its end why it could not be done."""
    try:
        async for text in commands(command):
            yield text
    except FootnoteError as error:
        yield str(error)
    except Exception:  # noqa: BLE001  whoever gave the command is told, and it is not repeated
        _log.exception("/%s failed.", command.name)
        yield BROKEN


def _filing(question: Question) -> Filing:
    return Filing(
        question.id,
        conversation_key(question),
        question_to_json(question),
        question.revision,
        question.mentioned,
    )
