"""The keys of a source of kind "slack_history" in the settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from footnote.connectors.history.settings import ApiUrl, HistorySettings
from footnote.connectors.keys import variable_such_as


class SlackHistorySettings(HistorySettings):
    """One source of kind "slack_history".

    Attributes:
        channels: Ids of channels, such as "C0123ABCD", or names, such as "#general".
        days: Only what was said in the last so many days; 0: all of it.
        edits_for: What was said in the last so many days is looked at anew by each sync.
        complete_every: Days after which a sync looks at all messages again.
        bots: Whether what other bots say is read.
        token_env: The environment variable that holds the app's bot token.
        api_url: Where Slack's Web API is.
        timeout_s: Seconds of silence after which a request has failed.
    """

    token_env: Annotated[
        str, AfterValidator(variable_such_as("SLACK_BOT_TOKEN", "the token itself"))
    ] = "SLACK_BOT_TOKEN"  # noqa: S105  the name of a variable
    api_url: ApiUrl = "https://slack.com/api/"
