"""One message as Slack's methods take it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """All that one message shows; two that are equal look the same.

    Attributes:
        markdown: The part of the answer that it shows, as Markdown; "" where it has only `below`.
        text: All of it as mrkdwn, for notifications and screen readers.
        below: The blocks under the Markdown, as JSON: sources and buttons.
        final: Whether it will never say anything else, so that a stream of it can be stopped.
    """

    markdown: str
    text: str
    below: str = "[]"
    final: bool = False

    @property
    def blocks(self) -> list[JsonObject]:
        """All blocks, as chat.postMessage and chat.update take them."""
        shown: list[JsonObject] = []
        if self.markdown:
            shown.append({"type": "markdown", "text": self.markdown})
        return shown + self.blocks_below

    @property
    def blocks_below(self) -> list[JsonObject]:
        """The blocks that chat.stopStream puts under what was streamed."""
        below: list[JsonObject] = json.loads(self.below)
        return below


def below(blocks: Sequence[JsonObject]) -> str:
    """Blocks as `SlackMessage.below` holds them."""
    return json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))


def post_arguments(message: SlackMessage) -> JsonObject:
    """What chat.postMessage needs beyond where it goes; no link is unfolded."""
    return {**update_arguments(message), "unfurl_links": False, "unfurl_media": False}


def update_arguments(message: SlackMessage) -> JsonObject:
    """What chat.update and chat.postEphemeral need beyond which message, or where it goes.

    `parse` is said each time, since chat.update searches the text for names otherwise.
    """
    return {
        "text": message.text,
        "blocks": message.blocks,
        "parse": "none",
        "link_names": False,
    }


def stop_arguments(message: SlackMessage) -> JsonObject:
    """What chat.stopStream needs beyond which stream it ends: what stands under the Markdown."""
    return {"blocks": message.blocks_below} if message.blocks_below else {}


def stream_piece(before: SlackMessage | None, after: SlackMessage) -> str | None:
    """The Markdown to append to a stream that says `before`, so that it says `after`.

    "" where there is nothing to append, and None where appending cannot do it: the beginning is
    another one, or the stream was stopped. chat.startStream takes what comes after no message.
    """
    if before is None:
        return after.markdown
    if not after.markdown.startswith(before.markdown):
        return None
    piece = after.markdown[len(before.markdown) :]
    return None if piece and before.final else piece
