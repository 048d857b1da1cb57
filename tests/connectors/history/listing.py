"""What a listing of a history gave, and the documents behind it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from footnote.connectors.base import Document, SourceError
from footnote.connectors.history.connector import HistoryConnector
from tests.servers.clock import Clock

DAY_S = 86_400.0


class Waiting:
    """Waits that move the server's clock on instead of taking time.

    Attributes:
        waits: Each wait.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.waits: list[float] = []

    def now(self) -> float:
        """The server's time."""
        return self._clock.now()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waits.append(seconds)
        self._clock.advance(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing.

    Attributes:
        documents: What was listed, by its id without the source, each as it is fetched.
        error: What ended it, or None.
    """

    documents: dict[str, Document]
    error: SourceError | None

    @property
    def texts(self) -> str:
        """Everything that is said in any of the documents."""
        return "\n".join(document.text for document in self.documents.values())

    @property
    def versions(self) -> dict[str, str]:
        """The version of each document."""
        return {key: document.version for key, document in self.documents.items()}

    def saying(self, words: str) -> Document:
        """The one document that says this."""
        (found,) = [one for one in self.documents.values() if words in one.text]
        return found


async def listed(connector: HistoryConnector) -> Listing:
    """List a source named "chat", and fetch what it lists."""
    versions: dict[str, str] = {}
    error: SourceError | None = None
    try:
        async for ref in connector.list():
            assert ref.id not in versions
            versions[ref.id] = ref.version
    except SourceError as raised:
        error = raised
    documents: dict[str, Document] = {}
    for name, version in versions.items():
        document = await connector.fetch(name)
        assert (document.id, document.source, document.version) == (name, "chat", version)
        documents[name.removeprefix("chat:")] = document
    return Listing(documents, error)
