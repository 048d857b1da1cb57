"""Putting the parts together, and taking them apart again."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.app import App, open_app, open_index
from footnote.bot.errors import UnavailableError
from footnote.bot.gate import Strictness
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.syncing.indexed import require_documents
from footnote.models.errors import ModelMissingError
from footnote.retrieval.readers import PUBLIC, Readers
from footnote.retrieval.search import Query
from tests.hashing import HashEmbedder

OTHER = HashEmbedder(dimension=128)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A team with a public and a private source."""
    for name in ("open", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.md").write_text(f"# {name}\n\nA {name} page.\n", "utf-8")
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[sources.open]\nkind = "files"\npath = "open"\naudience = ["everyone"]\n'
        '[sources.closed]\nkind = "files"\npath = "closed"\naudience = ["slack:C9"]\n',
        encoding="utf-8",
    )
    return load_settings(path)


async def _sync_all(app: App) -> None:
    for name, connector in app.connectors.items():
        await app.sync.run(connector, name)


async def test_the_parts_work_together(settings: Settings) -> None:
    """What a sync puts in, the search finds."""
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        await _sync_all(app)
        found = await app.core.search.find(Query("an open page"), PUBLIC)
    assert [item.passage.document_id for item in found.found] == ["open:page.md"]


async def test_audiences_hold_from_the_start(settings: Settings) -> None:
    """Another audience in the settings holds without a sync."""
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        await _sync_all(app)
    text = settings.file.path.read_text(encoding="utf-8")
    settings.file.path.write_text(text.replace('["everyone"]', '["slack:C1"]'), encoding="utf-8")
    async with open_index(load_settings(settings.file.path)) as store:
        assert await store.document("open:page.md", PUBLIC) is None
        team = Readers(frozenset({"everyone", "slack:C1"}))
        assert await store.document("open:page.md", team) is not None


async def test_another_embedder_is_refused_with_the_way_out(settings: Settings) -> None:
    """An index is never mixed from two embedders; the sentence says how to make it anew."""
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        await _sync_all(app)
    with pytest.raises(UnavailableError, match="footnote sync --rebuild"):
        async with open_app(settings, report=print, embedder=OTHER):
            pass
    async with open_app(settings, report=print, embedder=OTHER, rebuild=True) as app:
        stats = await app.store.stats()
    assert (stats.model_id, stats.documents) == (OTHER.model_id, 0)


async def test_the_options_reach_the_parts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key of [answer] and [sync] ends where it takes effect."""
    monkeypatch.setenv("FOOTNOTE_ANSWER__PASSAGES", "2")
    monkeypatch.setenv("FOOTNOTE_ANSWER__CLOSEST", "1")
    monkeypatch.setenv("FOOTNOTE_ANSWER__TIMEOUT_S", "7")
    monkeypatch.setenv("FOOTNOTE_ANSWER__UNSUPPORTED", "mark")
    monkeypatch.setenv("FOOTNOTE_ANSWER__GATE", "strict")
    monkeypatch.setenv("FOOTNOTE_SYNC__DELETE_SHARE", "0.5")
    settings = load_settings(settings.file.path)
    async with open_app(settings, report=print, embedder=HashEmbedder()) as app:
        options = app.core.answerer._options
        assert (options.passages, options.closest, options.timeout_s) == (2, 1, 7)
        assert options.mark_unsupported
        assert app.core.gate._strictness is Strictness.STRICT
        assert app.sync._delete_share == 0.5


async def test_the_embedder_is_fetched_with_a_line_on_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody has to pull it first, and nobody wonders what takes so long."""
    lines: list[str] = []

    async def pull(cache: Path, *, report: app_module.Report) -> Path:
        report(f"Fetching it into {cache}")
        return cache

    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(app_module, "pull", pull)
    with pytest.raises(ModelMissingError):
        async with open_app(settings, report=lines.append):
            pass
    assert lines == [f"Fetching it into {tmp_path / 'empty' / 'models'}"]


async def test_an_empty_index_is_told_before_anything_heavy(settings: Settings) -> None:
    """Who asks before the first sync is told to sync, and the index is not even made."""
    with pytest.raises(UnavailableError, match="Nothing is indexed yet: run `footnote sync`"):
        await require_documents(settings)
    assert not settings.index.exists()
    async with open_app(settings, report=print, embedder=HashEmbedder()):
        pass
    with pytest.raises(UnavailableError, match="Nothing is indexed yet"):
        await require_documents(settings)
