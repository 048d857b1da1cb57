"""chat.*: posting, changing and deleting messages.

Not documented, and so this server's choice: `markdown_text` becomes the message's text as it is;
a `markdown_text` that is too long is refused with `msg_too_long`, as is an ephemeral text beyond
40,000 characters; a `thread_ts` that names no message, as that of a deleted one, starts no thread:
the message appears in the channel itself.
"""

from __future__ import annotations

from typing import Any

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.limits import (
    TEXT_CHARS,
    UPDATED_TEXT_CHARS,
    check_blocks,
    check_markdown,
    check_metadata,
)
from tests.servers.slack.methods.streams import is_live
from tests.servers.slack.posting import change, delete, post, whisper
from tests.servers.slack.wire import message_json, with_block_ids
from tests.servers.slack.world import Channel, Json, Message

REACTIONS = 23


async def post_message(desk: Desk, call: Call) -> Json:
    """chat.postMessage."""
    channel = desk.writable(call)
    text, blocks = content(call)
    metadata = check_metadata(call.structured("metadata"))
    thread = _thread(channel, call)
    message = post(
        desk.world,
        channel,
        call.own_team.bot,
        text,
        blocks=blocks,
        thread=thread,
        metadata=metadata,
        attachments=call.structured("attachments") or [],
    )
    desk.settle_status(message)
    shown = message_json(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


async def post_ephemeral(desk: Desk, call: Call) -> Json:
    """chat.postEphemeral."""
    channel = desk.writable(call)
    text, blocks = content(call)
    if len(text) > TEXT_CHARS:
        raise SlackError("msg_too_long")
    reader = call.text("user")
    if reader not in channel.members:
        raise SlackError("user_not_in_channel")
    thread = call.text("thread_ts") or None
    message = whisper(
        desk.world, channel, call.own_team.bot, reader, text, blocks=blocks, thread_ts=thread
    )
    return {"message_ts": message.ts}


async def update(desk: Desk, call: Call) -> Json:
    """chat.update."""
    message = _own(desk, call, "cant_update_message")
    if is_live(desk.world, message):
        raise SlackError("streaming_state_conflict")
    fields: Json = {}
    if "metadata" in call.args:
        fields["metadata"] = check_metadata(call.structured("metadata"))
    text, blocks = content(call)
    if len(text) > UPDATED_TEXT_CHARS:
        raise SlackError("msg_too_long")
    if blocks:
        fields["blocks"] = with_block_ids(blocks)
    elif text:
        fields["blocks"] = []
    if text or blocks:
        fields["text"] = text
    if message.stream:
        message.stream.open = False
    change(desk.world, message, edited=not blocks, **fields)
    shown = message_json(message, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "text": text, "message": shown}


async def remove(desk: Desk, call: Call) -> Json:
    """chat.delete."""
    message = _own(desk, call, "cant_delete_message")
    delete(desk.world, message)
    return {"channel": message.channel.id, "ts": message.ts}


async def get_permalink(desk: Desk, call: Call) -> Json:
    """chat.getPermalink."""
    message = desk.message(call, "message_ts")
    link = permalink(call.own_team.domain, message)
    return {"channel": message.channel.id, "permalink": link}


async def add_reaction(desk: Desk, call: Call) -> Json:
    """reactions.add."""
    message = desk.message(call, "timestamp")
    name, users = call.text("name"), message.reactions
    if ":" in name or not name:
        raise SlackError("invalid_name")
    if call.own_team.bot.id in users.get(name, []):
        raise SlackError("already_reacted")
    if name not in users and len(users) >= REACTIONS:
        raise SlackError("too_many_emoji")
    users.setdefault(name, []).append(call.own_team.bot.id)
    desk.world.changes.tell()
    return {}


def content(call: Call) -> tuple[str, list[Json]]:
    """The text and the blocks of a message.

    Raises:
        SlackError: There are none, or they exclude one another, or break a limit.
    """
    text, blocks = call.text("text"), call.structured("blocks")
    markdown: Any = call.args.get("markdown_text")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    checked = check_blocks(blocks)
    if markdown:
        return check_markdown(markdown), []
    if not text and not checked and not call.structured("attachments"):
        raise SlackError("no_text")
    return text, checked


def permalink(domain: str, message: Message) -> str:
    """Where a message is read."""
    link = (
        f"https://{domain}.slack.com/archives/{message.channel.id}/p{message.ts.replace('.', '')}"
    )
    if message.is_root:
        return link
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel.id}"


def _own(desk: Desk, call: Call, refusal: str) -> Message:
    message = desk.message(call)
    if message.author is not call.own_team.bot:
        raise SlackError(refusal)
    return message


def _thread(channel: Channel, call: Call) -> str | None:
    """The root of the thread; a thread_ts that names no message starts none."""
    given = call.text("thread_ts")
    named = channel.messages.get(given)
    return (named.thread_ts or named.ts) if named else None


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": remove,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
}
