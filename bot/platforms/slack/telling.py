"""Telling admins in Slack what nobody has asked."""

from __future__ import annotations

from functools import partial

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RefusedError
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.limits import SECTION
from footnote.bot.platforms.slack.trouble import patiently
from footnote.bot.platforms.slack.workspaces import Workspaces

UNREACHED = (
    "`admin_channel` in [slack] names a channel that I cannot write in ({}): invite me there."
)


async def tell_admins(workspaces: Workspaces, channel: str, text: str) -> None:
    """Say something in the workspace that has the channel.

    Args:
        workspaces: Where the app is installed.
        channel: Its id, or its name with "#" before it.
        text: What to say, as plain text.

    Raises:
        UnavailableError: The bot is in no such channel.
        PlatformError: It was not said, or nobody knows.
    """
    why: Exception | str = "there is no workspace"
    for workspace in workspaces.values():
        try:
            found = await workspace.people.find(channel)
            said = mrkdwn.spoken(text)[:SECTION]
            await patiently(partial(workspace.sending.say, found, said))
        except (RefusedError, UnavailableError) as error:
            why = error
        else:
            return
    raise UnavailableError(UNREACHED.format(why))
