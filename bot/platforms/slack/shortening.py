"""Cutting words to the room that Slack has for them, before they become mrkdwn.

Cut afterwards, an escaped sign could be split, and its half would be shown as it stands.
"""

from __future__ import annotations

from footnote.bot.platforms.slack.limits import size
from footnote.bot.platforms.slack.mrkdwn import spoken


def spoken_within(text: str, room: int) -> str:
    """Words from anywhere as mrkdwn in which nothing is alive, in this room at most."""
    return spoken(shortened(text, room))


def shortened(text: str, room: int) -> str:
    """The text, cut and marked so if as mrkdwn it takes more room than this.

    Args:
        text: Words from anywhere.
        room: As `size` counts.
    """
    kept = text[:room]
    while size(spoken(kept)) >= room:
        kept = kept[: len(kept) * 7 // 8]
    return text if kept == text else f"{kept}…"
