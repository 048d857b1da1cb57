"""Slack's own markup, mrkdwn: the one that `text`, sections and context elements are written in."""

from __future__ import annotations

from footnote.bot.platforms.pages.safety import cleaned, without_addresses
from footnote.bot.platforms.slack.safety import without_mentions


def escaped(text: str) -> str:
    """The text with the three signs escaped that Slack takes orders by.

    docs.slack.dev, "Formatting message text": `&`, `<` and `>`, and no others.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def spoken(text: str) -> str:
    """Words from anywhere as mrkdwn in which nothing is alive."""
    return escaped(without_addresses(without_mentions(cleaned(text))))


def link(address: str, label: str) -> str:
    """A link that shows this label, which comes from anywhere."""
    return f"<{escaped(address)}|{spoken(label).replace('|', '¦')}>"
