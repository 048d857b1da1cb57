"""What the bot has to be allowed to do on a server, and the link that invites it with that."""

from __future__ import annotations

import discord

SCOPES = ("bot", "applications.commands")

WORDS = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
"""Each permission by its name in the API, and as Discord shows it."""

IN_CHANNELS = ("view_channel", "send_messages", "embed_links", "read_message_history")
"""Those without which nothing can be answered in a channel."""

WITH_PEOPLE = (*IN_CHANNELS, "create_public_threads", "send_messages_in_threads", "add_reactions")
"""Those without which people cannot be asked in a channel."""

IN_FORUMS = ("view_channel", "send_messages_in_threads", "embed_links", "read_message_history")
"""Those without which nothing can be answered in a forum."""


def needed() -> discord.Permissions:
    """Exactly what the bot has to be allowed to do."""
    return discord.Permissions(**dict.fromkeys(WORDS, True))


def invite(application: int) -> str:
    """The link by which an admin of a server invites the bot to it."""
    return discord.utils.oauth_url(application, permissions=needed(), scopes=SCOPES)


def lacking(granted: discord.Permissions, names: tuple[str, ...] = tuple(WORDS)) -> list[str]:
    """Which of these permissions are not granted, as Discord shows them."""
    return [WORDS[name] for name in names if not getattr(granted, name)]
