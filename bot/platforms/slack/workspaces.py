"""The workspaces that the app is installed in, found out from their tokens."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.platforms.base import LANDING_S, PlatformError, RefusedError
from footnote.bot.platforms.slack.manifest import missing_scopes
from footnote.bot.platforms.slack.people import People
from footnote.bot.platforms.slack.sending import Sending
from footnote.bot.platforms.slack.settings import BOT_TOKEN, Guests, SlackSettings
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.state.base import Budgets

APPS = "https://api.slack.com/apps"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace.

    Attributes:
        team: Its id.
        name: What people call it.
        bot: The bot's own user there.
        lacking: Scopes that the token has not.
        client: Calls Slack with its token, and repeats no call by itself.
        people: Who is who there.
        sending: Its messages.
    """

    team: str
    name: str
    bot: str
    lacking: tuple[str, ...]
    client: AsyncWebClient
    people: People
    sending: Sending


Workspaces = dict[str, Workspace]
"""By their ids."""


async def find_workspaces(
    tokens: Iterable[str], settings: SlackSettings, budgets: Budgets
) -> Workspaces:
    """Ask Slack what each token is for.

    Raises:
        SettingsError: Slack does not accept a token.
        UnavailableError: Slack cannot be reached.
    """
    found = [await _workspace(token, settings, budgets) for token in tokens]
    for workspace in found:
        if workspace.lacking:
            _log.warning(
                "Slack's workspace %s lacks the scopes %s: make the app anew from `footnote slack "
                "manifest`, or add them at %s, and install it again.",
                workspace.name,
                ", ".join(workspace.lacking),
                APPS,
            )
    return {workspace.team: workspace for workspace in found}


async def _workspace(token: str, settings: SlackSettings, budgets: Budgets) -> Workspace:
    # The SDK would send again by itself what it does not know to have arrived: two messages. And
    # where Slack wants fewer calls, it would wait for longer than anybody waits for the call.
    client = AsyncWebClient(
        token=token, base_url=settings.api_url, timeout=int(LANDING_S), retry_handlers=[]
    )
    try:
        with translated():
            about = await client.auth_test()
    except RefusedError as error:
        raise SettingsError(
            f"Slack does not accept a token of {BOT_TOKEN} ({error}): copy it again from the app's "
            f"page at {APPS}, below OAuth & Permissions."
        ) from error
    except PlatformError as error:
        raise UnavailableError(
            f"Slack cannot be reached ({error}): check the network, and api_url below [slack]."
        ) from error
    team, bot = str(about["team_id"]), str(about["user_id"])
    return Workspace(
        team=team,
        name=str(about.get("team") or team),
        bot=bot,
        lacking=tuple(missing_scopes(about.headers.get("x-oauth-scopes", ""))),
        client=client,
        people=People(
            client,
            team,
            admins=settings.admins,
            guests_are_team=settings.guests is Guests.TEAM,
        ),
        sending=Sending(client, team, bot, budgets),
    )
