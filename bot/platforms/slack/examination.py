"""What `footnote doctor` says of Slack."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from footnote.bot.checks.check import Check
from footnote.bot.errors import FootnoteError
from footnote.bot.platforms.base import PlatformError
from footnote.bot.platforms.slack.settings import (
    APP_TOKEN,
    BOT_TOKEN,
    Mode,
    SlackSettings,
    Tokens,
)
from footnote.bot.platforms.slack.trouble import translated
from footnote.bot.platforms.slack.workspaces import APPS, Workspace, find_workspaces

NAME = "slack"
BOT_PREFIX, APP_PREFIX = "xoxb-", "xapp-"


async def examine(settings: SlackSettings, tokens: Tokens) -> list[Check]:
    """Whether Slack takes each token, and which scopes the app lacks.

    Args:
        settings: How Footnote behaves in Slack.
        tokens: What Slack knows the app by.
    """
    checks: list[Check] = []
    able: list[Workspace] = []
    for number, token in enumerate(tokens.bots, start=1):
        try:
            (workspace,) = (await find_workspaces([token], settings, NoBudgets())).values()
        except FootnoteError as error:
            checks.append(Check(f"{NAME}, token {number}", fine=False, text=str(error)))
            continue
        name = f"{NAME}, {workspace.name}"
        if not token.startswith(BOT_PREFIX):
            text = (
                f"this is no bot token, which begins with {BOT_PREFIX}: put the Bot User OAuth "
                f"Token from {APPS}, below Install App, into {BOT_TOKEN}."
            )
            checks.append(Check(name, fine=False, text=text))
        elif workspace.lacking:
            text = (
                f"the app lacks the scopes {', '.join(workspace.lacking)}: add them at {APPS}, "
                "below OAuth & Permissions, and install it again."
            )
            checks.append(Check(name, fine=False, text=text))
        else:
            checks.append(Check(name, fine=True, text="the app may do all that it has to"))
            able.append(workspace)
            checks.append(await _channels(name, workspace))
            if settings.people:
                checks.append(await _people(name, workspace, settings.people))
    if able:
        checks += await _named(settings, able)
    if settings.mode is Mode.SOCKET:
        checks.append(await _socket(settings, tokens))
    return checks


async def _channels(name: str, workspace: Workspace) -> Check:
    """Whether it is in a channel; where it is not, it can still be asked in direct messages."""
    try:
        count = len(await workspace.people.own_channels())
    except FootnoteError as error:
        return Check(f"{name}, channels", fine=False, text=str(error))
    text = "in no channel yet: invite it with /invite, or write to it directly"
    if count:
        text = f"in {count:,} channel{'' if count == 1 else 's'}"
    return Check(f"{name}, channels", fine=True, text=text)


async def _people(name: str, workspace: Workspace, people: str) -> Check:
    """Whether it can write where the people are who can be asked."""
    title = f"{name}, people"
    try:
        there = await workspace.people.is_here(await workspace.people.find(people))
    except FootnoteError as error:
        return Check(title, fine=False, text=f"{error}")
    if there:
        return Check(title, fine=True, text=f"they can be asked in {people}")
    return replace(_absent("people", people), name=title)


async def _named(settings: SlackSettings, workspaces: Sequence[Workspace]) -> list[Check]:
    """Whether it is in the channels of the settings, each of which is in one workspace."""
    checks = []
    if admins := settings.admin_channel:
        if await _is_in(workspaces, admins):
            text = f"admins are told in {admins}"
            checks.append(Check(f"{NAME}, admin_channel", fine=True, text=text))
        else:
            checks.append(_absent("admin_channel", admins))
    absent = [name for name in settings.channels if not await _is_in(workspaces, name)]
    return [*checks, *(_absent("channels", name) for name in absent)]


async def _is_in(workspaces: Sequence[Workspace], channel: str) -> bool:
    for workspace in workspaces:
        with suppress(FootnoteError):
            if await workspace.people.is_here(await workspace.people.find(channel)):
                return True
    return False


def _absent(key: str, channel: str) -> Check:
    text = f"the bot is not in the channel {channel} of {key} in [slack]: invite it with /invite."
    return Check(f"{NAME}, {key}", fine=False, text=text)


async def _socket(settings: SlackSettings, tokens: Tokens) -> Check:
    """Whether a socket may be opened, which is asked for and not used."""
    name = f"{NAME}, socket"
    if not tokens.app.startswith(APP_PREFIX):
        text = (
            f"{APP_TOKEN} holds no app-level token, which begins with {APP_PREFIX}: generate one "
            f"at {APPS}, below Basic Information."
        )
        return Check(name, fine=False, text=text)
    client = AsyncWebClient(base_url=settings.api_url, retry_handlers=[])
    try:
        with translated():
            await client.apps_connections_open(app_token=tokens.app)
    except PlatformError as error:
        text = (
            f"no socket can be opened ({error}): make an app-level token with connections:write at "
            f"{APPS}, below Basic Information, and put it into SLACK_APP_TOKEN."
        )
        return Check(name, fine=False, text=text)
    return Check(name, fine=True, text="a socket can be opened")


class NoBudgets:
    """Rates of which nothing is ever spent."""

    async def spend(self, name: str, *, amount: float, capacity: float, per_s: float) -> float:
        """Nothing is sent here, so that nothing is refused."""
        del name, amount, capacity, per_s
        return 0.0
