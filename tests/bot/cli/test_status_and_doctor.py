"""`footnote status` says what there is, `footnote doctor` what is wrong."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from datetime import datetime
from functools import partial
from pathlib import Path
from time import time
from typing import NamedTuple

import pytest

from footnote.bot.checks import doctor as doctor_module
from footnote.bot.generators import examine
from footnote.bot.schedule.health import Health, Healths
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from footnote.bot.state.opening import open_state
from footnote.models.catalog import GB
from footnote.models.embedding import MiniLM
from footnote.models.errors import WrongHashError
from footnote.retrieval.sync_report import SyncReport
from tests.bot.cli.conftest import Footnote
from tests.hashing import HashEmbedder


class Usage(NamedTuple):
    """What the system says of a disk, in bytes."""

    total: int
    used: int
    free: int


def _right(cache: Path) -> None:
    """Check nothing."""
    del cache


def _full(folder: Path) -> Usage:
    """A disk with next to nothing free."""
    del folder
    return Usage(1, 1, 100_000_000)


def test_status_before_the_first_sync(footnote: Footnote, folder: Path) -> None:
    """It works without an index, and makes none."""
    footnote("init")
    ran = footnote("status")
    assert (ran.code, ran.err) == (0, "")
    assert f"{folder}/.footnote/index.db (not there yet)" in ran.out
    assert ran.out.rstrip().endswith("never      -")
    assert not (folder / ".footnote").exists()
    assert json.loads(footnote("status", "--json").out)["embedder"] is None


def test_status_has_counts_and_failures(synced: Footnote) -> None:
    """Each source has its line, and what could not be read its name and reason."""
    out = synced("status").out
    assert HashEmbedder().model_id in out
    row = next(line for line in out.splitlines() if line.startswith("docs "))
    assert row.split() == ["docs", "1", "2", "1", "just", "now", "-"]
    assert "Failed: docs:broken.pdf: it is broken, or not a PDF file\n" in out


def test_status_as_json(synced: Footnote, folder: Path) -> None:
    """The same for programs."""
    status = json.loads(synced("status", "--json").out)
    assert status["index"] == str(folder / ".footnote" / "index.db")
    assert status["bytes"] > 0
    assert (status["documents"], status["passages"]) == (1, 2)
    (source,) = status["sources"]
    assert datetime.fromisoformat(source.pop("last_sync")).tzinfo
    assert source == {
        "name": "docs",
        "kind": "files",
        "documents": 1,
        "passages": 2,
        "failed": [{"document_id": "docs:broken.pdf", "reason": "it is broken, or not a PDF file"}],
        "schedule": None,
        "next_sync": None,
        "last_success": None,
        "last_counts": None,
        "failures": 0,
        "failing_since": None,
        "error": None,
    }


async def _failing(settings: Settings, folder: Path) -> None:
    """A source that has been failing for three hours, as its schedule found."""
    del folder
    async with open_state(settings) as state:
        healths = Healths(state.records)
        fine = SyncReport("docs", listed=5, new=2)
        await healths.change("docs", lambda old: old.succeeded(time() - 86400, fine))
        for ago_s in (3 * 3600.0 + 1, 60.0):
            await healths.change(
                "docs", partial(Health.failed, now=time() - ago_s, error=GONE, distance_s=1800.0)
            )


def test_status_says_how_a_source_is_synced_by_itself(footnote: Footnote, folder: Path) -> None:
    """When it is next, what the last one that succeeded did, and why it has failed since."""
    footnote("init")
    text = (folder / "footnote.toml").read_text("utf-8")
    text = text.replace('#schedule = "every 6 hours"', 'schedule = "every 30 minutes"')
    (folder / "footnote.toml").write_text(text, "utf-8")
    settings = load_settings(folder / "footnote.toml")
    asyncio.run(_failing(settings, folder))
    out = footnote("status").out
    row = next(line for line in out.splitlines() if line.startswith("docs "))
    assert "never" in row
    assert re.search(r"in (58|59) minutes$", row.rstrip())
    assert "docs: it has failed for 3 hours (The wiki is gone: look for it).\n" in out
    (source,) = json.loads(footnote("status", "--json").out)["sources"]
    assert source["schedule"] == "every 30 minutes"
    assert source["last_counts"] == {"listed": 5, "new": 2, "changed": 0, "deleted": 0, "failed": 0}
    assert (source["failures"], source["error"]) == (2, GONE)
    moments = [source[name] for name in ("last_success", "failing_since", "next_sync")]
    assert moments == sorted(moments)


def test_status_without_a_state_that_it_could_read(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, and tells what the index holds all the same."""
    monkeypatch.setenv("FOOTNOTE_STATE", "redis://127.0.0.1:9/0")
    ran = synced("status")
    assert ran.code == 0
    assert ran.err.startswith("footnote: Redis at 127.0.0.1:9 cannot be reached")
    assert any(line.startswith("docs ") for line in ran.out.splitlines())


GONE = "The wiki is gone: look for it."
PULL = "a language model for this machine's memory: footnote models pull qwen3-8b"


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's embedder pass for the one that is checked, its files being right."""
    monkeypatch.setattr(doctor_module, "MiniLM", HashEmbedder())
    monkeypatch.setattr(doctor_module, "verify", _right)
    monkeypatch.setattr(examine, "memory_bytes", lambda: 16 * GB)


@pytest.mark.usefixtures("embedder")
def test_a_healthy_setup_passes(synced: Footnote, folder: Path) -> None:
    """Every check has its line and says what it saw."""
    ran = synced("doctor")
    assert ran.code == 0
    *lines, discord, slack, disk = ran.out.splitlines()
    assert "set DISCORD_BOT_TOKEN" in discord
    assert "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in slack
    assert lines == [
        f"✓ settings: {folder}/footnote.toml",
        "✓ source docs: 2 documents found",
        f"✓ embedder: {HashEmbedder().model_id}, every file as it should be",
        "✓ index: 1 document in 2 passages",
        f"✓ generator: it quotes the sources; {PULL}",
        "✓ state: there is none yet: `footnote serve` makes it",
    ]
    assert disk.startswith("✓ disk: ")


def _wrong(footnote: Footnote) -> str:
    """The one line of what is wrong."""
    ran = footnote("doctor")
    assert ran.code == 1
    (wrong,) = [line for line in ran.out.splitlines() if line.startswith("✗")]
    return wrong


@pytest.mark.usefixtures("embedder")
def test_wrong_settings_are_found(synced: Footnote, folder: Path) -> None:
    """Doctor goes on with what it can check without them."""
    with (folder / "footnote.toml").open("a", encoding="utf-8") as file:
        file.write("\nbatch = 1\n")
    lines = (folder / "footnote.toml").read_text(encoding="utf-8").count("\n")
    assert _wrong(synced) == (
        f"✗ settings: footnote.toml, line {lines}: [llamaindex] has no key batch: there are "
        "arguments, keeps, timeout_s, vector_store."
    )


@pytest.mark.usefixtures("embedder")
def test_a_folder_that_is_gone_is_found(synced: Footnote, folder: Path) -> None:
    """The path is named."""
    (folder / "docs").rename(folder / "away")
    assert _wrong(synced).startswith(f"✗ source docs: Source docs cannot be listed, as {folder}")


@pytest.mark.usefixtures("embedder")
def test_a_source_with_nothing_in_it_is_found(synced: Footnote, folder: Path) -> None:
    """A wrong pattern looks just like that."""
    text = (folder / "footnote.toml").read_text(encoding="utf-8")
    text = text.replace("#include = []", 'include = ["*.xyz"]', 1)
    (folder / "footnote.toml").write_text(text, encoding="utf-8")
    assert _wrong(synced) == (
        "✗ source docs: nothing found that can be read: check its path, include and ignore in the "
        "settings."
    )


def test_a_damaged_embedder_is_found(synced: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are read as a whole and compared with their hashes."""

    def verify(cache: Path) -> None:
        del cache
        raise WrongHashError("vocab.txt", "a" * 64, "b" * 64)

    monkeypatch.setattr(doctor_module, "MiniLM", HashEmbedder())
    monkeypatch.setattr(doctor_module, "verify", verify)
    assert _wrong(synced).startswith("✗ embedder: vocab.txt is not the file that Footnote knows")


def test_a_missing_embedder_is_found(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The command that fetches it is named."""
    monkeypatch.setattr(MiniLM, "model_id", HashEmbedder().model_id)
    monkeypatch.setenv("FOOTNOTE_CACHE", str(folder / "empty"))
    assert _wrong(synced) == ("✗ embedder: The embedder is not here yet: run footnote models pull.")


@pytest.mark.usefixtures("embedder")
def test_an_index_that_is_missing_empty_or_damaged_is_found(
    footnote: Footnote, folder: Path
) -> None:
    """Each has its own way out."""
    footnote("init")
    assert _wrong(footnote) == "✗ index: there is none yet: run `footnote sync`."
    shutil.move(folder / "docs" / "leave.md", folder / "leave.md")
    footnote("sync")
    assert _wrong(footnote) == "✗ index: it holds no document yet: run `footnote sync`."
    (folder / ".footnote" / "index.db").write_bytes(b"nonsense" * 1000)
    assert _wrong(footnote).startswith(f"✗ index: The index {folder}")


def test_an_index_of_another_embedder_is_found(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is a rebuild."""
    monkeypatch.setattr(doctor_module, "MiniLM", HashEmbedder(dimension=128))
    monkeypatch.setattr(doctor_module, "verify", _right)
    monkeypatch.setattr(examine, "memory_bytes", lambda: 16 * GB)
    assert _wrong(synced) == (
        "✗ index: it was made with the embedder hash-256, not with hash-128: run "
        "`footnote sync --rebuild`."
    )


@pytest.mark.usefixtures("embedder")
def test_a_full_disk_is_found(synced: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk that is looked at is the one of the index."""
    monkeypatch.setattr(shutil, "disk_usage", _full)
    wrong = _wrong(synced)
    assert wrong.startswith("✗ disk: only 0.1 GB free in ")
    assert wrong.endswith("free some, or set data in the settings to another disk.")


def test_settings_without_sources_are_found(
    footnote: Footnote, folder: Path, embedder: None
) -> None:
    """There is nothing to answer from."""
    del embedder
    (folder / "footnote.toml").write_text("", encoding="utf-8")
    out = footnote("doctor").out
    assert "✗ settings: footnote.toml names no source: add a table [sources.NAME]." in out
