"""The settings of Discord: the table [discord]; its token comes from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from footnote.bot.platforms.follow_ups import FollowUps

TOKEN = "DISCORD_BOT_TOKEN"  # noqa: S105  the name of the variable
PORTAL = "https://discord.com/developers/applications"


def _snowflake(value: object) -> object:
    """A Discord id, which may stand in the file as a number."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return value
    return str(value)


Snowflake = Annotated[str, BeforeValidator(_snowflake), Field(pattern=r"^\d{1,20}$")]
"""Discord's id of anything."""


class DiscordSettings(BaseModel):
    """How Footnote behaves in Discord: [discord].

    Attributes:
        follow_ups: When a message in an engaged thread is a question.
        channels: The same for single channels and their threads, by their ids.
        servers: The servers that are the team's; in others it answers nobody. Empty for all that
            the bot is in, which takes a bot that nobody else can invite.
        team_roles: Who is of the team; others who can read along are outsiders. Empty for
            everybody on the servers.
        admins: Roles whose members are admins of Footnote without the permission Manage Server.
        forums: Forum channels in which each new post is a question.
        people: The channel of people who can be asked what the sources do not answer.
        admin_channel: The channel where admins are told of sources that cannot be synced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    follow_ups: FollowUps = FollowUps.THREAD
    channels: dict[Snowflake, FollowUps] = Field(default_factory=dict)
    servers: tuple[Snowflake, ...] = ()
    team_roles: tuple[Snowflake, ...] = ()
    admins: tuple[Snowflake, ...] = ()
    forums: tuple[Snowflake, ...] = ()
    people: Snowflake | None = None
    admin_channel: Snowflake | None = None

    def follows(self, *channels: str) -> bool:
        """Whether a message in an engaged thread is a question.

        Args:
            channels: The thread, and the channel that it is in; the first that is named decides.
        """
        named = (self.channels[channel] for channel in channels if channel in self.channels)
        return next(named, self.follow_ups) is FollowUps.THREAD


@dataclass(frozen=True, slots=True)
class Token:
    """What Discord knows the bot by; it is never shown."""

    value: str = field(default="", repr=False)


def token_of(environment: Mapping[str, str] = os.environ) -> Token:
    """The token in the environment."""
    return Token(environment.get(TOKEN, "").strip().removeprefix("Bot ").strip())


def lacks(token: Token) -> str:
    """What has to be set before Discord can run, as one sentence; "" where nothing is missing."""
    if token.value:
        return ""
    return (
        f"Discord does not run: set {TOKEN} in the environment, from the page Bot of the "
        f"application at {PORTAL}."
    )
