"""What the loopback Slack says of who is where, asked with the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace

CHANNELS = "public_channel,private_channel"


def _client(slack: SlackServer, team: Workspace) -> AsyncWebClient:
    return AsyncWebClient(team.bot_token, base_url=slack.api_url)


async def test_the_channels_of_somebody() -> None:
    """All public ones, and of the private ones those where the app is too."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        alice, bob = acme.person("alice"), acme.person("bob")
        named = [
            acme.channel("general", alice),
            acme.channel("lounge", alice, app=False),
            acme.channel("board", alice, private=True),
        ]
        acme.channel("secret", alice, private=True, app=False)
        acme.channel("others", bob)
        client = _client(slack, acme)
        found: list[Any] = []
        async for page in await client.users_conversations(user=alice.id, types=CHANNELS, limit=2):
            found += page["channels"]
        assert [channel["id"] for channel in found] == [channel.id for channel in named]


async def test_a_type_of_channels_without_its_scope() -> None:
    """Is refused, whatever else is asked for."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        with pytest.raises(SlackApiError, match="missing_scope"):
            await _client(slack, acme).users_conversations(types="public_channel,mpim")


async def test_everybody_of_a_workspace() -> None:
    """Its people, guests, bots and those who left, and nobody from another one."""
    async with checked_slack() as slack:
        acme, other = slack.workspace("acme"), slack.workspace("other")
        own = [acme.person("guest", guest=True), acme.person("gone", deleted=True), acme.bot("ci")]
        other.person("stranger")
        found = (await _client(slack, acme).users_list())["members"]
        assert [user["id"] for user in found][1:] == [person.id for person in own]
