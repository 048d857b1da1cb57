"""What holds for every test: no network but loopback, and none of the user's own settings."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

import pytest
from hypothesis import settings

from tests.properties import EXAMPLES

SOAK_OPTION = "soak"


def pytest_configure() -> None:
    """Have properties judged by what they say, never by how busy the machine is."""
    settings.register_profile("footnote", deadline=None, max_examples=EXAMPLES)
    settings.load_profile("footnote")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak tests out unless `-m` asks for them."""
    if SOAK_OPTION in (config.option.markexpr or ""):
        return
    left_out = [item for item in items if item.get_closest_marker(SOAK_OPTION)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide settings from the environment; the cache of models and the test data stay."""
    kept = ("FOOTNOTE_CACHE", "FOOTNOTE_TEST_", "FOOTNOTE_SOAK_SECONDS")
    for name in list(os.environ):
        if name.startswith("FOOTNOTE_") and not name.startswith(kept):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_log_level() -> None:
    """Log as pytest wants it, whatever level a command has set in a test before."""
    logging.getLogger("footnote").setLevel(logging.NOTSET)


@pytest.fixture
def seed() -> int:
    """A fresh seed, printed so that a failure can be repeated with FOOTNOTE_TEST_SEED."""
    drawn = int(os.environ.get("FOOTNOTE_TEST_SEED") or secrets.randbits(32))
    print(f"FOOTNOTE_TEST_SEED={drawn}")  # noqa: T201  pytest shows it with the failure
    return drawn


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of public evaluation data, or a skip."""
    folder = os.environ.get("FOOTNOTE_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FOOTNOTE_TEST_DATA names no folder with the public evaluation data")
    return Path(folder)
