"""Asking people what the sources do not answer, and keeping what they reply."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import (
    Feedback,
    Intake,
    Lookups,
    PlatformError,
    RefusedError,
    UnheardError,
)
from footnote.bot.platforms.claims import KEPT_S, Claims
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import NAME, Written, plain
from footnote.bot.platforms.slack.trouble import patiently, translated
from footnote.bot.platforms.slack.workspaces import Workspace
from footnote.bot.questions import Question
from footnote.bot.state.base import Records

NOBODY = "There is nobody to ask yet: `people` in [slack] names the channel of those who know."
UNREACHED = (
    "I cannot write where the people are whom you could ask ({}): somebody has to invite me there."
)
ASKED = "They have been asked already: their reply is yet to come."
TOLD = "I have asked them in <#{channel}>."
HOW = "Reply in this thread: what you write is kept as the answer."
DONE = "white_check_mark"

_POSTS = "slack:asked in"


class Persons:
    """The people of one channel, who can be asked.

    Args:
        channel: Where they are; None where nobody can be asked.
        lookups: Looks up again what was shown.
        records: Where it is kept which post stands for which question.
        intake: Takes what they reply.
    """

    def __init__(
        self, channel: str | None, lookups: Lookups, records: Records, intake: Intake
    ) -> None:
        self._channel = channel
        self._lookups = lookups
        self._records = records
        self._intake = intake
        self._claims = Claims(records, "slack:asked", ASKED)

    async def ask(self, question_id: str, workspace: Workspace, channel: str, user: str) -> str:
        """Post a question to them, with a link to where it was asked; what to tell who wants it.

        Raises:
            FootnoteError: Nobody can be asked, or they were already, or the answer is not kept.
            PlatformError: Slack has not taken it.
        """
        if not self._channel:
            raise UnavailableError(NOBODY)
        viewer = await workspace.people.audience(channel, user, private=True)
        question = (await self._lookups.answer(question_id, viewer)).question
        async with self._claims.claimed(question_id):
            said = [f"<@{user}> asks: {mrkdwn.spoken(question.text)}"]
            if link := await _link(question, workspace):
                said.append(f"<{link}|Where it was asked>")
            text = "\n".join([*said, HOW])
            try:
                there, ts = await patiently(partial(workspace.sending.say, self._channel, text))
            except RefusedError as error:
                raise UnavailableError(UNREACHED.format(error)) from error
            place = _place(workspace.team, there, ts)
            await self._records.put(_POSTS, place, question_id, ttl_s=KEPT_S)
        return TOLD.format(channel=there)

    async def replied(self, message: Written, workspace: Workspace) -> bool:
        """Whether a message is a reply to such a post; it is then kept as the answer.

        Raises:
            UnavailableError: It was not taken, and has to come again.
        """
        if not self._channel or not message.in_thread:
            return False
        place = _place(message.team, message.channel, message.thread)
        post = await self._records.get(_POSTS, place)
        text = plain(message.text, workspace.bot)
        if post is None or not text:
            return False
        # It was not for this person to see, where it was private; its asker wants it answered.
        reply = Feedback(post.value, f"{NAME}:{message.user}", correction=text, asked=True)
        try:
            await self._intake.take(reply)
        except UnheardError as error:
            with suppress(PlatformError), translated():
                await workspace.client.chat_postEphemeral(
                    channel=message.channel,
                    user=message.user,
                    thread_ts=message.thread,
                    text=str(error),
                )
        else:
            with suppress(PlatformError), translated():
                await workspace.client.reactions_add(
                    channel=message.channel, timestamp=message.ts, name=DONE
                )
        return True


async def _link(question: Question, workspace: Workspace) -> str:
    """Where it was asked; "" where nobody else could look."""
    if question.audience.private:
        return ""
    with translated():
        found = await workspace.client.chat_getPermalink(
            channel=question.address["channel"], message_ts=question.address["ts"]
        )
    return str(found["permalink"])


def _place(team: str, channel: str, ts: str) -> str:
    return f"{team}:{channel}:{ts}"
