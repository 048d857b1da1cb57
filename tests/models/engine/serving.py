"""Engines over models that say what a test wants, and stand-ins for their child process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.models.children.keeping import Pauses
from footnote.models.engine.engine import Engine, Wishes, open_engine
from footnote.models.engine.messages import Ready, events
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.engine.supervisor import EngineChild, Spawn, spawn
from footnote.models.generation import Message, Queued, Request, Sampling
from tests.models.gguf_files import Shape, write_model

QUICK = Pauses(first_s=0.01, longest_s=0.05)
FIXED = Tuning(threads=1, sequences=2, rows=64, rows_beside=16)
QUESTION = (Message("user", "How many days?"),)


def request(max_tokens: int = 50, deadline: float | None = None) -> Request:
    """Something to answer, greedily."""
    sampling = Sampling(temperature=0, max_tokens=max_tokens)
    return Request(QUESTION, sampling, deadline=deadline)


def options_for(folder: Path, shape: Shape, context: int = 512) -> EngineOptions:
    """A model file in a folder, and how to serve it."""
    model = write_model(folder / "model.gguf", shape)
    return EngineOptions(model, context_tokens=context, cache_type="f32", tuning=FIXED)


@asynccontextmanager
async def serving(
    folder: Path,
    *says: str,
    family: str = "qwen2",
    template: str | None = None,
    start: Spawn = spawn,
) -> AsyncIterator[Engine]:
    """An engine whose model says this; without it, whatever its random weights say."""
    shape = Shape(family, says=says, template=template)
    async with open_engine(options_for(folder, shape), start=start, pauses=QUICK) as engine:
        yield engine


async def written(
    engine: Engine, asked: Request | None = None, wishes: Wishes | None = None
) -> str:
    """One whole answer."""
    pieces = engine.stream(asked or request(), wishes)
    return "".join([piece async for piece in pieces if not isinstance(piece, Queued)])


def child_that(code: str, **limits: float) -> Spawn:
    """A stand-in for the child process that runs this Python code.

    Args:
        code: It may use `READY`, a whole frame, `os`, `signal`, `sys` and `time`, and what
            `import_messages` brings: `read()`, which gives the next command, `send(event)`, and
            everything in `messages`.
        limits: Of `spawn`.
    """
    ready = events().encode(Ready("stand-in", 512, 100.0, 10.0, Tuning(), "none", offloads=False))
    prelude = (
        "import os, signal, sys, time\n"
        f"READY = {ready!r}\n"
        "def import_messages():\n"
        "    from footnote.models.engine import messages\n"
        "    globals().update(vars(messages))\n"
        "    globals()['read'] = lambda: messages.commands().read(sys.stdin.buffer.read)\n"
        "    globals()['send'] = lambda event: os.write(1, messages.events().encode(event))\n"
    )

    async def start() -> EngineChild:
        command: Sequence[str] = (sys.executable, "-c", prelude + code)
        return await spawn(command, **limits)

    return start
