"""A server whose recording is checked against Slack's published types when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from random import Random

from tests.servers.npm.packages import NoPackagesError
from tests.servers.slack.events import DEFAULT_EVENTS
from tests.servers.slack.schemas import Schemas, slack_schemas
from tests.servers.slack.server import SlackServer
from tests.servers.slack.specs import specs_folder
from tests.servers.slack.validation import problems


@asynccontextmanager
async def checked_slack(
    random: Random | None = None, events: frozenset[str] = DEFAULT_EVENTS
) -> AsyncIterator[SlackServer]:
    """A server that enforces Slack's list of methods where it is present.

    Raises:
        AssertionError: At the end, something on the wire had not the published type; where npm's
            packages cannot be had, nothing is checked.
    """
    schemas = await asyncio.to_thread(schemas_or_reason)
    async with SlackServer(specs_folder(), random, events) as slack:
        yield slack
    if isinstance(schemas, Schemas):
        found = problems(slack.recording, schemas)
        assert not found, "\n".join(map(str, found))


@lru_cache
def schemas_or_reason() -> Schemas | str:
    """The schemas, or why there are none."""
    try:
        return slack_schemas()
    except NoPackagesError as error:
        return str(error)
