"""What one message of Discord can hold, and how much of it a text takes.

discord.com/developers/docs: "Create Message", "Embed Limits" and "Component Reference".
"""

from __future__ import annotations

CONTENT = 2_000
"""The text of one message, for bots."""

TITLE = 256
"""The title of an embed, and the name of its author."""

DESCRIPTION = 4_096
"""The text of an embed."""

EMBEDS_IN_ALL = 6_000
"""All that the embeds of one message say."""

ROWS = 5
"""Rows of components in a message."""

BUTTONS = 5
"""Buttons in a row."""

OPTIONS = 25
"""Options of a select menu, which fills a row of its own."""

OPTION = 100
"""The label of an option."""

CUSTOM_ID = 90
"""The name of a component. Discord takes 100; the rest is kept for the mark by which a message is
known again."""

UNMARKED_ID = 100
"""The same where the message needs no mark."""

FORM_TITLE = 45
"""The title of a modal, and the label of its field."""

HINT = 100
"""What is said below the label of a field."""

FIELD = 4_000
"""What can be written into a field."""

ADDRESS = 500
"""A link; beyond it, it would fill much of a message, and the passage is shown by a button."""


def size(text: str) -> int:
    """How much room a text takes at most, however Discord counts.

    Its API counts code points (github.com/discord/discord-api-docs/issues/1315), its clients
    UTF-16 units, of which a text never has fewer.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, room: int) -> str:
    """The text, cut and marked by "…" if it takes more room than this."""
    if size(text) <= room:
        return text
    kept = text[: room - 1]
    while size(kept) >= room:
        kept = kept[:-1]
    return f"{kept}…"
