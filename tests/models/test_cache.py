"""Where models are kept."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from footnote.models.cache import default_cache


def test_the_environment_names_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """FOOTNOTE_CACHE wins over the user's cache folder."""
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path))
    assert default_cache() == tmp_path / "models"
    monkeypatch.delenv("FOOTNOTE_CACHE")
    assert default_cache() == platformdirs.user_cache_path("footnote") / "models"
