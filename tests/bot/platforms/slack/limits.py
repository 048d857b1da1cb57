"""What Slack takes of a message, from its own documentation."""

from __future__ import annotations

import json
from typing import Any

from footnote.bot.platforms.slack.messages import SlackMessage
from tests.bot.platforms.slack.readers import mrkdwn

TEXT, MARKDOWN, IN_ALL, BLOCKS_AT_MOST, SECTION = 40_000, 12_000, 13_200, 50, 3_000
VALUE, LABEL, ACTION_ID, BUTTONS, CONTEXT = 2_000, 75, 255, 25, 10


def beyond_limits(message: SlackMessage) -> list[str]:
    """Each limit of Slack's that a message breaks; it may count signs beyond U+FFFF twice."""
    blocks = message.blocks
    found = []
    if not 0 < _length(message.text) <= TEXT:
        found.append("text")
    if _length(message.markdown) > MARKDOWN:
        found.append("markdown")
    if _length(json.dumps(blocks, ensure_ascii=False)) > IN_ALL:
        found.append("in all")
    if not 0 < len(blocks) <= BLOCKS_AT_MOST:
        found.append("blocks")
    if any(not 0 < _length(text) <= SECTION for text in mrkdwn(blocks)):
        found.append("section")
    for block in blocks:
        elements = block.get("elements", [])
        most = {"actions": BUTTONS, "context": CONTEXT, "context_actions": 5}
        if elements and len(elements) > most[block["type"]]:
            found.append(block["type"])
    found += [name for name, most in _parts(blocks) if most]
    json.dumps(blocks, ensure_ascii=False).encode()
    message.text.encode()
    return found


def _parts(part: Any) -> list[tuple[str, bool]]:
    if isinstance(part, list):
        return [beyond for each in part for beyond in _parts(each)]
    if not isinstance(part, dict):
        return []
    beyond = [
        ("value", len(part.get("value", "")) > VALUE),
        ("action_id", len(part.get("action_id", "")) > ACTION_ID),
        ("label", part.get("type") == "plain_text" and not 0 < len(part["text"]) <= LABEL),
        ("said", len(part.get("accessibility_label", "")) > LABEL),
    ]
    return beyond + [found for each in part.values() for found in _parts(each)]


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
