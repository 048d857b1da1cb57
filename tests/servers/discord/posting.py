"""What happens to messages, and the events that tell bots about it.

Known from discord/discord-api-docs#4557: an ephemeral message is told to the app's bot as a direct
message is, without the guild. Not documented, and so this server's choice: a deleted ephemeral
message is told of in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.servers.discord.dispatch import Json
from tests.servers.discord.mentions import ALL_KINDS, notified
from tests.servers.discord.message_payloads import emoji_json, message_event_json
from tests.servers.discord.model import Channel, Message, MessageKind, User
from tests.servers.discord.payloads import member_json, thread_member_json
from tests.servers.discord.world import World

_WITHOUT_GUILD = ("guild_id", "member", "channel_type")


def post(  # noqa: PLR0913  a message's fields
    world: World,
    channel: Channel,
    author: User,
    content: str,
    *,
    allowed: Json = ALL_KINDS,
    reply_to: str | None = None,
    snowflake: str | None = None,
    **more: Any,
) -> Message:
    """A new message appears, and the bots that see it are told.

    Args:
        world: Where.
        channel: Its channel.
        author: Who says it.
        content: What it says.
        allowed: `allowed_mentions`.
        reply_to: The id of the message that it answers.
        snowflake: Its id, where it is not a new one.
        more: Further fields of `Message`.
    """
    quoted = channel.messages.get(reply_to) if reply_to else None
    more.setdefault("kind", MessageKind.REPLY if reply_to else MessageKind.DEFAULT)
    name = snowflake or world.new_id()
    message = Message(name, channel, author, content, world.clock.now(), **more)
    message.reply_to, message.quoted = reply_to, quoted
    message.notified = notified(channel, author, content, quoted, allowed)
    message.contents.append(content)
    if message.ephemeral:
        world.whispers.append(message)
        tell_whisper(world, "MESSAGE_CREATE", message_event_json(message), message)
        return message
    channel.messages[message.id] = message
    channel.last_message_id = message.id
    if channel.is_thread and message.id != channel.first_id:
        channel.sent += 1
    if channel.is_thread:
        enter_thread(world, channel, author)
    world.tell("MESSAGE_CREATE", message_event_json(message), channel)
    return message


def change(world: World, message: Message, *, edited: bool = True, **fields: Any) -> None:
    """A message gets other fields, and the bots that see it are told.

    Args:
        world: Where it is.
        message: What changes.
        edited: Whether it then shows as edited; not so when a deferred answer arrives.
        fields: Its new fields.
    """
    for name, value in fields.items():
        setattr(message, name, value)
    if edited:
        message.edited_at = world.clock.now()
    if "content" in fields:
        message.contents.append(message.content)
    told = message_event_json(message)
    if message.ephemeral:
        tell_whisper(world, "MESSAGE_UPDATE", told, message)
    else:
        world.tell("MESSAGE_UPDATE", told, message.channel)


def delete(world: World, message: Message) -> None:
    """A message goes, and the bots that saw it are told."""
    message.gone = True
    told: Json = {"id": message.id, "channel_id": message.channel.id}
    if message.ephemeral:
        if message in world.whispers:
            world.whispers.remove(message)
        tell_whisper(world, "MESSAGE_DELETE", told, message)
        return
    message.channel.messages.pop(message.id, None)
    if message.channel.guild:
        told["guild_id"] = message.channel.guild.id
    world.tell("MESSAGE_DELETE", told, message.channel)


def delete_all(world: World, messages: Sequence[Message]) -> None:
    """Messages of one channel go at once, of which bots are told by one event."""
    channel = messages[0].channel
    for message in messages:
        message.gone = True
        del channel.messages[message.id]
    told: Json = {"ids": [message.id for message in messages], "channel_id": channel.id}
    if channel.guild:
        told["guild_id"] = channel.guild.id
    world.tell("MESSAGE_DELETE_BULK", told, channel)


def tell_whisper(world: World, event: str, payload: Json, message: Message) -> None:
    """Tell the app's bot of its ephemeral message, as if it were a direct one."""
    told = {name: value for name, value in payload.items() if name not in _WITHOUT_GUILD}
    world.changes.tell()
    world.dispatches.publish(event, told, None, frozenset({message.author.id}))


def react(world: World, message: Message, user: User, emoji: str) -> None:
    """Somebody adds a reaction."""
    who = message.reactions.setdefault(emoji, [])
    if user.id in who:
        return
    who.append(user.id)
    told = _reaction_event(message, user, emoji) | {"message_author_id": message.author.id}
    guild = message.channel.guild
    if guild and user.id in guild.members:
        told["member"] = member_json(guild.members[user.id])
    world.tell("MESSAGE_REACTION_ADD", told, message.channel)


def unreact(world: World, message: Message, user: User, emoji: str) -> None:
    """Somebody takes a reaction away."""
    if user.id not in message.reactions.get(emoji, []):
        return
    message.reactions[emoji].remove(user.id)
    if not message.reactions[emoji]:
        del message.reactions[emoji]
    world.tell("MESSAGE_REACTION_REMOVE", _reaction_event(message, user, emoji), message.channel)


def type_in(world: World, channel: Channel, user: User) -> None:
    """Somebody types."""
    told: Json = {
        "channel_id": channel.id,
        "user_id": user.id,
        "timestamp": int(world.clock.now()),
    }
    if channel.guild:
        told |= {
            "guild_id": channel.guild.id,
            "member": member_json(channel.guild.members[user.id]),
        }
    world.tell("TYPING_START", told, channel)


def enter_thread(world: World, thread: Channel, user: User) -> None:
    """Somebody becomes a member of a thread."""
    if user.id in thread.thread_members or thread.guild is None:
        return
    thread.thread_members[user.id] = world.clock.now()
    member = member_json(thread.guild.members[user.id])
    added = thread_member_json(thread, user.id) | {"member": member, "presence": None}
    told = {
        "id": thread.id,
        "guild_id": thread.guild.id,
        "member_count": min(50, len(thread.thread_members)),
        "added_members": [added],
    }
    world.tell("THREAD_MEMBERS_UPDATE", told, thread)


def _reaction_event(message: Message, user: User, emoji: str) -> Json:
    told: Json = {
        "user_id": user.id,
        "channel_id": message.channel.id,
        "message_id": message.id,
        "emoji": emoji_json(emoji),
        "burst": False,
        "type": 0,
    }
    if message.channel.guild:
        told["guild_id"] = message.channel.guild.id
    return told
