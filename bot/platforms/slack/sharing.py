"""Sharing an answer that only its asker has seen with the channel that it was asked in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from footnote.bot.platforms import sharing
from footnote.bot.platforms.base import Lookups
from footnote.bot.platforms.options import RenderOptions
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import NAME
from footnote.bot.platforms.slack.rendering import render
from footnote.bot.platforms.slack.trouble import patiently
from footnote.bot.platforms.slack.workspaces import Workspace
from footnote.bot.questions import Answer, View
from footnote.bot.state.base import Records


class Sharing:
    """Shows a private answer to all, where all may see it.

    Args:
        lookups: Looks up again what was shown.
        records: Where it is kept what was shared.
    """

    def __init__(self, lookups: Lookups, records: Records) -> None:
        self._sharing = sharing.Sharing(NAME, lookups, records)

    async def share(self, question_id: str, workspace: Workspace, channel: str, user: str) -> None:
        """Post the question and, in its thread, the answer.

        Raises:
            FootnoteError: It is shared already, is no longer kept, or is not for everybody there.
            PlatformError: Slack has not taken it.
        """
        people = workspace.people
        await self._sharing.share(
            question_id,
            await people.audience(channel, user, private=True),
            await people.audience(channel, user),
            lambda answer: _post(answer, workspace, channel, user),
        )


async def _post(answer: Answer, workspace: Workspace, channel: str, user: str) -> None:
    said = f"<@{user}> has asked: {mrkdwn.spoken(answer.question.text)}"
    _, ts = await patiently(lambda: workspace.sending.say(channel, said))
    address = {"team": workspace.team, "channel": channel, "thread": ts, "ts": ts, "user": user}
    question = replace(answer.question, address=address)
    view = View(question, answer.blocks, answer=replace(answer, question=question))
    # What people say of a private answer is its asker's to say.
    options = RenderOptions(suggest=False, feedback=False)
    for number, message in enumerate(render(view, options)):
        key = f"{question.id}#shared{number}"
        await patiently(partial(workspace.sending.post, question, message, key))
