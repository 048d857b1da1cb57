"""Whoever watches over a replica can tell whether it is alive."""

from __future__ import annotations

import json
from pathlib import Path
from time import time

import pytest

from footnote.bot import heartbeat
from footnote.bot.heartbeat import FRESH_S, Beat, beating, beats
from tests.waiting import until


def seen(folder: Path) -> list[Beat]:
    """The signs that are fresh now."""
    return beats(folder, time())


async def test_a_replica_that_runs_is_seen(tmp_path: Path) -> None:
    """With where it answers; after an orderly end it is not seen any more."""
    async with beating(tmp_path, "one", ["slack", "discord"]):
        (beat,) = await until(lambda: seen(tmp_path))
        assert beat.platforms == ("slack", "discord")
    assert beats(tmp_path, time()) == []


async def test_a_sign_gets_old(tmp_path: Path) -> None:
    """One that is not renewed counts for nothing after a while, and not a moment earlier."""
    async with beating(tmp_path, "one", ["slack"]):
        at = (await until(lambda: seen(tmp_path)))[0].at
        assert beats(tmp_path, at + FRESH_S)
        assert not beats(tmp_path, at + FRESH_S + 0.001)


async def test_a_sign_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as the loop runs."""
    monkeypatch.setattr(heartbeat, "BEAT_S", 0.01)
    async with beating(tmp_path, "one", ["slack"]):
        first = await until(lambda: seen(tmp_path))
        await until(lambda: seen(tmp_path) != first)


async def test_replicas_of_one_folder_are_told_apart(tmp_path: Path) -> None:
    """Two on one machine are two; those of another machine are not this one's."""
    async with beating(tmp_path, "one", ["slack"]), beating(tmp_path, "two", ["slack"]):
        await until(lambda: len(seen(tmp_path)) == 2)
        assert beats(tmp_path, time(), host="another") == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"host": "h", "at": "soon"})])
def test_what_is_no_sign_is_none(tmp_path: Path, text: str) -> None:
    """A file that somebody has damaged hides nothing and breaks nothing."""
    (tmp_path / "alive-0.json").write_text(text, encoding="utf-8")
    assert beats(tmp_path, time(), host="h") == []


async def test_a_full_disk_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever answers goes on; the log says that the sign could not be left."""
    async with beating(tmp_path / "missing", "one", ["slack"]):
        await until(lambda: caplog.records)
    assert "cannot be written" in caplog.text
