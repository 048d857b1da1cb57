"""Users, roles, members, channels, guilds and applications, as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import Application, Channel, Guild, Kind, Member, Role, User
from tests.servers.discord.permissions import in_channel, sees

EPOCH_MS = 1_420_070_400_000
"""The first second of 2015, from which snowflakes count."""


def timestamp(moment: float) -> str:
    """Seconds since the epoch in ISO 8601, as the API writes them."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def made_at(snowflake: str) -> float:
    """When an id was made, in seconds since the epoch."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1_000


def user_json(user: User) -> Json:
    """A user."""
    shown: Json = {
        "id": user.id,
        "username": user.name,
        "avatar": None,
        "discriminator": "0000" if user.bot else "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": user.global_name,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
    }
    return shown | ({"bot": True} if user.bot else {})


def own_user_json(user: User) -> Json:
    """The user of the bot that asks."""
    more = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}
    return user_json(user) | more


def role_json(role: Role) -> Json:
    """A role."""
    shown: Json = {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return shown | ({"tags": {"bot_id": role.bot_id}} if role.bot_id else {})


def bare_member_json(member: Member) -> Json:
    """A member without the user, as a message's event has its author."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": timestamp(member.joined_at),
        "nick": member.nick,
        "pending": False,
        "premium_since": None,
        "roles": sorted(member.roles),
        "mute": False,
        "deaf": False,
    }


def member_json(member: Member) -> Json:
    """A member with the user."""
    return bare_member_json(member) | {"user": user_json(member.user)}


def channel_json(channel: Channel, *, reader: str | None = None) -> Json:
    """A channel, a thread or direct messages.

    Args:
        channel: Which.
        reader: The user to whom it is shown; a thread then tells of their membership, and direct
            messages leave them out of the recipients.
    """
    shown: Json = {
        "id": channel.id,
        "type": int(channel.kind),
        "flags": 0,
    }
    if channel.kind is not Kind.CATEGORY:
        shown["last_message_id"] = channel.last_message_id
    if channel.guild is None:
        others = [user for user in channel.recipients.values() if user.id != reader]
        return shown | {"recipients": [user_json(user) for user in others]}
    shown |= {
        "guild_id": channel.guild.id,
        "name": channel.name,
        "parent_id": channel.parent.id if channel.parent else None,
    }
    if channel.is_thread:
        return shown | _thread_json(channel, reader)
    shown |= {
        "position": channel.position,
        "permission_overwrites": _overwrites_json(channel),
        "nsfw": False,
    }
    if channel.kind is Kind.CATEGORY:
        return shown
    shown |= {"topic": channel.topic, "rate_limit_per_user": 0}
    if channel.kind is Kind.FORUM:
        shown |= {
            "available_tags": channel.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return shown


def thread_member_json(thread: Channel, user_id: str) -> Json:
    """A member of a thread."""
    return {
        "id": thread.id,
        "user_id": user_id,
        "join_timestamp": timestamp(thread.thread_members[user_id]),
        "flags": 0,
    }


def guild_json(guild: Guild) -> Json:
    """A guild, as REST shows it."""
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": guild.owner_id,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role_json(role) for role in guild.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create_json(guild: Guild, bot_id: str) -> Json:
    """A guild as GUILD_CREATE tells a bot of it: with members, and the channels that it sees.

    Discord lists channels that a bot cannot see, too; threads only where it can.
    """
    channels = [channel for channel in guild.channels.values() if not channel.is_thread]
    threads = [t for t in guild.threads if sees(t, bot_id) and not t.archived]
    joined = guild.members[bot_id].joined_at
    return guild_json(guild) | {
        "joined_at": timestamp(joined),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(member) for member in guild.members.values()],
        "channels": [channel_json(channel) for channel in channels],
        "threads": [channel_json(thread, reader=bot_id) for thread in threads],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_json(application: Application, guilds: int = 1) -> Json:
    """The application of the bot that asks."""
    return {
        "id": application.id,
        "name": application.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user_json(application.bot),
        "bot_public": application.bot_public,
        "bot_require_code_grant": application.bot_require_code_grant,
        "verify_key": "0" * 64,
        "flags": application.flags,
        "flags_new": str(application.flags),
        "tags": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(application.owner),
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "integration_types_config": {"0": {}},
    }


def interaction_channel_json(channel: Channel, user_id: str) -> Json:
    """A channel as an interaction shows it: with what the user may do there."""
    shown = channel_json(channel, reader=None)
    return shown | {"permissions": str(int(in_channel(channel, user_id)))}


def _thread_json(thread: Channel, reader: str | None) -> Json:
    shown: Json = {
        "owner_id": thread.owner_id,
        "rate_limit_per_user": 0,
        "message_count": len(thread.messages),
        "total_message_sent": thread.sent,
        "member_count": min(50, len(thread.thread_members)),
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": timestamp(thread.archived_at or made_at(thread.id)),
            "auto_archive_duration": thread.auto_archive_min,
            "locked": thread.locked,
            "create_timestamp": timestamp(made_at(thread.id)),
        },
    }
    if thread.is_private:
        shown["thread_metadata"]["invitable"] = True
    if thread.parent and thread.parent.kind is Kind.FORUM:
        shown["applied_tags"] = thread.applied_tags
    if reader in thread.thread_members:
        shown["member"] = thread_member_json(thread, str(reader))
    return shown


def _overwrites_json(channel: Channel) -> list[Json]:
    assert channel.guild
    return [
        {
            "id": whose,
            "type": 0 if whose in channel.guild.roles else 1,
            "allow": str(int(overwrite.allow)),
            "deny": str(int(overwrite.deny)),
        }
        for whose, overwrite in channel.overwrites.items()
    ]
