"""Which generator the settings open, and what they may lack for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote.bot.errors import SettingsError
from footnote.bot.generators.base import GenerationError, Message
from footnote.bot.generators.gguf import GgufGenerator
from footnote.bot.generators.opening import open_generator, options_of, server_of
from footnote.bot.generators.remote import RemoteGenerator
from footnote.bot.settings.load import load_settings
from footnote.bot.settings.schema import Settings
from tests.bot.parts import prompt_of
from tests.models.gguf_files import Shape, write_model
from tests.servers.openai import MODEL, Refusal, error, openai_server

SOURCE = '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
PROMPT = replace(prompt_of("How long?", ()), messages=(Message("user", "How long?"),))
GGUF = SOURCE + '[answer]\ngenerator = "gguf"\n'
REMOTE = SOURCE + '[answer]\ngenerator = "remote"\n'


def settings_of(folder: Path, text: str) -> Settings:
    """The settings that a file with this text holds."""
    path = folder / "footnote.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


async def test_quoting_needs_nothing(tmp_path: Path) -> None:
    """Without a word about a generator there is none to open."""
    async with open_generator(settings_of(tmp_path, SOURCE)) as generator:
        assert generator is None


async def test_a_server_is_opened_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Address and model come from the settings, the key from the variable that they name."""
    async with openai_server() as server:
        monkeypatch.setenv("MODEL_KEY", f" {server.key}\n")
        text = f'{REMOTE}[remote]\nurl = "{server.url}"\nmodel = "{MODEL}"\nkey_env = "MODEL_KEY"\n'
        async with open_generator(settings_of(tmp_path, text)) as generator:
            assert isinstance(generator, RemoteGenerator)
            assert generator.name == MODEL
            pieces = [piece async for piece in generator.generate(PROMPT)]
            assert pieces[0] == "Staff get "
            server.enqueue(Refusal(404, error("gone")))
            with pytest.raises(GenerationError, match=r"has no model test-model, .+ \(gone\)"):
                await anext(aiter(generator.generate(PROMPT)))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "",
            'but [remote] has no url: add a line url = "http://localhost:8080/v1" below [remote].',
        ),
        (
            '[remote]\nurl = "http://localhost/v1"\n',
            'but [remote] has no model: add a line model = "qwen3-8b" below [remote].',
        ),
    ],
)
def test_what_a_server_lacks_is_one_sentence(tmp_path: Path, table: str, said: str) -> None:
    """A half-written table names the line of the choice and the line to add."""
    with pytest.raises(SettingsError) as caught:
        server_of(settings_of(tmp_path, REMOTE + table), {})
    assert str(caught.value) == f'footnote.toml, line 6: [answer] generator is "remote", {said}'


async def test_a_model_on_this_machine_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file is relative to the settings, and what was found out about it is in the cache."""
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    write_model(tmp_path / "model.gguf", Shape("qwen2", says=("Staff get ", "28 days [1].")))
    text = f'{GGUF}[gguf]\npath = "model.gguf"\ncontext_tokens = 1024\n'
    async with open_generator(settings_of(tmp_path, text)) as generator:
        assert isinstance(generator, GgufGenerator)
        assert generator.context_tokens == 1024
        pieces = generator.generate(replace(PROMPT, allowed_citations=frozenset({1})))
        answer = "".join([piece async for piece in pieces if isinstance(piece, str)])
        assert answer == "Staff get 28 days [1]."
    assert list((tmp_path / "cache" / "models" / "engine").iterdir())


def test_a_model_without_a_file_is_one_sentence(tmp_path: Path) -> None:
    """Its table names no file: the sentence says which command or line names one."""
    with pytest.raises(SettingsError, match=r"line 6: .+ but \[gguf\] has no path: run footnote"):
        options_of(settings_of(tmp_path, GGUF))


def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    """Where the variable is not set, no key is sent, and the settings' limits hold."""
    table = '[remote]\nurl = "http://localhost/v1"\nmodel = "m"\ncontext_tokens = 4096\n'
    server = server_of(settings_of(tmp_path, REMOTE + table), {"OTHER": "x"})
    assert (server.key, server.context_tokens, server.silence_timeout_s) == ("", 4096, 60.0)
