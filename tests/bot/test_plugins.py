"""Connectors and stores come through entry points, those of other packages like the built-in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from footnote.bot.errors import SettingsError, UnavailableError
from footnote.bot.plugins import STORES, UnknownPluginError, connector_kind, open_store
from footnote.bot.settings.load import load_settings
from footnote.bot.syncing.sources import open_connectors
from footnote.connectors.files import FilesConnector

PLUGIN = """
from collections.abc import AsyncIterator
from pydantic import BaseModel

class Keys(BaseModel, extra="forbid"):
    space: str
    depth: int = 3

class Wiki:
    settings_model = Keys

    @classmethod
    def from_settings(cls, name, settings, root):
        made = cls()
        made.given = (name, settings, root)
        return made
"""
SETTINGS = '[sources.pages]\nkind = "wiki"\naudience = ["everyone"]\n'


@pytest.fixture
def wiki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a connector, installed for this test."""
    folder = tmp_path / "installed"
    (folder / "wiki-1.0.dist-info").mkdir(parents=True)
    (folder / "wiki_plugin.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "wiki-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: wiki\nVersion: 1.0\n", encoding="utf-8"
    )
    (folder / "wiki-1.0.dist-info" / "entry_points.txt").write_text(
        "[footnote.connectors]\nwiki = wiki_plugin:Wiki\nlost = wiki_plugin:Lost\n", "utf-8"
    )
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "wiki_plugin", raising=False)
    return folder


def _settings(folder: Path, text: str) -> Path:
    path = folder / "footnote.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_connector_comes_through_the_public_door() -> None:
    """`files` is an entry point of Footnote's own package."""
    assert connector_kind("files") is FilesConnector  # type: ignore[comparison-overlap]  # a class


@pytest.mark.usefixtures("wiki")
def test_a_connector_of_another_package_gets_its_keys(tmp_path: Path) -> None:
    """It is given the source's name, its own keys with their defaults, and the settings' folder."""
    settings = load_settings(_settings(tmp_path, SETTINGS + 'space = "TEAM"\n'))
    connector = open_connectors(settings)["pages"]
    given = ("pages", {"space": "TEAM", "depth": 3}, tmp_path)
    assert connector.given == given  # type: ignore[attr-defined]  # the plugin's


@pytest.mark.usefixtures("wiki")
def test_a_mistake_in_a_plugins_keys_has_its_line(tmp_path: Path) -> None:
    """A key of another package's is checked as Footnote's own are."""
    settings = load_settings(_settings(tmp_path, SETTINGS + 'space = "T"\ndepht = 2\n'))
    with pytest.raises(SettingsError) as caught:
        open_connectors(settings)
    assert str(caught.value) == (
        "footnote.toml, line 5: [sources.pages] has no key depht: did you mean depth?"
    )


@pytest.mark.usefixtures("wiki")
def test_only_what_is_asked_for_is_imported(tmp_path: Path) -> None:
    """A plugin that no source uses is not loaded, so it can break nothing."""
    text = SETTINGS.replace("wiki", "files") + 'path = "docs"\n'
    open_connectors(load_settings(_settings(tmp_path, text)))
    assert "wiki_plugin" not in sys.modules


@pytest.mark.usefixtures("wiki")
def test_a_plugin_that_cannot_be_loaded_names_its_package() -> None:
    """What to reinstall is said, and why."""
    with pytest.raises(UnavailableError, match=r"lost .*Lost.*: reinstall .* from, wiki\."):
        connector_kind("lost")


@pytest.mark.usefixtures("wiki")
def test_an_unknown_kind_lists_those_there_are(tmp_path: Path) -> None:
    """The kinds of other packages are among them."""
    settings = load_settings(_settings(tmp_path, SETTINGS.replace("wiki", "wikki")))
    with pytest.raises(SettingsError, match=r'no kind of source "wikki"; there is .*"lost", '):
        open_connectors(settings)


def test_an_unknown_store_lists_those_there_are() -> None:
    """Stores come through a door of their own."""
    with pytest.raises(UnknownPluginError) as caught:
        open_store("paper")
    assert str(caught.value) == (
        f"No installed package has paper among its {STORES}: there are llamaindex, sqlite, "
        "weaviate."
    )
