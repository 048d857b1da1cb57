"""`footnote source add`: what is written, what is asked for, and what is refused."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Footnote

BEGIN = '# Ours.\n[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'


@pytest.fixture
def settings(folder: Path) -> Path:
    """A settings file with a remark and a source."""
    path = folder / "footnote.toml"
    path.write_text(BEGIN, encoding="utf-8")
    return path


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        """They sit there."""
        return True


def test_a_source_is_written_at_the_end(footnote: Footnote, settings: Path) -> None:
    """The rest stays as it is, and the source can be used."""
    keys = ("url=https://x.example/a.git", "branch=1.0", "history=false", 'ignore=["a.md"]')
    ran = footnote(
        *("source", "add", "git", *keys, "--name", "code"),
        *("--audience", "everyone", "--audience", "slack:C1"),
    )
    assert ran.code == 0
    assert "footnote source test code" in ran.out
    text = settings.read_text(encoding="utf-8")
    assert text.startswith(BEGIN)
    assert tomllib.loads(text)["sources"]["code"] == {
        "kind": "git",
        "url": "https://x.example/a.git",
        "branch": "1.0",
        "history": False,
        "ignore": ["a.md"],
        "audience": ["everyone", "slack:C1"],
    }


def test_what_is_missing_is_asked_for(
    footnote: Footnote, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each key with a line on what it is, in the words of its documentation."""
    monkeypatch.setattr("sys.stdin", Terminal('notes\nsome "odd" folder\neveryone admins\n'))
    ran = footnote("source", "add", "files")
    assert ran.code == 0
    assert "The folder; a relative one is relative to the settings file." in ran.out
    written = tomllib.loads(settings.read_text(encoding="utf-8"))["sources"]["notes"]
    assert written == {
        "kind": "files",
        "path": 'some "odd" folder',
        "audience": ["everyone", "admins"],
    }


def test_where_there_are_no_settings_yet(footnote: Footnote, folder: Path) -> None:
    """The file is made, with this source alone."""
    footnote("source", "add", "files", "path=docs", "--name", "docs", "--audience", "everyone")
    content = tomllib.loads((folder / "footnote.toml").read_text(encoding="utf-8"))
    assert list(content) == ["sources"]
    assert footnote("sync").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["files", "--name", "x"], "This source needs path: give it as path=VALUE. The folder;"),
        (["files", "path=a", "--name", "x"], "needs audience: give it as --audience."),
        (["files", "path=a"], "needs name: give it as --name."),
        (["files", "path", "--name", "x"], "write KEY=VALUE, as in path=docs."),
        (["paper", "--name", "x"], "paper among its footnote.connectors"),
        (["files", "path=a", "--name", "docs", "--audience", "everyone"], "docs already"),
        (["files", "path=a", "--name", "My Docs", "--audience", "everyone"], "cannot be the name"),
        (["files", "pth=a", "path=a", "--name", "x", "--audience", "everyone"], "no key pth"),
        (["files", "path=a", "--name", "x", "--audience", "all"], "line 10"),
    ],
)
def test_what_is_refused(
    footnote: Footnote,
    settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    """In one sentence, and the file stays as it was."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    ran = footnote("source", "add", *arguments)
    assert ran.code != 0
    assert said in " ".join(ran.err.split())
    assert settings.read_text(encoding="utf-8") == BEGIN
