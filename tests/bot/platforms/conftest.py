"""What lets scenarios of every platform take less time than people would."""

from __future__ import annotations

import pytest

from footnote.bot.inbox import delivery, options, stream


@pytest.fixture
def landing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent lands within a third of a second or never."""
    for module in (delivery, options, stream):
        monkeypatch.setattr(module, "LANDING_S", 0.3)
