"""Replicas that are whole: what `footnote serve` runs on Slack and Discord, only without weights.

`tests.servers.forking` starts them. Each has a folder of its own, as on a machine of its own; the
settings file, the Redis and the Weaviate are for all of them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from footnote.bot import app as app_module
from footnote.bot import serving
from footnote.bot.cli.serve import _serve as serve_as_asked
from footnote.bot.inbox.options import InboxOptions
from footnote.bot.platforms.discord import connection
from footnote.bot.platforms.slack import sending
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import InboxSettings, Settings
from footnote.retrieval.embedder import Embedder
from footnote.retrieval.stores import weaviate
from tests.hashing import HashEmbedder
from tests.servers.discord.server import DiscordServer
from tests.servers.discord_replica import eager_client, point_at, reached
from tests.servers.forking import fork_as_asked
from tests.servers.slack.server import SlackServer
from tests.servers.slack.workspace import Workspace
from tests.servers.slack_replica import connection as slack_connection

MODULE = "tests.servers.whole_replica"
FOR_EVER_S = 3600.0

# Imported before anything is forked off, since every process would do it anew.
PREPARED = (weaviate,)


def shared(
    slack: SlackServer, workspace: Workspace, discord: DiscordServer, config: Path
) -> dict[str, object]:
    """The arguments of every replica that serves this workspace and this server of Discord."""
    at_slack, at_discord = slack_connection(slack, workspace), reached(discord)
    environment = {
        **_environment(at_slack),
        **_environment(at_discord),
        "FOOTNOTE_SLACK__API_URL": str(at_slack["api_url"]),
    }
    return {
        "config": str(config),
        "rest_url": at_discord["api_url"],
        "gateway_url": at_discord["gateway_url"],
        "environment": environment,
    }


async def replica(  # noqa: PLR0913  what differs from one test to the other
    *,
    config: str,
    rest_url: str,
    gateway_url: str,
    environment: dict[str, str],
    folder: Path,
    hasty: bool = False,
) -> None:
    """Answer until SIGTERM, at the times that users have.

    Args:
        config: The settings file.
        rest_url: Where Discord's REST API is.
        gateway_url: Where its gateway is.
        environment: The tokens, and settings for which the file is too early.
        folder: The data folder.
        hasty: Whether it hands over at once what is being answered when it is to stop. Nothing
            that it does not hand over would be freed before the end of the test.
    """
    os.environ.update(environment | {"FOOTNOTE_DATA": str(folder)})
    point_at(rest_url, gateway_url)
    with ExitStack() as stack:
        stack.enter_context(patch.object(app_module, "open_embedder", open_embedder))
        stack.enter_context(patch.object(connection, "new_client", eager_client))
        # Slack lets start few streams a minute; a test asks more in one than people do.
        stack.enter_context(patch.object(sending, "STARTS", 1_000_000))
        if hasty:
            usual = serving.options

            def options(settings: InboxSettings) -> InboxOptions:
                return replace(usual(settings), grace_s=0.0, lease_s=FOR_EVER_S)

            stack.enter_context(patch.object(serving, "options", options))
        settings = load_settings(Path(config))
        logging.getLogger("footnote").setLevel(settings.log_level.upper())
        await serve_as_asked(settings)


@asynccontextmanager
async def open_embedder(settings: Settings, report: app_module.Report) -> AsyncIterator[Embedder]:
    """One without weights, in the place of the one that the settings name."""
    del settings, report
    yield HashEmbedder()


def _environment(arguments: dict[str, object]) -> dict[str, str]:
    environment = arguments["environment"]
    assert isinstance(environment, dict)
    return environment


if __name__ == "__main__":
    fork_as_asked(replica)
