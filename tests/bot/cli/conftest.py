"""Running `footnote` in this process, in a folder of its own, without weights."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.cli.main import run
from footnote.bot.settings.schema import Settings
from footnote.retrieval.embedder import Embedder
from tests.hashing import HashEmbedder


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


Footnote = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two documents in docs/."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(
        "# Leave\n\nEvery employee gets 28 days of annual leave in a calendar year.\n\n"
        "## Sick leave\n\nA doctor's note is needed after three days of sick leave.\n",
        encoding="utf-8",
    )
    (tmp_path / "docs" / "broken.pdf").write_bytes(b"no PDF at all")
    return tmp_path


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Take back what a command does to the log of this process."""
    logger = logging.getLogger("footnote")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
def footnote(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Footnote:
    """Runs the command in `folder`, with an embedder that needs no weights."""
    del folder

    @asynccontextmanager
    async def open_embedder(
        settings: Settings, report: app_module.Report
    ) -> AsyncIterator[Embedder]:
        del settings, report
        yield HashEmbedder()

    monkeypatch.setattr(app_module, "open_embedder", open_embedder)
    # Two short pages are too little for the gate to be sure of anything.
    monkeypatch.setenv("FOOTNOTE_ANSWER__GATE", "eager")
    monkeypatch.setenv("COLUMNS", "100")

    def ran(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["footnote", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return ran


@pytest.fixture
def synced(footnote: Footnote) -> Footnote:
    """The same after `init` and `sync`."""
    assert footnote("init").code == 0
    assert footnote("sync").code == 0
    return footnote
