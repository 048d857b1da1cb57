"""Channels and threads: seeing, opening, archiving and entering them.

Not documented, and so this server's choice: of a channel's fields this server changes those of
threads and a channel's name and topic alone.
"""

from __future__ import annotations

from datetime import datetime

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.dispatch import Json
from tests.servers.discord.errors import DiscordError, FormProblems, bad_form
from tests.servers.discord.limits import read_new_body
from tests.servers.discord.mentions import ALL_KINDS
from tests.servers.discord.message_payloads import message_json
from tests.servers.discord.model import THREADS, Channel, Kind
from tests.servers.discord.payloads import channel_json, thread_member_json
from tests.servers.discord.permissions import Permission, may, sees
from tests.servers.discord.posting import enter_thread
from tests.servers.discord.threads import archive, invite, open_post, open_thread

NAME_CHARS = 100
ARCHIVED_PAGE = 100
AUTO_ARCHIVE_MINUTES = (60, 1_440, 4_320, 10_080)
WITH_THREADS = frozenset({Kind.TEXT, Kind.ANNOUNCEMENT})


def get_channel(desk: Desk, call: Call) -> Reply:
    """GET a channel."""
    return Reply(_shown(call, desk.channel(call)))


def update_channel(desk: Desk, call: Call) -> Reply:
    """PATCH a channel; a thread's owner may rename, archive and open it again."""
    channel, given = desk.channel(call), call.json
    mine = channel.is_thread and channel.owner_id == call.app.bot.id and "locked" not in given
    opens = channel.archived and given == {"archived": False} and not channel.locked
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    if not (mine or opens or may(channel, call.app.bot.id, needed)):
        raise DiscordError(50_013)
    if channel.archived and given.get("archived", True):
        raise DiscordError(50_083)
    channel.name, channel.topic = given.get("name", channel.name), given.get("topic", channel.topic)
    if "archived" in given or "locked" in given:
        archived = given.get("archived", channel.archived)
        locked = given.get("locked", channel.locked)
        archive(desk.world, channel, archived=archived, locked=locked)
    else:
        desk.world.change_channel(channel)
    return Reply(_shown(call, channel))


def delete_channel(desk: Desk, call: Call) -> Reply:
    """DELETE a channel or a thread."""
    channel = desk.channel(call)
    if channel.guild is None:
        raise DiscordError(50_003)
    manage = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    desk.channel(call, manage)
    desk.world.remove_channel(channel)
    return Reply(_shown(call, channel))


def create_thread_from_message(desk: Desk, call: Call) -> Reply:
    """POST a thread from a message, which has at most one."""
    channel = desk.channel(call)
    if channel.kind not in WITH_THREADS:
        raise DiscordError(50_024)
    message = desk.message(call, Permission.CREATE_PUBLIC_THREADS)
    name, minutes = _read_thread(call.json)
    if message.thread is not None or message.id in desk.world.channels:
        raise DiscordError(160_004)
    kind = Kind.ANNOUNCEMENT_THREAD if channel.kind is Kind.ANNOUNCEMENT else Kind.PUBLIC_THREAD
    thread = open_thread(
        desk.world, channel, call.app.bot, name, kind=kind, first=message, minutes=minutes
    )
    return Reply(_shown(call, thread), 201)


def create_thread(desk: Desk, call: Call) -> Reply:
    """POST a thread without a message, private unless said otherwise, or a forum's post."""
    channel = desk.channel(call)
    if channel.kind is Kind.FORUM:
        return _create_post(desk, call, channel)
    if channel.kind not in WITH_THREADS:
        raise DiscordError(50_024)
    kind = call.json.get("type", Kind.PRIVATE_THREAD)
    if kind not in set(THREADS):
        raise bad_form("type", "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}.")
    private = kind == Kind.PRIVATE_THREAD
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    desk.channel(call, needed)
    name, minutes = _read_thread(call.json)
    thread = open_thread(desk.world, channel, call.app.bot, name, kind=Kind(kind), minutes=minutes)
    return Reply(_shown(call, thread), 201)


def join_thread(desk: Desk, call: Call) -> Reply:
    """PUT the bot into a thread."""
    thread = _thread(desk, call)
    desk.alive(thread)
    enter_thread(desk.world, thread, call.app.bot)
    return Reply()


def add_thread_member(desk: Desk, call: Call) -> Reply:
    """PUT somebody into a thread that the bot may write into."""
    thread = _thread(desk, call)
    desk.channel(call, Permission.SEND_MESSAGES)
    desk.alive(thread)
    assert thread.guild
    member = thread.guild.members.get(call.names["user_id"])
    if member is None:
        raise DiscordError(10_007)
    invite(desk.world, thread, member.user)
    return Reply()


def leave_thread(desk: Desk, call: Call) -> Reply:
    """DELETE the bot from a thread."""
    _thread(desk, call).thread_members.pop(call.app.bot.id, None)
    return Reply()


def list_thread_members(desk: Desk, call: Call) -> Reply:
    """GET who is in a thread."""
    thread = _thread(desk, call)
    return Reply([thread_member_json(thread, name) for name in thread.thread_members])


def get_thread_member(desk: Desk, call: Call) -> Reply:
    """GET one member of a thread."""
    thread, name = _thread(desk, call), call.names["user_id"]
    if name not in thread.thread_members:
        raise DiscordError(10_007)
    return Reply(thread_member_json(thread, name))


def list_public_archived_threads(desk: Desk, call: Call) -> Reply:
    """GET the public threads of a channel that are archived, the latest first."""
    channel = desk.channel(call, Permission.READ_MESSAGE_HISTORY)
    assert channel.guild
    found = [
        thread
        for thread in channel.guild.threads
        if thread.parent is channel and thread.archived and not thread.is_private
    ]
    found.sort(key=lambda thread: thread.archived_at, reverse=True)
    if before := call.query.get("before"):
        moment = datetime.fromisoformat(before).timestamp()
        found = [thread for thread in found if round(thread.archived_at, 6) < moment]
    limit = call.number("limit", ARCHIVED_PAGE, 2, ARCHIVED_PAGE)
    return Reply(threads_json(call, found[:limit], more=len(found) > limit))


def threads_json(call: Call, threads: list[Channel], *, more: bool = False) -> Json:
    """Threads, and the bot's membership in them."""
    me = call.app.bot.id
    inside = [thread for thread in threads if me in thread.thread_members]
    return {
        "threads": [channel_json(thread, reader=me) for thread in threads],
        "members": [thread_member_json(thread, me) for thread in inside],
        "has_more": more,
    }


def _create_post(desk: Desk, call: Call, forum: Channel) -> Reply:
    desk.channel(call, Permission.SEND_MESSAGES)
    title, minutes = _read_thread(call.json)
    body = read_new_body(call.json.get("message") or {}, at="message.")
    thread, message = open_post(
        desk.world,
        forum,
        call.app.bot,
        title,
        body.content,
        minutes=minutes,
        tags=call.json.get("applied_tags") or [],
        allowed=body.allowed if body.allowed is not None else ALL_KINDS,
        embeds=body.embeds,
        components=body.components,
    )
    return Reply(_shown(call, thread) | {"message": message_json(message)}, 201)


def _thread(desk: Desk, call: Call) -> Channel:
    channel = desk.channel(call)
    if not channel.is_thread:
        raise DiscordError(50_024)
    return channel


def _read_thread(given: Json) -> tuple[str, int]:
    problems = FormProblems()
    problems.text("name", given.get("name"), NAME_CHARS, required=True)
    minutes = given.get("auto_archive_duration") or AUTO_ARCHIVE_MINUTES[1]
    if minutes not in AUTO_ARCHIVE_MINUTES:
        message = f"Value must be one of {AUTO_ARCHIVE_MINUTES}."
        problems.add("auto_archive_duration", "BASE_TYPE_CHOICES", message)
    problems.refuse()
    return given["name"], minutes


def _shown(call: Call, channel: Channel) -> Json:
    return channel_json(channel, reader=call.app.bot.id)


def visible_threads(call: Call, threads: list[Channel]) -> list[Channel]:
    """The threads that the bot sees and that are not archived."""
    return [t for t in threads if not t.archived and sees(t, call.app.bot.id)]


_CHANNEL = "/channels/{channel_id}"
_MEMBERS = _CHANNEL + "/thread-members"
_FROM_MESSAGE = _CHANNEL + "/messages/{message_id}/threads"
_ARCHIVED = _CHANNEL + "/threads/archived/public"
ROUTES = [
    Route("get_channel", "GET", _CHANNEL, get_channel),
    Route("update_channel", "PATCH", _CHANNEL, update_channel),
    Route("delete_channel", "DELETE", _CHANNEL, delete_channel),
    Route("create_thread_from_message", "POST", _FROM_MESSAGE, create_thread_from_message),
    Route("create_thread", "POST", _CHANNEL + "/threads", create_thread),
    Route("join_thread", "PUT", _MEMBERS + "/@me", join_thread),
    Route("leave_thread", "DELETE", _MEMBERS + "/@me", leave_thread),
    Route("add_thread_member", "PUT", _MEMBERS + "/{user_id}", add_thread_member),
    Route("list_thread_members", "GET", _MEMBERS, list_thread_members),
    Route("get_thread_member", "GET", _MEMBERS + "/{user_id}", get_thread_member),
    Route("list_public_archived_threads", "GET", _ARCHIVED, list_public_archived_threads),
]
