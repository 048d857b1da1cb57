"""How far a long task is, for whoever waits."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""
    del what, done, total
