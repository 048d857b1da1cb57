"""Mistakes are one sentence on stderr with exit code 1, wrong usage is 2, a defect says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot import app as app_module
from footnote.bot.cli.main import DEFECT
from footnote.retrieval.errors import StoreError
from tests.bot.cli.conftest import Footnote


@pytest.mark.parametrize(
    "arguments", [("sync",), ("ask", "what?"), ("chat",), ("status",)], ids=lambda each: each[0]
)
def test_without_settings_every_command_says_how_to_get_them(
    footnote: Footnote, folder: Path, arguments: tuple[str, ...]
) -> None:
    """The sentence is the same everywhere, and nothing is on stdout."""
    ran = footnote(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"footnote: There is no footnote.toml in {folder}: run `footnote init` there, or name a "
        "settings file with --config.\n"
    )


def test_wrong_settings_are_one_sentence(footnote: Footnote, folder: Path) -> None:
    """A mistake in the file is told with its line, without a traceback."""
    (folder / "footnote.toml").write_text("[answer]\ngat = 1\n", encoding="utf-8")
    ran = footnote("status")
    assert ran.code == 1
    assert ran.err == (
        "footnote: footnote.toml, line 2: [answer] has no key gat: did you mean gate?\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [("frobnicate",), ("ask",), ("ask", " "), ("sync", "--fast"), ("models", "frobnicate")],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(footnote: Footnote, arguments: tuple[str, ...]) -> None:
    """What cannot be a command is told apart from what went wrong."""
    ran = footnote(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Error" in ran.err


@pytest.mark.parametrize("arguments", [("ask", "what?"), ("chat",)], ids=lambda each: each[0])
def test_asking_before_the_first_sync_says_so(
    footnote: Footnote, arguments: tuple[str, ...]
) -> None:
    """There is nothing to search, and a command that changes that."""
    footnote("init")
    ran = footnote(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "footnote: Nothing is indexed yet: run `footnote sync`.\n"


def test_errors_of_the_lower_packages_are_told(synced: Footnote, folder: Path) -> None:
    """What the store says reaches the person as it is."""
    (folder / ".footnote" / "index.db").write_bytes(b"nonsense" * 1000)
    ran = synced("status")
    assert ran.code == 1
    assert ran.err.startswith(f"footnote: The index {folder}")
    assert "Traceback" not in ran.err


def test_a_defect_keeps_its_traceback_and_says_what_it_is(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left to think that it was a mistake of theirs."""

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError(arguments)

    monkeypatch.setattr(app_module, "assemble", broken)
    ran = synced("ask", "how many days?")
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" in ran.err
    assert ran.err.endswith(f"{DEFECT}\n")


def test_an_answer_that_fails_is_one_sentence(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told on stderr, and with --json the object is there all the same."""

    async def failing(*arguments: object, **options: object) -> None:
        del arguments, options
        raise StoreError("The index is gone: sync again.")

    monkeypatch.setattr("footnote.retrieval.search.Search.find", failing)
    plain = synced("ask", "how many days?")
    assert (plain.code, plain.out) == (1, "")
    assert plain.err.endswith("footnote: The index is gone: sync again.\n")
    assert '"outcome": "failed"' in synced("ask", "--json", "how many days?").out


def test_the_environment_names_the_settings(
    synced: Footnote, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FOOTNOTE_CONFIG works from anywhere, and --config goes before it."""
    monkeypatch.chdir("/")
    monkeypatch.setenv("FOOTNOTE_CONFIG", str(folder / "footnote.toml"))
    assert synced("status").code == 0
    ran = synced("--config", "/nowhere.toml", "status")
    assert "There is no settings file /nowhere.toml" in ran.err


def test_the_log_can_tell_where_an_error_comes_from(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At the level debug alone."""
    footnote("init")
    footnote("ask", "what?")
    assert not caplog.records
    monkeypatch.setenv("FOOTNOTE_LOG_LEVEL", "debug")
    footnote("ask", "what?")
    assert "UnavailableError" in caplog.text
