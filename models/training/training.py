"""Training in a process of its own, since torch is large and native code can crash."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from footnote.models.training.errors import TrainingError
from footnote.models.training.installed import check_installed
from footnote.models.training.job import Event, Failed, Job, Trained, events, jobs

COMMAND = (sys.executable, "-m", "footnote.models.training.child")
OFFLINE: Mapping[str, str] = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""Nothing is fetched, and nobody is told."""
_LONGEST_LINE = 1 << 26
_LAST_WORDS = 4000

Progress = Callable[[Event], None]


async def train(job: Job, progress: Progress = lambda _: None) -> Trained:
    """Train a LoRA adapter; what a process that was killed has left is gone on with.

    Args:
        job: What is to be trained.
        progress: Told on the event loop what is trained, and how far it is.

    Returns:
        What came of it; the adapter's folder gets its name when it is whole.

    Raises:
        TrainingError: It cannot be trained, or the process ended.
    """
    check_installed(quantized=job.quantized)
    _make(job.folder)
    async with _child(job) as child:
        async for event in _told(child):
            if isinstance(event, Trained):
                return event
            if isinstance(event, Failed):
                raise TrainingError(event.reason)
            progress(event)
        raise TrainingError(await _how_it_ended(child))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(
            f"{folder} cannot be made ({error.strerror or error}): set the permissions of the "
            "folder above it, or choose another."
        ) from error


@asynccontextmanager
async def _child(job: Job) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, which has ended when the block ends."""
    with (job.folder / "training.log").open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=_LONGEST_LINE,
            env={**os.environ, **OFFLINE},
        )
    try:
        if child.stdin is not None:
            child.stdin.write(jobs().dump_json(job) + b"\n")
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def _told(child: asyncio.subprocess.Process) -> AsyncIterator[Event]:
    if child.stdout is not None:
        async for line in child.stdout:
            yield events().validate_json(line)


async def _how_it_ended(child: asyncio.subprocess.Process) -> str:
    code = await child.wait()
    if code < 0:
        return (
            f"The training's process was ended by signal {-code}, as it is where memory runs out: "
            "run it again, and it goes on at its last checkpoint; with quantized = true or a "
            "smaller batch it needs less."
        )
    return (
        f"The training's process ended with {code}: its training.log says why; when that is mended "
        "it goes on at its last checkpoint."
    )
