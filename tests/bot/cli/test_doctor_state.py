"""`footnote doctor` on what keeps questions and conversations."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.checks import doctor as doctor_module
from footnote.models.cache import default_cache
from tests.bot.cli.conftest import Footnote
from tests.hashing import HashEmbedder
from tests.servers.redis import RedisServer, find_redis, free_port


@pytest.fixture(autouse=True)
def embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's embedder pass for the one that is checked."""
    monkeypatch.setattr(doctor_module, "MiniLM", HashEmbedder())
    monkeypatch.setattr(doctor_module, "verify", lambda _: default_cache())


def _state_lines(footnote: Footnote) -> list[str]:
    return [line for line in footnote("doctor").out.splitlines() if " state" in line[:8]]


def test_a_state_that_is_there_says_how_much_waits(synced: Footnote, folder: Path) -> None:
    """Opening it is the check."""
    state = folder / ".footnote" / "state.db"
    state.touch()
    assert _state_lines(synced) == [f"✓ state: {state}, 0 questions waiting"]


def test_a_damaged_state_is_found(synced: Footnote, folder: Path) -> None:
    """In one sentence that names the file."""
    state = folder / ".footnote" / "state.db"
    state.write_bytes(b"no database at all" * 100)
    (line,) = _state_lines(synced)
    assert line.startswith("✗ state: ")
    assert str(state) in line


def test_a_redis_that_is_away_is_found(synced: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its password."""
    monkeypatch.setenv("FOOTNOTE_STATE", f"redis://:secret@127.0.0.1:{free_port()}/0")
    (line,) = _state_lines(synced)
    assert line.startswith("✗ state, Redis: ")
    assert "secret" not in line


def test_what_a_redis_may_lose_is_said(
    synced: Footnote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A real one, with weaker settings than it should have."""
    executable = find_redis()
    if executable is None:
        pytest.skip("there is no redis-server on this machine")
    files = tmp_path / "redis"
    files.mkdir()
    server = RedisServer(
        executable, files, {"appendfsync": "everysec", "maxmemory-policy": "allkeys-lru"}
    )
    server.start()
    try:
        monkeypatch.setenv("FOOTNOTE_STATE", server.url)
        wrong = [line for line in _state_lines(synced) if line.startswith("✗")]
    finally:
        server.kill()
    memory, disk = wrong
    assert "noeviction" in memory
    assert "last second" in disk
