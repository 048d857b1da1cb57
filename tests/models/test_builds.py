"""What the installed build of llama.cpp can do, and how to get another."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from footnote.models import builds
from footnote.models.builds import WHEELS, how_to_get, installed_build, is_installed
from footnote.models.machine import Gpu

CUDA = (
    "CUDA : ARCHS = 500,610 | USE_GRAPHS = 1 | PEER_MAX_BATCH_SIZE = 128 | "
    "CPU : SSE3 = 1 | AVX512 = 1 | REPACK = 1 | "
)


async def test_the_installed_build_is_asked() -> None:
    """Version and backends come from llama.cpp itself."""
    assert is_installed()
    build = await installed_build()
    assert build
    assert "CPU" in build.backends
    assert build.version in build.told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["0.3.36", True, CUDA], "llama.cpp 0.3.36, built for CUDA"),
        (["0.3.36", False, "CPU : X = 1 | "], "llama.cpp 0.3.36, built for the processor alone"),
        (["0.3.36", True, ""], "llama.cpp 0.3.36, built for a GPU"),
    ],
)
async def test_a_build_says_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch, said: list[object], told: str
) -> None:
    """Features of a backend are no backends."""
    monkeypatch.setattr(builds, "_ASK", f"print('a warning'); print({json.dumps(said)!r})")
    build = await installed_build()
    assert build
    assert build.told == told


@pytest.mark.parametrize("program", ["import os; os.abort()", "print('nothing')", ""])
async def test_a_build_that_cannot_be_loaded_is_none(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """A crash stays in the process that asks."""
    monkeypatch.setattr(builds, "_ASK", program)
    assert await installed_build() is None
    monkeypatch.setattr(sys, "executable", str(Path("/nowhere")))
    assert await installed_build() is None


@pytest.mark.parametrize(
    ("kind", "folder"), [("cuda", "cu124"), ("metal", "metal"), ("rocm", "rocm72")]
)
def test_the_right_build_is_named(kind: str, folder: str) -> None:
    """Each kind of GPU has its wheels; where none is known, all kinds are named."""
    gpu = Gpu(kind, "", 1)  # type: ignore[arg-type]  # one of the three
    assert f"llama-cpp-python --extra-index-url {WHEELS}/{folder} (" in how_to_get((gpu,))
    assert how_to_get(()).endswith("/cu124 (for CUDA 12.4; or metal, rocm72, vulkan)")
