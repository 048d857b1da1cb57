"""Which events a session receives, and what of a message's content.

https://docs.discord.com/developers/events/gateway#gateway-intents lists both.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Any

Json = dict[str, Any]


class Intents(IntFlag):
    """What a session asks for."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


KNOWN = sum(Intents)
PRIVILEGED = Intents.GUILD_MEMBERS | Intents.GUILD_PRESENCES | Intents.MESSAGE_CONTENT

GUILD_EVENTS: dict[str, Intents] = {
    **dict.fromkeys(
        "GUILD_CREATE GUILD_UPDATE GUILD_DELETE GUILD_ROLE_CREATE GUILD_ROLE_UPDATE"
        " GUILD_ROLE_DELETE CHANNEL_CREATE CHANNEL_UPDATE CHANNEL_DELETE CHANNEL_PINS_UPDATE"
        " THREAD_CREATE THREAD_UPDATE THREAD_DELETE THREAD_LIST_SYNC THREAD_MEMBER_UPDATE"
        " THREAD_MEMBERS_UPDATE".split(),
        Intents.GUILDS,
    ),
    **dict.fromkeys("GUILD_MEMBER_ADD GUILD_MEMBER_REMOVE".split(), Intents.GUILD_MEMBERS),
    **dict.fromkeys(
        "MESSAGE_CREATE MESSAGE_UPDATE MESSAGE_DELETE MESSAGE_DELETE_BULK".split(),
        Intents.GUILD_MESSAGES,
    ),
    **dict.fromkeys(
        "MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE MESSAGE_REACTION_REMOVE_ALL"
        " MESSAGE_REACTION_REMOVE_EMOJI".split(),
        Intents.GUILD_MESSAGE_REACTIONS,
    ),
    "TYPING_START": Intents.GUILD_MESSAGE_TYPING,
    "WEBHOOKS_UPDATE": Intents.GUILD_WEBHOOKS,
}
"""What each event of a guild needs; events that are not listed need nothing."""

DIRECT_EVENTS: dict[str, Intents] = {
    **dict.fromkeys(
        "MESSAGE_CREATE MESSAGE_UPDATE MESSAGE_DELETE CHANNEL_PINS_UPDATE".split(),
        Intents.DIRECT_MESSAGES,
    ),
    **dict.fromkeys(
        "MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE MESSAGE_REACTION_REMOVE_ALL"
        " MESSAGE_REACTION_REMOVE_EMOJI".split(),
        Intents.DIRECT_MESSAGE_REACTIONS,
    ),
    "TYPING_START": Intents.DIRECT_MESSAGE_TYPING,
}
"""What each event outside of guilds needs: of direct messages, and of ephemeral ones."""

MEMBER_UPDATE = "GUILD_MEMBER_UPDATE"


def wanted(intents: Intents, event: str, payload: Json, bot_id: str) -> bool:
    """Whether a session with these intents receives an event."""
    if event == MEMBER_UPDATE and payload["user"]["id"] != bot_id:
        return bool(intents & Intents.GUILD_MEMBERS)
    table = GUILD_EVENTS if "guild_id" in payload or event.startswith("GUILD") else DIRECT_EVENTS
    needed = table.get(event)
    return needed is None or bool(intents & needed)


def seen_with(intents: Intents, event: str, payload: Json, bot_id: str) -> Json:
    """The payload as a session with these intents receives it."""
    if event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or intents & Intents.MESSAGE_CONTENT:
        return payload
    return _without_content(payload, bot_id)


def _without_content(message: Json, bot_id: str) -> Json:
    """A message as an app without MESSAGE_CONTENT sees it.

    It sees all of its own messages, of direct messages, and of messages that mention it.
    """
    seen = dict(message)
    if isinstance(message.get("referenced_message"), dict):
        around = {key: message[key] for key in ("guild_id",) if key in message}
        referenced = _without_content(around | message["referenced_message"], bot_id)
        seen["referenced_message"] = {
            key: referenced[key] for key in message["referenced_message"]
        }
    mentioned = any(user["id"] == bot_id for user in message.get("mentions", ()))
    if "guild_id" not in message or message["author"]["id"] == bot_id or mentioned:
        return seen
    seen |= {"content": "", "embeds": [], "attachments": []}
    if "components" in seen:
        seen["components"] = []
    seen.pop("poll", None)
    return seen
