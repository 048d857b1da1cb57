"""Guilds: their channels, roles, members and active threads.

Documented: listing members needs the privileged members intent, finding one does not. What a bot
without it gets, 403 with 50001, is known from reports.
"""

from __future__ import annotations

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.errors import DiscordError, bad_form
from tests.servers.discord.model import ApplicationFlag
from tests.servers.discord.payloads import channel_json, guild_json, member_json, role_json
from tests.servers.discord.routes.channels import threads_json, visible_threads

MEMBERS_PAGE = 1_000


def get_guild(desk: Desk, call: Call) -> Reply:
    """GET a guild."""
    guild = desk.guild(call)
    shown = guild_json(guild)
    if call.flag("with_counts"):
        count = len(guild.members)
        shown |= {"approximate_member_count": count, "approximate_presence_count": count}
    return Reply(shown)


def list_guild_channels(desk: Desk, call: Call) -> Reply:
    """GET a guild's channels, without threads."""
    channels = desk.guild(call).channels.values()
    return Reply([channel_json(channel) for channel in channels if not channel.is_thread])


def list_guild_roles(desk: Desk, call: Call) -> Reply:
    """GET a guild's roles."""
    return Reply([role_json(role) for role in desk.guild(call).roles.values()])


def get_guild_member(desk: Desk, call: Call) -> Reply:
    """GET one member."""
    member = desk.guild(call).members.get(call.names["user_id"])
    if member is None:
        known = call.names["user_id"] in desk.world.users
        raise DiscordError(10_007 if known else 10_013)
    return Reply(member_json(member))


def list_guild_members(desk: Desk, call: Call) -> Reply:
    """GET members in the order of their ids."""
    guild = desk.guild(call)
    if not call.app.flags & (ApplicationFlag.MEMBERS_LIMITED | ApplicationFlag.MEMBERS):
        raise DiscordError(50_001)
    limit = call.number("limit", 1, 1, MEMBERS_PAGE)
    after = call.number("after", 0, 0, 1 << 63)
    members = sorted(guild.members.values(), key=lambda member: int(member.id))
    return Reply([member_json(m) for m in members if int(m.id) > after][:limit])


def search_guild_members(desk: Desk, call: Call) -> Reply:
    """GET members whose name or nick begins with something."""
    guild, start = desk.guild(call), call.query.get("query", "").lower()
    if not start:
        raise bad_form("query", "BASE_TYPE_REQUIRED", "This field is required")
    found = [
        member_json(member)
        for member in guild.members.values()
        if member.user.name.lower().startswith(start)
        or (member.nick or "").lower().startswith(start)
    ]
    return Reply(found[: call.number("limit", 1, 1, MEMBERS_PAGE)])


def get_active_guild_threads(desk: Desk, call: Call) -> Reply:
    """GET the threads that the bot sees and that are not archived."""
    return Reply(threads_json(call, visible_threads(call, desk.guild(call).threads)))


_GUILD = "/guilds/{guild_id}"
ROUTES = [
    Route("get_guild", "GET", _GUILD, get_guild),
    Route("list_guild_channels", "GET", _GUILD + "/channels", list_guild_channels),
    Route("list_guild_roles", "GET", _GUILD + "/roles", list_guild_roles),
    Route("list_guild_members", "GET", _GUILD + "/members", list_guild_members),
    Route("search_guild_members", "GET", _GUILD + "/members/search", search_guild_members),
    Route("get_guild_member", "GET", _GUILD + "/members/{user_id}", get_guild_member),
    Route("get_active_guild_threads", "GET", _GUILD + "/threads/active", get_active_guild_threads),
]
