"""What people press below an answer, and what they write into the forms that open."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import Cancelled, Feedback, Intake, Lookups
from footnote.bot.platforms.slack import forms
from footnote.bot.platforms.slack.buttons import Action, Pressed, action_of, from_value
from footnote.bot.platforms.slack.events import NAME, Payload
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces

Ack = Callable[..., Awaitable[Any]]

_log = logging.getLogger(__name__)


class Interactions:
    """Does what buttons and forms say.

    Args:
        workspaces: Where the app is installed.
        intake: Takes what people do.
        lookups: Looks up again what was shown.
    """

    def __init__(self, workspaces: Workspaces, intake: Intake, lookups: Lookups) -> None:
        self._workspaces = workspaces
        self._intake = intake
        self._lookups = lookups

    async def pressed(self, ack: Ack, body: Payload) -> None:
        """A button was pressed."""
        await ack()
        action = body["actions"][0]
        what, value = action_of(action["action_id"]), action.get("value")
        if what is None or not value:
            return
        workspace = self._workspaces[body["team"]["id"]]
        user = body["user"]["id"]
        pressed = from_value(value)
        try:
            await self._do(what, pressed, workspace, body)
        except FootnoteError as error:
            await _tell(workspace, body, user, str(error))

    async def submitted(self, ack: Ack, body: Payload) -> None:
        """A form was sent off: it closes when what was written is kept."""
        view = body["view"]
        if view["callback_id"] != forms.SUGGESTION:
            await ack()
            return
        question_id = json.loads(view["private_metadata"])["question"]
        written = forms.suggestion_in(view)
        try:
            await self._intake.take(
                Feedback(question_id, f"{NAME}:{body['user']['id']}", correction=written)
            )
        except FootnoteError as error:
            await ack(response_action="errors", errors={forms.SUGGESTION: str(error)})
            return
        await ack()

    async def _do(
        self, what: Action, pressed: Pressed, workspace: Workspace, body: Payload
    ) -> None:
        user = body["user"]["id"]
        asker = f"{NAME}:{user}"
        match what:
            case Action.CANCEL:
                await self._intake.take(Cancelled(pressed.question_id, asker))
            case Action.FEEDBACK:
                await self._intake.take(Feedback(pressed.question_id, asker, pressed.verdict))
            case Action.SHOW_PASSAGE:
                await self._show(pressed, workspace, body)
            case Action.SUGGEST:
                await self._suggest(pressed, workspace, body)
            case _:
                _log.warning("Nothing is done yet when somebody presses %s.", what)

    async def _show(self, pressed: Pressed, workspace: Workspace, body: Payload) -> None:
        """Open a passage in its surroundings, for the one who asks for it."""
        viewer = await workspace.people.audience(
            body["channel"]["id"], body["user"]["id"], private=True
        )
        excerpts = await self._lookups.passages(pressed.question_id, pressed.number, viewer)
        with translated():
            await workspace.client.views_open(
                trigger_id=body["trigger_id"], view=forms.passage(pressed.number, excerpts)
            )

    async def _suggest(self, pressed: Pressed, workspace: Workspace, body: Payload) -> None:
        """Open the answer for editing."""
        viewer = await workspace.people.audience(
            body["channel"]["id"], body["user"]["id"], private=True
        )
        answer = await self._lookups.answer(pressed.question_id, viewer)
        with translated():
            await workspace.client.views_open(
                trigger_id=body["trigger_id"], view=forms.suggestion(answer)
            )


async def _tell(workspace: Workspace, body: Payload, user: str, text: str) -> None:
    """Say something to the one who pressed a button."""
    with translated():
        await workspace.client.chat_postEphemeral(
            channel=body["channel"]["id"], user=user, text=text
        )
