"""The name of a replica is its own for as long as it runs, and its own again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.errors import UnavailableError
from footnote.bot.replica import replica


def test_two_that_run_have_two_names(tmp_path: Path) -> None:
    """The second takes the next one."""
    with replica(tmp_path) as first, replica(tmp_path) as second:
        assert first.replica != second.replica


def test_the_next_run_has_the_name_of_the_last(tmp_path: Path) -> None:
    """And another boot, so that what the last one held can be told from its own."""
    with replica(tmp_path) as before:
        pass
    with replica(tmp_path) as after:
        assert after.replica == before.replica
        assert after.boot != before.boot


def test_a_name_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    """Whoever comes next has the first one that nobody has."""
    with replica(tmp_path) as first, replica(tmp_path) as second:
        pass
    with replica(tmp_path) as one, replica(tmp_path) as other:
        assert [one.replica, other.replica] == [first.replica, second.replica]


def test_folders_do_not_share_names(tmp_path: Path) -> None:
    """Two deployments on one machine may share a Redis."""
    with replica(tmp_path / "a") as one, replica(tmp_path / "b") as other:
        assert one.replica != other.replica


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """In one sentence."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be written"), replica(tmp_path / "file"):
        pass
