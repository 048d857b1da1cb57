"""The benchmark of connectors runs; what it measures means nothing at this size."""

from __future__ import annotations

import shutil

import pytest

from tests.benchmarks import connectors
from tests.benchmarks.connector_kinds import KINDS

CHATS = {"slack_history": 3, "discord_history": 8}
REQUESTS = {"files": 0, "website": 2, "git": 2, "github": 6, **CHATS}
"""Of a listing where nothing changed."""


@pytest.mark.parametrize("kind", KINDS)
async def test_every_figure_of_a_kind_is_measured(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sides read all of it; the process that is watched for its memory reads it too."""
    if kind == "git" and shutil.which("git") is None:
        pytest.skip("there is no git on PATH")
    monkeypatch.setattr(connectors, "LATENCY_S", 0.001)
    bare, own, requests = await connectors._speed(kind, 10)
    assert min(bare, own) > 0
    assert bool(requests) == (kind != "files")
    unchanged, _ = await connectors._unchanged(kind, 10)
    if kind in REQUESTS:
        assert unchanged == REQUESTS[kind]


@pytest.mark.soak
async def test_memory_is_measured_in_a_process_of_its_own() -> None:
    """It reads everything, and says what it took."""
    assert 20 < await connectors._memory("files", 4) < 2_000
