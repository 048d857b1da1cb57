"""Whatever ends a training, a person gets one sentence, and no process is left behind."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from footnote.models.training import installed, training
from footnote.models.training.child import sentence
from footnote.models.training.errors import TrainingError
from footnote.models.training.job import Event, Step, jobs
from footnote.models.training.training import train
from tests.models.training.chats import needs_torch, small_job

SAYS_A_STEP = """
import sys
job = sys.stdin.readline()
print('{"type": "step", "step": 1, "steps": 9, "seconds_left": 5}', flush=True)
"""


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets this program be what trains."""
    monkeypatch.setattr(installed, "NEEDED", ())

    def use(program: str) -> None:
        monkeypatch.setattr(training, "COMMAND", (sys.executable, "-c", SAYS_A_STEP + program))

    return use


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "import os; os.kill(os.getpid(), 9)",
            r"ended by signal 9.*goes on at its last checkpoint",
        ),
        ("sys.exit(3)", r"ended with 3: its training\.log says why"),
        ('print(\'{"type": "failed", "reason": "No luck: try again."}\')', "^No luck"),
    ],
)
async def test_an_end_without_a_result_is_one_sentence(
    tmp_path: Path, child: Callable[[str], None], program: str, said: str
) -> None:
    """A signal, an exit and a refusal are told apart; what was told before has been passed on."""
    child(program)
    told: list[Event] = []
    with pytest.raises(TrainingError, match=said):
        await train(small_job(tmp_path), told.append)
    assert told == [Step(1, 9, 5)]


async def test_what_the_child_prints_is_in_its_log(
    tmp_path: Path, child: Callable[[str], None]
) -> None:
    """Nothing that a library writes is lost."""
    child("sys.stderr.write('the reason'); sys.exit(3)")
    job = small_job(tmp_path)
    with pytest.raises(TrainingError):
        await train(job)
    assert "the reason" in (job.folder / "training.log").read_text()


async def test_whoever_gives_up_ends_the_child(
    tmp_path: Path, child: Callable[[str], None]
) -> None:
    """A cancelled training leaves no process."""
    child(
        "import os, time\n"
        'print(\'{"type": "step", "seconds_left": 0, "steps": 9, "step": %d}\' % os.getpid())\n'
        "sys.stdout.flush(); time.sleep(600)"
    )
    told: asyncio.Queue[Event] = asyncio.Queue()
    task = asyncio.create_task(train(small_job(tmp_path), told.put_nowait))
    async with asyncio.timeout(60):
        await told.get()
        second = await told.get()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(second, Step)
    with pytest.raises(ProcessLookupError):
        os.kill(second.step, 0)


@pytest.mark.parametrize("missing", [("trl",), ("torch", "peft")])
async def test_missing_libraries_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: Sequence[str]
) -> None:
    """It names them and says what to install, before anything is made."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else name)
    job = small_job(tmp_path)
    with pytest.raises(TrainingError, match=r"pip install 'footnote-bot\[tune\]'") as told:
        await train(job)
    assert all(name in str(told.value) for name in missing)
    assert not job.folder.exists()


async def test_four_bits_need_their_own_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a quantized training asks for it."""
    only = "bitsandbytes"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == only else name)
    installed.check_installed()
    with pytest.raises(TrainingError, match="pip install bitsandbytes, or set quantized = false"):
        await train(small_job(tmp_path, quantized=True))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "no room on the disk"),
        (RuntimeError("PytorchStreamWriter failed writing file data/0"), "no room on the disk"),
        (RuntimeError("I/O error: No space left on device (os error 28)"), "no room on the disk"),
        (PermissionError(errno.EACCES, "denied", "/folder/file"), "/folder/file cannot be written"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "too little memory"),
        (MemoryError(), "too little memory"),
    ],
)
def test_what_the_libraries_say_of_disk_and_memory_is_understood(
    error: Exception, said: str
) -> None:
    """Each becomes a sentence that says what to do."""
    assert said in (sentence(error) or "")


def test_a_defect_stays_a_defect() -> None:
    """Anything else has no sentence, and keeps its traceback."""
    assert sentence(KeyError("input_ids")) is None


@needs_torch
@pytest.mark.soak
async def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    """Where no file can grow any more it is one sentence, and with room again it is finished."""
    import resource  # noqa: PLC0415  not on every system

    job = small_job(tmp_path)
    parent = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, parent[1]))
    try:
        with pytest.raises(TrainingError, match="no room on the disk"):
            await train(job)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, parent)
    trained = await train(job)
    assert trained.adapter is not None


@needs_torch
@pytest.mark.soak
async def test_a_child_without_its_parent_ends(tmp_path: Path) -> None:
    """Where standard input ends, nobody waits for the adapter any more."""
    job = small_job(tmp_path, epochs=100.0)
    job.folder.mkdir()
    process = await asyncio.create_subprocess_exec(
        *training.COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **training.OFFLINE},
    )
    pipes: Any = process
    pipes.stdin.write(jobs().dump_json(job) + b"\n")
    assert await pipes.stdout.readline()
    pipes.stdin.close()
    assert await asyncio.wait_for(process.wait(), 120) == 1
