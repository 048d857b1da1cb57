"""The bot itself: its user, its application, its gateway, its guilds and its direct messages."""

from __future__ import annotations

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.payloads import application_json, channel_json, own_user_json

SHARDS = 1


def get_gateway(desk: Desk, call: Call) -> Reply:
    """GET /gateway."""
    del call
    return Reply({"url": desk.gateway_url})


def get_bot_gateway(desk: Desk, call: Call) -> Reply:
    """GET /gateway/bot."""
    limit = desk.start_limit(call.app)
    return Reply({"url": desk.gateway_url, "shards": SHARDS, "session_start_limit": limit})


def get_my_user(desk: Desk, call: Call) -> Reply:
    """GET /users/@me."""
    del desk
    return Reply(own_user_json(call.app.bot))


def get_my_application(desk: Desk, call: Call) -> Reply:
    """GET /applications/@me, and the same of OAuth2."""
    guilds = len(desk.world.guilds_of(call.app.bot.id))
    return Reply(application_json(call.app, guilds))


def list_my_guilds(desk: Desk, call: Call) -> Reply:
    """GET /users/@me/guilds."""
    guilds = desk.world.guilds_of(call.app.bot.id)
    return Reply(
        [
            {
                "id": guild.id,
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(guild.everyone.permissions),
                "features": [],
            }
            for guild in guilds
        ]
    )


def create_dm(desk: Desk, call: Call) -> Reply:
    """POST /users/@me/channels: the direct messages with somebody, new or not."""
    user = desk.world.users.get(str(call.json.get("recipient_id")))
    if user is None:
        raise DiscordError(10_013)
    if user.bot:
        raise DiscordError(50_007)
    return Reply(channel_json(desk.world.direct(call.app.bot, user), reader=call.app.bot.id))


ROUTES = [
    Route("get_gateway", "GET", "/gateway", get_gateway, needs_token=False),
    Route("get_bot_gateway", "GET", "/gateway/bot", get_bot_gateway),
    Route("get_my_user", "GET", "/users/@me", get_my_user),
    Route("get_my_application", "GET", "/applications/@me", get_my_application),
    Route("get_my_oauth2_application", "GET", "/oauth2/applications/@me", get_my_application),
    Route("list_my_guilds", "GET", "/users/@me/guilds", list_my_guilds),
    Route("create_dm", "POST", "/users/@me/channels", create_dm),
]
