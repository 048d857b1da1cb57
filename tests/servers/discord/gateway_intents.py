"""Which events a session receives, and what of a message's content.

https://docs.discord.com/developers/events/gateway#gateway-intents lists both.
"""

from __future__ import annotations

from enum import IntFlag

from tests.servers.discord.dispatch import Json
from tests.servers.discord.message_payloads import without_content
from tests.servers.discord.model import Application, ApplicationFlag


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

NOT_OF_DIRECT = frozenset({"CHANNEL_CREATE"})
"""What bots are told of guilds alone: since version 8, not that direct messages have begun."""

OF_MEMBERS = frozenset({"GUILD_MEMBER_UPDATE", "THREAD_MEMBERS_UPDATE"})
"""What bots are told of themselves in any case, and of others with GUILD_MEMBERS."""

MESSAGES = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


def wanted(intents: Intents, event: str, payload: Json, guild_id: str | None, bot_id: str) -> bool:
    """Whether a session with these intents receives an event."""
    if event in OF_MEMBERS and bot_id not in _members_of(event, payload):
        return bool(intents & Intents.GUILD_MEMBERS)
    if guild_id is None and event in NOT_OF_DIRECT:
        return False
    needed = (DIRECT_EVENTS if guild_id is None else GUILD_EVENTS).get(event)
    return needed is None or bool(intents & needed)


def seen_with(intents: Intents, event: str, payload: Json, bot_id: str) -> Json:
    """The payload as a session with these intents receives it."""
    if event in MESSAGES and not intents & Intents.MESSAGE_CONTENT:
        return without_content(payload, bot_id)
    return payload


def allowed_to(application: Application) -> Intents:
    """The intents that an application may ask for, as it was set up in the developer portal."""
    allowed = Intents(KNOWN & ~PRIVILEGED)
    if application.reads_content:
        allowed |= Intents.MESSAGE_CONTENT
    if application.flags & ApplicationFlag.MEMBERS_LIMITED:
        allowed |= Intents.GUILD_MEMBERS
    if application.flags & ApplicationFlag.PRESENCE_LIMITED:
        allowed |= Intents.GUILD_PRESENCES
    return allowed


def _members_of(event: str, payload: Json) -> set[str]:
    if event == "GUILD_MEMBER_UPDATE":
        return {payload["user"]["id"]}
    return {member["user_id"] for member in payload.get("added_members", ())}
