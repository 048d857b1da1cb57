"""auth.test and apps.connections.open."""

from __future__ import annotations

from tests.servers.slack.call import Call
from tests.servers.slack.desk import Desk, Method
from tests.servers.slack.world import APP_ID, Json


async def test(desk: Desk, call: Call) -> Json:
    """auth.test."""
    if call.team is None:
        return {"app_name": "Footnote", "app_id": APP_ID}
    del desk
    team = call.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.domain,
        "team_id": team.id,
        "user": team.bot.name,
        "user_id": team.bot.id,
        "bot_id": team.bot.bot_id,
        "is_enterprise_install": False,
    }


async def open_connection(desk: Desk, call: Call) -> Json:
    """apps.connections.open."""
    del call
    return {"url": desk.socket_url()}


METHODS: dict[str, Method] = {
    "auth.test": test,
    "apps.connections.open": open_connection,
}
