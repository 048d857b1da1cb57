"""conversations.*, users.info: what the app may read.

Not documented, and so this server's choice: the thread of a public channel that the app is not
in is `channel_not_found`, as that of a private one is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.wire import channel_json, member_json, message_json
from tests.servers.slack.world import Json, Kind, Message

PAGE = 100
MOST = 1_000


async def replies(desk: Desk, call: Call) -> Json:
    """conversations.replies: the root first, then its replies from the oldest on."""
    channel = desk.channel(call)
    if call.own_team.bot.id not in channel.members:
        raise SlackError("channel_not_found")
    named = channel.messages.get(call.text("ts"))
    if named is None:
        raise SlackError("thread_not_found")
    thread = channel.thread(named.thread_ts or named.ts)
    root, rest = thread[:1], _between(thread[1:], call)
    return _paged(root + rest, call, MOST, desk.messages_a_page)


async def history(desk: Desk, call: Call) -> Json:
    """conversations.history: roots, and replies that are shown beside them, the newest first."""
    channel = desk.channel(call)
    if call.own_team.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    shown = [
        message
        for message in channel.messages.values()
        if message.is_root or message.subtype == "thread_broadcast"
    ]
    return _paged(_between(shown, call)[::-1], call, PAGE, desk.messages_a_page)


async def info(desk: Desk, call: Call) -> Json:
    """conversations.info."""
    channel = desk.channel(call)
    shown = channel_json(channel, call.own_team)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


async def members(desk: Desk, call: Call) -> Json:
    """conversations.members."""
    channel = desk.channel(call)
    page, more = page_of(sorted(channel.members), call, PAGE)
    return {"members": page, **more}


async def open_direct(desk: Desk, call: Call) -> Json:
    """conversations.open, for direct messages with one person."""
    if call.text("channel"):
        return {"channel": {"id": desk.channel(call).id}}
    users = [name for name in call.text("users").split(",") if name]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    member = desk.world.members.get(users[0])
    if member is None or member.team_id != call.own_team.id:
        raise SlackError("user_not_found")
    if member.deleted:
        raise SlackError("user_disabled")
    return {"channel": {"id": desk.world.direct(call.own_team, member).id}}


async def user_info(desk: Desk, call: Call) -> Json:
    """users.info."""
    return {"user": member_json(desk.member(call, "user"), call.own_team)}


def kind_of(desk: Desk, call: Call) -> Kind | None:
    """The kind of the channel that a call names, on which its scope depends."""
    if call.method == "conversations.open":
        return Kind.IM
    channel = desk.world.channels.get(call.text("channel"))
    return channel.kind if channel else Kind.PUBLIC


def _between(found: Sequence[Message], call: Call) -> list[Message]:
    oldest, latest = call.text("oldest"), call.text("latest")
    inclusive = call.flag("inclusive")
    return [
        message
        for message in found
        if (not oldest or message.ts > oldest or (inclusive and message.ts == oldest))
        and (not latest or message.ts < latest or (inclusive and message.ts == latest))
    ]


def _paged(found: list[Message], call: Call, default: int, most: int) -> Json:
    page, more = page_of(found, call, default, most)
    metadata = call.flag("include_all_metadata")
    shown = [message_json(message, metadata=metadata) for message in page]
    return {"messages": shown, "has_more": bool(more), **more}


def page_of(found: list[Any], call: Call, default: int, most: int = MOST) -> tuple[list[Any], Json]:
    """A page, and where the next one starts."""
    limit = min(max(call.number("limit", default), 1), most)
    try:
        start = int(base64.b64decode(call.text("cursor"), validate=True) or 0)
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
    rest = found[start + limit :]
    if not rest:
        return found[start:], {}
    cursor = base64.b64encode(str(start + limit).encode()).decode()
    return found[start : start + limit], {"response_metadata": {"next_cursor": cursor}}


METHODS: dict[str, Method] = {
    "conversations.replies": replies,
    "conversations.history": history,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.open": open_direct,
    "users.info": user_info,
}
