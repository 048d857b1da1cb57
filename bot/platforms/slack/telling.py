"""Telling admins in Slack what nobody has asked, and asking them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from footnote.bot.errors import UnavailableError
from footnote.bot.platforms.base import RefusedError
from footnote.bot.platforms.slack.limits import SECTION
from footnote.bot.platforms.slack.messages import JsonObject
from footnote.bot.platforms.slack.shortening import spoken_within
from footnote.bot.platforms.slack.trouble import patiently, translated
from footnote.bot.platforms.slack.workspaces import Workspace, Workspaces

UNREACHED = (
    "`admin_channel` in [slack] names a channel that I cannot write in ({}): invite me there."
)


async def tell_admins(
    workspaces: Workspaces, channel: str, text: str, buttons: Iterable[JsonObject] = ()
) -> None:
    """Say something in the workspace that has the channel.

    Args:
        workspaces: Where the app is installed.
        channel: Its id, or its name with "#" before it.
        text: What to say, as plain text.
        buttons: Blocks of buttons that stand below it.

    Raises:
        UnavailableError: The bot is in no such channel.
        PlatformError: It was not said, or nobody knows.
    """
    why: Exception | str = "there is no workspace"
    said, below = spoken_within(text, SECTION), list(buttons)
    for workspace in workspaces.values():
        try:
            found = await workspace.people.find(channel)
            await patiently(partial(_say, workspace, found, said, below))
        except (RefusedError, UnavailableError) as error:
            why = error
        else:
            return
    raise UnavailableError(UNREACHED.format(why))


def section(text: str) -> JsonObject:
    """A block of text, as mrkdwn in which no bare name or address comes alive."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


async def _say(
    workspace: Workspace, channel: str, said: str, buttons: Sequence[JsonObject]
) -> None:
    if not buttons:
        await workspace.sending.say(channel, said)
        return
    with translated():
        await workspace.client.chat_postMessage(
            channel=channel,
            text=said,
            blocks=[section(said), *buttons],
            unfurl_links=False,
            unfurl_media=False,
        )
