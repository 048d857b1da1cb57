"""Better answers that people suggest in Slack, and admins who approve them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.approvals import DENIED, Approvals
from footnote.bot.platforms.base import Approved, Feedback, Intake
from footnote.bot.platforms.chores import Chores
from footnote.bot.platforms.slack import forms
from footnote.bot.platforms.slack.buttons import approval_block
from footnote.bot.platforms.slack.events import NAME, Payload
from footnote.bot.platforms.slack.limits import SECTION
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.platforms.slack.replying import dealt
from footnote.bot.platforms.slack.shortening import spoken_within
from footnote.bot.platforms.slack.trouble import patiently, translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces
from footnote.bot.questions import Question

Ack = Callable[..., Awaitable[Any]]

WRITE = "Write what the answer should have been."
APPROVED = "Approved by <@{}>: it is kept as the answer."
PARTS = 20
"""A correction fills so many sections at most."""

QUESTION = 2_500
"""The room of the question, which leaves some to say who suggests."""

_log = logging.getLogger(__name__)


class Correcting:
    """Takes what people suggest, and shows it to admins.

    Args:
        workspaces: Where the app is installed.
        intake: Takes what people do.
        approvals: What may be approved.
        people: The channel where corrections are shown; None where they are not.
        chores: Runs what takes longer than an acknowledgement may.
    """

    def __init__(
        self,
        workspaces: Workspaces,
        intake: Intake,
        approvals: Approvals,
        people: str | None,
        chores: Chores,
    ) -> None:
        self._workspaces = workspaces
        self._intake = intake
        self._approvals = approvals
        self._people = people
        self._chores = chores

    async def submitted(self, ack: Ack, body: Payload) -> None:
        """A form was sent off: it closes when what was written is kept."""
        view, user = body["view"], body["user"]["id"]
        workspace = self._workspaces.get((body.get("team") or {}).get("id", ""))
        if view["callback_id"] != forms.SUGGESTION or workspace is None:
            await ack()
            return
        suggested = Feedback(
            forms.question_in(view), f"{NAME}:{user}", correction=forms.suggestion_in(view)
        )
        wrong = await self._kept(suggested, workspace, user, approve=forms.approval_in(view))
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await ack()

    async def approve(
        self, workspace: Workspace, approved: Approved, message: Payload, user: str
    ) -> None:
        """Keep a correction as the answer, and say so where its button was.

        Args:
            workspace: Where.
            approved: What.
            message: The container of the button.
            user: Who has pressed it.

        Raises:
            FootnoteError: They are no admin, or it was not kept.
            PlatformError: Slack has not shown that it was.
        """
        channel, ts = message["channel_id"], message["message_ts"]
        viewer = await workspace.people.audience(channel, user, private=True)
        await self._approvals.approve(approved, viewer)
        with translated():
            await workspace.client.chat_postMessage(
                channel=channel, thread_ts=ts, text=APPROVED.format(user)
            )

    async def _kept(
        self, suggested: Feedback, workspace: Workspace, user: str, *, approve: bool
    ) -> dict[str, str]:
        """Keep it; what is wrong with it, by the block of the form."""
        if not suggested.correction:
            return {forms.SUGGESTION: WRITE}
        try:
            if approve:
                if not await workspace.people.is_admin(user):
                    return {forms.APPROVAL: DENIED}
                await self._intake.take(approved_by_its_author(suggested))
            else:
                await self._intake.take(suggested)
        except FootnoteError as error:
            return {forms.SUGGESTION: str(error)}
        if self._people and not approve:
            self._chores.begin(self._show(suggested, workspace, self._people))
        return {}

    async def _show(self, suggested: Feedback, workspace: Workspace, people: str) -> None:
        channel = await workspace.people.find(people)
        everybody = await workspace.people.audience(channel, "")
        await self._approvals.show(
            suggested, everybody, partial(self._post, suggested, workspace, channel)
        )

    async def _post(
        self,
        suggested: Feedback,
        workspace: Workspace,
        channel: str,
        question: Question,
        digest: str,
    ) -> None:
        author = suggested.asker.removeprefix(f"{NAME}:")
        asked = spoken_within(question.text, QUESTION)
        said = f"<@{author}> suggests a better answer to: {asked}"
        blocks = [
            *_sections(said, suggested.correction),
            *approval_block(suggested.question_id, suggested.asker, digest),
        ]

        async def post() -> None:
            with translated():
                await workspace.client.chat_postMessage(
                    channel=channel,
                    text=said,
                    blocks=blocks,
                    unfurl_links=False,
                    unfurl_media=False,
                )

        await patiently(post)


def approved_by_its_author(suggested: Feedback) -> Feedback:
    """A correction that an admin suggests and approves at once."""
    return Feedback(
        suggested.question_id,
        suggested.asker,
        correction=suggested.correction,
        approved_by=suggested.asker,
    )


def _sections(said: str, correction: str) -> list[JsonObject]:
    pieces = [spoken_within(piece, SECTION) for piece in dealt(correction, SECTION // 2)]
    if len(pieces) > PARTS:
        pieces = [*pieces[:PARTS], "… (the rest is not shown here)"]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in (said, *pieces)
    ]
