"""What the Slack app has to be allowed to do, as the manifest that Slack makes an app from."""

from __future__ import annotations

from typing import Any

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "reactions:write",
    "users:read",
)
"""What the bot's token needs: to be asked in channels, public and private, and in direct messages,
to answer there, to mark a reply as taken, and to know who reads along."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
)

COMMANDS = (
    ("/ask", "Ask the team's documents", "[private] your question"),
    ("/sources", "What is searched, and how fresh it is", ""),
    ("/reindex", "Read the sources anew (admins)", "[source] [--confirm]"),
    ("/forget", "Forget what you asked", ""),
    ("/footnote", "Help, status and version", ""),
)


def manifest(name: str, url: str = "") -> dict[str, Any]:
    """The manifest of the app, in version 1 of Slack's schema.

    Args:
        name: What people call the bot, 35 characters at most.
        url: Where Slack sends events to; "" for Socket Mode, which needs no address.
    """
    request = {"request_url": url} if url else {}
    return {
        "display_information": {
            "name": name,
            "description": "Answers from your team's own documents, with a source for every claim.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "agent_view": {
                "agent_description": "Ask about anything in the team's documents.",
            },
            "slash_commands": [
                {"command": command, "description": text, "should_escape": True}
                | ({"usage_hint": hint} if hint else {})
                | ({"url": url} if url else {})
                for command, text, hint in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **request},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def missing_scopes(granted: str) -> list[str]:
    """The scopes that a token lacks.

    Args:
        granted: The header x-oauth-scopes of any response of Slack.
    """
    there = {scope.strip() for scope in granted.split(",")}
    return [scope for scope in SCOPES if scope not in there]
