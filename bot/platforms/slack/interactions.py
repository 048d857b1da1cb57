"""What people press below an answer, and what they write into the forms that open."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.actions import Action, Pressed
from footnote.bot.platforms.base import (
    Approved,
    Chosen,
    Feedback,
    Intake,
    Lookups,
    PlatformError,
)
from footnote.bot.platforms.cancelling import cancel
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.persons import Persons
from footnote.bot.platforms.slack import forms
from footnote.bot.platforms.slack.buttons import action_of, from_value
from footnote.bot.platforms.slack.choosing import choose
from footnote.bot.platforms.slack.correcting import Correcting
from footnote.bot.platforms.slack.events import NAME, Payload, Written
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.platforms.slack.persons import PeopleChannel, Replier, reply_of
from footnote.bot.platforms.slack.sharing import Sharing
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces

Ack = Callable[..., Awaitable[Any]]

NOT_NOW = "Slack did not let me do that: please press the button again."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Press:
    """One button that one person has pressed."""

    what: Action
    pressed: Pressed
    workspace: Workspace
    channel: str
    thread: str | None
    user: str
    trigger: str
    container: Payload
    message: Payload

    @property
    def asker(self) -> str:
        return f"{NAME}:{self.user}"


class Interactions:
    """Does what buttons and forms say.

    Args:
        workspaces: Where the app is installed.
        intake: Takes what people do.
        lookups: Looks up again what was shown.
        sharing: Shares private answers.
        correcting: Approves corrections.
        persons: Who can be asked.
        people: The channel where they are; None where nobody can be asked.
        chores: Runs what takes longer than an acknowledgement may.
    """

    def __init__(  # noqa: PLR0913, PLR0917  every part that it connects is named once, here
        self,
        workspaces: Workspaces,
        intake: Intake,
        lookups: Lookups,
        sharing: Sharing,
        correcting: Correcting,
        persons: Persons,
        people: str | None,
        chores: Chores,
    ) -> None:
        self._workspaces = workspaces
        self._intake = intake
        self._lookups = lookups
        self._sharing = sharing
        self._correcting = correcting
        self._persons = persons
        self._people = people
        self._chores = chores

    async def pressed(self, ack: Ack, body: Payload) -> None:
        """A button was pressed; one of another app, or of another version, does nothing."""
        await ack()
        press = self._press(body)
        if press is None:
            return
        if press.what in {Action.SHARE, Action.ASK_PERSON}:
            # Bolt acknowledges when this returns, and several posts may take too long for that.
            self._chores.begin(self._done(press))
        else:
            await self._done(press)

    async def submitted(self, ack: Ack, body: Payload) -> None:
        """A form was sent off: it closes when what was written is kept."""
        await self._correcting.submitted(ack, body)

    async def replied(self, message: Written) -> bool:
        """Whether a message is the reply of a person who was asked; it is then kept.

        Raises:
            UnavailableError: It was not taken, and has to come again.
        """
        workspace = self._workspaces.get(message.team)
        if workspace is None or not self._people:
            return False
        reply = reply_of(message, workspace.bot)
        return reply is not None and await self._persons.replied(reply, Replier(workspace, message))

    def _press(self, body: Payload) -> _Press | None:
        action = body["actions"][0]
        what = action_of(action["action_id"])
        workspace = self._workspaces.get((body.get("team") or {}).get("id", ""))
        channel = (body.get("channel") or {}).get("id")
        if what is None or workspace is None or not channel:
            return None
        try:
            pressed = from_value(action.get("value") or "")
        except ValueError:
            return None
        return _Press(
            what,
            pressed,
            workspace,
            channel,
            (body.get("container") or {}).get("thread_ts"),
            body["user"]["id"],
            body["trigger_id"],
            body.get("container") or {},
            body.get("message") or {},
        )

    async def _done(self, press: _Press) -> None:
        """Do it, and tell the one who pressed if it could not be done."""
        try:
            said = await self._do(press)
        except FootnoteError as error:
            said = str(error)
        except PlatformError as error:
            _log.warning("What %s stands for could not be done: %s", press.what, error)
            said = NOT_NOW
        if not said:
            return
        try:
            with translated():
                await press.workspace.client.chat_postEphemeral(
                    channel=press.channel, user=press.user, thread_ts=press.thread, text=said
                )
        except PlatformError as error:
            _log.warning("Who pressed %s could not be told: %s", press.what, error)

    async def _do(self, press: _Press) -> str:
        """Do it; what is given back is for the one who pressed."""
        question_id = press.pressed.question_id
        match press.what:
            case Action.CANCEL:
                await cancel(self._intake, question_id, press.asker, lambda: _is_admin(press))
            case Action.FEEDBACK:
                await self._intake.take(Feedback(question_id, press.asker, press.pressed.verdict))
            case Action.SHOW_PASSAGE:
                await self._show(press)
            case Action.SUGGEST:
                await self._suggest(press)
            case Action.SHARE:
                await self._sharing.share(question_id, press.workspace, press.channel, press.user)
            case Action.ASK_PERSON:
                return await self._ask(press)
            case Action.APPROVE:
                await self._approve(press)
            case Action.PROMOTE | Action.KEEP:
                return await self._choose(press)
        return ""

    async def _choose(self, press: _Press) -> str:
        """Decide about an adapter; what is given back is for the one who pressed."""
        promoted = press.what is Action.PROMOTE
        chosen = Chosen(press.pressed.adapter, promoted, press.asker)
        return await choose(chosen, self._intake, press.workspace, press.container, press.message)

    async def _ask(self, press: _Press) -> str:
        """Ask people; what is given back is for the one who wants it."""
        viewer = await press.workspace.people.audience(press.channel, press.user, private=True)
        board = PeopleChannel(press.workspace, self._people, press.user)
        return await self._persons.ask(press.pressed.question_id, press.asker, viewer, board)

    async def _approve(self, press: _Press) -> None:
        pressed = press.pressed
        if pressed.author:
            await self._correcting.approve(
                press.workspace,
                Approved(pressed.question_id, pressed.author, pressed.digest, press.asker),
                press.container,
                press.user,
            )

    async def _show(self, press: _Press) -> None:
        """Open a passage in its surroundings, for the one who asks for it."""
        viewer = await press.workspace.people.audience(press.channel, press.user, private=True)
        number = press.pressed.number
        excerpts = await self._lookups.passages(press.pressed.question_id, number, viewer)
        await _open(press, forms.passage(number, excerpts))

    async def _suggest(self, press: _Press) -> None:
        """Open the answer for editing."""
        viewer = await press.workspace.people.audience(press.channel, press.user, private=True)
        answer = await self._lookups.answer(press.pressed.question_id, viewer)
        await _open(press, forms.suggestion(answer, admin=viewer.admin))


async def _is_admin(press: _Press) -> bool:
    return await press.workspace.people.is_admin(press.user)


async def _open(press: _Press, view: JsonObject) -> None:
    with translated():
        await press.workspace.client.views_open(trigger_id=press.trigger, view=view)
