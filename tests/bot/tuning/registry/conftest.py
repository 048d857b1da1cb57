"""The states that the registry is kept in."""

from __future__ import annotations

from tests.bot.state.conftest import bench, state

__all__ = ["bench", "state"]
