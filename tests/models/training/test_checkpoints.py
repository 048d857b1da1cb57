"""What a killed training leaves is gone on with where it is whole and of the same job."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from footnote.models.training.checkpoints import BEST, check_room, checkpoints_of, last_whole
from footnote.models.training.errors import TrainingError
from footnote.models.training.job import Job
from tests.models.training.chats import chat, small_job, write_chats

FILES = ("optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json", BEST)


def write_checkpoint(folder: Path, step: int, files: tuple[str, ...] = FILES) -> Path:
    """A checkpoint with these files."""
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    for name in files:
        (path / name).write_text("{}")
    return path


@pytest.mark.parametrize("missing", FILES)
def test_half_a_checkpoint_is_passed_over(tmp_path: Path, missing: str) -> None:
    """A process that was killed while it wrote one goes on at the one before."""
    whole = write_checkpoint(tmp_path, 9)
    write_checkpoint(tmp_path, 5)
    half = write_checkpoint(tmp_path, 10, tuple(name for name in FILES if name != missing))
    assert last_whole(tmp_path, validates=True) == whole
    assert not half.exists()


def test_without_a_validation_split_no_adapter_is_the_best(tmp_path: Path) -> None:
    """A checkpoint without that file is whole."""
    whole = write_checkpoint(tmp_path, 9, FILES[:-1])
    assert last_whole(tmp_path, validates=False) == whole


def test_a_state_that_was_cut_short_is_passed_over(tmp_path: Path) -> None:
    """The state is written last, and half of it is no JSON."""
    whole, half = write_checkpoint(tmp_path, 9), write_checkpoint(tmp_path, 10)
    (half / "trainer_state.json").write_text('{"global_st')
    assert last_whole(tmp_path, validates=True) == whole
    shutil.rmtree(whole)
    assert last_whole(tmp_path, validates=True) is None


def changed(job: Job, what: str) -> Job:
    """The same job with something else in it."""
    if what == "examples":
        write_chats(job.train, [chat(1), chat(2)])
    elif what == "model":
        config = job.model / "config.json"
        config.write_text(config.read_text() + " ")
    else:
        return replace(job, seed=job.seed + 1)
    return job


@pytest.mark.parametrize("what", ["nothing", "examples", "model", "seed"])
def test_checkpoints_of_another_job_are_removed(tmp_path: Path, what: str) -> None:
    """Only where settings, examples and model are the same is anything gone on with."""
    job = small_job(tmp_path)
    job.folder.mkdir()
    kept = write_checkpoint(checkpoints_of(job), 5)
    after = job if what == "nothing" else changed(job, what)
    checkpoints_of(after)
    assert kept.exists() == (what == "nothing")


def test_too_little_room_is_said_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says how much it takes, and how much there is."""
    job = small_job(tmp_path)
    job.folder.mkdir()
    check_room(job, gpu=False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(TrainingError, match=r"takes 0\.0 GB of disk.*free some space"):
        check_room(job, gpu=False)
