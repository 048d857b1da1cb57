"""What doctor says of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.checks import Check
from footnote.bot.generators import examine
from footnote.bot.generators.examine import examine_generator
from footnote.bot.settings_load import load_settings
from footnote.models.catalog import GB
from tests.servers.openai import MODEL, openai_server


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 16 GB, with a key of nobody."""
    monkeypatch.setattr(examine, "memory_bytes", lambda: 16 * GB)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


async def checked(folder: Path, text: str) -> Check:
    """The check with these settings."""
    path = folder / "footnote.toml"
    path.write_text(text, encoding="utf-8")
    return await examine_generator(load_settings(path))


async def test_quoting_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the model that this machine could have, if there is one."""
    check = await checked(tmp_path, "")
    assert check == Check(
        "generator",
        fine=True,
        text="it quotes the sources; a language model for this machine's memory: footnote models "
        "pull qwen3-8b",
    )
    monkeypatch.setattr(examine, "memory_bytes", lambda: GB)
    assert (await checked(tmp_path, "")).text.endswith(
        "this machine has too little memory for a language model"
    )


async def test_a_server_is_asked_for_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong model, a wrong key and a server that is not there are told as they are."""
    async with openai_server() as server:
        text = (
            f'[answer]\ngenerator = "remote"\n[remote]\nurl = "{server.url}"\nmodel = "{MODEL}"\n'
        )
        assert "does not take the key" in (await checked(tmp_path, text)).text
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        assert await checked(tmp_path, text) == Check(
            "generator", fine=True, text=f"{MODEL} at {server.url}"
        )
        server.models = ["b", "a"]
        assert (await checked(tmp_path, text)).text == (
            f"{server.url} has no model {MODEL}: set model below [remote] to one of those that it "
            "has (a, b)."
        )
        server.models = [f"model-{number}" for number in range(99)]
        assert "model-15, …)." in (await checked(tmp_path, text)).text
    gone = await checked(tmp_path, text)
    assert not gone.fine
    assert "cannot be reached: start it, or correct url below [remote]." in gone.text
    unfinished = await checked(tmp_path, '[answer]\ngenerator = "remote"\n')
    assert not unfinished.fine
    assert "[remote] has no url" in unfinished.text


async def test_a_server_without_keys_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no key is set that is said, since a server of one's own may well want none."""
    async with openai_server() as server:
        server.key = ""
        text = f'[answer]\ngenerator = "remote"\n[remote]\nurl = "{server.url}/x"\nmodel = "m"\n'
        monkeypatch.setenv("OPENAI_API_KEY", "")
        assert (await checked(tmp_path, text)).text == (
            f"m at {server.url}/x, without a key, as OPENAI_API_KEY is not set"
        )


async def test_a_file_has_to_be_there(tmp_path: Path) -> None:
    """A path that is missing or wrong is told with the way out; a relative one is the settings'."""
    text = '[answer]\ngenerator = "gguf"\n'
    assert (await checked(tmp_path, text)).text == (
        "[gguf] has no path: a language model for this machine's memory: footnote models pull "
        "qwen3-8b."
    )
    text += '[gguf]\npath = "m.gguf"\n'
    assert (await checked(tmp_path, text)).text == (
        f"{tmp_path / 'm.gguf'} is not there: correct path below [gguf], or run footnote models "
        "pull qwen3-8b."
    )
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    assert await checked(tmp_path, text) == Check(
        "generator", fine=True, text=f"{tmp_path / 'm.gguf'}, 0.0 GB"
    )
