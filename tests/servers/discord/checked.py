"""A server whose recordings are checked against what Discord publishes when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.discord.gateway_validation import assert_published
from tests.servers.discord.recording import Recording
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.specs import read_description, specs_folder
from tests.servers.discord.validation import problems


@asynccontextmanager
async def checked_discord() -> AsyncIterator[DiscordServer]:
    """A server that is checked where the descriptions are present.

    Raises:
        AssertionError: At the end, something on the wire was not as described.
    """
    async with DiscordServer() as discord:
        yield discord
    assert_described(discord.recording)
    assert_published(discord.gateway.recording)


def assert_described(recording: Recording) -> None:
    """Check a recording of REST; where the description is not present, nothing is checked.

    Raises:
        AssertionError: Something was not as described.
    """
    description = read_description(specs_folder())
    if description is not None:
        found = problems(recording, description)
        assert not found, "\n".join(map(str, found))
