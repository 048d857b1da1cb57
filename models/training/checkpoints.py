"""What a killed training left, to be gone on with."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from footnote.models.training.errors import TrainingError
from footnote.models.training.job import Job
from footnote.models.training.sizes import sizes

CHECKPOINTS, JOB = "checkpoints", "job.json"
BEST = "best.safetensors"
"""The adapter of the best validation so far, in each checkpoint of a training that validates."""
_WHOLE = ("trainer_state.json", "optimizer.pt", "scheduler.pt", "rng_state.pth")
"""What every checkpoint needs to be gone on with; the first is the last that the trainer writes."""


def checkpoints_of(job: Job) -> Path:
    """Where the checkpoints of this very job lie; those of another one are removed.

    Raises:
        OSError: They cannot be read or written.
    """
    folder, mark = job.folder / CHECKPOINTS, job.folder / JOB
    same = json.dumps(_identity(job), indent=2)
    if not mark.is_file() or mark.read_text(encoding="utf-8") != same:
        shutil.rmtree(folder, ignore_errors=True)
        mark.write_text(same, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    return folder


def _identity(job: Job) -> dict[str, Any]:
    """What makes two jobs the same: all that the adapter depends on."""
    files = [job.train, *([job.validation] if job.validation else []), job.model / "config.json"]
    told = {name: str(getattr(job, name)) for name in Job.__dataclass_fields__}
    return told | {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def last_whole(folder: Path, *, validates: bool) -> Path | None:
    """The last checkpoint that was written to its end, or None; what was cut short is removed.

    Args:
        folder: Where they lie.
        validates: Whether the training validates, so that each has the best adapter in it.
    """
    needed = (*_WHOLE, BEST) if validates else _WHOLE
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    for path in reversed(found):
        if all((path / name).is_file() for name in needed) and _is_json(path / _WHOLE[0]):
            return path
        shutil.rmtree(path)
    return None


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True


def check_room(job: Job, *, gpu: bool) -> None:
    """Refuse to begin what cannot be finished.

    Raises:
        TrainingError: There is too little room on the disk.
    """
    needed = sizes(job, gpu=gpu).disk_bytes
    free = shutil.disk_usage(job.folder).free
    if free < needed:
        raise TrainingError(
            f"Training takes {needed / 1e9:.1f} GB of disk, but {job.folder} has room for "
            f"{free / 1e9:.1f} GB: free some space, or choose a smaller rank."
        )
