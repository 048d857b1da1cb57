"""What commands have to say, shown to whoever gave them."""

from __future__ import annotations

from footnote.bot.platforms import dealing
from footnote.bot.platforms.base import Command, RefusedError
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import NAME
from footnote.bot.platforms.slack.limits import MARKDOWN, size
from footnote.bot.platforms.slack.messages import SlackMessage, post_arguments
from footnote.bot.platforms.slack.plain import updates
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspaces

LONG = {"reindex"}
"""Commands that say how they get on."""


class Replying:
    """Shows replies to commands.

    Args:
        workspaces: Where the app is installed.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def reply(self, command: Command, text: str, shown: str) -> str:
        """Show it to whoever gave the command, in private where the bot is not.

        What takes long is told in direct messages, since Slack lets nobody change what is shown
        to one person in a channel. What is too long for one message is dealt over several.

        Args:
            command: The command.
            text: What it has to say, as Markdown.
            shown: What an earlier reply gave back, to put this in its place; "" for the first.

        Returns:
            What names this reply; "" where it cannot be replaced.

        Raises:
            PlatformError: Not all of it was shown.
        """
        if command.name in LONG:
            return await self._in_turn(command, dealt(text), shown)
        for part in dealt(text):
            await self._alone(command, part)
        return ""

    async def _in_turn(self, command: Command, parts: list[str], shown: str) -> str:
        """Put the parts in the place of those messages, with more behind them, or fewer."""
        team, user = _team(command), _user(command)
        client = self._workspaces[team].client
        channel, *there = shown.split("/") if shown else [user]
        for number, part in enumerate(parts):
            message = SlackMessage(part, mrkdwn.spoken(part))
            with translated():
                if number < len(there):
                    changed, *_ = updates(message)
                    await client.chat_update(channel=channel, ts=there[number], **changed)
                else:
                    posted = await client.chat_postMessage(
                        channel=channel, **post_arguments(message)
                    )
                    channel = str(posted["channel"])
                    there.append(str(posted["ts"]))
        while len(there) > len(parts):
            with translated():
                await client.chat_delete(channel=channel, ts=there.pop())
        return "/".join([channel, *there])

    async def _alone(self, command: Command, text: str) -> None:
        client, user = self._workspaces[_team(command)].client, _user(command)
        channel = command.place.split("/")[1]
        try:
            with translated():
                await client.chat_postEphemeral(channel=channel, user=user, markdown_text=text)
        except RefusedError:
            with translated():
                await client.chat_postMessage(channel=user, markdown_text=text)


def dealt(text: str, room: int = MARKDOWN) -> list[str]:
    """Text in pieces of so much room each, cut at the ends of lines where there are any."""
    return dealing.dealt(text, room, size)


def _team(command: Command) -> str:
    return command.place.split("/")[0]


def _user(command: Command) -> str:
    return command.asker.removeprefix(f"{NAME}:")
