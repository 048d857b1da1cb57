"""Messages: posting, reading, changing and deleting them; typing.

Not documented, and so this server's choice: a nonce is remembered for five minutes, whatever the
channel, and forgotten when its message is deleted; history has no nonces; a post in an archived
thread that is locked is refused with 160005.
"""

from __future__ import annotations

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import NONCE_S, Desk, Route
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError, bad_form
from tests.servers.discord.limits import (
    SETTABLE_FLAGS,
    Body,
    read_body,
    read_new_body,
)
from tests.servers.discord.mentions import ALL_KINDS, notified
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.model import Channel, Kind, Message
from tests.servers.discord.permissions import Permission, may
from tests.servers.discord.posting import change, delete, post, type_in
from tests.servers.discord.threads import archive

PAGE = 100
USUAL_PAGE = 50


def list_messages(desk: Desk, call: Call) -> Reply:
    """GET messages: the newest first; none without the permission to read the history."""
    channel = desk.channel(call)
    limit = call.number("limit", USUAL_PAGE, 1, PAGE)
    if not may(channel, call.app.bot.id, Permission.READ_MESSAGE_HISTORY):
        return Reply([])
    page = _page(sorted(channel.messages.values(), key=_age), call, limit)
    return Reply([desk.shown(call, message) for message in reversed(page)])


def get_message(desk: Desk, call: Call) -> Reply:
    """GET one message."""
    return Reply(desk.shown(call, desk.message(call, Permission.READ_MESSAGE_HISTORY)))


def create_message(desk: Desk, call: Call) -> Reply:
    """POST a message, or find the one that has its nonce."""
    channel = desk.channel(call)
    check_writable(channel, call)
    given = with_files(call)
    body = read_new_body(given)
    check_embeds(channel, call, body)
    reply_to = _reply_to(channel, call, given)
    if found := _known(desk, call, body, given):
        return Reply(message_json(found))
    if channel.is_thread and channel.archived:
        archive(desk.world, channel, archived=False)
    message = post(
        desk.world,
        channel,
        call.app.bot,
        body.content,
        allowed=body.allowed if body.allowed is not None else ALL_KINDS,
        reply_to=reply_to,
        embeds=body.embeds,
        components=body.components,
        attachments=given["attachments"],
        flags=body.flags,
        nonce=body.nonce,
        application_id=call.app.id if body.components else None,
    )
    if body.nonce is not None:
        desk.nonces[call.app.bot.id, str(body.nonce)] = message
    return Reply(message_json(message))


def update_message(desk: Desk, call: Call) -> Reply:
    """PATCH a message of one's own."""
    message = desk.message(call)
    desk.alive(message.channel)
    if message.author is not call.app.bot:
        raise DiscordError(50_005)
    edit(desk, message, read_body(call.json))
    return Reply(desk.shown(call, message))


def delete_message(desk: Desk, call: Call) -> Reply:
    """DELETE a message, one's own or as a moderator."""
    message = desk.message(call)
    if message.author is not call.app.bot:
        if message.channel.kind is Kind.DM:
            raise DiscordError(50_003)
        desk.channel(call, Permission.MANAGE_MESSAGES)
    delete(desk.world, message)
    return Reply()


def trigger_typing_indicator(desk: Desk, call: Call) -> Reply:
    """POST that the bot types."""
    channel = desk.channel(call)
    check_writable(channel, call)
    type_in(desk.world, channel, call.app.bot)
    return Reply()


def check_writable(channel: Channel, call: Call) -> None:
    """Refuse a post where the bot may not write.

    Raises:
        DiscordError: 50007, 50008, 50013 or 160005.
    """
    if channel.kind in {Kind.CATEGORY, Kind.FORUM}:
        raise DiscordError(50_008)
    if channel.kind is Kind.DM:
        others = [user for user in channel.recipients.values() if user is not call.app.bot]
        if not all(user.takes_dms for user in others):
            raise DiscordError(50_007)
    if not may(channel, call.app.bot.id, Permission.SEND_MESSAGES):
        raise DiscordError(50_013)
    manages = may(channel, call.app.bot.id, Permission.MANAGE_THREADS)
    if channel.locked and not manages:
        raise DiscordError(160_005)


def check_embeds(channel: Channel, call: Call, body: Body) -> None:
    """Refuse embeds where the bot may not post any.

    Raises:
        DiscordError: 50013.
    """
    if body.embeds and not may(channel, call.app.bot.id, Permission.EMBED_LINKS):
        raise DiscordError(50_013)


def edit(desk: Desk, message: Message, body: Body, *, deferred: bool = False) -> None:
    """Give a message what a body names, and leave the rest.

    Raises:
        DiscordError: 50006, it would be empty.
    """
    fields: Json = {}
    for name in ("content", "embeds", "components"):
        if name in body.given:
            fields[name] = getattr(body, name)
    if "flags" in body.given:
        kept = message.flags & ~int(SETTABLE_FLAGS)
        fields["flags"] = kept | body.flags
    if not any(fields.get(name, getattr(message, name)) for name in _SEEN):
        raise DiscordError(50_006)
    if "content" in body.given:
        allowed = body.allowed if body.allowed is not None else ALL_KINDS
        content = fields["content"]
        whom = notified(message.channel, message.author, content, message.quoted, allowed)
        fields["notified"] = whom
    change(desk.world, message, edited=not deferred, **fields)


def with_files(call: Call) -> Json:
    """The body, with its files as attachments."""
    shown = [
        {
            "id": str(number),
            "filename": name,
            "size": size,
            "url": f"https://cdn.example/{name}",
            "proxy_url": f"https://cdn.example/{name}",
            "content_type": "application/octet-stream",
        }
        for number, (name, size) in enumerate(call.files.items(), start=1)
    ]
    return call.json | {"attachments": shown}


_SEEN = ("content", "embeds", "components", "attachments")


def _reply_to(channel: Channel, call: Call, given: Json) -> str | None:
    reference = given.get("message_reference") or {}
    name = reference.get("message_id")
    if name is None:
        return None
    if not may(channel, call.app.bot.id, Permission.READ_MESSAGE_HISTORY):
        raise DiscordError(160_002)
    if str(name) in channel.messages:
        return str(name)
    if reference.get("fail_if_not_exists", True):
        raise bad_form("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    return None


def _known(desk: Desk, call: Call, body: Body, given: Json) -> Message | None:
    """The message that was posted with the same nonce a short time ago."""
    if body.nonce is None or not given.get("enforce_nonce"):
        return None
    found = desk.nonces.get((call.app.bot.id, str(body.nonce)))
    if found is None or found.gone or desk.world.clock.now() - found.sent_at > NONCE_S:
        return None
    return found


def _page(messages: list[Message], call: Call, limit: int) -> list[Message]:
    """The messages that the query asks for, the oldest first."""
    if "after" in call.query:
        after = call.number("after", 0, 0, 1 << 63)
        return [message for message in messages if _age(message) > after][:limit]
    if "around" in call.query:
        middle = call.number("around", 0, 0, 1 << 63)
        older = [message for message in messages if _age(message) < middle]
        newer = [message for message in messages if _age(message) >= middle]
        half = limit // 2
        return [*older[len(older) - half :], *newer[: limit - half]] if half else newer[:limit]
    before = call.number("before", 1 << 63, 0, 1 << 63)
    return [message for message in messages if _age(message) < before][-limit:]


def _age(message: Message) -> int:
    return int(message.id)


_MESSAGES = "/channels/{channel_id}/messages"
ROUTES = [
    Route("list_messages", "GET", _MESSAGES, list_messages),
    Route("get_message", "GET", _MESSAGES + "/{message_id}", get_message),
    Route("create_message", "POST", _MESSAGES, create_message),
    Route("update_message", "PATCH", _MESSAGES + "/{message_id}", update_message),
    Route("delete_message", "DELETE", _MESSAGES + "/{message_id}", delete_message),
    Route(
        "trigger_typing_indicator",
        "POST",
        "/channels/{channel_id}/typing",
        trigger_typing_indicator,
    ),
]
