"""Interactions, as INTERACTION_CREATE tells of them."""

from __future__ import annotations

from tests.servers.discord.dispatch import Json
from tests.servers.discord.interaction_model import Interaction, InteractionKind
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.payloads import interaction_channel_json, member_json, user_json
from tests.servers.discord.permissions import in_channel

ATTACHMENT_BYTES = 10_485_760
GUILD_CONTEXT = 0
BOT_DM_CONTEXT = 1


def interaction_json(interaction: Interaction) -> Json:
    """An interaction."""
    application, user = interaction.application, interaction.user
    channel, source = interaction.channel, interaction.source
    guild = channel.guild
    told: Json = {
        "id": interaction.id,
        "application_id": application.id,
        "type": int(interaction.kind),
        "data": interaction.data,
        "channel_id": channel.id,
        "channel": interaction_channel_json(channel, user.id),
        "token": interaction.token,
        "version": 1,
        "app_permissions": str(int(in_channel(channel, application.bot.id))),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": guild.id if guild else "0"},
        "context": GUILD_CONTEXT if guild else BOT_DM_CONTEXT,
        "attachment_size_limit": ATTACHMENT_BYTES,
    }
    if source is not None:
        told["message"] = message_json(source)
    if guild is None:
        return told | {"user": user_json(user)}
    may = {"permissions": str(int(in_channel(channel, user.id)))}
    return told | {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member_json(guild.members[user.id]) | may,
    }


def metadata_json(interaction: Interaction) -> Json:
    """What a message that answers an interaction says about it."""
    told: Json = {
        "id": interaction.id,
        "type": int(interaction.kind),
        "user": user_json(interaction.user),
        "authorizing_integration_owners": {"0": interaction.channel.guild_id or "0"},
    }
    if interaction.kind is InteractionKind.COMPONENT and interaction.source:
        told["interacted_message_id"] = interaction.source.id
    if interaction.came_from:
        told["triggering_interaction_metadata"] = metadata_json(interaction.came_from)
    return told
