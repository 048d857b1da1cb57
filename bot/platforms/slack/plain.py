"""What is tried one after the other, so that an answer is shown even where its blocks are not.

Slack's limits are not all documented, and change: a message that it does not take is shown as the
text alone, which notifications have anyway, and one that is too long even so is cut.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from footnote.bot.platforms.slack.messages import (
    JsonObject,
    SlackMessage,
    post_arguments,
    update_arguments,
)
from footnote.bot.platforms.slack.trouble import SlackRefusedError

T = TypeVar("T")

TEXT = 4_000
"""The text that chat.update takes (docs.slack.dev, chat.update: msg_too_long)."""

UNFIT = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_too_long",
    "msg_blocks_too_long",
    "msg_blocks_too_many",
}

_CUT_ENTITY = re.compile(r"&\w*$")

_log = logging.getLogger(__name__)


def posts(message: SlackMessage) -> Sequence[JsonObject]:
    """What chat.postMessage and chat.postEphemeral are given, the best first."""
    whole = post_arguments(message)
    return whole, whole | {"blocks": []}, whole | {"blocks": [], "text": shortened(message.text)}


def updates(message: SlackMessage) -> Sequence[JsonObject]:
    """What chat.update is given, the best first; its text is cut from the start."""
    whole = update_arguments(message) | {"text": shortened(message.text)}
    return whole, whole | {"blocks": []}


async def first_taken(
    tries: Sequence[JsonObject], send: Callable[[JsonObject], Awaitable[T]], name: str
) -> T:
    """Send the first of these that Slack does not find unfit.

    Args:
        tries: What to send, the best first.
        send: Sends it.
        name: Whose message it is, for the log.

    Raises:
        PlatformError: None was sent.
    """
    *better, last = tries
    for arguments in better:
        try:
            return await send(arguments)
        except SlackRefusedError as error:
            if error.code not in UNFIT:
                raise
            _log.warning(
                "Question %s: Slack does not take the message as it is (%s); it is shown as plain "
                "text.",
                name,
                error.code,
            )
    return await send(last)


def shortened(text: str) -> str:
    """A text of mrkdwn that chat.update takes, marked by "…" where it is cut."""
    if len(text) <= TEXT:
        return text
    return f"{_CUT_ENTITY.sub('', text[: TEXT - 1])}…"
