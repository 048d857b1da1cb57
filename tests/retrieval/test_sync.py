"""Sync: what is read, put and deleted when a source changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.connectors.base import Document, DocumentError, SourceError
from footnote.retrieval.errors import IndexMismatchError, MassDeleteError
from footnote.retrieval.stores.base import PassageStore
from footnote.retrieval.sync import Failure, Stage, SyncProgress
from tests.retrieval.sync_fakes import (
    SOURCE,
    HashEmbedder,
    ScriptedConnector,
    contents,
    make_sync,
)


def numbered(count: int) -> dict[str, str | Exception]:
    """So many documents of two passages each."""
    return {f"{number}.md": f"text {number}\nmore of {number}" for number in range(count)}


async def test_a_first_sync_indexes_everything(index: PassageStore, tmp_path: Path) -> None:
    """All documents are there with all that belongs to them; report and progress say so."""
    connector = ScriptedConnector({**numbered(3), "empty.md": ""})
    told: list[SyncProgress] = []
    report = await make_sync(index, tmp_path).run(connector, SOURCE, progress=told.append)
    assert await contents(index) == connector.texts
    assert (report.source, report.listed, report.new, report.passages) == (SOURCE, 4, 4, 6)
    assert (report.changed, report.unchanged, report.deleted, report.failed) == (0, 0, 0, ())
    assert not report.dry_run
    assert report.seconds > 0
    assert [progress.stage for progress in told][:2] == [Stage.LISTING, Stage.INDEXING]
    assert told[-1] == SyncProgress(SOURCE, Stage.INDEXING, 4, 4, failed=0, passages=6)
    for counts in zip(*((p.done, p.passages) for p in told), strict=True):
        assert list(counts) == sorted(counts)
    assert (await index.stats()).sources[0].last_sync is not None


async def test_a_second_sync_reads_and_embeds_nothing(index: PassageStore, tmp_path: Path) -> None:
    """With nothing changed, no document is fetched and no text is embedded."""
    connector = ScriptedConnector(numbered(3))
    embedder = HashEmbedder()
    sync = make_sync(index, tmp_path, embedder)
    await sync.run(connector, SOURCE)
    connector.fetched.clear()
    embedder.calls.clear()
    report = await sync.run(connector, SOURCE)
    assert (report.unchanged, report.new, report.changed, report.passages) == (3, 0, 0, 0)
    assert (connector.fetched, embedder.calls) == ([], [])


async def test_only_what_changed_is_read(index: PassageStore, tmp_path: Path) -> None:
    """An edit, an addition, a deletion and a rename each do just that."""
    connector = ScriptedConnector(numbered(4))
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.fetched.clear()
    connector.texts["0.md"] = "another text"
    connector.texts["added.md"] = "a text"
    del connector.texts["1.md"]
    connector.texts["renamed.md"] = connector.texts.pop("2.md")
    report = await sync.run(connector, SOURCE)
    assert sorted(connector.fetched) == ["0.md", "added.md", "renamed.md"]
    assert (report.new, report.changed, report.deleted, report.unchanged) == (2, 1, 2, 1)
    assert await contents(index) == connector.texts


async def test_the_same_content_is_not_embedded_again(index: PassageStore, tmp_path: Path) -> None:
    """A new version with the old content is read once, takes the version, and that is all."""
    connector = ScriptedConnector(numbered(3))
    embedder = HashEmbedder()
    sync = make_sync(index, tmp_path, embedder)
    await sync.run(connector, SOURCE)
    embedder.calls.clear()
    connector.fetched.clear()
    connector.versions["1.md"] = "touched"
    report = await sync.run(connector, SOURCE)
    assert (report.unchanged, report.changed, connector.fetched) == (3, 0, ["1.md"])
    await sync.run(connector, SOURCE)
    assert connector.fetched == ["1.md"]
    assert embedder.calls == []


async def test_an_incomplete_listing_deletes_nothing(index: PassageStore, tmp_path: Path) -> None:
    """Where the source breaks off, nothing is read, put or deleted, and the error is raised."""
    connector = ScriptedConnector(numbered(8))
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    before, manifest = dict(connector.texts), await index.manifest(SOURCE)
    connector.texts = {"new.md": "new"}
    connector.fetched.clear()
    connector.broken = SourceError("The folder docs is gone: mount it.")
    with pytest.raises(SourceError, match="mount it"):
        await sync.run(connector, SOURCE, confirm=True)
    assert await contents(index) == before
    assert await index.manifest(SOURCE) == manifest
    assert connector.fetched == []


async def test_a_document_that_cannot_be_read_keeps_its_old_text(
    index: PassageStore, tmp_path: Path
) -> None:
    """It is reported by name, read again only in another version, and stops nobody else."""
    connector = ScriptedConnector({**numbered(2), "bad.md": "good at first"})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.texts["bad.md"] = DocumentError("bad.md", "it is encrypted")
    connector.texts["never.md"] = DocumentError("never.md", "it is empty")
    connector.texts["0.md"] = "changed"
    failed = {(f"{SOURCE}:bad.md", "it is encrypted"), (f"{SOURCE}:never.md", "it is empty")}
    for changed in (1, 0):
        connector.fetched.clear()
        report = await sync.run(connector, SOURCE)
        assert (report.changed, report.unchanged) == (changed, 2 - changed)
        assert {(failure.document_id, failure.reason) for failure in report.failed} == failed
        good = {"0.md": "changed", "1.md": connector.texts["1.md"], "bad.md": "good at first"}
        assert await contents(index) == good
    assert connector.fetched == []
    connector.texts |= {"bad.md": "good at first", "never.md": "good at last"}
    report = await sync.run(connector, SOURCE)
    assert (report.new, report.changed, report.unchanged, report.failed) == (1, 0, 3, ())
    assert await contents(index) == connector.texts


async def test_a_failed_document_that_is_gone_is_deleted(
    index: PassageStore, tmp_path: Path
) -> None:
    """What was kept of an unreadable document goes when the document goes."""
    connector = ScriptedConnector({"a.md": "text", "b.md": DocumentError("b.md", "no")})
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    connector.texts["a.md"] = DocumentError("a.md", "no")
    await sync.run(connector, SOURCE)
    connector.texts.clear()
    assert (await sync.run(connector, SOURCE)).deleted == 2
    assert await index.manifest(SOURCE) == {}
    assert await contents(index) == {}


async def test_an_unexpected_error_is_reported_and_tried_again(
    index: PassageStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An error in a connector or in cutting costs one document one sync, and is in the log."""
    connector = ScriptedConnector({**numbered(2), "odd.md": RuntimeError("oops")})
    sync = make_sync(index, tmp_path)
    report = await sync.run(connector, SOURCE)
    (failure,) = report.failed
    assert failure.document_id == f"{SOURCE}:odd.md"
    assert "oops" in failure.reason
    assert "Traceback" in caplog.text
    assert (await index.stats()).sources[0].failed == 1
    connector.versions["odd.md"] = connector.version("odd.md")
    connector.texts["odd.md"] = "well again"
    assert (await sync.run(connector, SOURCE)).new == 1
    assert await contents(index) == connector.texts


async def test_what_no_store_can_hold_is_reported(index: PassageStore, tmp_path: Path) -> None:
    """Names and texts with half a character fail alone, and the report can be printed."""
    connector = ScriptedConnector({"a.md": "good", "b.md": "half \ud83d", "c\udcff.md": "text"})
    report = await make_sync(index, tmp_path).run(connector, SOURCE)
    assert {(failure.document_id, failure.reason) for failure in report.failed} == {
        (f"{SOURCE}:b.md", "its text is not valid Unicode"),
        (f"{SOURCE}:c\\udcff.md", "its name is not valid Unicode"),
    }
    assert await contents(index) == {"a.md": "good"}


async def test_another_document_in_its_place_is_refused(
    index: PassageStore, tmp_path: Path
) -> None:
    """A connector that mixes up its documents cannot overwrite one with another."""
    connector = ScriptedConnector(
        numbered(2), alter=lambda document: replace(document, id=f"{SOURCE}:0.md")
    )
    report = await make_sync(index, tmp_path).run(connector, SOURCE)
    assert [failure.document_id for failure in report.failed] == [f"{SOURCE}:1.md"]
    assert await contents(index) == {"0.md": connector.texts["0.md"]}


async def test_a_document_that_changes_while_it_is_read_is_read_again(
    index: PassageStore, tmp_path: Path
) -> None:
    """The version kept is the listed one, never a newer one than the text."""
    connector = ScriptedConnector({"a.md": "first"})

    def race(document: Document) -> Document:
        connector.texts["a.md"] = "second"
        return replace(document, version=connector.version("a.md"))

    connector.alter = race
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    assert await contents(index) == {"a.md": "first"}
    await sync.run(connector, SOURCE)
    assert await contents(index) == {"a.md": "second"}


@pytest.mark.parametrize(
    ("known", "gone", "asks"),
    [(10, 6, True), (5, 5, False), (100, 30, False), (100, 31, True), (6, 6, True), (16, 5, False)],
)
async def test_a_mass_deletion_asks_before_anything_is_changed(
    index: PassageStore, tmp_path: Path, known: int, gone: int, *, asks: bool
) -> None:
    """More than the share and more than five: nothing is written until it is confirmed."""
    connector = ScriptedConnector(numbered(known))
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    before = dict(connector.texts)
    for number in range(gone):
        del connector.texts[f"{number}.md"]
    connector.texts["new.md"] = "new"
    connector.fetched.clear()
    if asks:
        with pytest.raises(MassDeleteError, match=f"{gone} of its {known}.*nothing was changed"):
            await sync.run(connector, SOURCE)
        assert await contents(index) == before
        assert connector.fetched == []
    report = await sync.run(connector, SOURCE, confirm=asks)
    assert (report.deleted, report.new) == (gone, 1)
    assert await contents(index) == connector.texts


async def test_a_dry_run_reads_and_writes_nothing(index: PassageStore, tmp_path: Path) -> None:
    """It says what would be done, a mass deletion included."""
    connector = ScriptedConnector(numbered(10))
    sync = make_sync(index, tmp_path)
    first = await sync.run(connector, SOURCE, dry_run=True)
    assert (first.listed, first.new, first.dry_run) == (10, 10, True)
    assert await index.manifest(SOURCE) == {}
    assert (await index.stats()).model_id == ""
    await sync.run(connector, SOURCE)
    connector.fetched.clear()
    before, stats = await index.manifest(SOURCE), await index.stats()
    for number in range(7):
        del connector.texts[f"{number}.md"]
    connector.texts |= {"7.md": "changed", "new.md": "new"}
    report = await sync.run(connector, SOURCE, dry_run=True)
    assert (report.new, report.changed, report.unchanged, report.deleted) == (1, 1, 2, 7)
    assert await index.manifest(SOURCE) == before
    assert await index.stats() == stats
    assert connector.fetched == []


async def test_another_recipe_indexes_everything_anew(index: PassageStore, tmp_path: Path) -> None:
    """Other code for cutting reads and embeds all; what cannot be read stays as it was."""
    connector = ScriptedConnector({**numbered(3), "bad.md": "good at first"})
    await make_sync(index, tmp_path).run(connector, SOURCE)
    text = connector.texts["bad.md"]
    connector.versions["bad.md"] = "2"
    connector.texts["bad.md"] = DocumentError("bad.md", "it is locked")
    connector.fetched.clear()
    later = make_sync(index, tmp_path, recipe="words 2")
    report = await later.run(connector, SOURCE)
    assert (report.changed, report.unchanged) == (3, 0)
    assert report.failed == (Failure(f"{SOURCE}:bad.md", "it is locked"),)
    assert (await contents(index))["bad.md"] == "good at first"
    connector.texts["bad.md"] = text
    connector.versions["bad.md"] = "3"
    assert (await later.run(connector, SOURCE)).changed == 1
    assert (await later.run(connector, SOURCE)).unchanged == 4


async def test_an_index_of_another_embedder_is_not_touched(
    index: PassageStore, tmp_path: Path
) -> None:
    """Two embedders are never mixed, and nothing is read or deleted before that is noticed."""
    connector = ScriptedConnector(numbered(2))
    await make_sync(index, tmp_path).run(connector, SOURCE)
    before = dict(connector.texts)
    connector.texts = {"new.md": "new"}
    other = HashEmbedder()
    other.model_id = "another"
    connector.fetched.clear()
    with pytest.raises(IndexMismatchError):
        await make_sync(index, tmp_path, other).run(connector, SOURCE)
    assert await contents(index) == before
    assert connector.fetched == []


async def test_sources_do_not_touch_each_other(index: PassageStore, tmp_path: Path) -> None:
    """A sync of one source deletes nothing of another."""
    connector = ScriptedConnector(numbered(2))
    sync = make_sync(index, tmp_path)
    await sync.run(connector, SOURCE)
    assert (await sync.run(ScriptedConnector(), "other", confirm=True)).deleted == 0
    assert await contents(index) == connector.texts
