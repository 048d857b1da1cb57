"""`footnote connectors` and `footnote source test`: what there is, and whether it works."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.checks.sources import ENOUGH
from tests.bot.cli.conftest import Footnote


def test_the_kinds_are_listed_with_a_line_each(
    footnote: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built-in ones, and those of other packages with their package or why they cannot be used."""
    made = folder / "installed" / "wiki-1.0.dist-info"
    made.mkdir(parents=True)
    (made / "METADATA").write_text("Metadata-Version: 2.1\nName: wiki\nVersion: 1.0\n", "utf-8")
    (made / "entry_points.txt").write_text(
        "[footnote.connectors]\nwiki = wiki_of_a_test:Wiki\nlost = wiki_of_a_test:Lost\n", "utf-8"
    )
    (made.parent / "wiki_of_a_test.py").write_text(
        'class Wiki:\n    """Pages of a wiki; by their names."""\n', encoding="utf-8"
    )
    monkeypatch.syspath_prepend(made.parent)
    monkeypatch.setenv("COLUMNS", "200")
    ran = footnote("connectors")
    assert ran.code == 0
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in ran.out.splitlines()}
    assert lines["files"] == "Documents in a folder"
    assert lines["website"] == "Pages of a website"
    assert lines["wiki"] == "Pages of a wiki from wiki"
    assert "cannot be loaded" in lines["lost"]


def test_a_source_that_works_says_what_it_found(footnote: Footnote, folder: Path) -> None:
    """Some documents are listed, one is read, what cannot be read is named, none is indexed."""
    footnote("init")
    ran = footnote("source", "test", "docs")
    assert ran.out.splitlines() == [
        "✓ list: 2 found, the first is docs:broken.pdf",
        "✗ read: docs:broken.pdf: it is broken, or not a PDF file",
        "✓ read: Leave, 147 characters, which has no link",
    ]
    assert ran.code == 0
    (folder / "docs" / "leave.md").unlink()
    assert footnote("source", "test", "docs").code == 1
    assert not (folder / ".footnote" / "index.db").exists()


def test_a_long_listing_is_not_waited_for(footnote: Footnote, folder: Path) -> None:
    """After some documents it is clear that there are documents."""
    footnote("init")
    for number in range(ENOUGH + 5):
        (folder / "docs" / f"a{number}.md").write_text("# A\n\nText.\n", encoding="utf-8")
    assert footnote("source", "test", "docs").out.startswith("✓ list: at least 20 found")


def test_what_is_missing_is_said(footnote: Footnote, folder: Path) -> None:
    """A folder that is gone, an empty one and an unknown name are a sentence each."""
    footnote("init")
    (folder / "docs").rename(folder / "away")
    ran = footnote("source", "test", "docs")
    assert (ran.code, ran.out[:9]) == (1, "✗ list: S")
    assert "check its path" in ran.out
    (folder / "docs").mkdir()
    assert "there is no document" in footnote("source", "test", "docs").out
    unknown = footnote("source", "test", "dosc")
    assert unknown.code == 1
    assert "did you mean docs?" in unknown.err
