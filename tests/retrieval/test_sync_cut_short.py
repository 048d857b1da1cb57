"""A listing that ends before all is listed: what came is synced, and nothing is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.connectors.base import CutShortError
from footnote.retrieval.errors import SyncStoppedError
from footnote.retrieval.stores.base import PassageStore
from tests.retrieval.sync_fakes import SOURCE, ScriptedConnector, contents, make_sync

REASON = "The site breaks off."


async def test_what_came_is_synced_and_nothing_is_deleted(
    index: PassageStore, tmp_path: Path
) -> None:
    """New and changed documents are there, those that were not listed too, and it is told."""
    connector = ScriptedConnector({"same.md": "same", "old.md": "old", "lost.md": "still here"})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    synced = (await index.stats()).sources[0].last_sync
    connector.texts = {"same.md": "same", "old.md": "renewed", "new.md": "new"}
    connector.broken = CutShortError(REASON)
    with pytest.raises(SyncStoppedError, match=rf"{REASON} Nothing was deleted\.") as stopped:
        await sync.run(connector, SOURCE, confirm=True)
    report = stopped.value.report
    counts = (report.new, report.changed, report.unchanged, report.deleted)
    assert counts == (1, 1, 1, 0)
    assert await contents(index) == {**connector.texts, "lost.md": "still here"}
    assert (await index.stats()).sources[0].last_sync == synced
    connector.broken = None
    report = await sync.run(connector, SOURCE)
    assert (report.deleted, report.unchanged) == (1, 3)


async def test_a_dry_run_says_so_too(index: PassageStore, tmp_path: Path) -> None:
    """Its forecast deletes nothing, and the reason is told."""
    connector = ScriptedConnector({"a.md": "a", "b.md": "b"})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.texts = {"a.md": "a", "c.md": "c"}
    connector.broken = CutShortError(REASON)
    with pytest.raises(SyncStoppedError, match=REASON) as stopped:
        await sync.run(connector, SOURCE, dry_run=True)
    assert (stopped.value.report.new, stopped.value.report.deleted) == (1, 0)
    assert (await contents(index)).keys() == {"a.md", "b.md"}
