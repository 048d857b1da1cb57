"""A sync of only those documents that may have changed: as safe as one of all of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from footnote.connectors.base import Changed, SourceError
from footnote.retrieval.errors import MassDeleteError
from footnote.retrieval.stores.base import PassageStore
from tests.retrieval.sync_fakes import SOURCE, ScriptedConnector, contents, make_sync


@dataclass
class WatchedConnector(ScriptedConnector):
    """A scripted source that can be looked at.

    Attributes:
        sure: Whether single documents can be told of.
        away: Raised by each look.
        listings: How often it was listed.
        looks: The documents of each look.
    """

    sure: bool = True
    away: SourceError | None = None
    listings: int = 0
    looks: list[set[str]] = field(default_factory=list)

    async def list(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  as its base has it
        """Every document, counted."""
        self.listings += 1
        async for ref in super().list():
            yield ref

    def watch(self) -> AsyncGenerator[Changed, None] | None:
        """Nobody watches it here."""
        return None

    async def look(self, document_ids: Collection[str]) -> Mapping[str, str | None] | None:
        """The versions of the script."""
        if self.away:
            raise self.away
        self.looks.append(set(document_ids))
        if not self.sure:
            return None
        names = {each: each.removeprefix(f"{SOURCE}:") for each in document_ids}
        return {
            each: self.version(name) if name in self.texts else None for each, name in names.items()
        }


def ids(*names: str) -> set[str]:
    """The ids of documents by their names."""
    return {f"{SOURCE}:{name}" for name in names}


async def test_only_these_documents_are_looked_at(index: PassageStore, tmp_path: Path) -> None:
    """What is new, changed and gone among them is done; nothing else is listed, read or deleted."""
    connector = WatchedConnector({f"{number}.md": f"text {number}" for number in range(4)})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    synced = (await index.stats()).sources[0].last_sync
    before = await contents(index)
    connector.fetched.clear()
    connector.texts |= {"0.md": "another text", "new.md": "a text", "2.md": "unheard of"}
    del connector.texts["1.md"]
    del connector.texts["3.md"]
    report = await sync.run(connector, SOURCE, documents=ids("0.md", "1.md", "new.md", "never.md"))
    assert sorted(connector.fetched) == ["0.md", "new.md"]
    assert (report.new, report.changed, report.deleted, report.listed) == (1, 1, 1, 2)
    assert connector.listings == 1
    assert await contents(index) == {
        "0.md": "another text",
        "new.md": "a text",
        "2.md": before["2.md"],
        "3.md": before["3.md"],
    }
    assert (await index.stats()).sources[0].last_sync == synced


@pytest.mark.parametrize("watched", [True, False])
async def test_where_single_documents_cannot_be_told_of_all_are_listed(
    index: PassageStore,
    tmp_path: Path,
    watched: bool,  # noqa: FBT001  a case
) -> None:
    """And then it is a complete sync, deletes included."""
    connector = WatchedConnector(sure=False) if watched else ScriptedConnector()
    connector.texts = {"0.md": "text", "1.md": "text of 1"}
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.texts = {"1.md": "more of 1"}
    await sync.run(connector, SOURCE, documents=ids("1.md"))
    assert await contents(index) == {"1.md": "more of 1"}


async def test_too_many_that_are_gone_are_asked_about(index: PassageStore, tmp_path: Path) -> None:
    """The share is that of all documents of the source."""
    connector = WatchedConnector({f"{number}.md": f"text {number}" for number in range(20)})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    gone = [f"{number}.md" for number in range(7)]
    for name in gone:
        del connector.texts[name]
    with pytest.raises(MassDeleteError, match="would delete 7 of its 20 documents"):
        await sync.run(connector, SOURCE, documents=ids(*gone))
    assert len(await contents(index)) == 20
    report = await sync.run(connector, SOURCE, documents=ids(*gone[:6]))
    assert report.deleted == 6


async def test_a_source_that_is_away_loses_nothing(index: PassageStore, tmp_path: Path) -> None:
    """What cannot be looked at is not gone."""
    connector = WatchedConnector({"0.md": "text"})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.texts.clear()
    connector.away = SourceError("It is away.")
    with pytest.raises(SourceError):
        await sync.run(connector, SOURCE, documents=ids("0.md"))
    assert await contents(index) == {"0.md": "text"}
