"""`footnote init` writes settings that work, and never over others."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.cli.init import example
from footnote.bot.settings.load import load_settings
from tests.bot.cli.conftest import Footnote


def _path(folder: Path) -> object:
    settings = load_settings(folder / "footnote.toml")
    return settings.root / str(settings.sources["docs"].own["path"])


def test_the_folder_docs_is_found(footnote: Footnote, folder: Path) -> None:
    """Where there is a docs/, it is the source, and the file is the example."""
    ran = footnote("init")
    assert ran.code == 0
    assert ran.out == (
        "Wrote footnote.toml, with the documents in docs: look into it, then run `footnote sync`.\n"
    )
    assert (folder / "footnote.toml").read_text(encoding="utf-8") == example()


def test_without_docs_it_is_the_current_folder(footnote: Footnote, folder: Path) -> None:
    """Any folder can be begun with."""
    (folder / "docs").rename(folder / "pages")
    footnote("init")
    assert _path(folder) == folder


@pytest.mark.parametrize("name", ["pages", 'odd "name" \\ ünï', "../elsewhere"])
def test_another_folder_can_be_named(footnote: Footnote, folder: Path, name: str) -> None:
    """Whatever its name and wherever it is, the settings lead to it."""
    target = (folder / name).resolve()
    target.mkdir()
    assert footnote("init", "--path", name).code == 0
    assert _path(folder) == target


def test_the_file_can_be_written_elsewhere(footnote: Footnote, folder: Path) -> None:
    """--config says where; the path in it leads to the documents from there."""
    (folder / "etc").mkdir()
    assert footnote("--config", "etc/footnote.toml", "init").code == 0
    assert _path(folder / "etc") == folder / "docs"


def test_nothing_is_written_over(footnote: Footnote, folder: Path) -> None:
    """A second init changes nothing and says so."""
    (folder / "footnote.toml").write_text("mine", encoding="utf-8")
    ran = footnote("init")
    assert ran.code == 1
    assert ran.err == (
        "footnote: footnote.toml is there already and stays as it is: edit it, or move it away "
        "first.\n"
    )
    assert (folder / "footnote.toml").read_text(encoding="utf-8") == "mine"


def test_a_missing_folder_is_told(footnote: Footnote, folder: Path) -> None:
    """Settings that lead nowhere are not written."""
    ran = footnote("init", "--path", "nope")
    assert ran.code == 1
    assert ran.err == "footnote: There is no folder nope: name one that exists with --path.\n"
    assert not (folder / "footnote.toml").exists()


def test_a_place_that_cannot_be_written_is_told(footnote: Footnote) -> None:
    """The system's reason is given."""
    ran = footnote("--config", "nope/footnote.toml", "init")
    assert ran.code == 1
    assert ran.err == (
        "footnote: nope/footnote.toml cannot be written (No such file or directory): name another "
        "file with --config.\n"
    )
