"""The settings of Slack: the table [slack]; its tokens come from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from footnote.bot.platforms.follow_ups import FollowUps

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"


class Mode(StrEnum):
    """How Slack's events come in."""

    SOCKET = "socket"
    HTTP = "http"


class Guests(StrEnum):
    """What guests of the workspace are."""

    OUTSIDERS = "outsiders"
    TEAM = "team"


class SlackSettings(BaseModel):
    """How Footnote behaves in Slack: [slack].

    Attributes:
        mode: How events come in: over a socket that Footnote opens, or by requests of Slack.
        follow_ups: When a message in an engaged thread is a question.
        channels: The same for single channels, by their ids.
        guests: Whether guests read along as outsiders or as people of the team.
        admins: Users who are admins of Footnote without being admins of the workspace.
        people: The channel of people who can be asked what the sources do not answer.
        admin_channel: The channel where admins are told of sources that cannot be synced.
        host: With "http": the address to listen at.
        port: With "http": the port to listen at.
        path: With "http": the path of the requests.
        api_url: Where Slack's Web API is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode = Mode.SOCKET
    follow_ups: FollowUps = FollowUps.THREAD
    channels: dict[str, FollowUps] = Field(default_factory=dict)
    guests: Guests = Guests.OUTSIDERS
    admins: tuple[str, ...] = ()
    people: str | None = None
    admin_channel: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    path: str = "/slack/events"
    api_url: str = "https://slack.com/api/"

    def follows(self, channel: str) -> bool:
        """Whether a message in an engaged thread of this channel is a question."""
        return self.channels.get(channel, self.follow_ups) is FollowUps.THREAD


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Slack knows the app by; none of it is ever shown.

    Attributes:
        bots: One token a workspace.
        app: For the socket.
        signing: Proves that a request is Slack's.
    """

    bots: tuple[str, ...] = field(default=(), repr=False)
    app: str = field(default="", repr=False)
    signing: str = field(default="", repr=False)


def tokens_of(environment: Mapping[str, str] = os.environ) -> Tokens:
    """The tokens in the environment; several workspaces' bot tokens stand one after the other."""
    return Tokens(
        tuple(environment.get(BOT_TOKEN, "").split()),
        environment.get(APP_TOKEN, "").strip(),
        environment.get(SIGNING_SECRET, "").strip(),
    )


def lacks(settings: SlackSettings, tokens: Tokens) -> str:
    """What has to be set before Slack can run, as one sentence; "" where nothing is missing."""
    other = (
        (APP_TOKEN, tokens.app)
        if settings.mode is Mode.SOCKET
        else (SIGNING_SECRET, tokens.signing)
    )
    missing = [name for name, value in ((BOT_TOKEN, tokens.bots), other) if not value]
    if not missing:
        return ""
    return (
        f"Slack does not run: set {' and '.join(missing)} in the environment, from the app's page "
        "at https://api.slack.com/apps."
    )
