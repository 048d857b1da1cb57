"""What doctor says of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.checks.check import Check
from footnote.bot.generators import examine
from footnote.bot.generators.examine import examine_generator
from footnote.bot.settings.load import load_settings
from footnote.models.builds import Build
from footnote.models.catalog import GB
from footnote.models.machine import Gpu
from tests.servers.openai import MODEL, openai_server

CPU_ALONE = Build("0.3.36", offloads=False, backends=("CPU",))
FOR_CUDA = Build("0.3.36", offloads=True, backends=("CUDA", "CPU"))
CARD = Gpu("cuda", "NVIDIA H200", 24 * GB)


def having(monkeypatch: pytest.MonkeyPatch, build: Build | None, *cards: Gpu) -> None:
    """Let the machine have this build of llama.cpp and these graphics cards."""

    async def installed() -> Build | None:
        return build

    async def found() -> tuple[Gpu, ...]:
        return cards

    monkeypatch.setattr(examine, "installed_build", installed)
    monkeypatch.setattr(examine, "gpus", found)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 16 GB, with a key of nobody."""
    monkeypatch.setattr(examine, "memory_bytes", lambda: 16 * GB)
    having(monkeypatch, CPU_ALONE)
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
        "generator",
        fine=True,
        text=f"{tmp_path / 'm.gguf'}, 0.0 GB; llama.cpp 0.3.36, built for the processor alone",
    )


async def offloading(folder: Path, layers: int) -> Check:
    """The check of a model that is there, with so many layers on the GPU."""
    (folder / "m.gguf").write_bytes(b"GGUF")
    text = f'[answer]\ngenerator = "gguf"\n[gguf]\npath = "m.gguf"\ngpu_layers = {layers}\n'
    return await checked(folder, text)


async def test_a_build_that_cannot_use_the_gpu_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where layers are asked for and the build has none, that is told with the way out."""
    for cards in ((), (CARD,)):
        having(monkeypatch, CPU_ALONE, *cards)
        check = await offloading(tmp_path, -1)
        assert not check.fine
        assert "asks for a GPU, but this is llama.cpp 0.3.36, built for the" in check.text
        assert "/whl/cu124 (" in check.text
        assert check.text.endswith("or set gpu_layers = 0.")
    having(monkeypatch, FOR_CUDA, CARD)
    check = await offloading(tmp_path, -1)
    assert check.fine
    assert check.text.endswith("0.0 GB; llama.cpp 0.3.36, built for CUDA")


async def test_a_gpu_that_is_not_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to set, and what to install before where the build cannot use it."""
    having(monkeypatch, FOR_CUDA, CARD)
    check = await offloading(tmp_path, 0)
    assert check.fine
    assert check.text.endswith(
        "NVIDIA H200 with 24 GB is not used: set gpu_layers = -1 below [gguf]"
    )
    having(monkeypatch, CPU_ALONE, CARD)
    check = await offloading(tmp_path, 0)
    assert check.fine
    assert "is not used: pip install --force-reinstall" in check.text
    assert check.text.endswith("and set gpu_layers = -1 below [gguf]")


async def test_llama_cpp_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is missing, or made for another processor, is told."""
    having(monkeypatch, None)
    assert "crashes when it is loaded" in (await offloading(tmp_path, 0)).text
    monkeypatch.setattr(examine, "is_installed", lambda: False)
    check = await offloading(tmp_path, 0)
    assert not check.fine
    assert "llama.cpp is not installed" in check.text


async def test_the_gpu_decides_what_is_recommended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that suits the graphics card is named, with the card's memory."""
    having(monkeypatch, CPU_ALONE, CARD)
    assert (await checked(tmp_path, "")).text.endswith(
        "a language model for this machine's GPU of 24 GB: footnote models pull qwen3-14b"
    )
