"""Members, channels and messages as Slack writes them."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.slack.world import Channel, Json, Kind, Member, Message, Team

_MENTION = re.compile(r"<@(\w+)>")


def member_json(member: Member, asked_by: Team) -> Json:
    """A user object, as the app in one workspace sees it."""
    seen: Json = {
        "id": member.id,
        "team_id": member.team_id,
        "name": member.name,
        "real_name": member.name.title(),
        "deleted": member.deleted,
        "tz": "Europe/Berlin",
        "profile": {
            "real_name": member.name.title(),
            "display_name": member.name,
            "team": member.team_id,
        },
        "is_bot": member.bot_id is not None,
        "is_app_user": False,
        "updated": 1767225600,
    }
    if member.bot_id:
        seen["profile"]["bot_id"] = member.bot_id
    if member.team_id != asked_by.id:
        seen["is_stranger"] = True
    elif not member.deleted:
        seen |= {
            "is_admin": member.admin or member.owner or member.primary_owner,
            "is_owner": member.owner or member.primary_owner,
            "is_primary_owner": member.primary_owner,
            "is_restricted": member.guest,
            "is_ultra_restricted": False,
        }
    return seen


def channel_json(channel: Channel, asked_by: Team) -> Json:
    """A channel object, as the app in one workspace sees it."""
    seen: Json = {
        "id": channel.id,
        "created": 1767225600,
        "is_archived": channel.archived,
        "is_im": channel.kind is Kind.IM,
        "is_mpim": channel.kind is Kind.MPIM,
        "is_org_shared": False,
    }
    if channel.kind is Kind.IM:
        return seen | {"user": min(channel.members - {asked_by.bot.id}, default=asked_by.bot.id)}
    outside = len(channel.team_ids) > 1
    return seen | {
        "name": channel.name,
        "is_channel": channel.kind is Kind.PUBLIC,
        "is_group": channel.kind is Kind.PRIVATE,
        "is_private": channel.kind is not Kind.PUBLIC,
        "is_member": asked_by.bot.id in channel.members,
        "is_general": False,
        "is_shared": outside,
        "is_ext_shared": outside,
        "shared_team_ids": channel.team_ids,
        "context_team_id": asked_by.id,
    }


def message_json(message: Message, *, metadata: bool = False) -> Json:
    """A message, as histories and events have it."""
    seen: Json = {
        "type": "message",
        "user": message.author.id,
        "text": message.text,
        "ts": message.ts,
        "team": message.author.team_id,
    }
    optional = {
        "subtype": message.subtype,
        "thread_ts": message.thread_ts,
        "edited": message.edited,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "reactions": [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ],
        "bot_id": message.author.bot_id,
        "metadata": message.metadata if metadata else None,
    }
    seen |= {name: value for name, value in optional.items() if value}
    if message.author.bot_id:
        seen["bot_profile"] = _bot_profile(message.author)
        seen["app_id"] = message.author.app_id
    elif message.subtype in (None, "file_share"):
        seen["client_msg_id"] = f"client-{message.ts}"
    replies = message.channel.replies(message.ts)
    if message.thread_ts and message.is_root:
        seen |= {
            "reply_count": len(replies),
            "reply_users": sorted({reply.author.id for reply in replies}),
            "reply_users_count": len({reply.author.id for reply in replies}),
        }
        if replies:
            seen["latest_reply"] = replies[-1].ts
    elif message.thread_ts and (root := message.channel.messages.get(message.thread_ts)):
        seen["parent_user_id"] = root.author.id
    return seen


def rich_text(text: str) -> list[Json]:
    """The block that Slack makes of what a person types."""
    elements: list[Json] = []
    for index, part in enumerate(_MENTION.split(text)):
        if index % 2:
            elements.append({"type": "user", "user_id": part})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks; those without a block_id get one."""
    return [{"block_id": f"b{index}", **block} for index, block in enumerate(blocks)]


def _bot_profile(member: Member) -> dict[str, Any]:
    return {
        "id": member.bot_id,
        "app_id": member.app_id,
        "name": member.name,
        "team_id": member.team_id,
        "deleted": False,
        "updated": 1767225600,
        "icons": {},
    }
