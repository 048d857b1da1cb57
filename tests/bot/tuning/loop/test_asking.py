"""What answers without following begins with the current adapter."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from footnote.bot.app import open_app
from footnote.bot.settings.load import load_settings
from footnote.bot.state.opening import open_state
from footnote.bot.tuning.adapters import Provenance
from footnote.bot.tuning.registry import Registry
from footnote.bot.tuning.runs import digest_of
from tests.bot.tuning.loop.teaching import SHAPE, write_teaching
from tests.bot.tuning.loop.team import SETTINGS, without_weights
from tests.models.gguf_files import write_model


async def test_ask_and_chat_write_with_the_current_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What follows by itself begins with none; without the state, answers do without it."""
    without_weights(monkeypatch)
    model = write_model(tmp_path / "model.gguf", SHAPE)
    write_teaching(tmp_path / "adapter.gguf", model)
    (tmp_path / "docs").mkdir()
    (tmp_path / "footnote.toml").write_text(SETTINGS, "utf-8")
    settings = load_settings(tmp_path / "footnote.toml")
    async with open_state(settings) as state:
        registry = Registry(state)
        origin = Provenance(digest_of(model), "run-1")
        made = await registry.file(tmp_path / "adapter.gguf", origin)
        await registry.promote(made.id, "ann")
    async with open_app(settings, report=print) as app:
        assert app.core.generator.adapter == made.id
    async with open_app(settings, report=print, follows=True) as app:
        assert app.core.generator.adapter is None
    caplog.set_level(logging.WARNING)
    (tmp_path / "state.db").write_bytes(b"no database")
    async with open_app(settings, report=print) as app:
        assert app.core.generator.adapter is None
    assert "Which adapter is current cannot be said, so none is used" in caplog.text
