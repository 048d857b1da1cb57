"""`footnote serve` follows the current adapter, and tells admins what came of a run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from footnote.bot.app import App, open_app
from footnote.bot.generators.scripted import ScriptedGenerator
from footnote.bot.platforms.base import Intake
from footnote.bot.serving import serve
from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.announcing import News, file_news
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import digest_of
from tests.bot.plaza import Plaza, PlazaKind
from tests.bot.tuning.registry.made import filed
from tests.hashing import HashEmbedder
from tests.waiting import until


class Heard(Plaza):
    """A plaza where admins read."""

    tells_admins = True

    def __init__(self, stop: asyncio.Event) -> None:
        super().__init__(self._visit_until_heard)
        self.heard: list[str] = []
        self._stop = stop

    async def tell_admins(self, text: str, key: str) -> None:
        """Hear it."""
        assert key
        self.heard.append(text)

    async def _visit_until_heard(self, intake: Intake) -> None:
        del intake
        await until(lambda: self.heard)
        self._stop.set()


async def test_it_begins_with_the_current_adapter_and_tells_admins(tmp_path: Path) -> None:
    """Before the first question is taken; the news is said where admins read."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "model.gguf").write_bytes(b"model")
    path = tmp_path / "footnote.toml"
    path.write_text(
        '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
        '[answer]\ngenerator = "gguf"\n[gguf]\npath = "model.gguf"\n',
        "utf-8",
    )
    settings = load_settings(path)
    async with open_state(settings) as state:
        base = digest_of(tmp_path / "model.gguf")
        made = await filed(Registry(state), tmp_path, "friendly", base=base)
        await Registry(state).promote(made.id, "ann")
        await file_news(state.records, News("run-1", "It is done."))
    generator, stop = ScriptedGenerator(), asyncio.Event()
    plaza = Heard(stop)
    opened = open_app(settings, report=print, embedder=HashEmbedder(), answers=False)
    async with opened as app:
        scripted: App = replace(app, core=replace(app.core, generator=generator))
        await serve(scripted, {"plaza": PlazaKind(plaza)}, stop, report=print)
    assert plaza.heard == ["It is done."]
    assert generator.adapter == made.id
