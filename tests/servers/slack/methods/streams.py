"""chat.startStream, chat.appendStream and chat.stopStream.

Not documented, and so this server's choice: a stream is over five minutes after its start even
where text still comes (so report slackapi/python-slack-sdk#1859 and slackapi/node-slack-sdk#2702),
after which both append and stop are refused and chat.update works; a `thread_ts` that names no
message is refused with `message_not_found`; all that streams into one message counts against the
limit on all blocks of a message.
"""

from __future__ import annotations

from typing import Any

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.limits import (
    ALL_BLOCKS_CHARS,
    check_blocks,
    check_markdown,
    check_metadata,
)
from tests.servers.slack.posting import post, tell_changed
from tests.servers.slack.wire import message_json, with_block_ids
from tests.servers.slack.world import Json, Kind, Message, Stream, World, texts_in

STREAM_S = 300.0
CHUNK_FIELDS = {
    "markdown_text": ("text",),
    "task_update": ("id", "title", "status"),
    "plan_update": ("title",),
    "blocks": ("blocks",),
}
TASK_STATES = frozenset({"pending", "in_progress", "complete", "error"})


async def start(desk: Desk, call: Call) -> Json:
    """chat.startStream."""
    channel = desk.writable(call)
    if channel.kind is not Kind.IM:
        if not call.text("recipient_user_id"):
            raise SlackError("missing_recipient_user_id")
        if not call.text("recipient_team_id"):
            raise SlackError("missing_recipient_team_id")
    if call.text("recipient_user_id"):
        desk.member(call, "recipient_user_id")
    root = channel.messages.get(call.text("thread_ts"))
    if root is None:
        raise SlackError("message_not_found")
    chunks = _chunks(call)
    message = post(
        desk.world,
        channel,
        call.own_team.bot,
        "",
        thread=root.thread_ts or root.ts,
        stream=Stream(desk.world.clock.now()),
    )
    _grow(desk.world, message, chunks)
    desk.settle_status(message)
    return {"channel": channel.id, "ts": message.ts}


async def append(desk: Desk, call: Call) -> Json:
    """chat.appendStream."""
    message = _streaming(desk, call)
    chunks = _chunks(call)
    if not chunks:
        raise SlackError("no_text")
    _grow(desk.world, message, chunks)
    return {"channel": message.channel.id, "ts": message.ts}


async def stop(desk: Desk, call: Call) -> Json:
    """chat.stopStream."""
    message = _streaming(desk, call)
    assert message.stream is not None
    blocks = check_blocks(call.structured("blocks"), too_many="msg_blocks_too_many")
    metadata = check_metadata(call.structured("metadata"))
    before = message_json(message)
    _grow(desk.world, message, _chunks(call), blocks)
    message.metadata = metadata or message.metadata
    message.stream.open = False
    desk.world.changes.tell()
    tell_changed(desk.world, message, before, desk.world.new_ts())
    shown = message_json(message, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "message": shown}


def is_live(world: World, message: Message) -> bool:
    """Whether a message takes more text."""
    stream = message.stream
    if stream is not None and world.clock.now() - stream.opened_at > STREAM_S:
        stream.open = False
    return stream is not None and stream.open


def _streaming(desk: Desk, call: Call) -> Message:
    message = desk.message(call)
    if message.author is not call.own_team.bot:
        raise SlackError("message_not_owned_by_app")
    if message.stream and message.stream.stopped_by_user and call.method == "chat.appendStream":
        raise SlackError("stopped_by_user")
    if not is_live(desk.world, message):
        raise SlackError("message_not_in_streaming_state")
    return message


def _chunks(call: Call) -> list[Json]:
    """The chunks of a call; a `markdown_text` is one.

    Raises:
        SlackError: They have another form.
    """
    chunks: list[Json] = []
    markdown: Any = call.args.get("markdown_text")
    if markdown:
        chunks.append({"type": "markdown_text", "text": check_markdown(markdown)})
    given = call.structured("chunks") or []
    if not isinstance(given, list):
        raise SlackError("invalid_chunks")
    for chunk in given:
        if not isinstance(chunk, dict) or chunk.get("type") not in CHUNK_FIELDS:
            raise SlackError("invalid_chunks")
        if any(name not in chunk for name in CHUNK_FIELDS[chunk["type"]]):
            raise SlackError("invalid_chunks")
        if chunk["type"] == "task_update" and chunk["status"] not in TASK_STATES:
            raise SlackError("invalid_chunks")
        if chunk["type"] == "markdown_text":
            check_markdown(chunk["text"])
        if chunk["type"] == "blocks":
            check_blocks(chunk["blocks"], too_many="msg_blocks_too_many")
        chunks.append(chunk)
    return chunks


def _grow(
    world: World, message: Message, chunks: list[Json], blocks: list[Json] | None = None
) -> None:
    """Add to a message, if it stays small enough."""
    assert message.stream is not None
    grown = [*message.stream.chunks, *chunks]
    text = "".join(chunk["text"] for chunk in grown if chunk["type"] == "markdown_text")
    shown = [block for chunk in grown if chunk["type"] == "blocks" for block in chunk["blocks"]]
    shown += blocks or []
    if len(text) + sum(map(len, texts_in(shown))) > ALL_BLOCKS_CHARS:
        raise SlackError("msg_blocks_too_long")
    message.stream.chunks, message.text = grown, text
    message.blocks = with_block_ids(shown)
    message.texts.append(text)
    world.changes.tell()


METHODS: dict[str, Method] = {
    "chat.startStream": start,
    "chat.appendStream": append,
    "chat.stopStream": stop,
}
