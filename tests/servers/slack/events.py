"""The wrapper of an event, and which events the app gets."""

from __future__ import annotations

import time

from tests.servers.slack.world import APP_ID, Channel, Json, Kind, Member, Team, World

VERIFICATION_TOKEN = "verification-token"  # noqa: S105  no secret

DEFAULT_EVENTS = frozenset(
    "app_mention message.channels message.groups message.im app_home_opened".split()
)
"""What the app subscribes to, as its manifest names it."""

_SUBSCRIPTION = {
    Kind.PUBLIC: ("message.channels", "channels:history"),
    Kind.PRIVATE: ("message.groups", "groups:history"),
    Kind.IM: ("message.im", "im:history"),
    Kind.MPIM: ("message.mpim", "mpim:history"),
}


def wanted_by(
    world: World, events: frozenset[str], event: Json, channel: Channel, author: Member
) -> Team | None:
    """The workspace for which the app gets this event, or None where it gets none.

    A channel that two workspaces with the app share gives one event, for the author's workspace
    where that has the app, as the documentation of Slack Connect has it.
    """
    teams = [
        team
        for team in world.teams.values()
        if team.id in channel.team_ids
        and team.bot.id in channel.members
        and _subscribed(events, event, channel, team)
    ]
    return next((team for team in teams if team.id == author.team_id), teams[0] if teams else None)


def wrapped(world: World, event: Json, team: Team, channel: Channel) -> Json:
    """The event in the wrapper that every event comes in."""
    outside = len(channel.team_ids) > 1
    if outside and event["type"] in {"message", "app_mention"} and "team" in event:
        event = event | {"user_team": event["team"], "source_team": event["team"]}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": outside,
        "event_context": f"4-{world.new_id('EC')}",
    }


def _subscribed(events: frozenset[str], event: Json, channel: Channel, team: Team) -> bool:
    kind = event["type"]
    if kind == "app_mention":
        return (
            kind in events
            and "app_mentions:read" in team.scopes
            and channel.kind is not Kind.IM
            and team.bot.mention in event.get("text", "")
            and event.get("user") != team.bot.id
        )
    if kind == "message":
        name, scope = _SUBSCRIPTION[channel.kind]
        return name in events and scope in team.scopes
    return kind in events
