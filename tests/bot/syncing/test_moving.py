"""The index goes from the store of the settings to another one and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.app import open_app
from footnote.bot.errors import SettingsError
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing.moving import move_index
from footnote.retrieval.readers import PUBLIC
from footnote.retrieval.search import Query
from tests.hashing import HashEmbedder
from tests.servers.weaviate import FakeWeaviate, fake_weaviate

SETTINGS = """
store = "{store}"
[weaviate]
url = "{server.url}"
grpc = "{server.grpc}"
timeout_s = 60
[sources.docs]
kind = "files"
path = "docs"
audience = ["everyone"]
"""


@pytest.fixture
async def server() -> AsyncIterator[FakeWeaviate]:
    """An empty Weaviate."""
    async with fake_weaviate() as opened:
        yield opened


class Team:
    """A folder with documents, and settings for either store."""

    def __init__(self, folder: Path, server: FakeWeaviate) -> None:
        self._folder = folder
        self._server = server
        (folder / "docs").mkdir()
        for name in ("leave", "travel"):
            text = f"# {name.title()}\n\nWho approves {name} is the lead of a team.\n"
            (folder / "docs" / f"{name}.md").write_text(text, encoding="utf-8")

    def settings(self, store: str) -> Settings:
        """Settings that name this store."""
        file = self._folder / "footnote.toml"
        file.write_text(SETTINGS.format(store=store, server=self._server), "utf-8")
        return load_settings(file)

    async def sync(self, store: str) -> None:
        """Fill the index in this store."""
        async with open_app(
            self.settings(store), report=print, embedder=HashEmbedder(), answers=False
        ) as app:
            await app.sync.run(app.connectors["docs"], "docs")

    async def found(self, store: str) -> list[str]:
        """Which documents a question finds in this store, best first."""
        async with open_app(
            self.settings(store), report=print, embedder=HashEmbedder(), answers=False
        ) as app:
            found = await app.core.search.find(Query("who approves travel?"), PUBLIC, limit=9)
            return [one.passage.document_id for one in found.found]


@pytest.fixture
def team(tmp_path: Path, server: FakeWeaviate) -> Team:
    """A folder with documents."""
    return Team(tmp_path, server)


async def test_it_goes_there_and_back(team: Team, server: FakeWeaviate, tmp_path: Path) -> None:
    """What is found stays the same, and the old index stays until somebody removes it."""
    await team.sync("sqlite")
    before = await team.found("sqlite")
    assert before[0] == "docs:travel.md"
    report = await move_index(team.settings("sqlite"), "weaviate", lambda _: None)
    assert (report.copied, report.documents) == (2, 2)
    assert await team.found("weaviate") == before == await team.found("sqlite")
    for file in (tmp_path / ".footnote").glob("index.db*"):
        file.unlink()
    report = await move_index(team.settings("weaviate"), "sqlite", lambda _: None)
    assert (report.copied, report.documents) == (2, 2)
    await server.stop()
    assert await team.found("sqlite") == before


@pytest.mark.parametrize(
    ("to", "said"), [("sqlite", 'is kept in "sqlite" already: name another'), ("none", '"none"')]
)
async def test_where_it_cannot_go(team: Team, to: str, said: str) -> None:
    """One sentence, before anything is copied."""
    with pytest.raises(SettingsError, match=said):
        await move_index(team.settings("sqlite"), to, lambda _: None)
