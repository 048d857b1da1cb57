"""Admins in Slack who decide about an adapter."""

from __future__ import annotations

from footnote.bot.platforms import choosing
from footnote.bot.platforms.base import Chosen, Intake
from footnote.bot.platforms.slack import mrkdwn
from footnote.bot.platforms.slack.events import Payload
from footnote.bot.platforms.slack.telling import section
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import Workspace


async def choose(
    chosen: Chosen, intake: Intake, workspace: Workspace, container: Payload, message: Payload
) -> str:
    """Decide, and let the message say so in the place of its buttons.

    Args:
        chosen: What somebody wants.
        intake: Takes it.
        workspace: Where.
        container: Says which message it is.
        message: The message as it is shown.

    Returns:
        What is told to the one who pressed, or "".

    Raises:
        FootnoteError: They are no admin, or it was not taken.
        PlatformError: Slack does not show it.
    """
    user = chosen.admin.partition(":")[2]
    is_admin = await workspace.people.is_admin(user)
    done = await choosing.choose(chosen, intake, is_admin=is_admin, safe=mrkdwn.spoken)
    kept = [block for block in message.get("blocks", ()) if block["type"] != "actions"]
    with translated():
        await workspace.client.chat_update(
            channel=container["channel_id"],
            ts=container["message_ts"],
            text=f"{message.get('text', '')}\n{done.said}",
            blocks=[*kept, section(done.said)],
        )
    return done.told
