"""Reactions: adding and taking away one's own."""

from __future__ import annotations

from tests.servers.discord.call import Call, Reply
from tests.servers.discord.desk import Desk, Route
from tests.servers.discord.errors import DiscordError
from tests.servers.discord.permissions import Permission
from tests.servers.discord.posting import react, unreact

MOST_EMOJIS = 20


def add_my_message_reaction(desk: Desk, call: Call) -> Reply:
    """PUT a reaction; a new emoji needs the permission to add reactions."""
    message = desk.message(call, Permission.READ_MESSAGE_HISTORY)
    desk.alive(message.channel)
    emoji = call.names["emoji_name"]
    if emoji.isascii() and ":" not in emoji:
        raise DiscordError(10_014)
    if emoji not in message.reactions:
        desk.channel(call, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MOST_EMOJIS:
            raise DiscordError(30_010)
    react(desk.world, message, call.app.bot, emoji)
    return Reply()


def delete_my_message_reaction(desk: Desk, call: Call) -> Reply:
    """DELETE one's own reaction."""
    message = desk.message(call)
    unreact(desk.world, message, call.app.bot, call.names["emoji_name"])
    return Reply()


_MINE = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"
ROUTES = [
    Route("add_my_message_reaction", "PUT", _MINE, add_my_message_reaction),
    Route("delete_my_message_reaction", "DELETE", _MINE, delete_my_message_reaction),
]
