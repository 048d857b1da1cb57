"""users.conversations and users.list: who is where.

Not documented, and so this server's choice: a type of channel whose scope was not granted refuses
the whole call with `missing_scope`.
"""

from __future__ import annotations

from tests.servers.slack.call import Call, SlackError
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.methods.conversations import PAGE, page_of
from tests.servers.slack.wire import channel_json, member_json
from tests.servers.slack.world import Channel, Json, Kind

TYPES = {
    "public_channel": (Kind.PUBLIC, "channels:read"),
    "private_channel": (Kind.PRIVATE, "groups:read"),
    "mpim": (Kind.MPIM, "mpim:read"),
    "im": (Kind.IM, "im:read"),
}


async def user_conversations(desk: Desk, call: Call) -> Json:
    """users.conversations: of what is not public, only where the app is too."""
    team = call.own_team
    member = desk.member(call, "user") if call.text("user") else team.bot
    kinds = _kinds(call)

    def shown(channel: Channel) -> bool:
        visible = channel.kind is Kind.PUBLIC or team.bot.id in channel.members
        return channel.kind in kinds and member.id in channel.members and visible

    own = [channel for channel in desk.world.channels.values() if team.id in channel.team_ids]
    page, more = page_of([channel for channel in own if shown(channel)], call, PAGE)
    return {"channels": [channel_json(channel, team) for channel in page], **more}


async def users(desk: Desk, call: Call) -> Json:
    """users.list: everybody of the workspace, also those who were deleted."""
    team = call.own_team
    own = [member for member in desk.world.members.values() if member.team_id == team.id]
    page, more = page_of(own, call, PAGE)
    return {"members": [member_json(member, team) for member in page], **more}


def _kinds(call: Call) -> set[Kind]:
    """The kinds of channels that a call asks for.

    Raises:
        SlackError: There is none of that name, or its scope was not granted.
    """
    kinds = set()
    for name in (call.text("types") or "public_channel").split(","):
        if name.strip() not in TYPES:
            raise SlackError("invalid_types")
        kind, scope = TYPES[name.strip()]
        if scope not in call.own_team.scopes:
            provided = ",".join(sorted(call.own_team.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)
        kinds.add(kind)
    return kinds


METHODS: dict[str, Method] = {
    "users.conversations": user_conversations,
    "users.list": users,
}
