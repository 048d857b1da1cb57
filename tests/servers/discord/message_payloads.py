"""Messages, as the API shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.servers.discord.dispatch import Json
from tests.servers.discord.model import Message, MessageFlag
from tests.servers.discord.payloads import bare_member_json, channel_json, timestamp, user_json

CONTENT_FIELDS = ("content", "embeds", "attachments", "components")


def message_json(message: Message, *, quoting: bool = True) -> Json:
    """A message as REST shows it.

    Args:
        message: Which.
        quoting: Whether the message that it answers comes with it.
    """
    shown: Json = {
        "id": message.id,
        "type": int(message.kind),
        "channel_id": message.channel.id,
        "content": message.content,
        "author": user_json(message.author),
        "mentions": [user_json(user) for user in mentioned_users(message)],
        "mention_roles": sorted(message.notified.roles),
        "mention_everyone": message.notified.everyone,
        "attachments": message.attachments,
        "embeds": [] if message.flags & MessageFlag.SUPPRESS_EMBEDS else message.embeds,
        "timestamp": timestamp(message.sent_at),
        "edited_timestamp": timestamp(message.edited_at) if message.edited_at else None,
        "flags": int(message.flags),
        "components": message.components,
        "pinned": False,
        "tts": False,
    }
    for name in ("nonce", "application_id", "webhook_id"):
        if getattr(message, name) is not None:
            shown[name] = getattr(message, name)
    if message.interaction:
        shown["interaction_metadata"] = message.interaction
    if message.reactions:
        shown["reactions"] = [_reaction_json(name, who) for name, who in message.reactions.items()]
    if message.thread:
        shown["thread"] = channel_json(message.thread)
    return shown | (_reference_json(message, quoting=quoting) if message.reply_to else {})


def message_event_json(message: Message) -> Json:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE tell of it: with guild and member."""
    shown = message_json(message)
    guild = message.channel.guild
    shown["channel_type"] = int(message.channel.kind)
    if guild is None:
        return shown
    shown["guild_id"] = guild.id
    author = guild.members.get(message.author.id)
    if author and not message.webhook_id:
        shown["member"] = bare_member_json(author)
    for user in shown["mentions"]:
        member = guild.members.get(user["id"])
        if member:
            user["member"] = bare_member_json(member)
    return shown


def without_content(payload: Json, bot_id: str) -> Json:
    """A message as a bot without the message-content intent gets it.

    Documented: it still gets the content of its own messages, of direct messages, and of those
    that mention it.
    """
    direct = payload.get("channel_type") == 1
    mentioned = any(user["id"] == bot_id for user in payload["mentions"])
    if direct or mentioned or payload["author"]["id"] == bot_id:
        return payload
    empty: dict[str, Any] = {"content": "", "embeds": [], "attachments": [], "components": []}
    hidden = payload | {name: empty[name] for name in CONTENT_FIELDS}
    if quoted := payload.get("referenced_message"):
        hidden["referenced_message"] = without_content(quoted, bot_id)
    return hidden


def mentioned_users(message: Message) -> list[Any]:
    """The users whom a message notifies by name, in the order of their ids."""
    guild = message.channel.guild
    known = message.channel.recipients if guild is None else guild.members
    found = [known[name] for name in sorted(message.notified.users) if name in known]
    return [getattr(one, "user", one) for one in found]


def emoji_json(name: str) -> Json:
    """An emoji of a path: a character, or `name:id`."""
    text = unquote(name)
    if ":" in text:
        label, _, snowflake = text.partition(":")
        return {"id": snowflake, "name": label}
    return {"id": None, "name": text}


def _reference_json(message: Message, *, quoting: bool) -> Json:
    reference: Json = {
        "type": 0,
        "channel_id": message.channel.id,
        "message_id": message.reply_to,
    }
    if message.channel.guild:
        reference["guild_id"] = message.channel.guild.id
    shown: Json = {"message_reference": reference}
    if quoting:
        quoted = message.quoted
        there = quoted is not None and not quoted.gone
        shown["referenced_message"] = (
            message_json(quoted, quoting=False) if quoted is not None and there else None
        )
    return shown


def _reaction_json(name: str, who: list[str]) -> Json:
    return {
        "emoji": emoji_json(name),
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "me": False,
        "burst_count": 0,
    }
