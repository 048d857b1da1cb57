"""Slack's hands for asking people: the channel where they are, and somebody who replies there."""

from __future__ import annotations

from functools import partial

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RefusedError
from footnote.bot.platforms.persons import HOW, Posted, Reply
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import NAME, Written, plain
from footnote.bot.platforms.slack.trouble import patiently, translated
from footnote.bot.platforms.slack.workspaces import Workspace
from footnote.bot.questions import Question

NOBODY = "There is nobody to ask yet: `people` in [slack] names the channel of those who know."
UNREACHED = (
    "I cannot write where the people are whom you could ask ({}): somebody has to invite me there."
)
DONE = "white_check_mark"


class PeopleChannel:
    """A `Board`: the channel of those who know.

    Args:
        workspace: Where it is.
        channel: Its name or id, as in the settings; None where nobody can be asked.
        user: Who wants them to be asked.
    """

    def __init__(self, workspace: Workspace, channel: str | None, user: str) -> None:
        self._workspace = workspace
        self._channel = channel
        self._user = user

    async def pin(self, question: Question) -> Posted:
        """Post a question, with a link to where it was asked unless nobody else could look.

        Raises:
            UnavailableError: There is no such channel, or the bot is not in it.
            PlatformError: It was not posted, or nobody knows.
        """
        if not self._channel:
            raise UnavailableError(NOBODY)
        said = [f"<@{self._user}> asks: {mrkdwn.spoken(question.text)}"]
        if link := await _link(question, self._workspace):
            said.append(f"<{link}|Where it was asked>")
        text = "\n".join([*said, HOW])
        try:
            there, ts = await patiently(partial(self._workspace.sending.say, self._channel, text))
        except RefusedError as error:
            raise UnavailableError(UNREACHED.format(error)) from error
        return Posted(_thread(self._workspace.team, there, ts), f"<#{there}>")


class Replier:
    """A `Writer`.

    Args:
        workspace: Where they are.
        message: What they wrote.
    """

    def __init__(self, workspace: Workspace, message: Written) -> None:
        self._workspace = workspace
        self._message = message

    async def name(self) -> str:
        """What people call them.

        Raises:
            UnavailableError: Slack does not say.
        """
        return await self._workspace.people.name(self._message.user)

    async def thank(self) -> None:
        """Put a mark on their reply.

        Raises:
            PlatformError: It was not put there, or is there already.
        """
        with translated():
            await self._workspace.client.reactions_add(
                channel=self._message.channel, timestamp=self._message.ts, name=DONE
            )

    async def tell(self, text: str) -> None:
        """Tell them alone, in the thread.

        Raises:
            PlatformError: They were not told.
        """
        with translated():
            await self._workspace.client.chat_postEphemeral(
                channel=self._message.channel,
                user=self._message.user,
                thread_ts=self._message.thread,
                text=text,
            )


def reply_of(message: Written, bot: str) -> Reply | None:
    """A message as a reply to whatever its thread begins with; None where it is in no thread."""
    if not message.in_thread:
        return None
    return Reply(
        id=message.id,
        thread=_thread(message.team, message.channel, message.thread),
        person=f"{NAME}:{message.user}",
        text=plain(message.text, bot),
        revision=message.revision,
    )


async def _link(question: Question, workspace: Workspace) -> str:
    """Where it was asked; "" where nobody else could look."""
    if question.audience.private:
        return ""
    with translated():
        found = await workspace.client.chat_getPermalink(
            channel=question.address["channel"], message_ts=question.address["ts"]
        )
    return str(found["permalink"])


def _thread(team: str, channel: str, ts: str) -> str:
    return f"{team}:{channel}:{ts}"
