"""`footnote` as a process of its own, without weights: python -m tests.bot.cli.child ARGUMENTS.

A question with the word "forever" is never answered.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from footnote.bot import app as app_module
from footnote.bot.cli.main import run
from footnote.bot.settings.schema import Settings
from footnote.retrieval.embedder import Embedder, Vectors
from tests.hashing import HashEmbedder


class _Embedder(HashEmbedder):
    async def embed(
        self,
        texts: Sequence[str],
        *,
        urgent: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Vectors:
        if any("forever" in text for text in texts):
            sys.stderr.write("For ever begins.\n")
            await asyncio.Event().wait()
        return await super().embed(texts, urgent=urgent, progress=progress)


@asynccontextmanager
async def _open_embedder(settings: Settings, report: app_module.Report) -> AsyncIterator[Embedder]:
    del settings, report
    yield _Embedder()


if __name__ == "__main__":
    # A suite that runs in the background was started with Ctrl-C ignored, and so are its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    app_module.open_embedder = _open_embedder
    run()
