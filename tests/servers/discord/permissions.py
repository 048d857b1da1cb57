"""Who may do what where, as Discord documents it under "Permissions".

Documented is the order: the guild's owner and administrators may do everything; else the roles'
permissions are joined, then the channel's overwrites for @everyone, for the roles together, and
for the member change them. A thread has its parent's permissions, and a private one shows itself
to its members and to whoever manages threads.
"""

from __future__ import annotations

from enum import IntFlag

from tests.servers.discord.model import Channel, Guild, Member


class Permission(IntFlag):
    """Discord's permission bits, as far as a chat bot meets them."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


ALL = Permission((1 << 51) - 1)
NONE = Permission(0)

IN_DIRECT_MESSAGES = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.MENTION_EVERYONE
    | Permission.USE_APPLICATION_COMMANDS
)

EVERYBODY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What @everyone may do in a new guild."""

_WITHOUT_SENDING = (
    Permission.MENTION_EVERYONE
    | Permission.SEND_TTS_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
)


def in_guild(guild: Guild, member: Member) -> Permission:
    """What somebody may do in a guild before any channel's overwrites."""
    if guild.owner_id == member.id:
        return ALL
    granted = guild.everyone.permissions
    for role in member.roles:
        granted |= guild.roles[role].permissions
    return ALL if granted & Permission.ADMINISTRATOR else Permission(granted)


def in_channel(channel: Channel, user_id: str) -> Permission:
    """What somebody may do in a channel; nothing where they are not in it at all."""
    guild = channel.guild
    if guild is None:
        return IN_DIRECT_MESSAGES if user_id in channel.recipients else NONE
    member = guild.members.get(user_id)
    if member is None:
        return NONE
    granted = in_guild(guild, member)
    if granted == ALL:
        return ALL
    granted = _overwritten(granted, channel.parent if channel.is_thread else channel, member)
    if not granted & Permission.VIEW_CHANNEL:
        return NONE
    if channel.is_thread:
        return _in_thread(granted, channel, user_id)
    return granted if granted & Permission.SEND_MESSAGES else granted & ~_WITHOUT_SENDING


def may(channel: Channel, user_id: str, needed: Permission) -> bool:
    """Whether somebody has all of these permissions in a channel."""
    return in_channel(channel, user_id) & needed == needed


def sees(channel: Channel, user_id: str) -> bool:
    """Whether somebody sees a channel."""
    return may(channel, user_id, Permission.VIEW_CHANNEL)


def _overwritten(granted: Permission, channel: Channel | None, member: Member) -> Permission:
    assert channel is not None
    assert channel.guild is not None
    everyone = channel.overwrites.get(channel.guild.id)
    if everyone:
        granted = granted & ~everyone.deny | everyone.allow
    of_roles = [channel.overwrites[role] for role in member.roles if role in channel.overwrites]
    denied = allowed = 0
    for overwrite in of_roles:
        denied |= overwrite.deny
        allowed |= overwrite.allow
    granted = granted & ~denied | allowed
    own = channel.overwrites.get(member.id)
    if own:
        granted = granted & ~own.deny | own.allow
    return Permission(granted)


def _in_thread(granted: Permission, thread: Channel, user_id: str) -> Permission:
    manages = granted & Permission.MANAGE_THREADS
    if thread.is_private and user_id not in thread.thread_members and not manages:
        return NONE
    if granted & Permission.SEND_MESSAGES_IN_THREADS:
        return granted | Permission.SEND_MESSAGES
    return granted & ~(_WITHOUT_SENDING | Permission.SEND_MESSAGES)
