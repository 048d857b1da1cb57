"""Connectors for a GitHub on loopback, whose waits pass at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footnote.connectors.base import CutShortError, Document, DocumentError, SourceError
from footnote.connectors.github.connector import GitHubConnector
from footnote.connectors.github.settings import GitHubSettings
from tests.servers.github.server import GitHub
from tests.servers.website import Clock


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing gave.

    Attributes:
        versions: The version of each document, by its id without the source.
        error: What ended it, or None.
    """

    versions: dict[str, str]
    error: SourceError | None

    @property
    def ids(self) -> list[str]:
        """The documents in order."""
        return list(self.versions)

    def changed_from(self, other: Listing) -> set[str]:
        """The documents that have another version than in another listing."""
        return {one for one in self.ids if other.versions.get(one) != self.versions[one]}


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads a GitHub.

    Attributes:
        hub: The GitHub.
        folder: Where connectors remember.
        clock: Their time.
    """

    hub: GitHub
    folder: Path
    clock: Clock = field(default_factory=Clock)

    def connector(self, **keys: Any) -> GitHubConnector:
        """A connector with these settings; another process would have another one."""
        settings = GitHubSettings.model_validate(
            {
                "repositories": ["acme/handbook"],
                "api_url": self.hub.url,
                "private_addresses": ["127.0.0.1"],
                "requests_per_second": 1000,
                **keys,
            }
        )
        return GitHubConnector("docs", settings, self.folder, clock=self.clock)

    async def list(self, connector: GitHubConnector | None = None, **keys: Any) -> Listing:
        """What a connector lists, with what ends it."""
        versions: dict[str, str] = {}
        try:
            async for ref in (connector or self.connector(**keys)).list():
                name = ref.id.removeprefix("docs:")
                assert name not in versions
                versions[name] = ref.version
        except SourceError as error:
            return Listing(versions, error)
        return Listing(versions, None)

    async def read(self, name: str, **keys: Any) -> Document:
        """A document, in the repository acme/handbook where no other is named."""
        place = name if name.count("/") > 1 else f"acme/handbook/{name}"
        return await self.connector(**keys).fetch(f"docs:{place}")

    async def refusal(self, name: str, **keys: Any) -> str:
        """Why a document cannot be fetched."""
        try:
            await self.read(name, **keys)
        except DocumentError as error:
            return error.reason
        return ""


def refused(listing: Listing) -> str:
    """What ended a listing before anything was listed."""
    assert listing.ids == []
    assert isinstance(listing.error, SourceError)
    assert not isinstance(listing.error, CutShortError)
    assert str(listing.error).startswith("Source docs: ")
    return str(listing.error).removeprefix("Source docs: ")
