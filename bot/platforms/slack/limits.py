"""What one Slack message can hold, and how much of it a text takes."""

from __future__ import annotations

import json

from footnote.bot.platforms.slack.mrkdwn import escaped

MARKDOWN = 11_000
"""The Markdown of one message. Slack takes 12,000 in a `markdown` block and in `markdown_text`
(docs.slack.dev, markdown block); the rest is kept for the mark of what was left out."""

BLOCKS_IN_ALL = 13_000
"""All blocks of one message together. Slack refused from about 13,200 characters on, and counted
the frames of blocks too (github.com/slackapi/bolt-js/issues/2509)."""

BLOCKS = 50
"""Blocks in a message."""

SECTION = 3_000
"""The text of a section, and of an element of a context block."""

BUTTONS = 25
"""Elements of an `actions` block."""

VALUE = 2_000
"""The value of a button."""

ADDRESS = 2_000
"""A link; beyond it the passage is shown by a button, as one without a link is."""


def size(text: str) -> int:
    """How much room a text takes at most, however Slack counts.

    A sign counts as what it becomes in mrkdwn and in JSON, and one beyond U+FFFF counts twice.
    """
    sent = json.dumps(escaped(text), ensure_ascii=False)[1:-1]
    return len(sent.encode("utf-16-le", "surrogatepass")) // 2
