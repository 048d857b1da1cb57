"""What `footnote doctor` says of Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from footnote.bot.platforms.follow_ups import FollowUps
from footnote.bot.platforms.slack.examination import examine
from footnote.bot.platforms.slack.manifest import SCOPES
from footnote.bot.platforms.slack.settings import Mode, SlackSettings, Tokens
from tests.servers.slack.checked import checked_slack
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A server."""
    async with checked_slack() as server:
        yield server


@pytest.fixture
def acme(slack: SlackServer) -> Workspace:
    """A workspace that grants exactly what the manifest asks for."""
    workspace = slack.workspace("acme")
    workspace.team.scopes = set(SCOPES)
    return workspace


async def _examined(
    slack: SlackServer, tokens: Tokens, mode: Mode = Mode.SOCKET
) -> list[tuple[bool, str, str]]:
    settings = SlackSettings(api_url=slack.api_url, mode=mode)
    return [(check.fine, check.name, check.text) for check in await examine(settings, tokens)]


async def test_all_is_well(slack: SlackServer, acme: Workspace) -> None:
    """With the scopes of the manifest and an app-level token."""
    tokens = Tokens((acme.bot_token,), slack.app_token)
    assert await _examined(slack, tokens) == [
        (True, "slack, acme", "the app may do all that it has to"),
        (
            True,
            "slack, acme, channels",
            "in no channel yet: invite it with /invite, or write to it directly",
        ),
        (True, "slack, socket", "a socket can be opened"),
    ]


async def test_where_it_is(slack: SlackServer, acme: Workspace) -> None:
    """In how many channels, and whether it can ask the people of the settings."""
    alice = acme.person("alice")
    experts = acme.channel("experts", alice, app=False)
    acme.channel("general", alice)
    for people in ("#experts", experts.id):
        settings = SlackSettings(api_url=slack.api_url, mode=Mode.HTTP, people=people)
        tokens = Tokens((acme.bot_token,))
        _, channels, asked = await examine(settings, tokens)
        assert channels.text == "in 1 channel"
        assert not asked.fine
        assert "/invite" in asked.text
        experts.members.add(acme.team.bot.id)
        *_, asked = await examine(settings, tokens)
        assert (asked.fine, asked.text) == (True, f"they can be asked in {people}")
        experts.members.discard(acme.team.bot.id)


async def test_channels_of_the_settings(slack: SlackServer, acme: Workspace) -> None:
    """One that the bot is not in is named with its key, be it in any of the workspaces."""
    alice, other = acme.person("alice"), slack.workspace("other")
    admins = other.channel("admins", other.person("bob"), app=False)
    quiet = acme.channel("quiet", alice, app=False)
    settings = SlackSettings(
        api_url=slack.api_url,
        mode=Mode.HTTP,
        admin_channel="#admins",
        channels={quiet.id: FollowUps.MENTION},
    )
    tokens = Tokens((acme.bot_token, other.bot_token))
    *_, told, asked = await examine(settings, tokens)
    assert [check.name for check in (told, asked)] == ["slack, admin_channel", "slack, channels"]
    assert not told.fine
    assert not asked.fine
    assert "channel #admins of admin_channel in [slack]: invite it" in told.text
    assert f"channel {quiet.id} of channels in [slack]: invite it" in asked.text
    admins.members.add(other.team.bot.id)
    quiet.members.add(acme.team.bot.id)
    *_, before, told = await examine(settings, tokens)
    assert (told.fine, told.text) == (True, "admins are told in #admins")
    assert before.name == "slack, other, channels"


async def test_tokens_that_were_put_into_each_others_place(
    slack: SlackServer, acme: Workspace
) -> None:
    """Each is named by what it should begin with."""
    tokens = Tokens((acme.bot_token,), acme.bot_token)
    *_, socket = await _examined(slack, tokens)
    assert not socket[0]
    assert "SLACK_APP_TOKEN holds no app-level token, which begins with xapp-" in socket[2]
    acme.team.bot_token = "xoxp-of-a-person"  # noqa: S105  no secret
    ((fine, _, text),) = await _examined(slack, Tokens((acme.team.bot_token,)), Mode.HTTP)
    assert not fine
    assert "no bot token, which begins with xoxb-" in text


async def test_missing_scopes_are_named_with_the_page(slack: SlackServer, acme: Workspace) -> None:
    """Where they are added."""
    acme.team.scopes = set(SCOPES) - {"groups:read", "users:read"}
    ((fine, _, text),) = await _examined(slack, Tokens((acme.bot_token,)), Mode.HTTP)
    assert not fine
    assert "lacks the scopes groups:read, users:read" in text
    assert "https://api.slack.com/apps" in text


async def test_wrong_tokens_are_told_apart(slack: SlackServer, acme: Workspace) -> None:
    """By their number among those of SLACK_BOT_TOKEN; none of them is shown."""
    tokens = Tokens((acme.bot_token, "xoxb-wrong"), "xapp-wrong")
    checks = await _examined(slack, tokens)
    assert [(fine, name) for fine, name, _ in checks] == [
        (True, "slack, acme"),
        (True, "slack, acme, channels"),
        (False, "slack, token 2"),
        (False, "slack, socket"),
    ]
    assert "SLACK_BOT_TOKEN" in checks[2][2]
    assert "SLACK_APP_TOKEN" in checks[3][2]
    assert "xoxb-wrong" not in str(checks)
    assert "xapp-wrong" not in str(checks)


async def test_a_slack_that_is_away_is_told() -> None:
    """In one sentence a token."""
    settings = SlackSettings(api_url="http://127.0.0.1:9/api/", mode=Mode.HTTP)
    (check,) = await examine(settings, Tokens(("xoxb-1",)))
    assert not check.fine
    assert "cannot be reached" in check.text
