"""Reading the sources anew on an admin's word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footnote.bot.app import App, open_app
from footnote.bot.errors import SettingsError
from footnote.bot.settings.load import load_settings
from footnote.bot.syncing.reindexing import reindex
from tests.hashing import HashEmbedder


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Two sources, one of them with a document that cannot be read."""
    for name in ("docs", "more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "leave.md").write_text("# Leave\n\nThere are 28 days.\n", "utf-8")
    (tmp_path / "more" / "broken.pdf").write_bytes(b"no PDF at all")
    path = tmp_path / "footnote.toml"
    path.write_text(
        "".join(
            f'[sources.{name}]\nkind = "files"\npath = "{name}"\naudience = ["everyone"]\n'
            for name in ("docs", "more")
        ),
        encoding="utf-8",
    )
    async with open_app(load_settings(path), report=print, embedder=HashEmbedder()) as opened:
        yield opened


async def _said(app: App, argument: str = "") -> list[str]:
    return [text async for text in reindex(app, argument)]


async def test_all_sources_are_read_and_told_of(app: App) -> None:
    """One line a source, and what could not be read by its name; progress comes before."""
    said = await _said(app)
    docs, more, failed = said[-1].splitlines()
    assert docs.startswith("- docs: 1 listed; 1 new, 0 changed, 0 deleted, 0 failed; ")
    assert more.startswith("- more: 2 listed; 1 new, 0 changed, 0 deleted, 1 failed; ")
    assert failed.startswith("  - failed: more:broken.pdf: ")
    assert said[0] == "- docs: listing 0…"
    assert (await app.store.stats()).documents == 2


async def test_one_source_can_be_named(app: App) -> None:
    """The other is left alone."""
    said = await _said(app, "more")
    assert "docs" not in said[-1]
    assert (await app.store.stats()).documents == 1


async def test_a_source_that_is_not_there_is_told(app: App) -> None:
    """With the one that was meant."""
    with pytest.raises(SettingsError, match=r"There is no source dosc: did you mean docs[?]"):
        await _said(app, "dosc")


async def test_much_is_deleted_only_on_a_second_word(app: App, tmp_path: Path) -> None:
    """Nothing is changed before it is confirmed."""
    for number in range(20):
        (tmp_path / "docs" / f"{number}.md").write_text(f"# {number}\n\nText.\n", "utf-8")
    await _said(app, "docs")
    for number in range(20):
        (tmp_path / "docs" / f"{number}.md").unlink()
    (refused,) = (await _said(app, "docs"))[-1:]
    assert refused.startswith("- docs: Syncing docs would delete 20 of its 21 documents;")
    assert (await app.store.stats()).documents == 21
    confirmed = (await _said(app, "docs --confirm"))[-1]
    assert "20 deleted" in confirmed
    assert (await app.store.stats()).documents == 1


async def test_a_source_that_is_gone_does_not_stop_the_next(app: App, tmp_path: Path) -> None:
    """Its sentence stands in its line."""
    (tmp_path / "docs").rename(tmp_path / "away")
    docs, more, _ = (await _said(app))[-1].splitlines()
    assert docs.startswith("- docs: Source docs cannot be listed")
    assert more.startswith("- more: 2 listed; 1 new")
