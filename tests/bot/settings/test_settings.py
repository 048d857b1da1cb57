"""Settings that are right."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from footnote.bot.gate import Strictness
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings

LEAST = """
[sources.handbook]
kind = "files"
path = "docs"
audience = ["everyone"]
"""


def _load(folder: Path, text: str) -> Settings:
    path = folder / "footnote.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_one_source_is_enough(tmp_path: Path) -> None:
    """The least that works is a source with its kind, path and audience."""
    settings = _load(tmp_path, LEAST)
    assert settings.audiences == {"handbook": frozenset({"everyone"})}
    assert settings.sources["handbook"].own == {"path": "docs"}
    assert settings.answer.gate is Strictness.BALANCED


def test_the_file_is_read(tmp_path: Path) -> None:
    """What the file says goes before the defaults."""
    settings = _load(tmp_path, f'log_level = "error"\n{LEAST}\n[answer]\npassages = 9\n')
    assert settings.log_level == "error"
    assert settings.answer.passages == 9
    assert settings.answer.closest == 3


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable replaces one key, and leaves the other keys of its table alone."""
    monkeypatch.setenv("FOOTNOTE_ANSWER__GATE", "strict")
    monkeypatch.setenv("FOOTNOTE_SOURCES__HANDBOOK__AUDIENCE", '["admins"]')
    settings = _load(tmp_path, f'{LEAST}\n[answer]\ngate = "eager"\nclosest = 1\n')
    assert settings.answer.gate is Strictness.STRICT
    assert settings.answer.closest == 1
    assert settings.sources["handbook"].audience == ("admins",)
    assert settings.sources["handbook"].own == {"path": "docs"}


def test_groups_name_their_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source may be for the groups that the file or the environment defines."""
    text = LEAST.replace('"everyone"', '"group:hr", "group:it", "admins", "discord:role:456"')
    monkeypatch.setenv("FOOTNOTE_GROUPS__IT", '["slack:C9"]')
    settings = _load(tmp_path, f'{text}[groups]\nhr = ["slack:U7", "discord:role:456"]\n')
    assert settings.members == {
        "hr": frozenset({"slack:U7", "discord:role:456"}),
        "it": frozenset({"slack:C9"}),
    }
    assert settings.audiences["handbook"] >= {"group:hr", "group:it", "admins", "discord:role:456"}


@pytest.mark.parametrize("variable", ["FOOTNOTE_CONFIG", "FOOTNOTE_CACHE", "FOOTNOTE_OTHER"])
def test_other_variables_are_none_of_its_business(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A variable that only shares the prefix is no setting."""
    monkeypatch.setenv(variable, "anything")
    assert _load(tmp_path, LEAST) == _load(tmp_path, LEAST)


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not matter from where Footnote is started."""
    monkeypatch.chdir("/")
    settings = _load(tmp_path, f'data = "state/../here"\n{LEAST}')
    assert settings.index == tmp_path / "here" / "index.db"
    assert settings.root == tmp_path


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    """The index can lie anywhere."""
    assert _load(tmp_path, f'data = "/srv/x"\n{LEAST}').index == Path("/srv/x/index.db")


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    """What was checked stays as it was checked, in every table."""
    settings = _load(tmp_path, LEAST)
    with pytest.raises(ValidationError, match="frozen"):
        settings.store = "other"
    with pytest.raises(ValidationError, match="frozen"):
        settings.answer.passages = 1


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    """A file that was saved by an editor on Windows is read like any other."""
    path = tmp_path / "footnote.toml"
    path.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    assert "handbook" in load_settings(path).sources
