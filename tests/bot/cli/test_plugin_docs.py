"""The connector that docs/connectors/plugins.md shows, installed and used as it says."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote

PAGE = Path(__file__).parents[3] / "docs" / "connectors" / "plugins.md"
PYTHON, PACKAGE, SETTINGS = re.findall(r"```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip put the package."""
    folder = tmp_path_factory.mktemp("plugin")
    package, site = folder / "package", folder / "site"
    package.mkdir()
    (package / "faq.py").write_text(PYTHON, encoding="utf-8")
    (package / "pyproject.toml").write_text(PACKAGE, encoding="utf-8")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"),
            *("--no-build-isolation", "--target", site, package),
        ],
        check=True,
        capture_output=True,
    )
    return site


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package, where this process finds it."""
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "faq", raising=False)
    invalidate_caches()


def write(folder: Path, *rows: tuple[str, int, str, str]) -> None:
    """What the database holds now."""
    connection = sqlite3.connect(folder / "faq.db")
    connection.execute("CREATE TABLE IF NOT EXISTS faq (id TEXT, changed, question, answer)")
    connection.execute("DELETE FROM faq")
    connection.executemany("INSERT INTO faq VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def test_it_is_sixty_lines_at_most() -> None:
    """One class and its keys are a connector."""
    assert len(PYTHON.splitlines()) <= 60


@pytest.mark.usefixtures("installed")
def test_it_can_be_used(footnote: Footnote, folder: Path) -> None:
    """It is listed, tried, synced, asked, and what changes and goes is followed."""
    coffee = ("1", 1, "Who descales the coffee machine?", "Facilities descales it every Friday.")
    bikes = ("2", 1, "Where do bicycles go?", "Bicycles go into the basement.")
    write(folder, coffee, bikes)
    (folder / "footnote.toml").write_text(SETTINGS, encoding="utf-8")
    assert "Questions and answers in a SQLite database" in footnote("connectors").out
    assert "2 found, the first is faq:1" in footnote("source", "test", "faq").out
    assert "2 new" in footnote("sync").out
    answer = footnote("ask", "Who descales the coffee machine?").out
    assert "Facilities descales it every Friday. [1]" in answer
    assert "https://faq.example.com/1" in answer
    write(folder, (*coffee[:1], 2, coffee[2], "The barista does."))
    assert "0 new, 1 changed" in footnote("sync", "--confirm").out


@pytest.mark.usefixtures("installed")
def test_a_database_that_is_gone_deletes_nothing(footnote: Footnote, folder: Path) -> None:
    """Its error is the sentence that a person reads."""
    (folder / "footnote.toml").write_text(SETTINGS, encoding="utf-8")
    failed = footnote("sync")
    assert failed.code != 0
    assert "faq.db cannot be read" in failed.err
