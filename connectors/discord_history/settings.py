"""The keys of a source of kind "discord_history" in the settings."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from footnote.connectors.history.settings import ApiUrl, HistorySettings
from footnote.connectors.keys import variable_such_as


def _id(written: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,19}", written):
        raise ValueError('the id of a channel, such as "1098765432109876543"')
    return written


class DiscordHistorySettings(HistorySettings):
    """One source of kind "discord_history".

    Attributes:
        channels: Ids of channels and forums, such as "1098765432109876543".
        days: Only what was said in the last so many days; 0: all of it.
        edits_for: What was said in the last so many days is looked at anew by each sync.
        complete_every: Days after which a sync looks at all messages again.
        bots: Whether what other bots say is read.
        token_env: The environment variable that holds the bot's token.
        api_url: Where Discord's API is.
        timeout_s: Seconds of silence after which a request has failed.
    """

    channels: Annotated[tuple[Annotated[str, AfterValidator(_id)], ...], Field(min_length=1)]
    token_env: Annotated[
        str, AfterValidator(variable_such_as("DISCORD_BOT_TOKEN", "the token itself"))
    ] = "DISCORD_BOT_TOKEN"  # noqa: S105  the name of a variable
    api_url: ApiUrl = "https://discord.com/api/v10/"
