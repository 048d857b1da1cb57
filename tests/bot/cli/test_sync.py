"""`footnote sync` says what it did, source by source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote, Ran

SECOND = '\n[sources.more]\nkind = "files"\npath = "more"\naudience = ["slack:C9"]\n'


def _without_time(ran: Ran) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", ran.out)


@pytest.fixture
def two(footnote: Footnote, folder: Path) -> Footnote:
    """Settings with two sources, the second with ten documents."""
    footnote("init")
    with (folder / "footnote.toml").open("a", encoding="utf-8") as file:
        file.write(SECOND)
    (folder / "more").mkdir()
    for number in range(10):
        (folder / "more" / f"{number}.md").write_text(f"# Page {number}\n\nText.\n", "utf-8")
    return footnote


def test_each_source_gets_a_line_and_each_failure_too(two: Footnote) -> None:
    """What cannot be read is named with the reason, and is no error."""
    ran = two("sync")
    assert ran.code == 0
    assert _without_time(ran) == (
        "docs: 2 listed; 1 new, 0 changed, 0 deleted, 1 failed; 0.0 s\n"
        "  failed: docs:broken.pdf: it is broken, or not a PDF file\n"
        "more: 10 listed; 10 new, 0 changed, 0 deleted, 0 failed; 0.0 s\n"
    )
    assert "more: indexing 10 documents…" in ran.err


def test_changes_are_counted(two: Footnote, folder: Path) -> None:
    """A second sync has only what changed since."""
    two("sync")
    (folder / "more" / "0.md").unlink()
    (folder / "more" / "1.md").write_text("# Another page\n\nMore text.\n", encoding="utf-8")
    (folder / "more" / "new.md").write_text("# New\n\nText.\n", encoding="utf-8")
    assert _without_time(two("sync", "more")) == (
        "more: 10 listed; 1 new, 1 changed, 1 deleted, 0 failed; 0.0 s\n"
    )


def test_a_dry_run_changes_nothing(two: Footnote) -> None:
    """It says what would be done, and the next sync still does it."""
    dry = two("sync", "more", "--dry-run")
    assert _without_time(dry) == "more: 10 listed; would add 10, update 0, delete 0; 0.0 s\n"
    assert "10 new" in two("sync", "more").out


def test_one_source_that_cannot_be_listed_does_not_stop_the_others(
    two: Footnote, folder: Path
) -> None:
    """It is told, nothing of it is deleted, and the exit code says that not all is well."""
    two("sync")
    (folder / "docs").rename(folder / "away")
    ran = two("sync")
    assert ran.code == 1
    assert ran.out.startswith("more: 10 listed")
    assert "Source docs cannot be listed" in ran.err
    assert "Traceback" not in ran.err


def test_a_mass_delete_stops_and_asks(two: Footnote, folder: Path) -> None:
    """Without --confirm nothing is changed; with it, everything that is gone is dropped."""
    two("sync")
    for number in range(8):
        (folder / "more" / f"{number}.md").unlink()
    stopped = two("sync", "more")
    assert (stopped.code, stopped.out) == (1, "")
    assert "would delete 8 of its 10 documents" in stopped.err
    assert "8 deleted" in two("sync", "more", "--confirm").out


def test_a_source_taken_out_of_the_settings_is_told_and_then_dropped(
    two: Footnote, folder: Path
) -> None:
    """Its documents are dropped with --confirm alone: a slip of the pen must not do it."""
    two("sync")
    path = folder / "footnote.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(SECOND, ""), encoding="utf-8")
    told = two("sync")
    assert told.code == 0
    assert (
        "footnote: more is no longer in the settings, but 10 documents of it are still indexed: "
        "run `footnote sync --confirm` to drop them.\n"
    ) in told.err
    assert "more (no longer in the settings)" in two("status").out
    assert "more" not in two("sync", "docs", "--confirm").out
    assert "more: no longer in the settings; dropped 10 documents\n" in two("sync", "--confirm").out
    assert "more" not in two("status").out


def test_a_rebuild_indexes_everything_anew(two: Footnote) -> None:
    """What is unchanged is new to an empty index."""
    two("sync")
    assert "10 new" in two("sync", "--rebuild").out


@pytest.mark.parametrize("also", ["docs", "--dry-run"])
def test_a_rebuild_is_for_everything(two: Footnote, also: str) -> None:
    """It throws the whole index away, so it goes with neither one source nor a dry run."""
    assert two("sync", "--rebuild", also).code == 2


def test_an_unknown_source_is_told(two: Footnote) -> None:
    """With the name that was meant, or those that there are."""
    assert two("sync", "doc").err == "footnote: There is no source doc: did you mean docs?\n"
    assert two("sync", "x").err == "footnote: There is no source x: there are docs, more.\n"


def test_settings_without_a_source_are_told(footnote: Footnote, folder: Path) -> None:
    """There would be nothing to sync."""
    (folder / "footnote.toml").write_text("", encoding="utf-8")
    assert footnote("sync").err == (
        "footnote: footnote.toml names no source: add a table [sources.NAME] to it.\n"
    )
