"""Slack without its pauses."""

from __future__ import annotations

from tests.bot.platforms.slack.conftest import brisk

__all__ = ["brisk"]
