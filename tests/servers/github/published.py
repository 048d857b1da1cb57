"""What GitHub publishes of its API: in the folder of test data, else from npm, else nowhere."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tests.servers.discord.specs import specs_folder
from tests.servers.npm.packages import NoPackagesError, install


def openapi() -> Path | None:
    """The description of REST, or None where it cannot be had."""
    return _published("github-openapi.json", "openapi/generated/api.github.com.json")


def graphql_schema() -> Path | None:
    """The schema of GraphQL, or None where it cannot be had."""
    return _published("github-schema.graphql", "graphql-schema/schema.graphql")


def _published(given: str, packed: str) -> Path | None:
    folder = specs_folder()
    if folder is not None and (folder / given).exists():
        return folder / given
    packages = _packages()
    return None if packages is None else packages / "node_modules" / "@octokit" / packed


@lru_cache
def _packages() -> Path | None:
    """Where npm's packages are; asked once, since what cannot be fetched takes time."""
    try:
        return install("github")
    except NoPackagesError:
        return None
