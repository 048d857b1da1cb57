"""A file appears whole or not at all, whatever happens on the way."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from footnote.models.export import tensors
from footnote.models.export.adapters import export_adapter
from footnote.models.export.errors import ExportError, UnwritableError
from footnote.models.export.gguf_file import read_gguf
from footnote.models.export.installed import NEEDED, check_installed
from footnote.models.export.models import Source, export_model
from footnote.models.export.working import on_thread
from footnote.models.export.writing import Progress
from tests.models.export.checkpoints import shard, write_adapter, write_checkpoint
from tests.models.export.conftest import Models

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from footnote.models.export.models import Source, export_model

def report(done, total):
    if done > total / 2:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(export_model(Source(Path(sys.argv[1])), Path(sys.argv[2]), report))
"""


async def test_a_killed_export_leaves_no_file_and_can_be_repeated(tmp_path: Path) -> None:
    """What stands there after kill -9 has another name, and the next export writes over it."""
    checkpoint, target = write_checkpoint(tmp_path), tmp_path / "model.gguf"
    await export_model(Source(checkpoint), target)
    expected = target.read_bytes()
    target.unlink()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(checkpoint), str(target)
    )
    assert await child.wait() == -signal.SIGKILL
    part = target.with_name("model.gguf.part")
    assert not target.exists()
    assert part.exists()
    await export_model(Source(checkpoint), target)
    assert target.read_bytes() == expected
    assert not part.exists()


async def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    """Until the new one is whole, the old one stands."""
    checkpoint, target = write_checkpoint(tmp_path), tmp_path / "model.gguf"
    target.write_text("the old one")
    (checkpoint / "model.safetensors").unlink()
    with pytest.raises(ExportError):
        await export_model(Source(checkpoint), target)
    assert target.read_text() == "the old one"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
async def test_a_disk_that_fills_up_is_one_sentence(tmp_path: Path) -> None:
    """The real error of a full disk names the folder, and leaves nothing."""
    checkpoint, target = write_checkpoint(tmp_path), tmp_path / "model.gguf"
    adapter = write_adapter(tmp_path / "lora", checkpoint)
    works: list[Callable[[], Awaitable[None]]] = [
        lambda: export_model(Source(checkpoint), target),
        lambda: export_adapter(adapter, checkpoint, target),
    ]
    for work in works:
        target.with_name("model.gguf.part").symlink_to("/dev/full")
        with pytest.raises(UnwritableError, match="No space left on device") as raised:
            await work()
        assert str(tmp_path) in str(raised.value)
        assert not target.exists()
        assert not target.with_name("model.gguf.part").is_symlink()


async def test_a_disk_without_room_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun that cannot be finished."""
    checkpoint, target = write_checkpoint(tmp_path), tmp_path / "model.gguf"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    told: list[int] = []
    with pytest.raises(UnwritableError, match="has room for"):
        await export_model(Source(checkpoint), target, lambda done, _: told.append(done))
    assert not told
    assert not target.exists()


async def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file where a folder should be."""
    checkpoint = write_checkpoint(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableError, match="cannot be written"):
        await export_model(Source(checkpoint), tmp_path / "file" / "model.gguf")


async def test_progress_counts_to_the_end(tmp_path: Path) -> None:
    """Bytes only grow, and end at what the tensors take."""
    checkpoint, target = shard(write_checkpoint(tmp_path)), tmp_path / "model.gguf"
    told: list[tuple[int, int]] = []
    await export_model(Source(checkpoint), target, lambda done, total: told.append((done, total)))
    await asyncio.sleep(0)
    done = [each for each, _ in told]
    assert done == sorted(set(done))
    assert {total for _, total in told} == {done[-1]}
    assert done[-1] <= target.stat().st_size


async def test_a_cancelled_export_ends_and_leaves_nothing(tmp_path: Path) -> None:
    """Whoever stops waiting finds the work stopped."""
    checkpoint, target = write_checkpoint(tmp_path), tmp_path / "model.gguf"
    begun = asyncio.Event()
    task = asyncio.create_task(
        export_model(Source(checkpoint), target, lambda _done, _total: begun.set())
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not target.exists()
    assert not target.with_name("model.gguf.part").exists()


async def test_work_that_nobody_waits_for_ends() -> None:
    """At the next piece of it, and before whoever has given up goes on."""
    begun = asyncio.Event()
    told: list[int] = []

    def work(progress: Progress) -> None:
        try:
            for done in range(100):
                progress(done, 100)
                told.append(done)
                time.sleep(0.01)
        finally:
            told.append(-1)

    task = asyncio.create_task(on_thread(work, lambda _done, _total: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told[-1] == -1
    assert told[-2] < 99


async def test_few_rows_at_a_time_make_the_same_file(
    tmp_path: Path, exported: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Heads stay whole, and each row gets its own part of what a LoRA adds."""
    model = await exported("llama")
    adapter = write_adapter(tmp_path / "lora", model.checkpoint)
    source = Source(model.checkpoint, adapter, vocabulary=model.file, kind="f32")
    await export_model(source, tmp_path / "whole.gguf")
    monkeypatch.setattr(tensors, "_CHUNK", 300)
    await export_model(source, tmp_path / "rows.gguf")
    assert (tmp_path / "rows.gguf").read_bytes() == (tmp_path / "whole.gguf").read_bytes()


async def test_pieces_of_a_checkpoint_are_the_same_model(tmp_path: Path) -> None:
    """A sharded checkpoint gives the very same file as a single one."""
    checkpoint = write_checkpoint(tmp_path)
    await export_model(Source(checkpoint), tmp_path / "one.gguf")
    await export_model(Source(shard(checkpoint)), tmp_path / "many.gguf")
    assert (tmp_path / "one.gguf").read_bytes() == (tmp_path / "many.gguf").read_bytes()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
async def test_halves_are_carried_exactly(tmp_path: Path, dtype: str) -> None:
    """Weights of 16 bits are the same numbers in F32."""
    checkpoint = write_checkpoint(tmp_path, dtype=dtype)
    await export_model(Source(checkpoint, kind="f32"), tmp_path / "model.gguf")
    kind = "f16" if dtype == "float16" else "bf16"
    await export_model(Source(checkpoint, kind=kind), tmp_path / "half.gguf")
    exact, half = (read_gguf(tmp_path / f"{name}.gguf") for name in ("model", "half"))
    for name in ("output.weight", "blk.1.ffn_down.weight", "blk.0.attn_q.bias"):
        rows = exact.tensors[name].shape[0]
        assert (exact.rows(name, 0, rows) == half.rows(name, 0, rows)).all()


def test_missing_libraries_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings them is named."""
    check_installed()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "gguf" else name)
    with pytest.raises(ExportError, match=r"needs gguf: pip install 'footnote-bot\[tune\]'"):
        check_installed()
    assert "gguf" in NEEDED
