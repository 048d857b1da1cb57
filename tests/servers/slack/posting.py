"""What happens to messages, and the events that tell the app about it.

Not documented, and so this server's choice: a message of the app that streams is told as a new
message when it starts and as changed when it ends; deleting a root that has replies leaves a
tombstone, told as a change; editing a message that mentions the app sends `app_mention` once
more, with `edited` (so report slack-go/slack#1256 and others); a message of /me is told as a
message alone, whomever it mentions.
"""

from __future__ import annotations

from typing import Any

from tests.servers.slack.limits import TEXT_CHARS
from tests.servers.slack.wire import message_json, rich_text, with_block_ids
from tests.servers.slack.world import Channel, Json, Member, Message, World

TOMBSTONE = "This message was deleted."


def post(  # noqa: PLR0913  a message's fields
    world: World,
    channel: Channel,
    author: Member,
    text: str,
    *,
    blocks: list[Json] | None = None,
    thread: str | None = None,
    subtype: str | None = None,
    announced: bool = True,
    **more: Any,
) -> Message:
    """A new message appears, and the app is told."""
    text = text[:TEXT_CHARS]
    message = Message(
        channel,
        world.new_ts(),
        author,
        text,
        with_block_ids(blocks) if blocks else rich_text(text) if text else [],
        thread,
        subtype,
        texts=[text],
        **more,
    )
    channel.add(message)
    root = channel.messages.get(thread) if thread else None
    if root is not None:
        root.thread_ts = root.ts
    world.changes.tell()
    if announced:
        tell_new(world, message)
    return message


def tell_new(world: World, message: Message) -> None:
    """The app is told of a new message."""
    seen = message_json(message)
    where = {"channel": message.channel.id, "event_ts": message.ts}
    world.announce(
        seen | where | {"channel_type": message.channel.kind.value},
        message.channel,
        message.author,
    )
    _tell_mention(world, message)


def change(world: World, message: Message, *, edited: bool = True, **fields: Any) -> None:
    """A message gets other content, and the app is told.

    Args:
        world: Where it is.
        message: What changes.
        edited: Whether it then shows as edited; not so when links unfold.
        fields: Its new fields.
    """
    before = message_json(message)
    for name, value in fields.items():
        setattr(message, name, value)
    message.texts.append(message.text)
    now = world.new_ts()
    if edited:
        message.edited = {"user": message.author.id, "ts": now}
    world.changes.tell()
    tell_changed(world, message, before, now)
    if edited and not message.author.bot_id:
        _tell_mention(world, message)


def tell_changed(world: World, message: Message, before: Json, now: str) -> None:
    """The app is told of a change."""
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message_json(message),
        "previous_message": before,
        "channel": message.channel.id,
        "channel_type": message.channel.kind.value,
        "ts": now,
        "event_ts": now,
    }
    world.announce(event, message.channel, message.author)


def delete(world: World, message: Message) -> None:
    """A message goes, or becomes a tombstone where it has replies; the app is told."""
    now = world.new_ts()
    message.gone = True
    if message.is_root and message.channel.replies(message.ts):
        before = message_json(message)
        message.subtype, message.text = "tombstone", TOMBSTONE
        message.blocks, message.metadata = [], None
        world.changes.tell()
        tell_changed(world, message, before, now)
        return
    message.channel.remove(message)
    world.changes.tell()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "previous_message": message_json(message),
        "deleted_ts": message.ts,
        "channel": message.channel.id,
        "channel_type": message.channel.kind.value,
        "ts": now,
        "event_ts": now,
    }
    world.announce(event, message.channel, message.author)


def whisper(
    world: World, channel: Channel, author: Member, reader: str, text: str, **more: Any
) -> Message:
    """A message that one member sees, and no history has."""
    blocks = with_block_ids(more.pop("blocks", None) or [])
    message = Message(
        channel, world.new_ts(), author, text, blocks, only_for=reader, texts=[text], **more
    )
    world.seen.append(message)
    world.changes.tell()
    return message


def _tell_mention(world: World, message: Message) -> None:
    """The app is told once more, where the message mentions it; never in direct messages.

    The published type of the event knows no reactions.
    """
    if message.subtype == "me_message":
        return
    seen = message_json(message)
    seen.pop("reactions", None)
    mention = seen | {
        "type": "app_mention",
        "channel": message.channel.id,
        "event_ts": message.edited["ts"] if message.edited else message.ts,
    }
    world.announce(mention, message.channel, message.author)
