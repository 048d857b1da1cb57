"""What Slack's tokens and settings are checked for before anything is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.platforms.follow_ups import FollowUps
from footnote.bot.platforms.slack.settings import (
    Mode,
    SlackSettings,
    Tokens,
    lacks,
    tokens_of,
)
from footnote.bot.platforms.slack.workspaces import Workspaces, find_workspaces
from footnote.bot.state.sqlite import open_state
from tests.servers.slack.checked import checked_slack

WHOLE = Tokens(("xoxb-1",), "xapp-1", "secret")
NOBODY = "http://127.0.0.1:9/api/"


async def found(folder: Path, api_url: str, *tokens: str) -> Workspaces:
    """The workspaces of these tokens."""
    async with open_state(folder / "state.db") as state:
        return await find_workspaces(tokens, SlackSettings(api_url=api_url), state.budgets)


async def test_each_token_is_of_a_workspace(tmp_path: Path) -> None:
    """Slack says of which, and who the bot is there."""
    async with checked_slack() as slack:
        acme, other = slack.workspace("acme"), slack.workspace("other")
        there = await found(tmp_path, slack.api_url, acme.bot_token, other.bot_token)
        assert {team: (one.name, one.bot) for team, one in there.items()} == {
            acme.id: ("acme", acme.team.bot.id),
            other.id: ("other", other.team.bot.id),
        }
        assert not any(workspace.lacking for workspace in there.values())


async def test_a_token_that_was_revoked(tmp_path: Path) -> None:
    """Is named by its variable, with where to get another, and never shown."""
    async with checked_slack() as slack:
        token = slack.workspace("acme").bot_token
        slack.web.revoked.add(token)
        with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN .*token_revoked") as caught:
            await found(tmp_path, slack.api_url, token)
        assert token not in str(caught.value)


@pytest.mark.parametrize("trouble", ["fail", "drop"])
async def test_a_slack_that_fails(tmp_path: Path, trouble: str) -> None:
    """Is not taken for a wrong token."""
    async with checked_slack() as slack:
        token = slack.workspace("acme").bot_token
        (slack.faults.fail if trouble == "fail" else slack.faults.drop)("auth.test")
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await found(tmp_path, slack.api_url, token)


async def test_no_slack_at_all(tmp_path: Path) -> None:
    """Is said, with where to look."""
    with pytest.raises(UnavailableError, match=r"check the network, and api_url below \[slack\]"):
        await found(tmp_path, NOBODY, "xoxb-1")


async def test_scopes_that_are_missing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Are named in the log, with what to do."""
    async with checked_slack() as slack:
        acme = slack.workspace("acme")
        acme.team.scopes -= {"groups:read", "users:read"}
        there = await found(tmp_path, slack.api_url, acme.bot_token)
        assert there[acme.id].lacking == ("groups:read", "users:read")
        assert "lacks the scopes groups:read, users:read" in caplog.text


def test_tokens_come_from_the_environment() -> None:
    """Several workspaces' bot tokens stand in one variable; none is shown by accident."""
    tokens = tokens_of(
        {
            "SLACK_BOT_TOKEN": " xoxb-1\nxoxb-2 ",
            "SLACK_APP_TOKEN": " xapp-1 ",
            "SLACK_SIGNING_SECRET": "hush\n",
        }
    )
    assert tokens == Tokens(("xoxb-1", "xoxb-2"), "xapp-1", "hush")
    assert repr(tokens) == "Tokens()"
    assert tokens_of({}) == Tokens()


@pytest.mark.parametrize(
    ("mode", "tokens", "missing"),
    [
        (Mode.SOCKET, WHOLE, ""),
        (Mode.HTTP, WHOLE, ""),
        (Mode.SOCKET, Tokens(("xoxb-1",), "xapp-1"), ""),
        (Mode.HTTP, Tokens(("xoxb-1",), signing="secret"), ""),
        (Mode.SOCKET, Tokens(("xoxb-1",), signing="secret"), "SLACK_APP_TOKEN"),
        (Mode.HTTP, Tokens(("xoxb-1",), "xapp-1"), "SLACK_SIGNING_SECRET"),
        (Mode.SOCKET, Tokens(), "SLACK_BOT_TOKEN and SLACK_APP_TOKEN"),
    ],
)
def test_what_has_to_be_set(mode: Mode, tokens: Tokens, missing: str) -> None:
    """Depends on how events come in; what is missing is named."""
    said = lacks(SlackSettings(mode=mode), tokens)
    assert bool(said) is bool(missing)
    assert f"set {missing} in" in said or not missing


def test_a_channel_goes_before_all() -> None:
    """What is said of one channel holds there, and what is said of all elsewhere."""
    settings = SlackSettings(follow_ups=FollowUps.MENTION, channels={"C1": FollowUps.THREAD})
    assert settings.follows("C1")
    assert not settings.follows("C2")
    assert SlackSettings().follows("C2")
