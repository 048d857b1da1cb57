"""Which file a name or a path means, and how it comes into the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footnote.bot.errors import FootnoteError
from footnote.bot.local_models import chosen_file, known_model, use
from footnote.bot.settings.load import load_settings
from footnote.models.catalog import CATALOG
from footnote.models.hub import file_of

MODEL = CATALOG[0]
SOURCE = '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'


def pulled(cache: Path) -> Path:
    """The model's file, as a pull leaves it."""
    path = file_of(MODEL, cache)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF...")
    lock = {"repository": "", "file": "", "revision": "", "sha256": "", "size": 7}
    path.with_name(f"{path.name}.lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return path


def test_a_name_means_the_pulled_file(tmp_path: Path) -> None:
    """A model of the catalogue is its file in the cache, once it is there."""
    with pytest.raises(FootnoteError, match=f"run footnote models pull {MODEL.name}"):
        chosen_file(MODEL.name, tmp_path)
    path = pulled(tmp_path)
    assert chosen_file(MODEL.name, tmp_path) == path


def test_a_path_means_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is taken from the current folder and comes out absolute."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.gguf").write_bytes(b"GGUF...")
    assert chosen_file("own.gguf", tmp_path) == tmp_path / "own.gguf"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.gguf", "gone.gguf cannot be read (No such file or directory): name a GGUF file"),
        ("docs/model", "docs/model cannot be read (No such file or directory): name a GGUF file"),
        ("qwen3-9b", "The catalogue has no model qwen3-9b: did you mean qwen3-"),
        ("text.gguf", "text.gguf is no GGUF file: name another, or a model that"),
        ("empty.gguf", "empty.gguf is no GGUF file: name another, or a model that"),
        (".", ". cannot be read (Is a directory): name a GGUF file"),
    ],
)
def test_what_is_no_model_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """A wrong path and a wrong name are told apart."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.gguf").write_text("some text", encoding="utf-8")
    (tmp_path / "empty.gguf").touch()
    with pytest.raises(FootnoteError) as caught:
        chosen_file(name, tmp_path)
    assert said in str(caught.value)


def test_an_unknown_name_says_what_there_is() -> None:
    """The embedder counts among the names where it does."""
    assert known_model(MODEL.name) is MODEL
    with pytest.raises(FootnoteError, match="did you mean minilm"):
        known_model("minilmm", ("minilm",))


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    """Afterwards the settings say that this file writes the answers, and are valid."""
    settings = tmp_path / "footnote.toml"
    settings.write_text(SOURCE, encoding="utf-8")
    use(tmp_path / 'odd "name".gguf', settings)
    loaded = load_settings(settings)
    assert loaded.answer.generator == "gguf"
    assert loaded.gguf.path == tmp_path / 'odd "name".gguf'
    assert settings.read_text(encoding="utf-8").startswith(SOURCE)


def test_a_settings_file_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays as it was."""
    settings = tmp_path / "footnote.toml"
    settings.write_text(SOURCE, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(FootnoteError, match=r"cannot be written \(Permission denied\)"):
        use(tmp_path / "a.gguf", settings)
