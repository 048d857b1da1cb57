"""`footnote` as a process of its own, without weights: python -m tests.bot.cli.child ARGUMENTS."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from footnote.bot import app as app_module
from footnote.bot.cli.main import run
from footnote.bot.settings import Settings
from footnote.retrieval.embedder import Embedder
from tests.hashing import HashEmbedder


@asynccontextmanager
async def _open_embedder(settings: Settings, report: app_module.Report) -> AsyncIterator[Embedder]:
    del settings, report
    yield HashEmbedder()


if __name__ == "__main__":
    # A suite that runs in the background was started with Ctrl-C ignored, and so are its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app_module.open_embedder = _open_embedder
    run()
